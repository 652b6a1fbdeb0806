"""Rental and deposit approved at once: by one order the sum is held, the rental is taken out of it, and the rest stays as the deposit.

It is tried once for a booking. After any no the rental is paid for alone, and its deposit is asked for near the pick-up, as ever.
"""

from decimal import Decimal
from typing import Any

from exodrive.deposits import store as deposits
from exodrive.deposits.model import Way
from exodrive.deposits.planner import fits_one_order
from exodrive.deposits.states import HoldStatus
from exodrive.flows.checkout import store
from exodrive.flows.checkout.model import Standing
from exodrive.flows.deposit import keeping
from exodrive.flows.world import World
from exodrive.gateways.paypal import Intent, Item
from exodrive.kit.db import Db
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.payments import store as payments
from exodrive.payments.model import Kind, Operation


async def deposit_for(db: Db, world: World, now: Standing) -> Money | None:
    """Return the deposit to be approved together with the rental; None where each is approved by itself.

    Only for a rental that is paid at once and needs no answer of ours, whose pick-up and return are near.
    """
    if not world.deposits.one_order or now.later:
        return None
    found = await store.deposit_of(db, now.booking_id)
    if found is None or not fits_one_order(found[0], world.deposits, now.now):
        return None
    return found[1]


def request_for(now: Standing, deposit: Money) -> dict[str, Any]:
    """Return what is kept with the intent to open such an order: the deposit, and how both parts are called at PayPal."""
    return {"deposit": deposit.text, "items": [_("Rental: charged now"), _("Security deposit: held, not charged")]}


def order_of(operation: Operation) -> dict[str, Any]:
    """Return what makes an order one for both, as its intent says; nothing for any other."""
    if "deposit" not in operation.request:
        return {}
    deposit = Money(Decimal(operation.request["deposit"]), operation.currency)
    parts = zip(operation.request["items"], (operation.money - deposit, deposit), strict=True)
    return {"intent": Intent.AUTHORIZE, "takes_now": True, "items": tuple(Item(name=name, unit_price=money) for name, money in parts)}


async def intend(db: Db, now: Standing, order_id: str, names: dict[str, Any]) -> Operation | None:
    """Write the intent to hold rental and deposit, the days being kept; None when that was tried by this order before.

    The caller holds the car's lock and has kept the days.
    """
    deposit = Money(Decimal(names["deposit"]), now.currency)
    hold = await deposits.of_order(db, order_id)
    if hold and hold.status is not HoldStatus.ASKED:
        return None
    hold_id = hold.id if hold else await deposits.ask(db, now.booking_id, deposit, Way.ONE_ORDER)
    await deposits.opened(db, hold_id, order_id, None)
    both = now.money + deposit
    operation_id = await payments.intend(db, now.booking_id, Kind.HOLD, both, target_id=order_id, hold_id=hold_id, request=names)
    return await payments.operation(db, operation_id)


def taken_out(hold: Operation, authorization_id: str) -> dict[str, Any]:
    """Return by which names the rental is taken out of a hold that was placed: by a number of its own, made of the order's."""
    reference, attempt = str(hold.request["invoice_id"]).rsplit("-", 1)
    return {"invoice_id": f"{reference}-T{attempt}", "payee": hold.request["payee"], "authorization": authorization_id}


async def let_go(db: Db, operation: Operation) -> None:
    """Promise to give back a hold whose rental could not be taken: nothing is left behind. The caller holds the car's lock."""
    hold = await deposits.of_order(db, operation.target_id or "")
    if hold and hold.status is HoldStatus.HELD:
        await keeping.promise(db, hold, Kind.RELEASE, "the rental could not be taken out of it", unpaid=True)
