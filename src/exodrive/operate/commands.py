"""The commands about money and what PayPal tells. Each imports what it needs when it is called, so that none waits for another's."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
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

    _ask(register)


@webhooks.command("list")
def webhooks_list() -> None:
    """Show what is registered at PayPal, and what was refused here lately."""
    from exodrive.operate.webhooks import show

    _ask(show)


@webhooks.command("replay")
@click.argument("event_id")
@click.option("--read", is_flag=True, help="Read the event and work on it, instead of having it delivered again.")
def webhooks_replay(event_id: str, read: bool) -> None:
    """Have an event of PayPal's delivered again, by its id (WH-…)."""
    from exodrive.operate.webhooks import replay

    _ask(lambda settings: replay(settings, event_id, read=read))


def _ask(question: "Callable[[Settings], Coroutine[Any, Any, list[str]]]") -> None:
    from exodrive.settings import load

    def run() -> None:
        for line in asyncio.run(question(load("webhooks command"))):
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
