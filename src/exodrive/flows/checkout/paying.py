"""What every payment by an order has in common: a booking's first, a change's, the rest of a price."""

from collections.abc import Awaitable, Callable

from exodrive.flows.checkout import answers, capturing
from exodrive.flows.checkout.model import Expected, Standing
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError, Refused, is_gone
from exodrive.gateways.paypal import OrderStatus
from exodrive.payments.model import End, Operation, Result

_MAY_BE_CAPTURED = (OrderStatus.APPROVED, OrderStatus.COMPLETED)
Drop = Callable[[dict[str, str]], Awaitable[object]]


async def is_approved(world: World, order_id: str, ours: Expected, drop: Drop) -> bool | None:
    """Ask PayPal whether the payer approved what we asked for; None when we are not let in to see.

    While it does not answer we go on: the capture itself will tell. An order that it has forgotten was never captured. One that ended
    there, or is not what we opened, is dropped with what is wrong about it.
    """
    try:
        order = await world.paypal.get_order(order_id)
    except Refused as refusal:
        return False if is_gone(refusal) else None
    except GatewayError:
        return True
    wrong = answers.differences(order, ours)
    if wrong or order.status is OrderStatus.VOIDED:
        await drop(wrong)
    return order.status in _MAY_BE_CAPTURED and not wrong


async def find_out(world: World, operation: Operation, now: Standing, *, remembered: bool, only_read: bool) -> Result | None:
    """Return what became of a capture: asked for again under its own id while PayPal remembers that, else read; None when only reading
    tells nothing."""
    if remembered and not only_read:
        return await capturing.ask(world, operation, now, perhaps_done=True)
    result = await capturing.read_back(world, operation, now)
    if result is None and only_read:
        return None
    return result or Result(end=End.FAILED, issue="NEVER_CAPTURED")
