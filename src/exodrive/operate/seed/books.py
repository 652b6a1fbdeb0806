"""The demo's books: bookings with their days, places, history and links, each priced by the engine and frozen as the checkout does."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.availability.model import DayStatus, occupied
from exodrive.bookings.model import Rules
from exodrive.bookings.states import BookingStatus
from exodrive.kit.days import day_at
from exodrive.kit.links import LinkKeys, hash_of
from exodrive.operate.seed.answers import accepted_at, answer_columns
from exodrive.operate.seed.cars import car_id
from exodrive.operate.seed.house import TIME_ZONE, id_of
from exodrive.operate.seed.keys import handover_rows
from exodrive.operate.seed.life import Life, live, pays_in_parts, refund_of
from exodrive.operate.seed.money import money_rows, rest_rows
from exodrive.operate.seed.people import Person
from exodrive.operate.seed.places import place_rows
from exodrive.operate.seed.said import review_row, said_of
from exodrive.operate.seed.store import Row, Table
from exodrive.operate.seed.story import Kind, Stay
from exodrive.pricing import engine
from exodrive.pricing.choices import Choices
from exodrive.pricing.model import Price
from exodrive.pricing.rules import CarRules, House, inputs_of

# Parents first: the order in which the rows are written.
_TABLES = (
    "customers",
    "bookings",
    "car_availability",
    "booking_locations",
    "booking_secure_tokens",
    "payments",
    "booking_instalments",
    "payment_operations",
    "payment_results",
    "handovers",
    "booking_events",
    "car_reviews",
)
_ON_CALENDAR = {BookingStatus.UPCOMING, BookingStatus.ACTIVE, BookingStatus.COMPLETED}
_SERVICE = {Kind.MAINTENANCE: DayStatus.MAINTENANCE, Kind.BLOCKED: DayStatus.BLOCKED}


class Books:
    """Collects the rows of all entries; nothing is written here."""

    def __init__(self, prices: Mapping[str, tuple[CarRules, House]], people: list[Person], now: datetime, links: LinkKeys | None) -> None:
        self._prices, self._people, self._now, self._links = prices, people, now, links
        self._rules = Rules()
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._events: list[tuple[datetime, Row]] = []
        self._known: dict[str, Row] = {}

    def enter(self, stay: Stay) -> None:
        """Enter one entry of a calendar: a booking with all that belongs to it, or days out of the shop."""
        if stay.kind in _SERVICE:
            self._rows["car_availability"] += _days(stay, _SERVICE[stay.kind], None, stay.note)
            return
        life = live(stay, self._people[stay.seed % len(self._people)], self._now)
        rules, house = self._prices[stay.slug]
        choices = Choices(part_payment=pays_in_parts(life), today=day_at(life.ordered_at, TIME_ZONE))
        price = engine.price(inputs_of(rules, house, stay.days, delivery=life.delivered, choices=choices))
        refund = refund_of(life, price, self._rules)
        self._rows["bookings"].append(self._booking(life, price))
        if life.status in _ON_CALENDAR:
            self._rows["car_availability"] += _days(stay, DayStatus.BOOKED, life, None)
        self._rows["handovers"] += handover_rows(life, self._now)
        self._rows["booking_locations"] += place_rows(life, price)
        self._rows["booking_secure_tokens"] += self._link(life)
        for table, rows in money_rows(life, price, refund).items():
            self._rows[table] += rows
        self._rows["booking_instalments"] += rest_rows(life, price, self._now)
        self._meet(life)
        self._tell(life, price, refund)
        self._listen(life)

    def rows(self) -> list[Table]:
        """Return all rows, parents first, the history in the order it happened."""
        self._rows["customers"] = list(self._known.values())
        self._rows["booking_events"] = [row for _, row in sorted(self._events, key=lambda event: event[0])]
        return [(table, self._rows[table]) for table in _TABLES]

    # long: a line for each column
    def _booking(self, life: Life, price: Price) -> Row:
        person = life.person
        return {
            "id": life.id,
            "reference": life.reference,
            "customer_id": id_of("customer", person.key),
            "car_id": car_id(life.stay.slug),
            "status": life.status,
            "start_date": life.stay.days.start,
            "end_date": life.stay.days.end,
            "time_zone": TIME_ZONE,
            "pickup_at": life.pickup_at,
            "return_due_at": life.return_due_at,
            "handed_over_at": life.handed_over_at,
            "returned_at": life.returned_at,
            "contact_email": person.email,
            "contact_first_name": person.first_name,
            "contact_last_name": person.last_name,
            "contact_phone": person.phone,
            "driver_birth_date": person.birth_date,
            "currency": price.inputs.currency,
            "total_price": price.total,
            "security_deposit_amount": price.deposit,
            "due_later": price.due_later,
            "due_on": price.due_on,
            "price_snapshot": engine.snapshot(price),
            "terms_version": self._rules.terms_version,
            "cancellation_tiers": msgspec.to_builtins(self._rules.cancellation_tiers),
            "cancelled_at": life.cancelled_at,
            "created_at": life.ordered_at,
            **answer_columns(life, self._rules, self._now),
        }

    def _link(self, life: Life) -> list[Row]:
        """A private link for whoever still has the car to come or to bring back, where the demo's key is known."""
        if self._links is None or life.status not in (BookingStatus.UPCOMING, BookingStatus.ACTIVE):
            return []
        nonce = self._links.new_nonce()
        link = {"id": id_of("link", life.name), "booking_id": life.id, "nonce": nonce, "token_hash": hash_of(self._links.token(nonce))}
        return [link | {"expires_at": life.return_due_at + timedelta(days=self._rules.link_days), "created_at": life.ordered_at}]

    def _meet(self, life: Life) -> None:
        """Write the renter down as a customer, since their first booking."""
        person = life.person
        known = self._known.get(person.key)
        since = min(life.ordered_at, known["created_at"]) if known else life.ordered_at
        self._known[person.key] = {
            "id": id_of("customer", person.key),
            "email": person.email,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "phone": person.phone,
            "created_at": since,
        }

    def _tell(self, life: Life, price: Price, refund: Decimal) -> None:
        """Write the history: what happened, who did it, from which state to which."""
        told = [
            (life.ordered_at, "held", "customer", None, "pending", {}),
            (life.paid_at, "paid", "system", "pending", "upcoming", {"amount": price.due_now, "currency": price.inputs.currency}),
            (accepted_at(life, self._now), "accepted", "admin", None, None, {}),
            (life.handed_over_at, "handed_over", "admin", "upcoming", "active", {}),
            (life.returned_at, "returned", "admin", "active", "completed", {}),
            (life.cancelled_at, "cancelled", "admin", "upcoming", "cancelled", {"refund": refund, "currency": price.inputs.currency}),
        ]
        if life.status is BookingStatus.NO_SHOW:
            told.append((life.pickup_at + timedelta(hours=6), "no_show", "admin", "upcoming", "no_show", {}))
        for at, event, actor, before, after, details in told:
            if at is not None:
                self._events.append((at, _event(life, at, event, actor, before, after, details)))

    def _listen(self, life: Life) -> None:
        """Keep what the renter said about the car."""
        if said := said_of(life, self._now):
            self._rows["car_reviews"].append(review_row(life, said, self._now))
            self._events.append((said.at, _event(life, said.at, "review_left", "customer", None, None, {"rating": said.rating})))


def _event(life: Life, at: datetime, event: str, actor: str, before: str | None, after: str | None, details: dict[str, Any]) -> Row:
    return {
        "booking_id": life.id,
        "event_type": event,
        "actor_type": actor,
        "actor_name": "Demo team" if actor == "admin" else None,
        "before": before,
        "after": after,
        "details": details,
        "created_at": at,
    }


def _days(stay: Stay, status: DayStatus, life: Life | None, note: str | None) -> list[Row]:
    """The taken days of an entry, its turnaround included."""
    return [
        {
            "car_id": car_id(stay.slug),
            "date": day,
            "status": status if day in stay.days else DayStatus.TURNAROUND,
            "booking_id": life.id if life else None,
            "note": note,
        }
        for day in occupied(stay.days, stay.turnaround_days)
    ]
