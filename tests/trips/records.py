"""What is written of trips when they are over: by us, and by PayPal. Laws are read from here, not from what code thinks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tests import ledger
from tests.ledger import Movement

Span = tuple[datetime, datetime]
GIVEN_BACK = ("VOIDED", "CAPTURED")  # nothing of it is held any more
ALIVE = ("CREATED", "PENDING", "PARTIALLY_CAPTURED")

_BOOKINGS = """
    select b.id, b.reference, b.car_id, b.status, b.start_date, b.end_date, b.time_zone, b.handed_over_at, b.returned_at,
           b.security_deposit_amount, coalesce(p.captured_amount, 0), coalesce(p.refunded_amount, 0),
           (select e.ended_at from booking_endings e where e.booking_id = b.id),
           (select max(k.ended_at) from deposit_claims k where k.booking_id = b.id),
           exists (select from handovers h where h.booking_id = b.id and h.without_deposit is not null),
           exists (select from deposit_claims k where k.booking_id = b.id and k.ended_at is null),
           (select coalesce(sum(g.paid), 0) from booking_charges g where g.booking_id = b.id),
           (select coalesce(sum(k.amount), 0) from deposit_claims k where k.booking_id = b.id and k.status = 'settled')
    from bookings b left join payments p on p.booking_id = b.id"""
_HOLDS = """
    select booking_id, authorized_at, least(covered_until, coalesce(ended_at, covered_until)) from deposit_holds
    where authorized_at is not null"""
_ALARMS = """
    select booking_id, opened_at, coalesce(closed_at, exodrive_private.now()) from booking_alarms where kind in ('uncovered', 'runs_out')"""
_BILLS = """
    select booking_id, number, coalesce(paypal_invoice_id, ''), coalesce(status, ''), total_amount, amount_paid, amount_refunded
    from paypal_invoices order by number"""


@dataclass
class Bill:
    """An invoice by our book, and what PayPal's says of it: how it stands, what was paid and what went back; None where it has none."""

    number: str
    paypal_id: str
    status: str
    total: Decimal
    paid: Decimal
    refunded: Decimal
    there: tuple[str, Decimal, Decimal] | None = None


@dataclass
class Record:
    """All that is written of one booking."""

    id: UUID
    reference: str
    car_id: UUID
    status: str
    start: date
    end: date
    zone: str
    out_at: datetime | None
    back_at: datetime | None
    deposit: Decimal
    captured: Decimal
    refunded: Decimal
    called_off_at: datetime | None
    answered_at: datetime | None
    is_overridden: bool
    is_claimed: bool
    settled: Decimal  # of its charges
    claimed: Decimal
    bills: list[Bill] = field(default_factory=list)
    held: list[Span] = field(default_factory=list)  # by our book
    alarmed: list[Span] = field(default_factory=list)
    held_there: list[Span] = field(default_factory=list)  # by PayPal's
    alive_there: list[str] = field(default_factory=list)
    moved: list[Movement] = field(default_factory=list)

    def total(self, kind: str) -> Decimal:
        """What PayPal moved of one kind."""
        return sum((one.amount for one in self.moved if one.kind == kind and one.status in ledger.PAID), Decimal(0))


@dataclass
class Records:
    """Of a whole town, as of ``now``."""

    now: datetime
    all: list[Record]

    def of_cars(self) -> Iterable[list[Record]]:
        """Those of each car."""
        cars = defaultdict(list)
        for one in self.all:
            cars[one.car_id].append(one)
        return cars.values()


async def read(look: Any, book: dict[str, Any], invoices: list[dict[str, Any]], now: datetime) -> Records:
    """Read both books; ``book`` is PayPal's as its emulator shows it, ``invoices`` are those it has."""
    found = {row[0]: Record(*row) for row in await look.fetch(_BOOKINGS)}
    for booking_id, since, until in await look.fetch(_HOLDS):
        found[booking_id].held.append((since, until))
    for booking_id, since, until in await look.fetch(_ALARMS):
        found[booking_id].alarmed.append((since, until))
    by_name = {str(one.id): one for one in found.values()}
    for row in book["authorizations"]:
        if one := by_name.get(row["custom_id"]):
            one.held_there.append((_moment(row["create_time"]), _ended(row)))
            one.alive_there += [row["id"]] if row["status"] in ALIVE else []
    for movement in ledger.theirs(book):
        if one := by_name.get(movement.booking_id):
            one.moved.append(movement)
    shown = {row["id"]: (row["status"], _sum(row, "payments", "paid_amount"), _sum(row, "refunds", "refund_amount")) for row in invoices}
    for booking_id, *bill in await look.fetch(_BILLS):
        found[booking_id].bills.append(Bill(*bill, there=shown.get(bill[1])))
    return Records(now, list(found.values()))


def _sum(shown: dict[str, Any], what: str, name: str) -> Decimal:
    return Decimal(shown.get(what, {}).get(name, {}).get("value", 0))


def _ended(row: dict[str, Any]) -> datetime:
    """When PayPal let go of a hold, or will; one that was never placed holds nothing."""
    if row["status"] in ("DENIED", "PENDING"):
        return _moment(row["create_time"])
    return _moment(row["update_time"] if row["status"] in GIVEN_BACK else row["expiration_time"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
