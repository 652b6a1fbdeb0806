"""What becomes of a claim before anything is taken: its renter accepts or objects, staff uphold or withdraw it, or the clock decides."""

import logging
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER, SYSTEM, Actor
from exodrive.charges import store as charges
from exodrive.deposits import store as deposits
from exodrive.deposits.claims import store
from exodrive.deposits.claims.model import Answer, Claim, ClaimStatus
from exodrive.deposits.model import Alarm
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.claiming import taking
from exodrive.flows.claiming.errors import NoClaim
from exodrive.flows.each import each
from exodrive.flows.once import once, request
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId

AT_ONCE = 100
LONGEST = 2000

log = logging.getLogger(__name__)


class Decided(msgspec.Struct, frozen=True):
    """A claim, and where it stands now."""

    id: UUID
    status: ClaimStatus


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    claim_id: UUID
    uphold: bool
    reason: str


async def accept(world: World, booking_id: BookingId) -> None:
    """Let the renter of a booking accept its claim: it is taken now. Pressed again, nothing more happens. Raises NoClaim and NoBooking."""
    await again(lambda: _by_renter(world, booking_id, None))


async def object_to(world: World, booking_id: BookingId, objection: str) -> None:
    """Let the renter of a booking object to its claim: nothing is taken before staff decide. Raises BadInput, NoClaim and NoBooking."""
    said = by.reason_of(objection)[:LONGEST]
    await again(lambda: _by_renter(world, booking_id, said))


@commits("claim.answer")
async def _by_renter(world: World, booking_id: BookingId, objection: str | None) -> None:
    async with world.door.scope() as db:
        await standing.locked(db, booking_id)
        claim = await store.open_of(db, booking_id)
        if claim and objection is None and claim.answer is Answer.ACCEPTED:
            return
        if claim is None or claim.status is not ClaimStatus.ASKED:
            raise NoClaim
        if objection is None:
            await store.accept(db, claim.id, Answer.ACCEPTED)
            await bookings.tell(db, booking_id, "claim_accepted", CUSTOMER)
            await outbox.enqueue(db, "claims.take", claim_id=claim.id)
            return
        await store.object_to(db, claim.id, objection)
        await bookings.tell(db, booking_id, "claim_objected", CUSTOMER, reason=objection)
        await outbox.enqueue(db, "mail.claim_objected", claim_id=claim.id)


async def decide(
    door: Door, booking_id: BookingId, claim_id: UUID, actor: Actor, reason: str, *, uphold: bool, key: str = "", ip: str = ""
) -> Decided:
    """Uphold a claim that its renter objected to, or withdraw one that nothing was taken for, and say why; the renter reads it.

    Raises BadInput without a reason, NoBooking, NoClaim, KeyReused and Busy.
    """
    asked = _Asked(booking_id, claim_id, uphold, by.reason_of(reason))
    return await again(lambda: _decide(door, asked, request("claim-decision", key, asked), actor, ip))


@commits("claim.decide")
async def _decide(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Decided:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)

        async def work() -> Decided:
            claim = await store.find(db, asked.claim_id)
            if claim is None or claim.booking_id != asked.booking_id:
                raise NoClaim
            end = await (_uphold if asked.uphold else _withdraw)(db, claim, asked.reason)
            event = "claim_upheld" if asked.uphold else "claim_withdrawn"
            await bookings.tell(db, now.booking_id, event, actor, reason=asked.reason)
            await by.note(db, actor, ip, event, now.booking_id, claim=str(claim.id), reason=asked.reason)
            return Decided(claim.id, end)

        return await once(db, named, now.booking_id, work, Decided)


async def _uphold(db: Db, claim: Claim, reason: str) -> ClaimStatus:
    if not await store.uphold(db, claim.id, reason):
        raise NoClaim
    await outbox.enqueue(db, "claims.take", claim_id=claim.id)
    return ClaimStatus.ACCEPTED


async def _withdraw(db: Db, claim: Claim, reason: str) -> ClaimStatus:
    if claim.status not in (ClaimStatus.ASKED, ClaimStatus.OBJECTED):
        raise NoClaim
    await charges.unclaim(db, claim.id)
    await store.end(db, claim.id, claim.status, ClaimStatus.WITHDRAWN, reason)
    await outbox.enqueue(db, "mail.claim_ended", claim_id=claim.id)
    await outbox.enqueue(db, "claims.take", claim_id=claim.id)
    await outbox.enqueue(db, "deposits.look", booking_id=claim.booking_id)
    return ClaimStatus.WITHDRAWN


@commits("claim.due")
async def settle_due(world: World) -> int:
    """Do what claims want by the clock; return how many were looked at. One that fails stops no other."""
    async with world.door.scope() as db:
        due = await store.due(db, world.deposits.margin, AT_ONCE)
    await each(world, due, lambda claim: _settle(world, claim), "a claim could not be settled")
    return len(due)


async def _settle(world: World, claim: Claim) -> None:
    await again(lambda: _by_clock(world, claim))
    await taking.take(world, claim.id)


@commits("claim.clock")
async def _by_clock(world: World, seen: Claim) -> None:
    """Silence is consent when the time is over; an objection near the end of the hold is an alarm."""
    async with world.door.scope() as db:
        now = await standing.locked(db, seen.booking_id)
        claim = await store.find(db, seen.id)
        if claim and claim.status is ClaimStatus.ASKED and claim.answer_by <= now.now:
            await store.accept(db, claim.id, Answer.SILENT)
            await bookings.tell(db, now.booking_id, "claim_unanswered", SYSTEM)
        elif claim and claim.status is ClaimStatus.OBJECTED:
            for kind in await deposits.set_alarms(db, now.booking_id, [Alarm.CLAIM], []):
                log.critical("an objection waits and its hold ends soon", extra={"booking": now.reference})
                await bookings.tell(db, now.booking_id, "deposit_alarm", SYSTEM, alarm=kind)
