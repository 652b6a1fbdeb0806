"""Forgoing the rest of a price: by a manager, with a reason; the car may go out without it, and no letter about it follows."""

from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.instalment.errors import NoRest
from exodrive.flows.instalment.rest import clear_way
from exodrive.flows.once import once, request
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.payments.instalments import store as instalments


class Waived(msgspec.Struct, frozen=True):
    """What the renter need not pay any more."""

    amount: Decimal
    currency: str


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    reason: str


async def by_staff(door: Door, booking_id: BookingId, actor: Actor, reason: str, *, key: str = "", ip: str = "") -> Waived:
    """Forgo the rest of a booking's price through the staff's own door; return how much it was.

    Asked again with the same ``key`` the answer is the same. Raises BadInput naming ``reason``, NoBooking, NoRest, PaymentUnderWay while
    PayPal decides about it, ChangeFirst while a change of the booking waits for its payment, and KeyReused.
    """
    asked = _Asked(booking_id, by.reason_of(reason))
    named = request("waiver", key, asked)
    return await again(lambda: _write(door, asked, named, actor, ip))


@commits("instalment.waive")
async def _write(door: Door, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Waived:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _waive(db, now, asked.reason, actor, ip), Waived)


async def _waive(db: Db, now: Standing, reason: str, actor: Actor, ip: str) -> Waived:
    rest = await instalments.of_booking(db, now.booking_id)
    if rest is None:
        raise NoRest
    await clear_way(db, now, rest, actor)
    assert actor.id is not None, "staff act in their own name"
    await instalments.waive(db, rest.id, UUID(actor.id), reason)
    told = {"amount": rest.money.text, "currency": rest.currency}
    await bookings.tell(db, now.booking_id, "instalment_waived", actor, reason=reason, **told)
    await by.note(db, actor, ip, "instalment_waived", now.booking_id, reason=reason, **told)
    return Waived(rest.amount, rest.currency)
