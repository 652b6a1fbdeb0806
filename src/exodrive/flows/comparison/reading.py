"""Reading at PayPal what our book knows of a booking, and what hangs on it there. A thing that is gone is an answer; silence is none."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from exodrive.flows.comparison.model import THINGS, Book, Known, Named, NotSeen, Seen
from exodrive.flows.world import World
from exodrive.gateways.errors import Busy, GatewayError, Unreachable, is_gone
from exodrive.gateways.paypal import Order
from exodrive.payments.differences.model import Gap, Thing

T = TypeVar("T")
_NOTHING = "0" * 17  # an id as PayPal makes them, which it never made


async def read(world: World, book: Book, due: Iterable[Known], named: Named) -> Seen:
    """Read the orders of what is due with all that hangs on them, and what was named besides.

    Raises GatewayError when PayPal is away; nothing is known then.
    """
    orders = {order_id for known in due if (order_id := book.order_of(known))}
    shown = {order_id: await seen(world.paypal.get_order, order_id) for order_id in sorted(orders)}
    inside = [order for order in shown.values() if isinstance(order, Order)]
    holds = _ids(book, Thing.AUTHORIZATION, orders) | {one.id for order in inside for one in order.authorizations}
    captures = _ids(book, Thing.CAPTURE, orders) | {one.id for order in inside for one in order.captures} | _named(named, Thing.CAPTURE)
    refunds = _ids(book, Thing.REFUND, orders) | {one.id for order in inside for one in order.refunds} | _named(named, Thing.REFUND)
    return Seen(
        shown,
        {hold_id: await seen(world.paypal.get_authorization, hold_id) for hold_id in sorted(holds)},
        {capture_id: await seen(world.paypal.get_capture, capture_id) for capture_id in sorted(captures)},
        {refund_id: await seen(world.paypal.get_refund, refund_id) for refund_id in sorted(refunds)},
    )


def _ids(book: Book, thing: Thing, orders: set[str]) -> set[str]:
    found = [known for known in book.known if THINGS.get(known.kind) is thing]
    return {known.object_id for known in found if known.object_id and book.order_of(known) in orders}


def _named(named: Named, thing: Thing) -> set[str]:
    return {object_id for object_id, what in named.items() if what is thing}


async def seen(read: Callable[[str], Awaitable[T]], object_id: str) -> T | NotSeen:
    """Return what PayPal shows, or that it does not know it, or that this one thing cannot be read.

    Raises GatewayError when it is not about the thing: nobody is there, or nobody lets us in.
    """
    try:
        return await read(object_id)
    except (Unreachable, Busy):
        raise
    except GatewayError as failure:
        if is_gone(failure):
            return NotSeen(Gap.MISSING, failure.issue)
        await _knock(read)
        return NotSeen(Gap.UNREADABLE, str(failure))


async def _knock(read: Callable[[str], Awaitable[object]]) -> None:
    """Ask for what never was: a plain no proves that PayPal answers such questions. Raises GatewayError for anything else."""
    try:
        await read(_NOTHING)
    except GatewayError as failure:
        if not is_gone(failure):
            raise
