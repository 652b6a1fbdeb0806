"""Staff enter a charge: cleaning, damage, a toll, a fine. The renter is asked for it at once."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import asyncpg
import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.charges import store as charges
from exodrive.charges.model import PASSED_ON, Bill, ChargeKind, Tariffs
from exodrive.charges.rules import bill
from exodrive.charges.states import ChargeStatus
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.charging import store
from exodrive.flows.charging.errors import ChargedAlready, NothingToCharge, TooLateToCharge
from exodrive.flows.charging.sold import sold_of
from exodrive.flows.charging.store import Rental
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.once import once, request
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money, round_money
from exodrive.kit.words import _

LARGEST = Decimal(1_000_000)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What staff charge: ``amount`` without fee and tax, why, upon what it rests, and when it was. A toll or fine needs its moment."""

    kind: ChargeKind
    amount: Decimal
    reason: str
    evidence: str = ""
    happened_at: datetime | None = None


class Charged(msgspec.Struct, frozen=True):
    """A charge that the renter is asked for, with fee and tax in its ``total``."""

    id: UUID
    fee: Decimal
    tax: Decimal
    total: Decimal
    currency: str


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    entry: Entry


async def charge(
    tariffs: Tariffs, door: Door, booking_id: BookingId, entry: Entry, actor: Actor, *, key: str = "", ip: str = ""
) -> Charged:
    """Charge a renter for something, through the staff's own door; a toll or fine is charged its handling fee with it.

    Asked again with the same ``key`` it is charged once. Raises BadInput naming ``amount``, ``reason`` or ``happened_at``, NoBooking,
    NothingToCharge, TooLateToCharge, ChargedAlready, KeyReused and Busy.
    """
    asked = _Asked(booking_id, msgspec.structs.replace(entry, reason=by.reason_of(entry.reason), evidence=entry.evidence.strip()))
    named = request("charge", key, asked)
    try:
        return await again(lambda: _write(door, asked, named, tariffs, actor, ip))
    except asyncpg.UniqueViolationError as twice:
        raise ChargedAlready from twice


@commits("charge.write")
async def _write(door: Door, asked: _Asked, named: Request | None, tariffs: Tariffs, actor: Actor, ip: str) -> Charged:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _charge(db, now, asked.entry, tariffs, actor, ip), Charged)


async def _charge(db: Db, now: Standing, entry: Entry, tariffs: Tariffs, actor: Actor, ip: str) -> Charged:
    rental = await store.rental(db, now.booking_id)
    _check(now, rental, entry, tariffs)
    due = _bill(rental, entry, tariffs)
    assert actor.id is not None
    charge_id = await charges.add(db, now.booking_id, due, ChargeStatus.DUE, UUID(actor.id))
    total = Money(due.amount + due.fee + due.tax, due.currency)
    told = {"kind": due.kind, "total": total.text, "currency": total.currency}
    await bookings.tell(db, now.booking_id, "charge_added", actor, reason=entry.reason, **told)
    await by.note(db, actor, ip, "charge_added", now.booking_id, reason=entry.reason, charge=str(charge_id), **told)
    return Charged(charge_id, due.fee, due.tax, total.amount, total.currency)


def _check(now: Standing, rental: Rental, entry: Entry, tariffs: Tariffs) -> None:
    if rental.handed_over_at is None:
        raise NothingToCharge
    if rental.returned_at and now.now > rental.returned_at + tariffs.window:
        raise TooLateToCharge(tariffs.window_days)
    wrong = {}
    if not entry.amount.is_finite() or not 0 < entry.amount < LARGEST or entry.amount != round_money(entry.amount, now.currency):
        wrong["amount"] = _("Give an amount above zero that %(currency)s can pay.") % {"currency": now.currency}
    if entry.happened_at is None and entry.kind in PASSED_ON:
        wrong["happened_at"] = _("Say when it was: a toll or fine belongs to whoever had the car then.")
    elif entry.happened_at and not rental.handed_over_at <= entry.happened_at <= (rental.returned_at or now.now):
        wrong["happened_at"] = _("The renter did not have the car then.")
    if wrong:
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)


def _bill(rental: Rental, entry: Entry, tariffs: Tariffs) -> Bill:
    """The charge with its tax; a fee of ours goes with what is passed on, where the tariff is in the booking's currency."""
    sold = sold_of(rental.price)
    has_fee = entry.kind in PASSED_ON and tariffs.currency == sold.currency
    due = bill(entry.kind, entry.amount, sold, fee=Decimal(tariffs.handling_fee if has_fee else 0))
    return msgspec.structs.replace(due, reason=entry.reason, evidence=entry.evidence, happened_at=entry.happened_at)
