"""The life of one demo booking: who, when, where, and how far it has come by now."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

import msgspec

from exodrive.bookings.model import Rules
from exodrive.bookings.states import BookingStatus
from exodrive.bookings.tiers import refund_for
from exodrive.kit.days import moment_at
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.operate.seed.house import TIME_ZONE, DemoPlace, id_of
from exodrive.operate.seed.people import Person
from exodrive.operate.seed.story import Kind, Stay
from exodrive.operate.seed.terms import TERMS
from exodrive.pricing.model import Price

_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MINUTE = timedelta(minutes=1)


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """One booking from order to return; moments that have not come, or never will, are None."""

    id: BookingId
    reference: str
    stay: Stay
    person: Person
    home: DemoPlace
    delivered: bool
    status: BookingStatus
    ordered_at: datetime
    paid_at: datetime
    pickup_at: datetime
    return_due_at: datetime
    handed_over_at: datetime | None
    returned_at: datetime | None
    cancelled_at: datetime | None

    @property
    def name(self) -> str:
        """What the ids of its rows are made from."""
        return f"{self.stay.slug} {self.stay.days.start} {self.stay.kind}"


def live(stay: Stay, person: Person, now: datetime) -> Life:
    """Make up a booking from an entry in a calendar; everything that has happened lies before ``now``."""
    rng = Random(stay.seed)  # noqa: S311 - a story, not a secret
    pickup_at = _at(stay.days.start, rng.randint(10, 12))
    return_due_at = _at(stay.days.end, rng.randint(16, 18))
    ordered_at = min(pickup_at - timedelta(days=rng.randint(2, 30)), now - timedelta(hours=2)) - rng.randint(0, 600) * _MINUTE
    status = _status(stay.kind, pickup_at, return_due_at, now)
    out = status in (BookingStatus.ACTIVE, BookingStatus.COMPLETED)
    return Life(
        id=BookingId(id_of("booking", f"{stay.slug} {stay.days.start} {stay.kind}")),
        reference="".join(rng.choices(_LETTERS, k=8)),
        stay=stay,
        person=person,
        home=TERMS[stay.slug].home,
        delivered=rng.random() < 0.2,
        status=status,
        ordered_at=ordered_at,
        paid_at=ordered_at + rng.randint(2, 7) * _MINUTE,
        pickup_at=pickup_at,
        return_due_at=return_due_at,
        handed_over_at=min(pickup_at + rng.randint(0, 25) * _MINUTE, now) if out else None,
        returned_at=return_due_at - rng.randint(5, 170) * _MINUTE if status is BookingStatus.COMPLETED else None,
        cancelled_at=_cancelled(rng, ordered_at, pickup_at, now) if status is BookingStatus.CANCELLED else None,
    )


def pays_in_parts(life: Life) -> bool:
    """Tell whether a renter asked to pay a part and the rest later: some of those whose pick-up is still to come."""
    return life.status is BookingStatus.UPCOMING and life.stay.seed % 2 == 0


def _at(day: date, hour: int) -> datetime:
    return moment_at(day, time(hour), TIME_ZONE)


def _status(kind: Kind, pickup_at: datetime, return_due_at: datetime, now: datetime) -> BookingStatus:
    if kind is Kind.CANCELLED:
        return BookingStatus.CANCELLED
    if kind is Kind.NO_SHOW:
        return BookingStatus.NO_SHOW
    if now >= return_due_at:
        return BookingStatus.COMPLETED
    return BookingStatus.ACTIVE if now >= pickup_at else BookingStatus.UPCOMING


def _cancelled(rng: Random, ordered_at: datetime, pickup_at: datetime, now: datetime) -> datetime:
    """Some moment after paying, before the pick-up and before now."""
    first = ordered_at + timedelta(hours=1)
    last = min(pickup_at - timedelta(hours=3), now - timedelta(minutes=10))
    return first + (last - first) * rng.random()


def refund_of(life: Life, price: Price, rules: Rules) -> Decimal:
    """Return what a cancelled booking gets back by the tiers it was sold with; zero for the others."""
    if life.cancelled_at is None:
        return Decimal(0)
    paid = Money(price.total, price.inputs.currency)
    return refund_for(rules.cancellation_tiers, life.pickup_at, life.cancelled_at, paid).amount
