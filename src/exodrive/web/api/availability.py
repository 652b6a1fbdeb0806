"""Can this car be had on these days, and for how much."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, route
from litestar.params import QueryParameter

from exodrive.availability.service import parse_days
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId
from exodrive.kit.words import _
from exodrive.overview.shop import Look, look
from exodrive.pricing.words import line_words
from exodrive.web.api.document import DAY, ID, refusals
from exodrive.web.shell.doors import READ, anon, door


class DayAnswer(msgspec.Struct, frozen=True):
    """One day: free or taken, why in one word (booked, held, service), and what it costs by itself."""

    date: date
    free: bool
    reason: str | None
    price: Decimal


class LineAnswer(msgspec.Struct, frozen=True):
    """One line of the price, in words and as an amount."""

    kind: str
    text: str
    amount: Decimal


class PriceAnswer(msgspec.Struct, frozen=True):
    """The whole price of the range; ``quote`` is its signed promise, to be sent back with the booking."""

    currency: str
    lines: list[LineAnswer]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    deposit: Decimal
    quote: str


class RangeAnswer(msgspec.Struct, frozen=True):
    """A free range nearby."""

    start: date
    end: date


class Obstacle(msgspec.Struct, frozen=True):
    """Why the range cannot be booked."""

    code: str
    text: str


class AvailabilityAnswer(msgspec.Struct, frozen=True):
    """The state of a car on the days asked for; both ends are included, days are those at the car's home."""

    car_id: UUID
    start: date
    end: date
    time_zone: str
    minimum_days: int
    bookable: bool
    obstacles: list[Obstacle]
    days: list[DayAnswer]
    price: PriceAnswer
    nearest: list[RangeAnswer]


@route(
    ["/availability", "/api/availability"],
    http_method=READ,
    summary="Free days and price of a car",
    opt={"needs": {"car_id": ID, "start": DAY, "end": DAY}},
    responses=refusals(409, 422, 503),
)
async def show(
    request: Request[Any, Any, Any],
    db: Door,
    world: World,
    car_id: Annotated[str | None, QueryParameter(description="The car's id.")] = None,
    start: Annotated[str | None, QueryParameter(description="The first day, such as 2026-06-01.")] = None,
    end: Annotated[str | None, QueryParameter(description="The last day; the same for one day.")] = None,
    delivery: Annotated[bool, QueryParameter(description="Whether the car is brought to an address.")] = False,
    collection: Annotated[bool, QueryParameter(description="Whether it is fetched from an address.")] = False,
) -> AvailabilityAnswer:
    """Look at a range of days (``2026-06-01``, both ends included). Not free is an answer, not an error."""
    (car, days), now, rules = _asked(car_id, start, end), clock.now(), world.rules
    async with db.scope() as scope:
        found = await look(
            scope,
            car,
            days,
            now=now,
            longest_rental_days=rules.longest_rental_days,
            furthest_day_days=rules.furthest_day_days,
            delivery=delivery,
            collection=collection,
        )
    return _answer(found, world, now)


def _asked(car_id: str | None, start: str | None, end: str | None) -> tuple[CarId, Days]:
    """Read what is asked for, or raise BadInput naming all that cannot be read."""
    wrong = {} if car_id else {"car_id": _("Say which car, by its id.")}
    try:
        car = CarId(UUID(car_id or ""))
    except ValueError:
        wrong = wrong or {"car_id": _("This is not the id of a car.")}
    try:
        days = parse_days(start, end)
    except BadInput as refused:
        wrong |= refused.fields
    if wrong:
        raise BadInput(_("Please check the car and the days."), fields=wrong)
    return car, days


def _answer(found: Look, world: World, now: datetime) -> AvailabilityAnswer:
    price, currency = found.price, found.price.inputs.currency
    lines = [LineAnswer(line.kind, line_words(line, currency), line.amount) for line in price.lines]
    return AvailabilityAnswer(
        car_id=found.car_id,
        start=found.start,
        end=found.end,
        time_zone=found.time_zone,
        minimum_days=found.minimum_days,
        bookable=found.bookable,
        obstacles=[Obstacle(code, text) for code, text in zip(found.obstacles, found.why_not, strict=True)],
        days=[DayAnswer(day.date, day.free, day.reason, day.price) for day in found.days],
        price=PriceAnswer(currency, lines, price.subtotal, price.tax, price.total, price.deposit, world.quotes.sign(price, now)),
        nearest=[RangeAnswer(days.start, days.end) for days in found.nearest],
    )


def routes() -> list[Router]:
    """Return the door of availability."""
    return [door("availability", "/", [show], opens=anon, opt={"api": True})]
