"""Giving money back by hand: any part of what is left of a booking's money, once per key, with its reason."""

from decimal import Decimal

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import refunding, standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.ending.money import money_left
from exodrive.flows.once import once, request
from exodrive.flows.world import World
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money, round_money
from exodrive.kit.words import _
from exodrive.pricing import words as prices


class NothingLeft(Conflict):
    """The booking was not paid, or all of it went back or is promised back."""

    code = "nothing-left"

    def __init__(self) -> None:
        super().__init__(_("Nothing is left to give back of what was paid for this booking."))


class Refunded(msgspec.Struct, frozen=True):
    """Money that is promised back, and what is left of the booking's money after it."""

    amount: Decimal
    currency: str
    left: Decimal


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    money: Money
    reason: str


async def by_staff(
    world: World, door: Door, booking_id: BookingId, money: Money, actor: Actor, reason: str, *, key: str = "", ip: str = ""
) -> Refunded:
    """Promise a sum of what was paid back to the renter, through the staff's own door, whatever state the booking is in; a job sends it.

    Asked again with the same ``key`` it is promised once; a refund that failed may be asked for again with a new one. Raises BadInput
    naming ``amount`` or ``reason``, NothingLeft, NoBooking, KeyReused, Busy.
    """
    asked = _Asked(booking_id, money, by.reason_of(reason))
    named = request("refund", key, asked)
    return await again(lambda: _write(door, asked, named, actor, ip))


@commits("refund.write")
async def _write(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Refunded:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _promise(db, now, asked, actor, ip), Refunded)


async def _promise(db: Db, now: Standing, asked: _Asked, actor: Actor, ip: str) -> Refunded:
    left = await money_left(db, now)
    check(asked.money, left)
    told = {"amount": asked.money.text, "currency": asked.money.currency}
    await refunding.promise(db, now, asked.money, asked.reason)
    await bookings.tell(db, now.booking_id, "refund_promised", actor, reason=asked.reason, **told)
    await by.note(db, actor, ip, "booking_refunded", now.booking_id, reason=asked.reason, **told)
    return Refunded(asked.money.amount, left.currency, left.amount - asked.money.amount)


def check(wanted: Money, left: Money) -> None:
    """Raise NothingLeft, or BadInput naming ``amount`` for a sum that is more than is left, or that the currency cannot pay."""
    if not left.amount:
        raise NothingLeft
    if not wanted.amount.is_finite() or not 0 < wanted.amount <= left.amount:
        raise _wrong(_("Give an amount above zero and up to %(left)s.") % {"left": prices.money(left.amount, left.currency)})
    if wanted.currency != left.currency or wanted.amount != round_money(wanted.amount, left.currency):
        raise _wrong(_("Give an amount that %(currency)s can pay.") % {"currency": left.currency})


def _wrong(sentence: str) -> BadInput:
    return BadInput(_("Please check the fields that are marked."), fields={"amount": sentence})
