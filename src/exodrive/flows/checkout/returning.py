"""What PayPal answered when money was to go back: kept once, booked where it belongs, told once, and cried out when it did not go."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.flows.checkout import alarm, answers, standing
from exodrive.flows.checkout.weighing import weigh
from exodrive.flows.world import World
from exodrive.kit.db import Db
from exodrive.payments import store as payments
from exodrive.payments.model import End, Operation, Result

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Way:
    """Money's way back: where it is booked once it went, what the history is told of either end, and what the log cries if it did not."""

    book: Callable[[Db, Operation], Awaitable[None]]
    done: str
    failed: str
    cry: str


async def record(world: World, operation: Operation, result: Result, actor: Actor, way: Way) -> None:
    """Keep an answer, unless another was first, with all that follows from it in the same transaction."""
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        before = await payments.latest(db, operation.id)
        result = await weigh(db, operation, before, result)
        if not await payments.record(db, operation.id, result):
            return
        if result.end is End.SUCCEEDED:
            await way.book(db, operation)
            await bookings.tell(db, now.booking_id, way.done, actor, amount=operation.money.text, currency=operation.currency)
        elif before is not None and before.issue == result.issue == answers.MISMATCH:
            return
        elif result.issue == answers.MISMATCH:
            await alarm.mismatch(db, now, actor, result.details, refund=result.provider_id)
        elif result.end.is_final:
            log.critical(way.cry, extra={"booking": now.reference, "issue": result.issue, "debug_id": result.debug_id})
            await bookings.tell(db, now.booking_id, way.failed, actor, issue=result.issue)
