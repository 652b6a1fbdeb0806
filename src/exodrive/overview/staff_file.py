"""The file of one booking as staff see it: rental, renter, money, letters, history."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from exodrive.bookings.endings import ENDING, Ending, ending_of
from exodrive.bookings.model import Tier
from exodrive.kit import clock
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.overview.rests import KnownRest, rest_in_file
from exodrive.payments.decisions import store as decisions
from exodrive.payments.decisions.model import Doubt
from exodrive.pricing import engine
from exodrive.pricing.model import Price
from exodrive.receipts import store as receipts
from exodrive.receipts.model import Listed


class Event(msgspec.Struct, frozen=True):
    """One line of a booking's history."""

    at: datetime
    type: str
    actor: str
    actor_name: str | None
    before: str | None
    after: str | None
    reason: str | None


class Place(msgspec.Struct, frozen=True):
    """Where the car changes hands."""

    type: str
    name: str | None
    address: str
    fee: Decimal
    instructions: str | None


class Operation(msgspec.Struct, frozen=True):
    """One intent towards PayPal and the latest answer to it; the ``kind`` of what is for rental and deposit together ends in ``_both``."""

    kind: str
    origin: str
    attempt: int
    amount: Decimal
    currency: str
    created_at: datetime
    request_id: str
    outcome: str | None
    provider_id: str | None
    issue: str | None
    debug_id: str | None


class Letter(msgspec.Struct, frozen=True):
    """One letter that left."""

    letter: str
    to: str
    subject: str
    sent_at: datetime
    last_event: str | None


class Link(msgspec.Struct, frozen=True):
    """That a private link lives, and since when it asks for a PIN; what both are made from is not for staff to read."""

    created_at: datetime
    expires_at: datetime
    pin_since: datetime | None


class Booking(msgspec.Struct, frozen=True):
    """The booking itself, as staff see it."""

    id: UUID
    reference: str
    status: str
    car: str
    slug: str
    plate: str | None
    start: date
    end: date
    zone: str
    pickup_at: datetime
    return_due_at: datetime
    first_name: str
    last_name: str
    email: str
    phone: str
    birth_date: date
    notes: str
    currency: str
    total: Decimal
    deposit: Decimal
    price: Price
    terms_version: str
    cancellation_tiers: tuple[Tier, ...]
    created_at: datetime
    payment_status: str | None
    captured: Decimal | None
    refunded: Decimal | None
    order_id: str | None
    capture_id: str | None
    hold_expires_at: datetime | None
    handed_over_at: datetime | None
    no_show_at: datetime | None
    approval_due_at: datetime | None
    approved_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether it is paid and waits to be accepted."""
        return self.status == "upcoming" and self.approval_due_at is not None and self.approved_at is None

    @property
    def is_kept(self) -> bool:
        """Whether the clock began its rental and nothing was handed over yet."""
        return self.status == "active" and self.handed_over_at is None


class File(msgspec.Struct, frozen=True):
    """All about one booking; ``left`` is what of its money neither went back nor is on its way back."""

    booking: Booking
    places: list[Place]
    operations: list[Operation]
    events: list[Event]
    letters: list[Letter]
    link: Link | None
    receipts: list[Listed]
    left: Decimal
    ending: Ending | None
    rest: KnownRest | None


async def file(db: Db, reference: str) -> File | None:
    """Return all about one booking, or None. (Of the words for days and bookings ``pending`` alone is common: only holds are told.)"""
    row = await db.fetchrow(
        """select b.id, b.reference, b.status, c.name, c.slug, c.plate, b.start_date, b.end_date, b.time_zone, b.pickup_at, b.return_due_at,
                  b.contact_first_name, b.contact_last_name, b.contact_email, b.contact_phone, b.driver_birth_date, b.notes, b.currency,
                  b.total_price, b.security_deposit_amount, b.price_snapshot, b.terms_version, b.cancellation_tiers, b.created_at,
                  p.status, p.captured_amount, p.refunded_amount, p.paypal_order_id, p.paypal_capture_id,
                  (select min(a.hold_expires_at) from car_availability a where a.booking_id = b.id and a.status = b.status),
                  b.handed_over_at, b.no_show_at, b.approval_due_at, b.approved_at
           from public.bookings b join public.cars c on c.id = b.car_id left join public.payments p on p.booking_id = b.id
           where b.reference = $1""",
        reference,
    )
    if row is None:
        return None
    named = dict(zip(Booking.__struct_fields__, row, strict=True))
    frozen = {"price": engine.read(named["price"]), "cancellation_tiers": msgspec.convert(named["cancellation_tiers"], tuple[Tier, ...])}
    booking = Booking(**(named | frozen))
    return File(
        booking,
        await _places(db, booking.id),
        await _operations(db, booking.id),
        await _events(db, booking.id),
        await _letters(db, booking.id),
        await _link(db, booking.id),
        await receipts.listed(db, booking.id),
        await _left(db, booking.id),
        await _ending(db, booking.id),
        await rest_in_file(db, booking.id),
    )


async def doubts(db: Db, booking_id: UUID) -> list[Doubt]:
    """Return the payments of a booking that wait for a person to decide."""
    return [one for one in await decisions.doubts(db, BookingId(booking_id)) if one.waits(clock.now())]


async def _places(db: Db, booking_id: UUID) -> list[Place]:
    rows = await db.fetch(
        """select l.type, l.name, l.formatted_address, l.fee, l.special_instructions from public.booking_locations l
           where l.booking_id = $1 order by l.type desc""",
        booking_id,
    )
    return [Place(*row) for row in rows]


async def _operations(db: Db, booking_id: UUID) -> list[Operation]:
    rows = await db.fetch(
        """select o.kind || case when o.request ? 'deposit' then '_both' else '' end, o.origin, o.attempt, o.amount,
                  o.currency, o.created_at, o.request_id, r.outcome, r.provider_id,
                  r.issue, r.debug_id
           from public.payment_operations o
           left join lateral (select x.outcome, x.provider_id, x.issue, x.debug_id from public.payment_results x
                              where x.operation_id = o.id order by x.id desc limit 1) r on true
           where o.booking_id = $1 order by o.created_at, o.id""",
        booking_id,
    )
    return [Operation(*row) for row in rows]


async def _events(db: Db, booking_id: UUID) -> list[Event]:
    rows = await db.fetch(
        """select e.created_at, e.event_type, e.actor_type, e.actor_name, e.before, e.after, e.reason from public.booking_events e
           where e.booking_id = $1 order by e.id desc limit 200""",
        booking_id,
    )
    return [Event(*row) for row in rows]


async def _letters(db: Db, booking_id: UUID) -> list[Letter]:
    rows = await db.fetch(
        """select m.letter, m.recipient_email, m.subject, m.created_at, m.last_event_type from public.inbox_emails m
           where m.booking_id = $1 order by m.created_at desc""",
        booking_id,
    )
    return [Letter(*row) for row in rows]


async def _link(db: Db, booking_id: UUID) -> Link | None:
    row = await db.fetchrow(
        """select t.created_at, t.expires_at, t.pin_since from public.booking_secure_tokens t
           where t.booking_id = $1 and t.revoked_at is null""",
        booking_id,
    )
    return Link(*row) if row else None


async def _left(db: Db, booking_id: UUID) -> Decimal:
    left: Decimal | None = await db.fetchval(
        """select p.captured_amount - p.refunded_amount - coalesce((
               select sum(o.amount) from public.payment_operations o where o.booking_id = p.booking_id and o.kind = 'refund'
               and not exists (select from public.payment_results r where r.operation_id = o.id and r.is_final)), 0)
           from public.payments p where p.booking_id = $1""",
        booking_id,
    )
    return max(left or Decimal(0), Decimal(0))


async def _ending(db: Db, booking_id: UUID) -> Ending | None:
    row = await db.fetchrow(f"select {ENDING} from public.booking_endings e where e.booking_id = $1", booking_id)  # noqa: S608
    return ending_of(row) if row else None
