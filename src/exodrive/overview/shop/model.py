"""Plain values for the shop's pages and the public API."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from exodrive.availability.model import Reason
from exodrive.availability.service import Obstacle
from exodrive.fleet.model import Car, Feature, Image, Location, Specification
from exodrive.kit.days import Days
from exodrive.kit.ids import CarId
from exodrive.pricing.limits import Hindrance
from exodrive.pricing.model import Fee, Price, Rates
from exodrive.pricing.rules import CarRules, House


class Picture(msgspec.Struct, frozen=True):
    """A picture as a page needs it: ``path`` without ending (``.avif`` and ``.webp`` exist), sizes in pixels."""

    path: str
    alt: str
    width: int
    height: int
    transparent: bool


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A car in a list. ``price`` and ``free`` are for the days asked for, else None; ``obstacles`` says why it is not free for them.

    ``limits`` are those of its rules that the days break.
    ``highlights`` are (name, value) of the highlighted specifications. ``available`` False: shown, and not rented at present.
    ``nearest`` are days near those asked for on which a taken car is free; only a search finds them.
    """

    car_id: CarId
    slug: str
    name: str
    category: str
    year: int | None
    colour: str | None
    short_description: str | None
    seats: int
    featured: bool
    available: bool
    picture: Picture | None
    highlights: tuple[tuple[str, str], ...]
    rates: Rates
    price: Price | None = None
    free: bool | None = None
    obstacles: tuple[Obstacle, ...] = ()
    limits: tuple[Hindrance, ...] = ()
    nearest: tuple[Days, ...] = ()


class CarPage(msgspec.Struct, frozen=True, kw_only=True):
    """All that is shown of one car. ``fees`` are the mandatory ones; a journey's fee is None where we do not offer it for this car.

    ``rules`` and ``house`` are all that decides its price.
    """

    car: Car
    images: tuple[Image, ...]
    specifications: tuple[Specification, ...]
    features: tuple[Feature, ...]
    home: Location
    rates: Rates
    fees: tuple[Fee, ...]
    delivery_fee: Decimal | None
    collection_fee: Decimal | None
    tax_name: str
    tax_percent: Decimal
    rules: CarRules
    house: House

    @property
    def side(self) -> Image | None:
        """The picture from the side, the primary one first."""
        views = [image for image in self.images if image.view == "side"]
        return next((image for image in views if image.is_primary), views[0] if views else None)


class DayState(StrEnum):
    """How a calendar day stands: free, taken, gone, too near to begin a rental, or further ahead than can be booked."""

    FREE = "free"
    TAKEN = "taken"
    PAST = "past"
    SOON = "soon"
    BEYOND = "beyond"


class CalendarDay(msgspec.Struct, frozen=True):
    """A day in a calendar: ``reason`` only when taken; ``price`` of the day by itself, in the calendar's currency.

    ``weekend`` is what the full Friday to Sunday it belongs to costs together, where all three are free and that is less than three days.
    """

    date: date
    state: DayState
    reason: Reason | None
    price: Decimal
    weekend: Decimal | None = None


class Month(msgspec.Struct, frozen=True):
    """A month as rows of seven, from the locale's first weekday; None where another month's day would stand."""

    first: date
    title: str
    weeks: tuple[tuple[CalendarDay | None, ...], ...]


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """Months of one car. ``earlier`` and ``later`` are the first days to ask for when turning the page, None at either end.

    ``weekdays`` are (short, full) names in the order of the columns. ``limits`` say how short and long rentals of these days may be, and
    from when on the car can be picked up.
    """

    car_id: CarId
    slug: str
    currency: str
    minimum_days: int
    limits: tuple[str, ...]
    turnaround_days: int
    today: date
    months: tuple[Month, ...]
    weekdays: tuple[tuple[str, str], ...]
    earlier: date | None
    later: date | None

    @property
    def has_weekends(self) -> bool:
        """Whether a full weekend is cheaper than its days in one of the months."""
        return any(day and day.weekend is not None for month in self.months for week in month.weeks for day in week)


class LookDay(msgspec.Struct, frozen=True):
    """A day of a range somebody asked about; ``reason`` only when it is not free."""

    date: date
    free: bool
    reason: Reason | None
    price: Decimal


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to "can I have this car on these days?": day by day, with the price, what is in the way, and what is near.

    ``why_not`` says each obstacle in a sentence; ``nearest`` is empty when the days can be had. ``earliest`` is the first moment at which
    the car could be picked up on the first day. ``rules`` and ``house`` are what the price came from; ``extras_taken`` is how many pieces
    of each extra are out at most on any of the days, by code.
    """

    car_id: CarId
    slug: str
    time_zone: str
    start: date
    end: date
    minimum_days: int
    days: tuple[LookDay, ...]
    bookable: bool
    obstacles: tuple[Obstacle, ...]
    why_not: tuple[str, ...]
    price: Price
    nearest: tuple[Days, ...]
    earliest: datetime
    requires_approval: bool
    rules: CarRules
    house: House
    extras_taken: Mapping[str, int]
