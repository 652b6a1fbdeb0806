"""The SQL of kept wallets that crosses slices: which want a look, and whether anything is open about a booking's holds."""

from datetime import timedelta

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId


async def due(db: Db, pause: timedelta, longest: timedelta, limit: int) -> list[BookingId]:
    """Return bookings whose wallet wants a look, those first that were looked at longest ago.

    One that PayPal has not told of is looked at ever more slowly, a quarter of its age after the last look; one whose booking is over,
    or that is being deleted, each ``pause``.
    """
    rows = await db.fetch(
        """
        select w.booking_id from paypal_wallets w join bookings b on b.id = w.booking_id
        where w.status in ('agreed', 'kept') and b.status <> 'pending'
          and (w.status = 'agreed' or w.deleting_at is not null or b.status in ('completed', 'cancelled', 'expired', 'no_show'))
          and (w.looked_at is null or w.looked_at <= (select exodrive_private.now()) - case
               when w.status = 'kept' then $1::interval
               else greatest($1::interval, least($2::interval, (w.looked_at - w.agreed_at) / 4)) end)
        order by w.looked_at nulls first limit $3""",
        pause,
        longest,
        limit,
    )
    return [BookingId(row[0]) for row in rows]


async def is_open(db: Db, booking_id: BookingId) -> bool:
    """Tell whether a hold of a booking is in force or being placed, or the end of anything asked of PayPal for it is not known."""
    return bool(
        await db.fetchval(
            """
            select exists (select from deposit_holds h where h.booking_id = $1 and h.status in ('asked', 'held'))
                or exists (select from payment_operations o where o.booking_id = $1 and (o.hold_id is not null or o.kind = 'capture')
                           and not exists (select from payment_results r where r.operation_id = o.id and r.is_final))""",
            booking_id,
        )
    )


async def orders(db: Db, booking_id: BookingId) -> list[str]:
    """Return PayPal's ids of the orders that were opened for a rental: each that was paid may have had a wallet kept."""
    rows = await db.fetch(
        """
        select distinct r.provider_id from payment_operations o join payment_results r on r.operation_id = o.id
        where o.booking_id = $1 and o.kind = 'create_order' and num_nonnulls(o.change_id, o.hold_id, o.instalment_id) = 0
          and r.outcome = 'succeeded' and r.provider_id is not null
        order by 1""",
        booking_id,
    )
    return [row[0] for row in rows]
