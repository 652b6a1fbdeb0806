"""What the holder of a private link sees of their booking: read as the holder, so only that booking and only the columns granted."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.bookings.endings import ENDING, Ending, ending_of
from exodrive.bookings.model import Tier
from exodrive.bookings.states import BookingStatus
from exodrive.deposits.wallets.model import Agreed
from exodrive.fleet.model import Image
from exodrive.kit.days import Days
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import NotFound
from exodrive.kit.ids import BookingId, CarId
from exodrive.kit.words import _
from exodrive.overview.own_deposit import DEPOSIT, HeldDeposit, agreed_of, hold_of
from exodrive.overview.rests import REST, SeenRest, rest_of
from exodrive.payments.model import PaymentStatus
from exodrive.pricing import engine
from exodrive.pricing.model import Price
from exodrive.receipts.model import Listed
from exodrive.receipts.store import listed_of


class NoBooking(NotFound):
    """No booking opens here: wrong, expired and revoked links answer the same."""

    code = "no-booking"

    def __init__(self) -> None:
        super().__init__(_("There is no booking here, or its link is no longer good. The newest link is in your latest mail from us."))


class Contact(msgspec.Struct, frozen=True):
    """The renter as they typed themselves in."""

    email: str
    first_name: str
    last_name: str
    phone: str
    birth_date: date
    notes: str


class Meeting(msgspec.Struct, frozen=True):
    """Where the car changes hands: one of our places (with a name) or the renter's address; ``instructions`` are the renter's own."""

    name: str | None
    formatted: str
    latitude: Decimal | None
    longitude: Decimal | None
    fee: Decimal
    instructions: str | None
    directions: str | None
    phone: str | None


class RentedCar(msgspec.Struct, frozen=True):
    """The car of a booking, as far as its page shows it."""

    id: CarId
    slug: str
    name: str
    category: str
    colour: str | None
    minimum_age: int
    licence_years: int
    turnaround_days: int


class Paid(msgspec.Struct, frozen=True):
    """The state of the payment and its amounts, in the booking's currency."""

    status: PaymentStatus
    amount: Decimal
    captured: Decimal
    refunded: Decimal
    captured_at: datetime | None


class OwnReview(msgspec.Struct, frozen=True):
    """What the renter said about the rental; ``is_waiting`` until staff decided."""

    rating: int
    name: str
    comment: str
    is_approved: bool
    is_waiting: bool


class BookingPage(msgspec.Struct, frozen=True, kw_only=True):
    """One booking. ``hold_expires_at`` is set while unpaid days are held; ``is_checking`` while a payment is on its way.

    ``approval_due_at`` is until when we were, or are, to accept it; None where it needs no answer, and until it is paid.
    ``approval_hours`` is how long we said we take; None where it needs no answer.
    """

    id: BookingId
    reference: str
    status: BookingStatus
    days: Days
    time_zone: str
    pickup_at: datetime
    return_due_at: datetime
    handed_over_at: datetime | None
    returned_at: datetime | None
    contact: Contact
    currency: str
    deposit: Decimal
    price: Price
    terms_version: str
    tiers: tuple[Tier, ...]
    cancelled_at: datetime | None
    created_at: datetime
    car: RentedCar
    picture: Image | None
    pickup: Meeting
    dropoff: Meeting
    payment: Paid
    hold_expires_at: datetime | None
    is_checking: bool
    can_edit: bool
    review: OwnReview | None
    holds: tuple[HeldDeposit, ...] = ()
    receipts: tuple[Listed, ...] = ()
    ending: Ending | None = None
    no_show_at: datetime | None = None
    approval_due_at: datetime | None = None
    approved_at: datetime | None = None
    approval_hours: int | None = None
    rest: SeenRest | None = None
    wallet: Agreed | None = None

    @property
    def waits(self) -> bool:
        """Whether it is paid and waits to be accepted."""
        return self.status is BookingStatus.UPCOMING and self.approval_due_at is not None and self.approved_at is None

    @property
    def is_ahead(self) -> bool:
        """Whether it is paid and the key is still with us, also once the clock has begun its rental."""
        return self.status in (BookingStatus.UPCOMING, BookingStatus.ACTIVE) and self.handed_over_at is None


_PAGE = f"""
    select b.id, b.reference, b.status, b.start_date, b.end_date, b.time_zone, b.pickup_at, b.return_due_at,
           b.handed_over_at, b.returned_at,
           b.contact_email, b.contact_first_name, b.contact_last_name, b.contact_phone, b.driver_birth_date, b.notes,
           b.currency, b.security_deposit_amount, b.price_snapshot, b.terms_version, b.cancellation_tiers, b.cancelled_at, b.created_at,
           c.id, c.slug, c.name, c.category, c.colour, c.minimum_age, c.licence_years, c.turnaround_days,
           p.status, p.amount, p.captured_amount, p.refunded_amount, p.captured_at,
           (select row (i.view, i.path, i.alt, i.width, i.height, i.transparent, i.is_primary) from car_images i
            where i.car_id = c.id and i.view = 'side' order by i.is_primary desc, i.sort_order limit 1),
           array(select row (m.name, m.formatted_address, m.latitude, m.longitude, m.fee, m.special_instructions, l.directions, l.phone)
                 from booking_locations m left join locations l on l.id = m.location_id where m.booking_id = b.id order by m.type desc),
           (select min(a.hold_expires_at) from car_availability a where a.booking_id = b.id and a.status = b.status
            and a.hold_expires_at > (select exodrive_private.now()) and a.hold_expires_at < 'infinity'),
           exists (select from car_availability a where a.booking_id = b.id and a.status = b.status and a.hold_expires_at = 'infinity'),
           (b.status in ('pending', 'upcoming') or b.status = 'active' and b.handed_over_at is null)
           and b.pickup_at > (select exodrive_private.now()),
           (select row (r.rating, r.name, r.comment, r.is_approved, r.decided_at is null) from car_reviews r where r.booking_id = b.id),
           array(select row (r.kind, r.code, r.content ->> 'title', r.amount, r.currency, r.issued_on) from receipts r
                 where r.booking_id = b.id order by r.issued_at, r.code),
           (select row ({ENDING}) from booking_endings e where e.booking_id = b.id),
           b.no_show_at, b.approval_due_at, b.approved_at, b.approval_hours, {REST}, {DEPOSIT}
    from bookings b join cars c on c.id = b.car_id join payments p on p.booking_id = b.id
    where b.reference = $1"""  # noqa: S608


async def booking_page(db: Db, reference: str) -> BookingPage:
    """Return the booking behind a reference as its holder sees it; raises NoBooking for any other. One round trip."""
    row = await db.fetchrow(_PAGE, reference)
    if row is None:
        raise NoBooking
    return _page(list(row))


_BOOKING = ("id", "reference", "status", "start", "end", "time_zone", "pickup_at", "return_due_at", "handed_over_at", "returned_at")
_FACTS = ("no_show_at", "approval_due_at", "approved_at", "approval_hours")
_FROZEN = ("currency", "deposit", "price_snapshot", "terms_version", "tiers", "cancelled_at", "created_at")


def _page(row: list[Any]) -> BookingPage:
    booking, contact, frozen, car, paid = row[:10], row[10:16], row[16:23], row[23:31], row[31:36]
    picture, meetings, hold_expires_at, is_checking, can_edit, review, receipts, ending, *facts, rest, holds, wallet = row[36:]
    pickup, dropoff = (Meeting(*meeting) for meeting in meetings)
    return BookingPage(
        **_typed(dict(zip(_BOOKING + _FROZEN, booking + frozen, strict=True))),
        contact=Contact(*contact),
        car=RentedCar(*car),
        picture=Image(*picture) if picture else None,
        pickup=pickup,
        dropoff=dropoff,
        payment=Paid(PaymentStatus(paid[0]), *paid[1:]),
        hold_expires_at=hold_expires_at,
        is_checking=is_checking,
        can_edit=can_edit,
        review=OwnReview(*review) if review else None,
        holds=tuple(map(hold_of, holds)),
        receipts=tuple(map(listed_of, receipts)),
        ending=ending_of(ending) if ending else None,
        **dict(zip(_FACTS, facts, strict=True)),
        rest=rest_of(rest),
        wallet=agreed_of(wallet),
    )


def _typed(columns: dict[str, Any]) -> dict[str, Any]:
    """Turn the booking's own columns into the page's values."""
    typed = {
        "status": BookingStatus(columns["status"]),
        "days": Days(columns.pop("start"), columns.pop("end")),
        "price": engine.read(columns.pop("price_snapshot")),
        "tiers": msgspec.convert(columns["tiers"], tuple[Tier, ...]),
    }
    return columns | typed


async def id_of(door: Door, reference: str) -> BookingId:
    """Return the id of the booking this door opens; raises NoBooking when it opens none, or another one."""
    async with door.scope() as db:
        found = await db.fetchval("select id from bookings where reference = $1", reference)
    if found is None:
        raise NoBooking
    return BookingId(found)


async def reference_of(door: Door) -> str:
    """Return the reference of the one booking a link opens; raises NoBooking for links that open none."""
    async with door.scope() as db:
        found: str | None = await db.fetchval("select reference from bookings")
    if found is None:
        raise NoBooking
    return found
