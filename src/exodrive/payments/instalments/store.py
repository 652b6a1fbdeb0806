"""All SQL of the rest of a price. Who writes holds the lock of the booking's car."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id
from exodrive.payments.instalments.model import REMINDERS, Instalment, InstalmentStatus

_INSTALMENT = """
    select i.id, i.booking_id, i.status, i.amount, i.currency, i.due_on, i.paypal_order_id, i.approve_url, i.opened_at, i.is_paying,
           i.remind_at, i.settled_at
    from booking_instalments i"""
_OPENED_FOR = """coalesce(
        (select paid.id from booking_instalments paid where paid.paypal_order_id = $1),
        (select o.instalment_id from payment_results r join payment_operations o on o.id = r.operation_id
         where r.provider_id = $1 and o.kind = 'create_order' limit 1))"""
# The next letter that is not too late yet: none is sent once the car should be out.
_NEXT_LETTER = """
    (select min(letter.at) from (
        select (b.due_on - days + time '09:00') at time zone b.time_zone as at from unnest($2::integer[]) as days) letter
     where letter.at > (select exodrive_private.now()) and letter.at < b.pickup_at)"""


async def begin(db: Db, booking_id: BookingId) -> None:
    """Write down what of a booking's price is paid later; nothing for one that was paid in full."""
    await db.execute(
        f"""
        insert into booking_instalments (id, booking_id, status, amount, currency, due_on, remind_at)
        select $3, b.id, 'open', b.due_later, b.currency, b.due_on, {_NEXT_LETTER}
        from bookings b where b.id = $1 and b.due_later > 0""",  # noqa: S608
        booking_id,
        list(REMINDERS),
        new_id(),
    )


async def find(db: Db, instalment_id: UUID) -> Instalment | None:
    """Return the rest of a price."""
    return _instalment(await db.fetchrow(f"{_INSTALMENT} where i.id = $1", instalment_id))


async def of_booking(db: Db, booking_id: BookingId) -> Instalment | None:
    """Return the rest of a booking's price, however it stands; None for one that was paid in one."""
    return _instalment(await db.fetchrow(f"{_INSTALMENT} where i.booking_id = $1", booking_id))


async def of_order(db: Db, order_id: str) -> Instalment | None:
    """Return the rest that a PayPal order pays for, or was once opened for."""
    return _instalment(await db.fetchrow(f"{_INSTALMENT} where i.id = {_OPENED_FOR}", order_id))


def _instalment(row: Any) -> Instalment | None:
    return Instalment(row[0], row[1], InstalmentStatus(row[2]), *row[3:]) if row else None


async def opened(db: Db, instalment_id: UUID, order_id: str, approve_url: str | None) -> None:
    """Remember where a rest is paid."""
    await db.execute(
        """
        update booking_instalments set paypal_order_id = $2, approve_url = $3, opened_at = (select exodrive_private.now())
        where id = $1 and status = 'open'""",
        instalment_id,
        order_id,
        approve_url,
    )


async def forget_order(db: Db, instalment_id: UUID, order_id: str | None) -> None:
    """Forget by which order a rest is paid, unless it is another by now: nothing is captured by it, the next payment opens a new one."""
    await db.execute(
        """
        update booking_instalments set paypal_order_id = null, approve_url = null, opened_at = null
        where id = $1 and status = 'open' and not is_paying and paypal_order_id = $2""",
        instalment_id,
        order_id,
    )


async def set_paying(db: Db, instalment_id: UUID, *, is_paying: bool) -> None:
    """Say that a capture is under way, or that it came to nothing."""
    await db.execute(
        "update booking_instalments set is_paying = $2 where id = $1 and status = 'open'",
        instalment_id,
        is_paying,
    )


async def paid(db: Db, instalment_id: UUID, capture_id: str) -> None:
    """Remember by which capture a rest was paid."""
    await db.execute(
        """
        update booking_instalments set status = 'paid', paypal_capture_id = $2, is_paying = false, remind_at = null,
               settled_at = (select exodrive_private.now())
        where id = $1 and status = 'open'""",
        instalment_id,
        capture_id,
    )


async def waive(db: Db, instalment_id: UUID, staff_id: UUID, reason: str) -> None:
    """Forgo a rest in somebody's name."""
    await db.execute(
        """
        update booking_instalments set status = 'waived', waived_by = $2, reason = $3, remind_at = null,
               settled_at = (select exodrive_private.now())
        where id = $1 and status = 'open'""",
        instalment_id,
        staff_id,
        reason,
    )


async def drop(db: Db, booking_id: BookingId) -> None:
    """Let go of the rest of a booking that has ended."""
    await _settle(db, booking_id, InstalmentStatus.DROPPED)


async def _settle(db: Db, booking_id: BookingId, end: InstalmentStatus) -> None:
    await db.execute(
        """
        update booking_instalments set status = $2, remind_at = null, settled_at = (select exodrive_private.now())
        where booking_id = $1 and status = 'open'""",
        booking_id,
        end,
    )


async def follow(db: Db, booking_id: BookingId, later: Decimal) -> None:
    """Let the rest be what a changed price leaves of it; an order for another sum is forgotten. With nothing left there is no rest."""
    if not later:
        await _settle(db, booking_id, InstalmentStatus.MERGED)
        return
    await db.execute(
        f"""
        update booking_instalments i set amount = b.due_later, due_on = b.due_on, paypal_order_id = null, approve_url = null,
               opened_at = null, remind_at = case when i.due_on = b.due_on then i.remind_at else {_NEXT_LETTER} end
        from bookings b where b.id = i.booking_id and i.booking_id = $1 and i.status = 'open'
          and (i.amount, i.due_on) is distinct from (b.due_later, b.due_on)""",  # noqa: S608
        booking_id,
        list(REMINDERS),
    )


async def to_remind_of(db: Db, limit: int) -> list[BookingId]:
    """Return bookings that a letter about their rest is due for, the longest due first."""
    rows = await db.fetch(
        """
        select booking_id from booking_instalments where status = 'open' and remind_at <= (select exodrive_private.now())
        order by remind_at, id limit $1""",
        limit,
    )
    return [BookingId(row[0]) for row in rows]


async def reminded(db: Db, instalment_id: UUID) -> None:
    """Remember that a letter about a rest was promised, and when the next is due; what was missed by then is not made up."""
    await db.execute(
        f"""
        update booking_instalments i set reminded_at = (select exodrive_private.now()), remind_at = {_NEXT_LETTER}
        from bookings b where b.id = i.booking_id and i.id = $1 and i.status = 'open'""",  # noqa: S608
        instalment_id,
        list(REMINDERS),
    )
