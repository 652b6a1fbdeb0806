"""Holding by a wallet that PayPal keeps: the worker's intent, one call that opens the order and places the hold, and what came of it.

Nobody is asked. Where PayPal says no, wants the renter to approve, or takes too long, the renter is asked as any other.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor, BookingStatus
from exodrive.deposits import store as deposits
from exodrive.deposits.model import DepositRules, Hold, Rental, Way
from exodrive.deposits.states import HoldStatus
from exodrive.deposits.wallets import store as wallets
from exodrive.deposits.wallets.model import WalletStatus, patience, serves
from exodrive.flows.again import again
from exodrive.flows.checkout import answers, standing
from exodrive.flows.checkout.capturing import REMEMBERED
from exodrive.flows.checkout.model import Standing
from exodrive.flows.deposit import asking, holding, placing
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError
from exodrive.gateways.paypal import Order, OrderStatus
from exodrive.kit import outbox
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Operation, Result

_ON = (BookingStatus.UPCOMING, BookingStatus.ACTIVE)
_CREATED = "PAYMENT.AUTHORIZATION.CREATED"
_UNSEEN = timedelta(hours=1)  # so long after PayPal forgot our request its list of events tells all that came of it
_ASKS = "PAYER_ACTION_REQUIRED"
_UNAPPROVED = (OrderStatus.CREATED, OrderStatus.PAYER_ACTION_REQUIRED, OrderStatus.VOIDED)
_WALLET_ISSUES = frozenset({"INVALID_VAULT_ID", "AGREEMENT_ALREADY_CANCELLED", "BILLING_AGREEMENT_NOT_FOUND"})
Told = tuple[Result, Order | None]

log = logging.getLogger(__name__)


async def is_way(db: Db, rules: DepositRules, booking_id: BookingId, holds: list[Hold], now: datetime) -> bool:
    """Tell whether a deposit that is wanted is held by the wallet, so that nobody is to be asked."""
    return rules.wallet and serves(await wallets.served(db, booking_id), holds, now)


async def promise(world: World, db: Db, now: Standing, rental: Rental, money: Money, status: BookingStatus, holds: list[Hold]) -> bool:
    """Promise a hold that is wanted, by the wallet; True while that is the way, so that the renter is not to be asked.

    The caller holds the car's lock.
    """
    wallet = await wallets.find(db, now.booking_id) if world.deposits.wallet and status in _ON else None
    if wallet is None or wallet.deleting_at or not serves(wallet, holds, now.now):
        return False
    if holds and holds[-1].status is HoldStatus.ASKED:
        return not await _given_up(db, now, rental, holds[-1], holds)
    if wallet.status is WalletStatus.KEPT:
        assert wallet.token_id
        await _intend(world, db, now, money, wallet.token_id)
    return True


async def _given_up(db: Db, now: Standing, rental: Rental, asked: Hold, holds: list[Hold]) -> bool:
    """Wait no longer for a hold by the wallet, once PayPal took too long: should it come all the same, it serves until another is held."""
    ends = [hold.covered_until for hold in holds if hold.covers(now.now) and hold.covered_until]
    if now.now < asked.created_at + patience(asked.created_at, ends[-1] if ends else rental.pickup_at):
        return False
    await deposits.end(db, asked.id, HoldStatus.ASKED, HoldStatus.DROPPED)
    await bookings.tell(db, now.booking_id, "deposit_wallet_given_up", SYSTEM)
    return True


async def _intend(world: World, db: Db, now: Standing, money: Money, token_id: str) -> None:
    hold_id = await deposits.ask(db, now.booking_id, money, Way.WALLET)
    words = asking.words_of(world, now)
    operation_id = await payments.intend(db, now.booking_id, Kind.OPEN_HOLD, money, target_id=token_id, hold_id=hold_id, request=words)
    await bookings.tell(db, now.booking_id, "deposit_wallet_intended", SYSTEM)
    await outbox.enqueue(db, "payments.settle", operation_id=operation_id)


async def settle(world: World, operation: Operation, now: Standing, actor: Actor, *, only_read: bool) -> None:
    """Bring an intent to its end: ask with its request id while the hold is waited for and PayPal remembers that, else read."""
    assert operation.hold_id is not None
    if only_read:
        return  # whoever wrote it may be at it, and of its order nobody knows before
    async with world.door.scope() as db:
        hold = await deposits.find(db, operation.hold_id)
    age = now.now - operation.created_at
    wanted = hold is not None and hold.status is HoldStatus.ASKED and now.status in _ON
    told = await ask(world, operation, now) if wanted and age < REMEMBERED else await read_back(world, operation, now)
    await again(lambda: record(world, operation, told, actor))


@calls("deposit.wallet.ask")
async def ask(world: World, operation: Operation, now: Standing) -> Told:
    """Ask PayPal to open the order and to hold; the same intent always asks for the very same thing."""
    new = msgspec.structs.replace(asking.order_of(operation, now), wallet_id=operation.target_id)
    try:
        order = await world.paypal.create_order(new, request_id=operation.request_id)
    except GatewayError as failure:
        return answers.of_failure(failure), None
    return _of_order(order, operation, now), order


@calls("deposit.wallet.read")
async def read_back(world: World, operation: Operation, now: Standing) -> Told:
    """Read in PayPal's list of events whether there is an order with our number, and what is held by it."""
    ours, over = answers.invoice_id(now, operation), operation.created_at + REMEMBERED + _UNSEEN
    try:
        events = await world.paypal.events(operation.created_at - timedelta(minutes=1), min(now.now, over))
        found = [event.resource for event in events if event.event_type == _CREATED and event.resource.get("invoice_id") == ours]
        if not found:
            return Result(end=End.FAILED if now.now >= over else End.UNKNOWN, issue="NEVER_HELD"), None
        hold = await world.paypal.get_authorization(str(found[0].get("id")))
        order = await world.paypal.get_order(hold.order_id)
    except GatewayError as failure:
        return answers.of_doubt(failure), None
    return _of_order(order, operation, now), order


def _of_order(order: Order, operation: Operation, now: Standing) -> Result:
    """Return what the order comes to; one that holds and is not what was asked for is for a person."""
    if order.authorization is None:
        asks = order.status in _UNAPPROVED
        return Result(end=End.DECLINED if asks else End.UNKNOWN, provider_id=order.id, provider_status=order.status, issue=_ASKS)
    result = answers.of_order(order, operation, now)
    return msgspec.structs.replace(result, end=End.UNKNOWN) if result.end is End.FAILED else result


@commits("deposit.wallet.record")
async def record(world: World, operation: Operation, told: Told, actor: Actor = SYSTEM) -> None:
    """Keep PayPal's answer, unless another was first, with the hold it placed and all that follows in the same transaction."""
    result, order = told
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        before = await payments.latest(db, operation.id)
        if not await payments.record(db, operation.id, result):
            return
        if result.end is End.SUCCEEDED and order:
            await _keep(db, now, operation, order, actor)
        elif result.end.is_final:
            log.warning("PayPal held nothing by a wallet", extra={"booking": now.reference, "issue": result.issue})
            await placing.not_held(db, now, operation, result, actor)
            await _follow(db, now, result)
        elif before is None or (before.end, before.issue) != (result.end, result.issue):
            await holding.note(db, now, operation, before, result, actor)


async def _follow(db: Db, now: Standing, result: Result) -> None:
    """The renter is asked at once; and what is said of the wallet is looked at."""
    await outbox.enqueue(db, "deposits.look", booking_id=now.booking_id)
    if result.issue in _WALLET_ISSUES:
        await outbox.enqueue(db, "wallets.check", booking_id=now.booking_id)


async def _keep(db: Db, now: Standing, operation: Operation, order: Order, actor: Actor) -> None:
    """From here on it is a hold like any other, with its order and an intent of its own."""
    assert operation.hold_id is not None
    assert order.authorization is not None
    await deposits.opened(db, operation.hold_id, order.id, None)
    names = await placing.named_by(db, now, operation.hold_id)
    asked: dict[str, Any] = {"target_id": order.id, "hold_id": operation.hold_id, "request": names}
    hold_intent = await payments.operation(db, await payments.intend(db, now.booking_id, Kind.HOLD, operation.money, **asked))
    assert hold_intent is not None
    result = holding.of_hold(order.authorization, hold_intent, now)
    await placing.keep(db, now, hold_intent, result, actor)
    if result.end is End.SUCCEEDED:
        await outbox.enqueue(db, "mail.deposit_held", booking_id=now.booking_id)
    elif result.end.is_final:
        await _follow(db, now, result)
