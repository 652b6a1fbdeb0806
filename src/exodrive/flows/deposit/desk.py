"""What staff do about a deposit: ask its renter once more, and give it back before its time. Each once per key, noted in both books."""

from datetime import datetime
from decimal import Decimal

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.deposits import store as deposits
from exodrive.deposits.model import DepositRules, Hold
from exodrive.deposits.planner import is_wanted
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.deposit import by_wallet, keeping, reminding, store
from exodrive.flows.deposit.errors import ClaimIsOpen, NoHoldWanted, NothingHeld, StillOut
from exodrive.flows.deposit.news import News
from exodrive.flows.once import once, request
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.payments.model import End, Kind


class GivenBack(msgspec.Struct, frozen=True):
    """What the worker gives back within seconds."""

    amount: Decimal
    currency: str


class AskedAgain(msgspec.Struct, frozen=True):
    """When a letter that asks for the deposit was promised."""

    at: datetime


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    reason: str = ""


async def give_back(door: Door, booking_id: BookingId, actor: Actor, reason: str, *, key: str = "", ip: str = "") -> GivenBack:
    """Give back what is held for a booking, through the staff's own door; return how much.

    Asked again with the same ``key`` the answer is the same. Raises BadInput naming ``reason``, NoBooking, NothingHeld, ClaimIsOpen,
    StillOut while the renter has the car, and KeyReused.
    """
    asked = _Asked(booking_id, by.reason_of(reason))
    named = request("deposit_release", key, asked)
    return await again(lambda: _write_release(door, asked, named, actor, ip))


@commits("deposit.release.decide")
async def _write_release(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> GivenBack:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _release(db, now, asked.reason, actor, ip), GivenBack)


async def _release(db: Db, now: Standing, reason: str, actor: Actor, ip: str) -> GivenBack:
    hold = await _held(db, now)
    await keeping.promise(db, hold, Kind.RELEASE, reason)
    told = {"amount": hold.money.text, "currency": hold.currency}
    await bookings.tell(db, now.booking_id, "deposit_release_promised", actor, reason=reason, **told)
    await by.note(db, actor, ip, "deposit_given_back", now.booking_id, reason=reason, **told)
    return GivenBack(hold.amount, hold.currency)


async def _held(db: Db, now: Standing) -> Hold:
    """Return the hold that may be given back. Raises NothingHeld, ClaimIsOpen, StillOut."""
    found = await store.rental(db, now.booking_id)
    living = [hold for hold in await deposits.of_booking(db, now.booking_id) if hold.covers(now.now)]
    if found is None or not living or await is_ending(db, living[-1]):
        raise NothingHeld
    if found[0].claimed:
        raise ClaimIsOpen
    if found[0].is_out:
        raise StillOut
    return living[-1]


async def is_ending(db: Db, hold: Hold) -> bool:
    """Tell whether a hold is being given back, or a claim is being taken from it."""
    release, claim = [await store.last_for_hold(db, hold.id, kind) for kind in (Kind.RELEASE, Kind.CLAIM)]
    return bool((release and (release[1].is_open or release[1].end is End.SUCCEEDED)) or (claim and claim[1].is_open))


async def ask_again(rules: DepositRules, door: Door, booking_id: BookingId, actor: Actor, *, key: str = "", ip: str = "") -> AskedAgain:
    """Have the letter sent that asks for the deposit, whatever was sent before; return since when it is promised.

    Asked again with the same ``key`` no other is sent. Raises NoBooking, NoHoldWanted while nothing is to be held, it is being placed, or
    is held from a kept wallet, and KeyReused.
    """
    asked = _Asked(booking_id)
    named = request("deposit_request", key, asked)
    return await again(lambda: _write_request(rules, door, asked, named, actor, ip))


async def _write_request(rules: DepositRules, door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> AskedAgain:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _request(rules, db, now, actor, ip), AskedAgain)


async def _request(rules: DepositRules, db: Db, now: Standing, actor: Actor, ip: str) -> AskedAgain:
    found, holds = await store.rental(db, now.booking_id), await deposits.of_booking(db, now.booking_id)
    if found is None or not found[1].amount or now.status not in reminding.ON or not is_wanted(found[0], holds, rules, now.now):
        raise NoHoldWanted
    if await reminding.is_placing(db, holds) or await by_wallet.is_way(db, rules, now.booking_id, holds, now.now):
        raise NoHoldWanted
    await store.tell(db, now.booking_id, News.FIRST, None)
    if last := reminding.last_of(holds):  # the letter tells of it: the clock need not
        await store.tell(db, now.booking_id, News.ANEW, last.id)
    await outbox.enqueue(db, "mail.deposit", booking_id=now.booking_id)
    await bookings.tell(db, now.booking_id, "deposit_letter_promised", actor)
    await by.note(db, actor, ip, "deposit_asked_again", now.booking_id)
    return AskedAgain(now.now)
