"""Who comes home from PayPal, and what an order there is for: a booking, a change of one, the rest of its price, or its deposit."""

from contextlib import suppress

import msgspec

from exodrive.bookings.model import CUSTOMER, Actor
from exodrive.flows.change import pay as changes
from exodrive.flows.change.errors import UnknownChange
from exodrive.flows.checkout import pay, standing
from exodrive.flows.checkout.model import Outcome
from exodrive.flows.deposit import placing as deposits
from exodrive.flows.deposit.errors import UnknownHold
from exodrive.flows.instalment import pay as instalments
from exodrive.flows.instalment.errors import UnknownRest
from exodrive.flows.world import World


class Home(msgspec.Struct, frozen=True):
    """How the payment by an order stands, and whether it is for a change of a booking, for the rest of its price, or for a deposit."""

    outcome: Outcome
    is_change: bool = False
    is_rest: bool = False
    is_deposit: bool = False


async def capture(world: World, order_id: str, *, actor: Actor = CUSTOMER, patience: float = standing.PATIENCE) -> Home:
    """Take the money of an approved order, or hold it, whatever it is for. Raises UnknownOrder for one that is not ours."""
    with suppress(pay.UnknownOrder):
        return Home(await pay.capture(world, order_id, actor=actor, patience=patience))
    with suppress(UnknownChange):
        return Home(await changes.capture(world, order_id, actor=actor, patience=patience), is_change=True)
    with suppress(UnknownRest):
        return Home(await instalments.capture(world, order_id, actor=actor, patience=patience), is_rest=True)
    with suppress(UnknownHold):
        return Home(await deposits.place(world, order_id, actor=actor, patience=patience), is_deposit=True)
    raise pay.UnknownOrder


async def look(world: World, order_id: str) -> Home:
    """Return how the payment by an order stands, asking nobody else. Raises UnknownOrder."""
    with suppress(pay.UnknownOrder):
        return Home(await pay.look(world, order_id))
    with suppress(UnknownChange):
        return Home(await changes.look(world, order_id), is_change=True)
    with suppress(UnknownRest):
        return Home(await instalments.look(world, order_id), is_rest=True)
    with suppress(UnknownHold):
        return Home(await deposits.look(world, order_id), is_deposit=True)
    raise pay.UnknownOrder
