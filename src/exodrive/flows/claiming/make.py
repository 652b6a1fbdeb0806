"""Making a claim: all that is due is to be taken from the deposit that is held, as far as that reaches."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.charges import store as charges
from exodrive.charges.states import ChargeStatus
from exodrive.deposits import store as deposits
from exodrive.deposits.claims import store
from exodrive.deposits.claims.model import ClaimStatus, answer_until
from exodrive.deposits.model import DepositRules, Hold
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.claiming.errors import ClaimOpen, NothingHeld, NothingToClaim
from exodrive.flows.deposit.store import last_for_hold, rental
from exodrive.flows.once import once, request
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.payments.model import End, Kind


class Claimed(msgspec.Struct, frozen=True):
    """A claim: what the charges come to, what of it is taken from the deposit, and until when the renter may answer; None when at once."""

    id: UUID
    asked: Decimal
    amount: Decimal
    currency: str
    answer_by: datetime | None


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId


async def claim(rules: DepositRules, door: Door, booking_id: BookingId, actor: Actor, *, key: str = "", ip: str = "") -> Claimed:
    """Claim all that is due from the deposit, through the staff's own door. The renter has some time to accept or object.

    Where the hold would end too soon after that time, it is claimed at once. Asked again with the same ``key`` the answer is the same.
    Raises NoBooking, NothingToClaim, NothingHeld, ClaimOpen, KeyReused and Busy.
    """
    asked = _Asked(booking_id)
    return await again(lambda: _write(door, asked, request("claim", key, asked), rules, actor, ip))


@commits("claim.make")
async def _write(door: Door, asked: _Asked, named: Request | None, rules: DepositRules, actor: Actor, ip: str) -> Claimed:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _claim(db, now, rules, actor, ip), Claimed)


async def _claim(db: Db, now: Standing, rules: DepositRules, actor: Actor, ip: str) -> Claimed:
    due = [one for one in await charges.of_booking(db, now.booking_id) if one.status is ChargeStatus.DUE]
    hold = await _held(db, now)
    if not due:
        raise NothingToClaim
    asked = sum((one.left for one in due), Decimal(0))
    amount = min(asked, hold.amount)
    assert hold.covered_until
    assert actor.id is not None
    until = answer_until(now.now, hold.covered_until, rules)
    claim_id = await store.add(db, hold, asked, amount, until or now.now, UUID(actor.id), at_once=until is None)
    await charges.claim(db, now.booking_id, claim_id)
    money = Money(amount, hold.currency)
    told = {"amount": money.text, "currency": money.currency, "answer_by": until.isoformat() if until else None}
    await bookings.tell(db, now.booking_id, "claim_made", actor, **told)
    await by.note(db, actor, ip, "deposit_claimed", now.booking_id, claim=str(claim_id), **told)
    await outbox.enqueue(db, "mail.claim_made", claim_id=claim_id)
    if until is None:
        await outbox.enqueue(db, "claims.take", claim_id=claim_id)
    return Claimed(claim_id, asked, amount, hold.currency, until)


async def _held(db: Db, now: Standing) -> Hold:
    """Return the hold to claim from. Raises ClaimOpen and NothingHeld."""
    found = await rental(db, now.booking_id)
    if found is None or found[0].returned_at is None:
        raise NothingHeld
    if any(one.ended_at is None or one.status is ClaimStatus.SETTLED for one in await store.of_booking(db, now.booking_id)):
        raise ClaimOpen
    living = [hold for hold in await deposits.of_booking(db, now.booking_id) if hold.covers(now.now)]
    if not living:
        raise NothingHeld
    released = await last_for_hold(db, living[-1].id, Kind.RELEASE)
    if released and (released[1].is_open or released[1].end is End.SUCCEEDED):
        raise NothingHeld
    return living[-1]
