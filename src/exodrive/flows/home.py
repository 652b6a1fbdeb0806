"""Who comes home from PayPal, and what an order there pays for: a booking, or a change of one."""

import msgspec

from exodrive.bookings.model import CUSTOMER, Actor
from exodrive.flows.change import pay as changes
from exodrive.flows.change.errors import UnknownChange
from exodrive.flows.checkout import pay, standing
from exodrive.flows.checkout.model import Outcome
from exodrive.flows.world import World


class Home(msgspec.Struct, frozen=True):
    """How the payment by an order stands, and whether it pays for a change of a booking."""

    outcome: Outcome
    is_change: bool = False


async def capture(world: World, order_id: str, *, actor: Actor = CUSTOMER, patience: float = standing.PATIENCE) -> Home:
    """Take the money of an approved order, whatever it pays for. Raises UnknownOrder for one that is not ours."""
    try:
        return Home(await pay.capture(world, order_id, actor=actor, patience=patience))
    except pay.UnknownOrder:
        try:
            return Home(await changes.capture(world, order_id, actor=actor, patience=patience), is_change=True)
        except UnknownChange:
            raise pay.UnknownOrder from None


async def look(world: World, order_id: str) -> Home:
    """Return how the payment by an order stands, asking nobody else. Raises UnknownOrder."""
    try:
        return Home(await pay.look(world, order_id))
    except pay.UnknownOrder:
        try:
            return Home(await changes.look(world, order_id), is_change=True)
        except UnknownChange:
            raise pay.UnknownOrder from None
