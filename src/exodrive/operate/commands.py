"""The commands about money, PayPal's notices and failed work. Each imports what it needs when it is called: none waits for another's."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from uuid import UUID

    from exodrive.settings import Settings


@click.group()
def payments() -> None:
    """The money's book."""


@payments.command("check")
@click.argument("reference", required=False)
def payments_check(reference: str | None) -> None:
    """Compare payments with the book of what was asked of PayPal, and tell where that differs from PayPal's; end with 1 for any difference.

    Of all bookings, or of one.
    """
    from exodrive.operate.money import check, lines_of
    from exodrive.settings import load

    def compare() -> None:
        checked = asyncio.run(check(load("command").database_worker_url, reference))
        for line in lines_of(checked):
            click.echo(line)
        if not checked.is_well:
            sys.exit(1)

    plainly(compare)


@click.group()
def webhooks() -> None:
    """What PayPal tells this installation."""


@webhooks.command("register")
def webhooks_register() -> None:
    """Have PayPal tell this installation what happens; asked again, nothing changes."""
    from exodrive.operate.webhooks import register

    ask(register)


@webhooks.command("list")
def webhooks_list() -> None:
    """Show what is registered at PayPal, and what was refused here lately."""
    from exodrive.operate.webhooks import show

    ask(show)


@webhooks.command("replay")
@click.argument("event_id")
@click.option("--read", is_flag=True, help="Read the event and work on it, instead of having it delivered again.")
def webhooks_replay(event_id: str, read: bool) -> None:
    """Have an event of PayPal's delivered again, by its id (WH-…)."""
    from exodrive.operate.webhooks import replay

    ask(lambda settings: replay(settings, event_id, read=read))


@click.group()
def jobs() -> None:
    """Work that was promised and failed for good."""


@jobs.command("failed")
def jobs_failed() -> None:
    """Show work that failed its last try: what, since when, for which booking, and why."""
    from exodrive.operate.jobs import failed

    ask(failed, "command")


@jobs.command("retry")
@click.argument("ids", nargs=-1, type=click.UUID)
@click.option("--all", "everything", is_flag=True, help="All that failed.")
def jobs_retry(ids: "tuple[UUID, ...]", everything: bool) -> None:
    """Have failed work tried again, by the ids that `exodrive jobs failed` shows."""
    from exodrive.operate.jobs import retry

    if bool(ids) is everything:
        raise click.UsageError("Name the work to be tried again, or say --all.")
    ask(lambda settings: retry(settings, ids), "command")


def ask(question: "Callable[[Settings], Coroutine[Any, Any, list[str]]]", program: str = "webhooks command") -> None:
    """Ask something with the settings of a program, and print the answer line by line."""
    from exodrive.settings import load

    def run() -> None:
        for line in asyncio.run(question(load(program))):
            click.echo(line)

    plainly(run)


def plainly(run: Callable[[], object]) -> None:
    """Run a command; a problem that a person can solve is told as a sentence, without a traceback."""
    try:
        run()
    except Exception as problem:
        from exodrive.operate.problems import PLAIN

        if not isinstance(problem, PLAIN):
            raise
        click.echo(f"\n{problem}", err=True)
        sys.exit(1)
