"""The commands. Each imports what it needs when it is called, so that none waits for another's."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from exodrive.operate.commands import ask, jobs, payments, plainly, webhooks

if TYPE_CHECKING:
    from exodrive.kit.db import Door

T = TypeVar("T")
ROLE = click.Choice(["owner", "manager", "agent"])
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

    plainly(run)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=1, show_default=True, help="Web processes; one for each core.")
def serve(host: str, port: int, workers: int) -> None:
    """Serve the shop and the back office."""
    from exodrive.operate.serve import serve as run

    plainly(lambda: run(host=host, port=port, workers=workers))


@main.command()
@click.option("--check", is_flag=True, help="Only tell whether a worker is at work; end with 1 when none is.")
def work(check: bool) -> None:
    """Do the work that was promised: mails, payments, recurring jobs."""
    if check:
        from exodrive.operate.jobs import check as look

        ask(look, "queue command")
    else:
        from exodrive.worker import main as run

        plainly(run)


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

    plainly(apply)


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

    plainly(create)


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

    plainly(fill)


@main.command()
def openapi() -> None:
    """Print the description of the JSON API."""
    from exodrive.web.api import description

    click.echo(description(), nl=False)


@main.group()
def staff() -> None:
    """Who works here."""


@staff.command("invite")
@click.argument("email")
@click.option("--name", default="", help="How they are called; a new member needs one.")
@click.option("--role", type=ROLE, default="agent", show_default=True, help="For a new member; `staff role` changes it later.")
@click.option("--again", is_flag=True, help="A new link for somebody who works here, such as after a lost phone.")
def staff_invite(email: str, name: str, role: str, again: bool) -> None:
    """Print a one-time link with which a new member of staff sets a password and an authenticator."""
    import asyncio

    from exodrive.operate.prepare import invitation
    from exodrive.settings import load
    from exodrive.staff.model import StaffRole

    def write() -> None:
        settings = load("command")
        called = name or email.partition("@")[0]
        made = invitation(settings.database_worker_url, settings.public_url, email, called, StaffRole(role), again=again)
        click.echo(asyncio.run(made))

    plainly(write)


@staff.command("list")
def staff_list() -> None:
    """Show who works here, with role and whether they were let go."""
    from exodrive.staff import members

    for member in _about_staff(members.everybody):
        told = "let go" if member.is_disabled else "" if member.has_password else "invited"
        click.echo(f"{member.role:<8} {member.email:<40} {member.name} {told}".rstrip())


@staff.command("disable")
@click.argument("email")
def staff_disable(email: str) -> None:
    """Let somebody go: their sessions and links end at once."""
    from exodrive.staff import members

    _about_staff(lambda door: members.disable(door, email))
    click.echo(f"{email} was let go and is signed out everywhere.")


@staff.command("enable")
@click.argument("email")
def staff_enable(email: str) -> None:
    """Let somebody in again, with the password and the phone they had."""
    from exodrive.staff import members

    _about_staff(lambda door: members.enable(door, email))
    click.echo(f"{email} may sign in again.")


@staff.command("role")
@click.argument("email")
@click.argument("role", type=ROLE)
def staff_role(email: str, role: str) -> None:
    """Give somebody another role; they are signed out everywhere and sign in anew."""
    from exodrive.staff import members
    from exodrive.staff.model import StaffRole

    _about_staff(lambda door: members.change_role(door, email, StaffRole(role)))
    click.echo(f"{email} is {role} from now on.")


def _about_staff(ask: Callable[["Door"], Awaitable[T]]) -> T:
    """Do something about staff through the command line's own door; a problem is told as a sentence."""
    import asyncio

    from exodrive.operate.prepare import through_service
    from exodrive.settings import load

    answer: list[T] = []
    plainly(lambda: answer.append(asyncio.run(through_service(load("command").database_worker_url, ask))))
    return answer[0]


main.add_command(jobs)
main.add_command(payments)
main.add_command(webhooks)

if __name__ == "__main__":
    main(prog_name="exodrive")
