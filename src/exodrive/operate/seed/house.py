"""The demo's company: its places in Miami with their hours, and the rules that price every car. All addresses are invented."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

import msgspec

from exodrive.kit.ids import LocationId
from exodrive.operate.seed.rules import RULES
from exodrive.operate.seed.store import Row, Table
from exodrive.pricing.store import columns_of

TIME_ZONE = "America/New_York"
_NAMES = UUID("5f0e6f52-3d0c-5d0a-9a58-6a0f3f0f5e01")
_RULES_SINCE = timedelta(days=730)


def id_of(what: str, name: str) -> UUID:
    """Return the id of a demo row: the same in every demo, so that addresses can be shared."""
    return uuid5(_NAMES, f"{what}:{name}")


class DemoPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place of the demo; ``hours`` by ISO weekday, closed where it has none."""

    key: str
    name: str
    line1: str
    line2: str | None
    postal_code: str
    latitude: Decimal
    longitude: Decimal
    phone: str
    directions: str
    hours: dict[int, tuple[int, int]]

    @property
    def id(self) -> LocationId:
        """The id of its row."""
        return LocationId(id_of("place", self.key))


def _hours(weekdays: tuple[int, int], saturday: tuple[int, int], sunday: tuple[int, int] | None) -> dict[int, tuple[int, int]]:
    week = dict.fromkeys(range(1, 6), weekdays) | {6: saturday}
    return week | {7: sunday} if sunday else week


SHOWROOM = DemoPlace(
    key="showroom",
    name="Brickell Showroom",
    line1="1180 Mangrove Exchange",
    line2="Ground floor",
    postal_code="33131",
    latitude=Decimal("25.762800"),
    longitude=Decimal("-80.191300"),
    phone="+1 305 555 0110",
    directions="Enter from the water side. The valet at the glass doors knows your name and parks your own car for free.",
    hours=_hours((9, 19), (9, 19), (10, 18)),
)
AIRPORT = DemoPlace(
    key="airport",
    name="Airport Hangar",
    line1="2204 Coral Runway Court",
    line2=None,
    postal_code="33122",
    latitude=Decimal("25.806200"),
    longitude=Decimal("-80.287900"),
    phone="+1 305 555 0120",
    directions="Five minutes from the terminals. Call us at the luggage belt and we collect you at the arrivals kerb.",
    hours=_hours((7, 22), (7, 22), (7, 22)),
)
GARAGE = DemoPlace(
    key="garage",
    name="Wynwood Garage",
    line1="318 Painted Wall Street",
    line2=None,
    postal_code="33127",
    latitude=Decimal("25.801400"),
    longitude=Decimal("-80.198700"),
    phone="+1 305 555 0130",
    directions="Through the blue gate and up the ramp. The workshop is next door, so come a little early and look around.",
    hours=_hours((8, 18), (9, 18), None),
)
PLACES = (SHOWROOM, AIRPORT, GARAGE)


def house_rows(now: datetime) -> list[Table]:
    """Return the rows of places, hours and rules; the rules have been in force for two years."""
    places = [_place(place, number) for number, place in enumerate(PLACES)]
    hours = [
        {"location_id": place.id, "weekday": weekday, "opens": time(opens), "closes": time(closes)}
        for place in PLACES
        for weekday, (opens, closes) in place.hours.items()
    ]
    rules = [{"id": id_of("rule", name), **columns_of(rule), "valid_from": now - _RULES_SINCE} for name, rule in RULES.items()]
    return [("locations", places), ("location_hours", hours), ("price_rules", rules)]


def _place(place: DemoPlace, number: int) -> Row:
    return {
        "id": place.id,
        "name": place.name,
        "address_line1": place.line1,
        "address_line2": place.line2,
        "city": "Miami",
        "state_province": "FL",
        "postal_code": place.postal_code,
        "country": "US",
        "latitude": place.latitude,
        "longitude": place.longitude,
        "phone": place.phone,
        "directions": place.directions,
        "time_zone": TIME_ZONE,
        "sort_order": number,
    }
