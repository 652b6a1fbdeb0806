"""Asking the renter for a hold: an order at PayPal to approve. A crash may come after each step; the next press goes on from there."""

import logging
from typing import Any

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER, BookingStatus
from exodrive.deposits import store as deposits
from exodrive.deposits.model import DepositRules, Hold, Way
from exodrive.deposits.planner import is_wanted
from exodrive.deposits.states import HoldStatus
from exodrive.flows.again import again
from exodrive.flows.checkout import answers, standing
from exodrive.flows.checkout.model import Standing, Wording
from exodrive.flows.checkout.opening import PayPalAway
from exodrive.flows.deposit import store
from exodrive.flows.deposit.errors import NoHoldWanted
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError
from exodrive.gateways.paypal import Intent, NewOrder
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Operation, Result

_ON = (BookingStatus.UPCOMING, BookingStatus.ACTIVE)

log = logging.getLogger(__name__)


async def begin(world: World, booking_id: BookingId) -> str:
    """Return the address at PayPal where the renter approves the hold; pressed again, the same address.

    Raises NoHoldWanted, NoBooking, and Unavailable when PayPal does not answer.
    """
    intent = await again(lambda: _intend(world, booking_id))
    if isinstance(intent, str):
        return intent
    operation, now = intent
    result = await ask(world, operation, now)
    address = await again(lambda: record(world, operation, result))
    if address is None:
        raise PayPalAway
    return address


@commits("deposit.open.intend")
async def _intend(world: World, booking_id: BookingId) -> str | tuple[Operation, Standing]:
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        hold = await _wanted(db, world.deposits, now)
        if hold.approve_url:
            return hold.approve_url
        last = await store.last_for_hold(db, hold.id, Kind.OPEN_HOLD)
        if last and last[1].is_open:
            return last[0], now
        words = words_of(world, now)
        operation_id = await payments.intend(db, booking_id, Kind.OPEN_HOLD, hold.money, hold_id=hold.id, request=words)
        operation = await payments.operation(db, operation_id)
        assert operation is not None
        return operation, now


async def _wanted(db: Db, rules: DepositRules, now: Standing) -> Hold:
    """Return the hold that is asked for, a new one if need be. Raises NoHoldWanted."""
    found = await store.rental(db, now.booking_id)
    holds = await deposits.of_booking(db, now.booking_id)
    if found is None or found[2] not in _ON or not found[1].amount or not is_wanted(found[0], holds, rules, now.now):
        raise NoHoldWanted
    asked = [hold for hold in holds if hold.status is HoldStatus.ASKED]
    if asked and asked[0].way is Way.WALLET:
        raise NoHoldWanted  # PayPal is at it
    for stale in asked:
        if stale.amount == found[1].amount:
            return stale
        await deposits.end(db, stale.id, HoldStatus.ASKED, HoldStatus.DROPPED)  # the booking was given another car meanwhile
    hold = await deposits.find(db, await deposits.ask(db, now.booking_id, found[1]))
    assert hold is not None
    return hold


def words_of(world: World, now: Standing) -> dict[str, Any]:
    """Return what is kept with an intent so that its order is always asked for in the same words."""
    wording = Wording(
        description=_("Deposit for %(reference)s: held, not charged") % {"reference": now.reference},
        brand_name=world.house.company,
        return_url=world.url("/paypal/return"),
        cancel_url=world.url("/paypal/cancel"),
        locale=now.locale,
    )
    return msgspec.structs.asdict(wording) | {"payee": world.payee}


def order_of(operation: Operation, now: Standing) -> NewOrder:
    """Return the order of an intent to open one for a hold."""
    return NewOrder(
        intent=Intent.AUTHORIZE,
        amount=operation.money,
        reference_id=now.reference,
        invoice_id=answers.invoice_id(now, operation),
        custom_id=str(now.booking_id),
        **{name: operation.request[name] for name in Wording.__struct_fields__ if name in operation.request},
    )


@calls("deposit.open.ask")
async def ask(world: World, operation: Operation, now: Standing) -> Result:
    """Ask PayPal to open the order; the same intent always asks for the very same thing."""
    try:
        return answers.of_order(await world.paypal.create_order(order_of(operation, now), request_id=operation.request_id), operation, now)
    except GatewayError as failure:
        return answers.of_failure(failure, moves_money=False)


@commits("deposit.open.record")
async def record(world: World, operation: Operation, result: Result) -> str | None:
    """Keep PayPal's answer, unless another was first, and return where the hold is approved; None when there is no such place."""
    assert operation.hold_id is not None
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        if not await payments.record(db, operation.id, result):
            hold = await deposits.find(db, operation.hold_id)
            return hold.approve_url if hold else None
        if result.end is not End.SUCCEEDED:
            log.warning("PayPal opened no order for a deposit", extra={"booking": now.reference, "issue": result.issue})
            return None
        assert result.provider_id is not None
        address: str | None = result.details["approve_url"]
        await deposits.opened(db, operation.hold_id, result.provider_id, address)
        await bookings.tell(db, now.booking_id, "deposit_asked", CUSTOMER, order=result.provider_id)
        return address
