"""What a renter chooses beside the car and the days, and the refusals of what is not to be had."""

from datetime import date, time

import msgspec

from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.ids import LocationId
from exodrive.kit.words import _


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for; nothing, unless said. Times of day are those on the clock of the place.

    ``delivery`` and ``collection`` are for an address, in the zone that `zones.zone_for` found for it. Places are set when the car is
    handed over at ours. ``age`` counts while the birth date is not known. ``today`` is the day of the order at the car's home: part
    payment is only to be had when it is said, and when the rest is not due yet.
    """

    delivery: bool = False
    delivery_zone: str = ""
    collection: bool = False
    collection_zone: str = ""
    pickup_time: time | None = None
    return_time: time | None = None
    pickup_place: LocationId | None = None
    return_place: LocationId | None = None
    additional_drivers: int = 0
    birth_date: date | None = None
    age: int | None = None
    extras: dict[str, int] = {}
    waiver: str = ""
    part_payment: bool = False
    today: date | None = None

    def age_on(self, day: date) -> int | None:
        """Return the driver's age in full years on a day, as far as it is known."""
        born = self.birth_date
        return self.age if born is None else day.year - born.year - ((day.month, day.day) < (born.month, born.day))


NOTHING = Choices()


class JourneyNotOffered(Conflict):
    """Delivery or collection was asked for, and there is no rule for it in the car's currency and that zone."""

    code = "journey-not-offered"

    def __init__(self) -> None:
        super().__init__(_("We do not bring this car to an address. Please choose one of our places."))


class NotOffered(BadInput):
    """A choice that this car is not rented with; ``fields`` names it, an extra as ``extras.<code>``."""

    code = "choice-not-offered"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(_("Please check what you have chosen."), fields={field: sentence})
