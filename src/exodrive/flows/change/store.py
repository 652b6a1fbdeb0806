"""All SQL of changes: proposed, paid, applied, dropped. Who writes holds the lock of the booking's car."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from exodrive.bookings.model import BookingStatus
from exodrive.flows.change.model import Arranged, Change, ChangeStatus, Chosen, Noted, Proposal, Sold, chosen_in
from exodrive.flows.change.rates import is_longer
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id
from exodrive.pricing import engine

_CHANGE = """
    select c.id, c.booking_id, c.number, c.status, c.before_price, c.after_price, c.before, c.after, c.claims, c.difference, c.currency,
           c.expires_at, c.paypal_order_id, c.approve_url, c.created_at, c.pay_until
    from booking_changes c"""
_OPENED_FOR = """coalesce(
        (select paid.id from booking_changes paid where paid.paypal_order_id = $1),
        (select o.change_id from payment_results r join payment_operations o on o.id = r.operation_id
         where r.provider_id = $1 and o.kind = 'create_order' limit 1))"""
_NAMES = Change.__struct_fields__
# To a change a rental begins with the key: on the morning of the pick-up it may still be another car.
_SOLD = """
    select b.id, b.reference, case when b.status = 'active' and b.handed_over_at is null then 'upcoming' else b.status end,
           b.pickup_at, b.return_due_at, b.price_snapshot,
           (select count(*) from booking_changes c where c.booking_id = b.id and c.status = 'applied'),
           b.approval_due_at is not null and b.approved_at is null,
           case when i.status = 'paid' then i.amount else 0 end, case when i.status = 'waived' then i.amount else 0 end,
           b.returned_at is not null
    from bookings b left join booking_instalments i on i.booking_id = b.id and b.due_later > 0"""


async def sold(db: Db, reference: str) -> Sold | None:
    """Return a booking as a change starts from it; None for any other than the holder's."""
    row = await db.fetchrow(f"{_SOLD} where b.reference = $1", reference)
    return _sold(row) if row else None


async def sold_now(db: Db, booking_id: BookingId) -> Sold | None:
    """Return the same by the booking's id, for whoever holds the lock of its car."""
    row = await db.fetchrow(f"{_SOLD} where b.id = $1", booking_id)
    return _sold(row) if row else None


def _sold(row: Any) -> Sold:
    return Sold(row[0], row[1], BookingStatus(row[2]), row[3], row[4], engine.read(row[5]), row[5], *row[6:])


async def propose(db: Db, proposal: Proposal, expires_at: datetime) -> UUID:
    """Write a change that waits, with what it claims."""
    change_id, money = new_id(), proposal.difference
    await db.execute(
        """
        insert into booking_changes (id, booking_id, number, status, before_price, after_price, before, after, claims, difference, currency,
                                     expires_at, pay_until, car_id, start_date, end_date, tariff, terms_version)
        select $1, $2, coalesce(max(number), 0) + 1, 'pending', $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13, $14, $15
        from booking_changes where booking_id = $2""",
        change_id,
        proposal.sold.booking_id,
        proposal.sold.snapshot,
        engine.snapshot(proposal.price),
        msgspec.to_builtins(chosen_in(proposal.old)),
        msgspec.to_builtins(proposal.arranged),
        proposal.claims,
        money.amount,
        money.currency,
        expires_at,
        *_days_of(proposal),
    )
    return change_id


def _days_of(proposal: Proposal) -> tuple[Any, ...]:
    """Car, days, tariff and terms of a change that is about other days, else nothing."""
    new = proposal.new
    tariff = proposal.tariff if is_longer(proposal.old.days, new.days) and proposal.old.car_id == new.car_id else None
    return (new.car_id, new.start, new.end, tariff, proposal.terms) if proposal.moves else (None,) * 5


async def find(db: Db, change_id: UUID) -> Change | None:
    """Return a change."""
    return _change(await db.fetchrow(f"{_CHANGE} where c.id = $1", change_id))


async def waiting(db: Db, booking_id: BookingId) -> Change | None:
    """Return the change of a booking that waits for its payment, lapsed or not; there is one at most."""
    return _change(await db.fetchrow(f"{_CHANGE} where c.booking_id = $1 and c.status = 'pending'", booking_id))


async def lapsed(db: Db, before: datetime, limit: int) -> list[UUID]:
    """Return changes that waited for their payment until a moment, the oldest first."""
    rows = await db.fetch(
        "select id from booking_changes where status = 'pending' and expires_at < $1 order by expires_at, id limit $2", before, limit
    )
    return [row[0] for row in rows]


async def noted(db: Db, booking_id: BookingId) -> list[Noted]:
    """Return all changes of a booking as its history knows them, the newest first."""
    rows = await db.fetch(
        f"""select said.actor_type, coalesce(said.actor_name, ''), coalesce(said.reason, ''), coalesce(x.reason, ''), x.decided_at, c.*
        from ({_CHANGE} where c.booking_id = $1) c join booking_changes x on x.id = c.id
        left join lateral (
            select e.actor_type, e.actor_name, e.reason from booking_events e
            where e.booking_id = $1 and e.event_type = 'change_proposed' and e.details ->> 'change' = c.id::text limit 1) said on true
        order by c.number desc""",  # noqa: S608
        booking_id,
    )
    return [Noted(change, *row[:5]) for row in map(tuple, rows) if (change := _change(row[5:]))]


async def of_order(db: Db, order_id: str) -> Change | None:
    """Return the change that a PayPal order pays for, or was once opened for."""
    return _change(await db.fetchrow(f"{_CHANGE} where c.id = {_OPENED_FOR}", order_id))


async def names(db: Db, *changes: Change) -> dict[str, str]:
    """Return the names of the cars and of the places of ours that changes are about, by their ids."""
    chosen = [one for change in changes for one in (change.before, change.after.chosen)]
    ids = [found for one in chosen for found in (one.car_id, one.pickup.location_id, one.dropoff.location_id) if found]
    query = "select id, name from cars where id = any($1::uuid[]) union all select id, name from locations where id = any($1::uuid[])"
    return {str(row[0]): row[1] for row in await db.fetch(query, ids)}


def _change(row: Any) -> Change | None:
    if row is None:
        return None
    told = dict(zip(_NAMES, row, strict=True))
    typed = {
        "status": ChangeStatus(told["status"]),
        "before": msgspec.convert(told["before"], Chosen),
        "after": msgspec.convert(told["after"], Arranged),
    }
    return Change(**(told | typed))


async def keep_until(db: Db, change_id: UUID, until: datetime | None) -> None:
    """Keep what a waiting change claims until a moment, or (None) until its payment is decided."""
    await db.execute(
        "update booking_changes set expires_at = coalesce($2::timestamptz, 'infinity') where id = $1 and status = 'pending'",
        change_id,
        until,
    )


async def opened(db: Db, change_id: UUID, order_id: str, approve_url: str | None) -> None:
    """Remember where a waiting change is paid."""
    await db.execute(
        "update booking_changes set paypal_order_id = $2, approve_url = $3 where id = $1 and status = 'pending'",
        change_id,
        order_id,
        approve_url,
    )


async def accept(db: Db, change_id: UUID, terms: str) -> None:
    """Remember by which terms a waiting change about days or car is paid, where nobody said so when it was made."""
    await db.execute(
        """
        update booking_changes set terms_version = $2
        where id = $1 and status = 'pending' and car_id is not null and terms_version is null""",
        change_id,
        terms,
    )


async def forget_order(db: Db, change_id: UUID, order_id: str) -> None:
    """Forget that a waiting change is paid by an order, unless it has another by now: the next payment opens a new one."""
    await db.execute(
        "update booking_changes set approve_url = null where id = $1 and status = 'pending' and paypal_order_id = $2", change_id, order_id
    )


async def paid(db: Db, change_id: UUID, capture_id: str) -> None:
    """Remember by which capture a waiting change was paid."""
    await db.execute("update booking_changes set paypal_capture_id = $2 where id = $1 and status = 'pending'", change_id, capture_id)


async def decide(db: Db, change_id: UUID, end: ChangeStatus, *, reason: str | None = None) -> bool:
    """Put an end to a waiting change; False when it had one."""
    decided = await db.fetchval(
        """
        update booking_changes set status = $2, expires_at = null, decided_at = (select exodrive_private.now()), reason = $3
        where id = $1 and status = 'pending' returning true""",
        change_id,
        end,
        reason,
    )
    return decided is not None


async def write(db: Db, change: Change, total: Any) -> None:
    """Write an applied change into its booking: price, days, car, times, places, extras, cover and drivers."""
    after = change.after
    await db.execute(
        """
        update bookings set price_snapshot = $2, total_price = $3, pickup_at = $4, return_due_at = $5, time_zone = $6, waiver = $7,
               additional_drivers = $8, due_later = $9, due_on = $10, start_date = coalesce($11, start_date),
               end_date = coalesce($12, end_date), car_id = coalesce($13, car_id),
               security_deposit_amount = coalesce($14, security_deposit_amount), updated_at = (select exodrive_private.now())
        where id = $1""",
        change.booking_id,
        change.after_price,
        total,
        after.pickup_at,
        after.return_due_at,
        after.time_zone,
        after.chosen.waiver,
        after.chosen.additional_drivers,
        after.due_later,
        after.due_on,
        after.chosen.start,
        after.chosen.end,
        after.chosen.car_id,
        after.deposit if change.moves else None,
    )
    await _write_places(db, change)
    await _write_extras(db, change)


async def _write_places(db: Db, change: Change) -> None:
    await db.execute(
        """
        update booking_locations m set location_id = place.location_id, name = place.name, address_line1 = place.line1,
               address_line2 = place.line2, city = place.city, state_province = place.state, postal_code = place.code,
               country = place.country, formatted_address = place.formatted, latitude = place.latitude, longitude = place.longitude,
               fee = place.fee, special_instructions = place.instructions
        from jsonb_to_recordset($2::jsonb) as place (
            type text, location_id uuid, name text, line1 text, line2 text, city text, state text, code text, country text,
            formatted text, latitude numeric, longitude numeric, fee numeric, instructions text)
        where m.booking_id = $1 and m.type = place.type""",
        change.booking_id,
        [msgspec.to_builtins(place) for place in change.after.places],
    )


async def _write_extras(db: Db, change: Change) -> None:
    extras = change.after.chosen.extras
    await db.execute("delete from booking_extras where booking_id = $1 and not code = any($2::text[])", change.booking_id, list(extras))
    await db.execute(
        """
        insert into booking_extras (booking_id, code, quantity) select $1, key, value::smallint from jsonb_each_text($2::jsonb)
        on conflict (booking_id, code) do update set quantity = excluded.quantity""",
        change.booking_id,
        extras,
    )
