"""Can this car be had on these days, and for how much."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, route
from litestar.params import QueryParameter

from exodrive.availability.service import parse_days
from exodrive.bookings.model import CheckoutOrder
from exodrive.fleet.model import Location
from exodrive.fleet.service import find_location
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId, LocationId
from exodrive.kit.words import _
from exodrive.overview.shop import Look, look
from exodrive.overview.wishes import choices_of
from exodrive.pricing.offers import offers_for
from exodrive.web.api.document import DAY, ID, refusals
from exodrive.web.api.prices import ChoicesAnswer, PriceAnswer, choices_answer, price_answer
from exodrive.web.api.wish import Wish
from exodrive.web.shell import forms
from exodrive.web.shell.doors import READ, anon, door


class DayAnswer(msgspec.Struct, frozen=True):
    """One day: free or taken, why in one word (booked, held, service), and what it costs by itself."""

    date: date
    free: bool
    reason: str | None
    price: Decimal


class RangeAnswer(msgspec.Struct, frozen=True):
    """A free range nearby."""

    start: date
    end: date


class Obstacle(msgspec.Struct, frozen=True):
    """Why the range cannot be booked."""

    code: str
    text: str


class AvailabilityAnswer(msgspec.Struct, frozen=True):
    """The state of a car on the days asked for; both ends are included, days are those at the car's home.

    ``approval_hours``: once paid, a booking of this car waits so long at most to be accepted by us, and else all of its money goes back;
    null for a car that is the renter's with the payment.
    """

    car_id: UUID
    start: date
    end: date
    time_zone: str
    minimum_days: int
    approval_hours: int | None
    bookable: bool
    obstacles: list[Obstacle]
    days: list[DayAnswer]
    price: PriceAnswer
    choices: ChoicesAnswer
    nearest: list[RangeAnswer]


@route(
    ["/availability", "/api/availability"],
    http_method=READ,
    summary="Free days and price of a car",
    opt={"needs": {"car_id": ID, "start": DAY, "end": DAY}, "query": Wish},
    responses=refusals(409, 422, 503),
)
async def show(
    request: Request[Any, Any, Any],
    db: Door,
    world: World,
    car_id: Annotated[str | None, QueryParameter(description="The car's id.")] = None,
    start: Annotated[str | None, QueryParameter(description="The first day, such as 2026-06-01.")] = None,
    end: Annotated[str | None, QueryParameter(description="The last day; the same for one day.")] = None,
) -> AvailabilityAnswer:
    """Look at a range of days (``2026-06-01``, both ends included), priced with what is chosen. Not free is an answer, not an error."""
    (car, days), now, rules = _asked(car_id, start, end), clock.now(), world.rules
    order = forms.read_query(request, Wish).order(car, days)
    async with db.scope() as scope:
        places = await _places(scope, order)
        found = await look(
            scope,
            car,
            days,
            now=now,
            longest_rental_days=rules.longest_rental_days,
            furthest_day_days=rules.furthest_day_days,
            choose=lambda car, house, today: choices_of(order, car, house, places, today=today),
            with_extras=True,
        )
    return _answer(found, world, now)


async def _places(db: Db, order: CheckoutOrder) -> dict[LocationId, Location]:
    """Those of our places that are asked for; mostly none is. Raises BadInput naming one that is not ours."""
    found = {}
    for end, place in (("pickup", order.pickup), ("dropoff", order.dropoff)):
        if place.location_id:
            found[place.location_id] = await find_location(db, place.location_id, field=f"{end}_location_id")
    return found


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
    offers = offers_for(found.rules, found.house, Days(found.start, found.end), today=day_at(now, found.time_zone))
    return AvailabilityAnswer(
        car_id=found.car_id,
        start=found.start,
        end=found.end,
        time_zone=found.time_zone,
        minimum_days=found.minimum_days,
        approval_hours=world.rules.approval_hours if found.requires_approval else None,
        bookable=found.bookable,
        obstacles=[Obstacle(code, text) for code, text in zip(found.obstacles, found.why_not, strict=True)],
        days=[DayAnswer(day.date, day.free, day.reason, day.price) for day in found.days],
        price=price_answer(found.price, world.quotes.sign(found.price, now)),
        choices=choices_answer(offers, found.extras_taken),
        nearest=[RangeAnswer(days.start, days.end) for days in found.nearest],
    )


def routes() -> list[Router]:
    """Return the door of availability."""
    return [door("availability", "/", [show], opens=anon, opt={"api": True})]
