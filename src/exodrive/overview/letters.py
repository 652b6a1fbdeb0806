"""What a letter about a booking tells: the booking, its car, its places and its living link, read together."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId


class Meeting(msgspec.Struct, frozen=True):
    """Where a car changes hands; ``directions`` and a ``time_zone`` of its own only at a place of ours."""

    time_zone: str | None
    name: str | None
    address: str
    directions: str | None
    instructions: str | None


class BookingFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A booking as its letters need it; ``nonce`` and ``token_hash`` are those of its living link.

    ``answer_due_at`` is until when we are to accept it, while it waits for that; ``is_accepted`` once it waited and we have,
    ``is_held`` while its deposit is, ``by_wallet`` while that is to be held from the wallet its renter let us keep.
    """

    reference: str
    status: str
    email: str
    first_name: str
    start: date
    end: date
    time_zone: str
    pickup_at: datetime
    return_due_at: datetime
    price_snapshot: dict[str, Any]
    currency: str
    deposit: Decimal
    captured: Decimal
    locale: str
    car: str
    minimum_age: int
    licence_years: int
    nonce: bytes | None
    token_hash: bytes | None
    answer_due_at: datetime | None
    is_accepted: bool
    is_held: bool
    by_wallet: bool
    pickup: Meeting
    dropoff: Meeting


async def booking_facts(db: Db, booking_id: BookingId) -> BookingFacts | None:
    """Return what letters tell about a booking, or None when there is no such booking."""
    row = await db.fetchrow(
        """
        select b.reference, b.status, b.contact_email as email, b.contact_first_name as first_name, b.start_date as start,
               b.end_date as "end", b.time_zone, b.pickup_at, b.return_due_at, b.price_snapshot, b.currency,
               b.security_deposit_amount as deposit, coalesce(p.captured_amount, 0) as captured, b.locale,
               c.name as car, c.minimum_age, c.licence_years, t.nonce,
               coalesce(t.link_hash, t.token_hash) as token_hash,
               case when b.approved_at is null and b.status = 'upcoming' then b.approval_due_at end as answer_due_at,
               b.approved_at is not null as is_accepted,
               exists (select from public.deposit_holds h where h.booking_id = b.id and h.status = 'held') as is_held,
               exists (select from public.paypal_wallets w where w.booking_id = b.id and w.status in ('agreed', 'kept')) as by_wallet
        from public.bookings b
        join public.cars c on c.id = b.car_id
        left join public.payments p on p.booking_id = b.id
        left join public.booking_secure_tokens t on t.booking_id = b.id and t.revoked_at is null
        where b.id = $1""",
        booking_id,
    )
    if row is None:
        return None
    places = await _meetings(db, booking_id)
    return BookingFacts(**row, pickup=places["pickup"], dropoff=places["dropoff"])


async def _meetings(db: Db, booking_id: BookingId) -> dict[str, Meeting]:
    rows = await db.fetch(
        """
        select bl.type, l.time_zone, coalesce(l.name, bl.name), bl.formatted_address, l.directions, bl.special_instructions
        from public.booking_locations bl left join public.locations l on l.id = bl.location_id
        where bl.booking_id = $1""",
        booking_id,
    )
    return {kind: Meeting(*place) for kind, *place in rows}
