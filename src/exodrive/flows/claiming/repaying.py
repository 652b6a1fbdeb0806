"""Giving claimed money back: a claim that was wrong, or damage that cost less. The intent is written with its cause, a job asks PayPal."""

from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor
from exodrive.deposits.claims import store as claims
from exodrive.deposits.claims.model import Claim, ClaimStatus
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import returning, standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.checkout.returning import Way
from exodrive.flows.claiming import store
from exodrive.flows.claiming.errors import NoClaim
from exodrive.flows.once import once, request
from exodrive.flows.refund import check
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.payments import store as payments
from exodrive.payments.model import Kind, Operation, Result


class Repaid(msgspec.Struct, frozen=True):
    """Claimed money that is promised back, and what is left of the claim after it."""

    amount: Decimal
    currency: str
    left: Decimal


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    claim_id: UUID
    money: Money
    reason: str


async def by_staff(
    door: Door, booking_id: BookingId, claim_id: UUID, money: Money, actor: Actor, reason: str, *, key: str = "", ip: str = ""
) -> Repaid:
    """Promise a sum of what was taken from a deposit back to the renter, through the staff's own door; the worker sends it.

    The charges it paid stay as they are. Asked again with the same ``key`` it is promised once. Raises BadInput naming ``amount`` or
    ``reason``, NoClaim for a claim of no such booking or of which nothing was taken, NothingLeft, NoBooking, KeyReused and Busy.
    """
    asked = _Asked(booking_id, claim_id, money, by.reason_of(reason))
    return await again(lambda: _write(door, asked, request("claim_refund", key, asked), actor, ip))


@commits("claim.repay.write")
async def _write(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Repaid:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _promise(db, now, asked, actor, ip), Repaid)


async def _promise(db: Db, now: Standing, asked: _Asked, actor: Actor, ip: str) -> Repaid:
    claim = await claims.find(db, asked.claim_id)
    taken = await store.taken_by(db, claim) if claim and claim.booking_id == now.booking_id else None
    if claim is None or taken is None or claim.status is not ClaimStatus.SETTLED:
        raise NoClaim
    left = Money(await store.left(db, claim), claim.currency)
    check(asked.money, left)
    about = {"claim": str(claim.id), "payee": taken[1]}
    operation_id = await payments.intend(
        db, now.booking_id, Kind.REPAY, asked.money, target_id=taken[0], reason=asked.reason, request=about, hold_id=claim.hold_id
    )
    told = {"amount": asked.money.text, "currency": asked.money.currency}
    await bookings.tell(db, now.booking_id, "claim_repay_promised", actor, reason=asked.reason, **told)
    await by.note(db, actor, ip, "claim_repaid", now.booking_id, reason=asked.reason, claim=str(claim.id), **told)
    await outbox.enqueue(db, "payments.settle", operation_id=operation_id)
    return Repaid(asked.money.amount, left.currency, left.amount - asked.money.amount)


async def _book(db: Db, operation: Operation) -> None:
    await claims.repay(db, UUID(operation.request["claim"]), operation.amount)
    await outbox.enqueue(db, "mail.claim_repaid", operation_id=operation.id)


_WAY = Way(_book, "claim_repaid", "claim_repay_failed", "claimed money did not go back")


@commits("claim.repay.record")
async def record(world: World, operation: Operation, result: Result, actor: Actor = SYSTEM) -> None:
    """Keep PayPal's answer, unless another was first, and say on the claim what went back."""
    await returning.record(world, operation, result, actor, _WAY)


def is_open(claim: Claim) -> bool:
    """Tell whether any of a claim may still go back."""
    return claim.status is ClaimStatus.SETTLED and claim.repaid < claim.amount
