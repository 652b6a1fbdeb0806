"""Orders that a payer approved while nobody told us: the renter never came back, and the notice was lost.

Each order that renters were sent to is read a few times, ever more rarely, until it can be approved no longer. What is found approved
goes the way of a renter who came back: it is captured while the days can be had, or lapses.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from exodrive.bookings.model import SYSTEM
from exodrive.flows import home
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.pay import UnknownOrder
from exodrive.flows.unheard import store
from exodrive.flows.unheard.store import Due
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError, unless_gone
from exodrive.gateways.paypal import OrderStatus
from exodrive.kit import clock
from exodrive.kit.failpoints import calls, commits
from exodrive.webhooks import store as cursors
from exodrive.webhooks.model import Cursor

# How old an order is when it is looked at: each time half as old again, for as long as PayPal lets it be approved.
MARKS = tuple(timedelta(minutes=minutes) for minutes in (2, 3, 4.5, 7, 10, 15, 23, 34, 51, 77, 115, 173, 260, 365))
AT_ONCE = 100
AWAY = 3  # orders that cannot be seen, one after the other: nobody is there
_WAITS = (Step.NOT_PAID, Step.DECLINED)

log = logging.getLogger(__name__)


async def look_at_due(world: World) -> int:
    """Look at every order that is due; return how many were looked at.

    One that fails stops no other. With PayPal away the next look begins with those that were not to be seen.
    """
    until = clock.now()
    reached, due = await _due(world, until)
    failed = 0
    for one in due:
        if failed == AWAY or world.ending.is_set():
            break
        try:
            await look_at(world, one.order_id)
        except GatewayError as away:
            log.warning("an order cannot be looked at", extra={"order": one.order_id, "reason": repr(away)})
            failed += 1
            continue
        except Exception:
            log.exception("an order could not be looked at", extra={"order": one.order_id})
        reached, failed = one.at, 0
    await _reach(world, reached if failed or len(due) == AT_ONCE or world.ending.is_set() else until)
    return len(due)


@commits("unheard.due")
async def _due(world: World, until: datetime) -> tuple[datetime, list[Due]]:
    async with world.door.scope() as db:
        seen, longest = await cursors.read_until(db, Cursor.ORDERS), until - max(MARKS)
        since = max(seen, longest) if seen else longest
        return since, await store.due(db, since, until, MARKS, AT_ONCE)


@commits("unheard.reach")
async def _reach(world: World, until: datetime) -> None:
    async with world.door.scope() as db:
        await cursors.move_cursor(db, Cursor.ORDERS, until)


@commits("unheard.look")
async def look_at(world: World, order_id: str) -> None:
    """Read an order that is waited for still, and go on with it when it is approved, or over.

    Raises GatewayError when PayPal is away: nothing but its word says that a payer has approved.
    """
    with suppress(UnknownOrder):  # another took its place
        told = await home.look(world, order_id)
        if told.outcome.step in _WAITS and await _has_moved(world, order_id):
            await home.capture(world, order_id, actor=SYSTEM, patience=0)


@calls("unheard.see")
async def _has_moved(world: World, order_id: str) -> bool:
    """Whether a payer approved an order, or it ended; one that PayPal has forgotten never will."""
    order = await unless_gone(world.paypal.get_order(order_id))
    return order is not None and order.status in (OrderStatus.APPROVED, OrderStatus.COMPLETED, OrderStatus.VOIDED)
