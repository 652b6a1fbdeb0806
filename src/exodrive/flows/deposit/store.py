"""The SQL of deposits that crosses slices: the rental behind a deposit, intents about holds, and which bookings are due for a look."""

from datetime import datetime
from uuid import UUID

from exodrive.bookings.model import BookingStatus
from exodrive.deposits.model import Rental
from exodrive.flows.deposit.news import News, Told
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.payments.model import End, Kind, Latest, Operation

_OFF = frozenset({BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW})


async def rental(db: Db, booking_id: BookingId) -> tuple[Rental, Money, BookingStatus] | None:
    """Return what a deposit stands behind, how much it is, and where the booking stands."""
    row = await db.fetchrow(
        """
        select status, pickup_at, return_due_at, handed_over_at, returned_at, security_deposit_amount, currency,
               approval_due_at is not null and approved_at is null,
               exists (select from deposit_claims k where k.booking_id = bookings.id and k.ended_at is null)
        from bookings where id = $1""",
        booking_id,
    )
    if row is None:
        return None
    status = BookingStatus(row[0])
    moments = {"pickup_at": row[1], "due_at": row[2], "handed_over_at": row[3], "returned_at": row[4]}
    trip = Rental(**moments, is_off=status in _OFF, waits=row[7], claimed=row[8], amount=row[5])
    return trip, Money(row[5], row[6]), status


async def last_for_hold(db: Db, hold_id: UUID, kind: Kind) -> tuple[Operation, Latest] | None:
    """Return the newest intent of a kind for a hold, with its newest result; None when nothing was asked."""
    row = await db.fetchrow(
        """
        select o.id, o.booking_id, o.kind, o.attempt, o.request_id, o.amount, o.currency, o.target_id, o.reason, o.created_at, o.change_id,
               o.request, o.hold_id, o.instalment_id, r.outcome, r.provider_id, r.issue
        from payment_operations o
        left join lateral (
            select outcome, provider_id, issue from payment_results where operation_id = o.id order by id desc limit 1) r on true
        where o.hold_id = $1 and o.kind = $2 order by o.attempt desc limit 1""",
        hold_id,
        kind,
    )
    if row is None:
        return None
    asked = Operation(row[0], row[1], Kind(row[2]), *row[3:14])
    return asked, Latest(asked.id, asked.target_id, asked.created_at, End(row[14]) if row[14] else None, row[15], row[16])


async def told(db: Db, booking_id: BookingId, last: UUID | None) -> Told:
    """Return which letters about a deposit were promised; ``last`` is the newest hold that PayPal decided about."""
    row = await db.fetchrow(
        """
        select b.deposit_asked_at, b.deposit_reminded_at, (select max(told_at) from deposit_holds where booking_id = b.id),
               h.told_at is not null, h.ended_at
        from bookings b left join deposit_holds h on h.id = $2 where b.id = $1""",
        booking_id,
        last,
    )
    assert row is not None, "its rental was read"
    return Told(asked_at=row[0], reminded_at=row[1], missed_at=row[2], of_last=row[3], ended_at=row[4])


async def tell(db: Db, booking_id: BookingId, news: News, hold_id: UUID | None) -> None:
    """Remember that a letter about a deposit was promised; ``hold_id`` where it is about a hold that came to nothing."""
    if news is News.ANEW:
        await db.execute("update deposit_holds set told_at = (select exodrive_private.now()) where id = $1", hold_id)
    elif news is News.FIRST:
        await db.execute("update bookings set deposit_asked_at = (select exodrive_private.now()) where id = $1", booking_id)
    else:
        await db.execute("update bookings set deposit_reminded_at = (select exodrive_private.now()) where id = $1", booking_id)


async def due(db: Db, asks_from: datetime, after: BookingId | None, limit: int) -> list[BookingId]:
    """Return bookings whose deposit wants a look, in id order: a pick-up that is near, a car that is out, a hold that lives."""
    rows = await db.fetch(
        """
        select w.id from (
            select b.id from bookings b
            where b.status in ('upcoming', 'active') and b.pickup_at <= $1 and b.security_deposit_amount > 0
            union select h.booking_id from deposit_holds h where h.status = 'held'
            union select h.booking_id from deposit_holds h where h.status = 'asked') w
        where $2::uuid is null or w.id > $2
        order by w.id limit $3""",
        asks_from,
        after,
        limit,
    )
    return [BookingId(row[0]) for row in rows]
