"""What becomes of a charge: a proposed one is confirmed, and any that was not settled may be withdrawn with a reason."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.charges import store as charges
from exodrive.charges.model import Charge
from exodrive.charges.states import MOVES, ChargeStatus
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.charging.errors import ChargeMoved, UnknownCharge
from exodrive.flows.checkout import standing
from exodrive.flows.once import once, request
from exodrive.kit.db import Db, Door
from exodrive.kit.failpoints import commits
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId


class Decided(msgspec.Struct, frozen=True):
    """A charge, and where it stands now."""

    id: UUID
    status: ChargeStatus


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    charge_id: UUID
    reason: str = ""


Work = Callable[[Db, Charge], Awaitable[None]]


async def confirm(door: Door, booking_id: BookingId, charge_id: UUID, actor: Actor, *, key: str = "", ip: str = "") -> Decided:
    """Ask the renter for a charge that was proposed at the return. Raises NoBooking, UnknownCharge, ChargeMoved, KeyReused and Busy."""
    asked = _Asked(booking_id, charge_id)

    async def run(db: Db, seen: Charge) -> None:
        if seen.status is not ChargeStatus.PROPOSED or not await charges.confirm(db, charge_id):
            raise ChargeMoved
        await _tell(db, booking_id, "charge_confirmed", seen, actor, ip)

    return await again(lambda: _write(door, asked, request("charge-confirmation", key, asked), ChargeStatus.DUE, run))


async def withdraw(
    door: Door, booking_id: BookingId, charge_id: UUID, actor: Actor, reason: str, *, key: str = "", ip: str = ""
) -> Decided:
    """Take a charge back. Raises BadInput without a reason, NoBooking, UnknownCharge, ChargeMoved, KeyReused and Busy."""
    asked = _Asked(booking_id, charge_id, by.reason_of(reason))

    async def run(db: Db, seen: Charge) -> None:
        may = ChargeStatus.WITHDRAWN in MOVES.get(seen.status, ()) and not seen.paid
        if not may or not await charges.withdraw(db, charge_id, seen.status, asked.reason):
            raise ChargeMoved
        await _tell(db, booking_id, "charge_withdrawn", seen, actor, ip, asked.reason)

    return await again(lambda: _write(door, asked, request("charge-withdrawal", key, asked), ChargeStatus.WITHDRAWN, run))


@commits("charge.decide")
async def _write(door: Door, asked: _Asked, named: Request | None, end: ChargeStatus, run: Work) -> Decided:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)

        async def work() -> Decided:
            seen = await charges.find(db, asked.booking_id, asked.charge_id)
            if seen is None:
                raise UnknownCharge
            await run(db, seen)
            return Decided(asked.charge_id, end)

        return await once(db, named, now.booking_id, work, Decided)


async def _tell(db: Db, booking_id: BookingId, event: str, seen: Charge, actor: Actor, ip: str, reason: str | None = None) -> None:
    told = {"kind": seen.kind, "total": str(seen.total), "currency": seen.currency}
    await bookings.tell(db, booking_id, event, actor, reason=reason, **told)
    await by.note(db, actor, ip, event, booking_id, reason=reason, charge=str(seen.id), **told)
