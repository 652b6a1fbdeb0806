"""The hold: an order becomes a pending booking whose days nobody else can have, exactly once per idempotency key."""

from exodrive.bookings.model import Caller, CheckoutOrder, Held
from exodrive.flows.world import World


async def hold(world: World, order: CheckoutOrder, caller: Caller, key: str) -> Held:
    """Hold the days of an order for some minutes and return the booking with the token of its private page.

    ``key`` (8 to 200 characters) names the request: the same key and order get the same answer again. Raises BadInput naming each wrong
    field, also for a key used with another order; Conflict ``price-changed`` with ``extra`` quote and total; CarTaken with ``extra`` free:
    up to three nearest ranges; Conflict ``in-flight`` while the same key is at work; TooMany for unpaid holds per e-mail or network.
    """
    raise NotImplementedError
