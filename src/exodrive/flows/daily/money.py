"""The daily look at the money's book: every difference is told to whoever reads the log, loudly."""

import logging

from exodrive.flows import receipts
from exodrive.flows.world import World
from exodrive.overview.money_check import Difference, differences

_log = logging.getLogger(__name__)


async def daily(world: World) -> None:
    """Issue the papers of money that moved before there were any, then check; trouble with the first does not stop the second."""
    try:
        await receipts.issue_missing(world)
    except Exception:
        _log.exception("missing receipts could not be issued")
    await check(world)


async def check(world: World) -> list[Difference]:
    """Compare every payment with its book and return what differs; nothing is put right here: a person decides."""
    async with world.door.scope() as db:
        found = await differences(db)
    for one in found:
        about = {"booking": one.reference, "field": one.field, "kept": one.kept, "told": one.told}
        _log.critical("a payment is not what its book says", extra=about)
    return found
