"""The payment of a held booking: one order at PayPal, captured once, and never without the days."""

from exodrive.flows.checkout.model import Outcome
from exodrive.flows.world import World
from exodrive.kit.ids import BookingId


async def begin(world: World, booking_id: BookingId) -> str:
    """Return the address at PayPal where the renter approves the payment; asked again, the same address.

    Raises Conflict ``hold-over`` with ``extra`` free (nearest ranges) when the days are no longer held, Conflict ``already-paid``, Conflict
    ``payment-on-its-way``, and Unavailable when PayPal does not answer: the same booking may be paid a moment later.
    """
    raise NotImplementedError


async def capture(world: World, order_id: str) -> Outcome:
    """Take the money of an approved order, on return or on webhook, whichever is first; safe to call any number of times.

    Raises NotFound for an order that is not ours.
    """
    raise NotImplementedError
