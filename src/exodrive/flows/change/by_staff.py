"""Staff change a booking: other days, another car, a later or earlier return, in their own name and with a reason.

What costs no more is in force at once; what costs more waits longer than a renter's own change, and a letter leads to its payment.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.bookings.model import Actor, Tariff
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.change import make
from exodrive.flows.change.errors import NothingChanged
from exodrive.flows.change.model import Proposal, Wish
from exodrive.flows.change.propose import preview
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.once import once, request
from exodrive.flows.world import World
from exodrive.kit import idempotency, outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A change that staff made: in force, or ``pay_until`` a moment waiting for the renter to pay its ``difference``."""

    change_id: UUID
    difference: Decimal
    currency: str
    pay_until: datetime | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What staff want of a booking, at which tariff and price, and why."""

    reference: str
    wish: Wish
    tariff: Tariff | None = None
    quote: str = ""
    reason: str


async def price(world: World, door: Door, asked: Asked) -> Proposal:
    """Return what a change would be, through the staff's own door; no cut-off counts. Raises what ``preview`` raises."""
    return await preview(world, door, asked.reference, asked.wish, tariff=asked.tariff, by_staff=True)


async def change(world: World, door: Door, asked: Asked, actor: Actor, *, key: str = "", ip: str = "") -> Changed:
    """Make a change at the price that was shown, once per ``key``.

    Raises what ``price`` raises, BadInput without a reason, NothingChanged, PriceChanged, ChangedMeanwhile, PaymentUnderWay, CarTaken,
    KeyReused and Busy.
    """
    asked = msgspec.structs.replace(asked, reason=by.reason_of(asked.reason))
    named = request("change", key, msgspec.structs.replace(asked, quote=""))  # asked again, the same may be promised anew
    if named and (done := await _answered(door, named)):
        return done
    proposal = await price(world, door, asked)
    if proposal.is_nothing:
        raise NothingChanged
    make.check_quote(world, proposal, asked.quote)
    async with make.turn(world, proposal):
        return await again(lambda: _write(world, door, proposal, asked, named, actor, ip))


@commits("change.answered")
async def _answered(door: Door, named: Request) -> Changed | None:
    async with door.scope() as db:
        done = await idempotency.answered(db, named)
    return msgspec.convert(done, Changed, strict=False) if done else None


@commits("change.by_staff")
async def _write(world: World, door: Door, proposal: Proposal, asked: Asked, named: Request | None, actor: Actor, ip: str) -> Changed:
    async with door.scope() as db:
        now = await standing.locked(db, proposal.sold.booking_id, also=[proposal.new.car_id])
        until = now.now + timedelta(hours=world.rules.staff_change_hours)
        return await once(db, named, now.booking_id, lambda: _change(db, proposal, now, until, asked.reason, actor, ip), Changed)


async def _change(db: Db, proposal: Proposal, now: Standing, until: datetime, reason: str, actor: Actor, ip: str) -> Changed:
    change_id = await make.write(db, proposal, now, until, actor, reason)
    difference, new = proposal.difference, proposal.new
    told = {"start": str(new.start), "end": str(new.end), "car": str(new.car_id), "difference": difference.text}
    await by.note(db, actor, ip, "booking_changed", BookingId(now.booking_id), reason=reason, **told)
    if difference.amount <= 0:
        return Changed(change_id=change_id, difference=difference.amount, currency=difference.currency)
    await outbox.enqueue(db, "mail.change_to_pay", booking_id=now.booking_id)
    return Changed(change_id=change_id, difference=difference.amount, currency=difference.currency, pay_until=until)
