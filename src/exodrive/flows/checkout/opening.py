"""Opening the order at PayPal: intent, call, record. A crash may come after each; the next begin or settle goes on from there."""

import logging
from typing import Any

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER, SYSTEM, BookingStatus
from exodrive.deposits.wallets import store as wallets
from exodrive.deposits.wallets.model import WalletStatus
from exodrive.flows.checkout import alarm, answers, standing, together
from exodrive.flows.checkout.errors import AlreadyPaid, HoldOver, PaymentUnderWay
from exodrive.flows.checkout.model import Standing, Wording
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError
from exodrive.gateways.paypal import Keep, NewOrder
from exodrive.kit.db import Db
from exodrive.kit.errors import Unavailable
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.payments import store as payments
from exodrive.payments.model import PAYING, End, Kind, Operation, Result
from exodrive.payments.summary import store as summary

_KEEP = "keep"  # under this name an intent keeps what is said of a wallet to be kept
_KEEPS_NONE = "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE"

log = logging.getLogger(__name__)


class PayPalAway(Unavailable):
    """PayPal gave no usable answer; the payment may be begun again."""

    code = "paypal-away"

    def __init__(self) -> None:
        super().__init__(_("PayPal cannot take your payment just now. Nothing was charged. Please try again in a moment."), retry_after=5)


@commits("open.intend")
async def intend(world: World, booking_id: BookingId) -> str | tuple[Operation, Standing]:
    """Return where the payment of a held booking is approved, or the intent to open an order for it."""
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        await _check_payable(db, now)
        if now.approve_url:
            return now.approve_url
        operation = await payments.open_operation(db, booking_id, Kind.CREATE_ORDER)
        if operation is None:
            deposit = await together.deposit_for(db, world, now)
            more = together.request_for(now, deposit) if deposit else await _keeping(world, db, now)
            both = now.money + deposit if deposit else now.money
            intent = await payments.intend(db, booking_id, Kind.CREATE_ORDER, both, request=request_for(world, now) | more)
            operation = await payments.operation(db, intent)
        assert operation is not None
        return operation, now


async def _keeping(world: World, db: Db, now: Standing) -> dict[str, str]:
    """Return what the payer reads at PayPal of the wallet that is to be kept; nothing where no renter agreed to that."""
    if not world.deposits.wallet or not await wallets.is_agreed(db, now.booking_id):
        return {}
    return {_KEEP: _("Holds the deposit for %(reference)s: reserved, not charged") % {"reference": now.reference}}


async def _check_payable(db: Db, now: Standing) -> None:
    if now.status in (BookingStatus.CANCELLED, BookingStatus.EXPIRED):
        raise HoldOver
    if now.status is not BookingStatus.PENDING:
        raise AlreadyPaid
    if await payments.open_operation(db, now.booking_id, *PAYING):
        raise PaymentUnderWay
    if not now.is_held:
        raise HoldOver


def request_for(world: World, now: Standing, *, is_later: bool = False) -> dict[str, Any]:
    """Return what is kept with an intent so that its order is always asked for in the same words."""
    return msgspec.structs.asdict(_wording(world, now, is_later=is_later)) | {"payee": world.payee}


def _wording(world: World, now: Standing, *, is_later: bool) -> Wording:
    about = now.reference if is_later else f"{now.start.isoformat()} – {now.end.isoformat()}"
    return Wording(
        description=f"{now.car_name or world.house.company}, {about}",
        brand_name=world.house.company,
        return_url=world.url("/paypal/return"),
        cancel_url=world.url("/paypal/cancel"),
        locale=now.locale,
    )


@calls("open.ask")
async def ask(world: World, operation: Operation, now: Standing) -> Result:
    """Ask PayPal to open the order; the same intent always asks for the very same thing."""
    kept, is_later = operation.request, (operation.change_id or operation.instalment_id) is not None
    words = msgspec.convert(kept, Wording) if kept else _wording(world, now, is_later=is_later)  # none were kept once
    new = NewOrder(
        amount=operation.money,
        reference_id=now.reference,
        invoice_id=answers.invoice_id(now, operation),
        custom_id=str(now.booking_id),
        keep=Keep(str(now.booking_id), kept[_KEEP]) if _KEEP in kept else None,
        **msgspec.structs.asdict(words),
        **together.order_of(operation),
    )
    try:
        return answers.of_order(await world.paypal.create_order(new, request_id=operation.request_id), operation, now)
    except GatewayError as failure:
        return answers.of_failure(failure, moves_money=False)


@commits("open.record")
async def record(world: World, operation: Operation, result: Result) -> str | None:
    """Keep PayPal's answer, unless another was first, and return where the payment is approved; None when there is no such place."""
    async with world.door.scope() as db:
        now = await standing.locked(db, operation.booking_id)
        if not await payments.record(db, operation.id, result):
            return now.approve_url
        if result.end is not End.SUCCEEDED:
            await not_opened(db, now, result)
            if does_without(result):
                await wallets.end(db, now.booking_id, WalletStatus.NONE)
                await bookings.tell(db, now.booking_id, "wallet_none", SYSTEM, issue=result.issue)
            return None
        approve_url: str | None = result.details["approve_url"]
        assert result.provider_id is not None
        await summary.opened(db, now.booking_id, result.provider_id, approve_url)
        await bookings.tell(db, now.booking_id, "order_opened", CUSTOMER, attempt=operation.attempt)
        return approve_url if now.is_held else None


def does_without(result: Result) -> bool:
    """Whether an order was refused for the wallet alone, which the account may not keep: the next one is opened without."""
    return result.end is End.FAILED and result.issue == _KEEPS_NONE


async def not_opened(db: Db, now: Standing, result: Result) -> None:
    """Tell that there is no order to pay by."""
    if result.issue == answers.MISMATCH:
        await alarm.mismatch(db, now, SYSTEM, result.details, order=result.provider_id)
    else:
        log.warning("PayPal opened no order", extra={"booking": now.reference, "issue": result.issue, "debug_id": result.debug_id})
