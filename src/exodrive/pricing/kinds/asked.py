"""Rules of what a renter asks for: the way to an address, the hour and place of handing over, drivers, extras, waivers."""

from datetime import time
from decimal import Decimal
from typing import Any, ClassVar, Literal, TypeAlias

import msgspec

from exodrive.kit.ids import LocationId
from exodrive.pricing.kinds.base import Counted, Rule

Side: TypeAlias = Literal["pickup", "return", "both"]


class Area(msgspec.Struct, frozen=True, omit_defaults=True):
    """A part of a zone: a country, narrowed by the beginning of its postal codes, or by a city where there are none."""

    country: str
    code: str = ""
    city: str = ""


class Journey(Rule, frozen=True, kw_only=True):
    """Bringing the car to an address, or fetching it from one. ``code`` names the zone; the one without a code is everywhere else."""

    coded: ClassVar[bool] = True

    amount: Decimal
    areas: tuple[Area, ...] = ()

    def meets(self, other: Any) -> bool:
        """Two zones meet when they share an area: the narrower one of different areas is taken."""
        return bool(self.key == other.key or set(self.areas) & set(other.areas))


class Delivery(Journey, frozen=True, kw_only=True, tag="delivery"):
    """Bringing the car."""


class Collection(Journey, frozen=True, kw_only=True, tag="collection"):
    """Fetching the car."""


class AfterHours(Rule, frozen=True, kw_only=True, tag="after_hours"):
    """Handing over from ``since`` (included) until ``until`` (excluded) on the place's clock; across midnight when since is the later."""

    amount: Decimal
    side: Side = "both"
    since: time
    until: time

    @property
    def key(self) -> str:
        """Its side and hours."""
        return f"{self.side}-{self.since:%H%M}-{self.until:%H%M}"

    def at(self, moment: time) -> bool:
        """Tell whether a time of day lies in its hours."""
        if self.since < self.until:
            return self.since <= moment < self.until
        return moment >= self.since or moment < self.until

    def meets(self, other: Any) -> bool:
        """Two meet at a time of day that both have, on a side that both have."""
        sides = "both" in (self.side, other.side) or self.side == other.side
        return bool(sides and (self.at(other.since) or other.at(self.since)))


class OneWay(Rule, frozen=True, kw_only=True, tag="one_way"):
    """Bringing the car back to another of our places; from or to any place where none is named."""

    amount: Decimal
    pickup: LocationId | None = None
    dropoff: LocationId | None = None

    @property
    def key(self) -> str:
        """Its two ends."""
        return f"{self.pickup or 'any'}-{self.dropoff or 'any'}"

    @property
    def ends(self) -> int:
        """How many ends it names: the more, the narrower."""
        return (self.pickup is not None) + (self.dropoff is not None)

    def meets(self, other: Any) -> bool:
        """Two meet on a way that both allow, when neither names more ends than the other."""
        same = [one is None or two is None or one == two for one, two in ((self.pickup, other.pickup), (self.dropoff, other.dropoff))]
        return bool(all(same) and self.ends == other.ends)


class AdditionalDriver(Counted, frozen=True, kw_only=True, tag="additional_driver"):
    """Each driver beside the first, ``most`` at most."""

    most: int = 1


class YoungDriver(Counted, frozen=True, kw_only=True, tag="young_driver"):
    """A driver from ``from_age`` on (years, included) and younger than ``below_age`` on the day of the pick-up."""

    from_age: int = 16
    below_age: int

    @property
    def key(self) -> str:
        """Its ages."""
        return f"{self.from_age}-{self.below_age}"

    def meets(self, other: Any) -> bool:
        """Two meet at an age that both have."""
        return bool(self.from_age < other.below_age and other.from_age < self.below_age)


class Extra(Counted, frozen=True, kw_only=True, tag="extra"):
    """Something to take along, ``most`` for one rental; of ``stock`` so many are there on any day (None: never too few)."""

    coded: ClassVar[bool] = True

    most: int = 1
    stock: int | None = None
    description: str = ""


class Waiver(Counted, frozen=True, kw_only=True, tag="waiver"):
    """Insurance or damage waiver: with it the renter bears ``excess`` of a damage. One that costs nothing is what everybody has."""

    coded: ClassVar[bool] = True

    excess: Decimal
    description: str = ""
