"""The commands. Each imports what it needs when it is called, so that none waits for another's."""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="exodrive")
def main() -> None:
    """Exodrive rents out exotic cars: the shop, the back office, and the work between them."""


@main.command()
@click.option("--data", type=FOLDER, help="Where the demo keeps everything; by default under the XDG data dir.")
@click.option("--port", default=8000, show_default=True, help="The shop's port; a taken one picks the next.")
@click.option("--postgres", type=FOLDER, help="Folder of another PostgreSQL's programs.")
def demo(data: Path | None, port: int, postgres: Path | None) -> None:
    """Start the whole system on this machine with a demo fleet."""
    from exodrive.operate.demo import Demo
    from exodrive.operate.supervisor import Stopped, stoppable
    from exodrive.operate.telling import Telling

    def run() -> None:
        with suppress(Stopped), stoppable():
            Demo(data, port=port, programs=postgres, tell=Telling(lambda text: click.echo(text, nl=False))).run()

    _plainly(run)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Web processes; one for each core.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the shop and the back office."""
    from exodrive.operate.serve import serve as run

    _plainly(lambda: run(host=host, port=port, workers=workers))


@main.command()
def work() -> None:
    """Do the work that was promised: mails, payments, recurring jobs."""
    from exodrive.worker import main as run

    _plainly(run)


@main.command()
@click.option("--status", is_flag=True, help="Show each version and how it stands; change nothing.")
def migrate(status: bool) -> None:
    """Bring the database to the newest schema."""
    import asyncio

    from exodrive.operate.migrate import migrate as run
    from exodrive.operate.migrate import status as look
    from exodrive.settings import load

    def apply() -> None:
        url = load("owner").database_owner_url
        if status:
            for step in asyncio.run(look(url)):
                click.echo(f"{step.version}  {step.state:<30}  {step.name}")
            return
        applied = asyncio.run(run(url, tell=click.echo))
        click.echo(f"{len(applied)} applied" if applied else "The schema is up to date.")

    _plainly(apply)


@main.command()
@click.option("--database", default="exodrive", show_default=True)
@click.option("--url", envvar="ADMINISTRATOR_URL", required=True, help="PostgreSQL URL of an administrator, or in ADMINISTRATOR_URL.")
def roles(database: str, url: str) -> None:
    """Create roles, logins and the database; the logins' passwords are read from the settings' URLs."""
    import asyncio

    from exodrive.operate.passwords import passwords_in
    from exodrive.operate.roles import create_roles
    from exodrive.settings import load

    def create() -> None:
        passwords = passwords_in(load("command"))
        asyncio.run(create_roles(url, database=database, passwords=passwords))
        click.echo(f"Ready: {', '.join(sorted(passwords))}")

    _plainly(create)


@main.command()
@click.option("--demo", "is_demo", is_flag=True, required=True, help="The demo fleet, its prices and past bookings.")
def seed(is_demo: bool) -> None:
    """Fill an empty database with the demo fleet; never in production."""
    import asyncio

    from exodrive.kit.links import LinkKeys
    from exodrive.operate.demo import NotInProduction
    from exodrive.operate.seed import seed_demo
    from exodrive.settings import load

    def fill() -> None:
        settings = load("command")
        if settings.env == "production":
            raise NotInProduction("The demo fleet never goes into production; set EXODRIVE_ENV=demo for a trial.")
        links = LinkKeys([key for key in settings.link_key.split(",") if key]) if settings.link_key else None
        asyncio.run(seed_demo(settings.database_worker_url, links=links, tell=click.echo))

    _plainly(fill)


@main.command()
def openapi() -> None:
    """Print the description of the JSON API."""
    from exodrive.web.api import description

    click.echo(description(), nl=False)


@main.group()
def payments() -> None:
    """The money's book."""


@payments.command("check")
@click.argument("reference", required=False)
def payments_check(reference: str | None) -> None:
    """Compare every payment, or one booking's, with the book of what was asked of PayPal; end with 1 when something differs."""
    import asyncio

    from exodrive.operate.money import check
    from exodrive.settings import load

    def compare() -> None:
        found = asyncio.run(check(load("command").database_worker_url, reference))
        for one in found:
            click.echo(str(one))
        if found:
            sys.exit(1)
        click.echo("Every payment is what its book says.")

    _plainly(compare)


@main.group()
def staff() -> None:
    """Who works here."""


@staff.command("invite")
@click.argument("email")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["owner", "manager", "agent"]), default="agent", show_default=True)
def staff_invite(email: str, name: str, role: str) -> None:
    """Print a one-time link with which a new member of staff sets a password and an authenticator."""
    import asyncio

    from exodrive.operate.prepare import invitation
    from exodrive.settings import load
    from exodrive.staff.model import StaffRole

    def write() -> None:
        settings = load("command")
        made = invitation(settings.database_worker_url, settings.public_url, email, name, StaffRole(role))
        click.echo(asyncio.run(made))

    _plainly(write)


def _plainly(run: Callable[[], object]) -> None:
    """Run a command; a problem that a person can solve is told as a sentence, without a traceback."""
    try:
        run()
    except Exception as problem:
        from exodrive.operate.problems import PLAIN

        if not isinstance(problem, PLAIN):
            raise
        click.echo(f"\n{problem}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main(prog_name="exodrive")
