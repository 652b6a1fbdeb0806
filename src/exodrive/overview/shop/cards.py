"""The fleet as cards: one query for all cars, priced and checked for the days somebody asks about."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from exodrive.availability.service import Obstacle
from exodrive.availability.store import LIVE
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.ids import CarId
from exodrive.overview.shop.hindered import OBSTACLES, hindered
from exodrive.overview.shop.model import Card, Picture
from exodrive.pricing import engine
from exodrive.pricing.limits import Hindrance
from exodrive.pricing.model import Rates
from exodrive.pricing.rules import House, house_of, inputs_of
from exodrive.pricing.store import CAR_RULES, HOUSE, car_rules

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_CARD = """
    c.id, c.slug, c.name, c.category, c.year, c.colour, c.short_description, c.seats, c.featured, c.available,
    i.path, i.alt, i.width, i.height, i.transparent,
    array(select row (s.name, s.value) from car_specifications s where s.car_id = c.id and s.is_highlighted order by s.sort_order, s.id)"""


def _from(among: str) -> str:
    """The cars that are shown; where the parameter names some, those alone."""
    return f"""
    from cars c join car_pricing p on p.car_id = c.id
    left join lateral (select path, alt, width, height, transparent from car_images i where i.car_id = c.id and i.view = 'side'
                       order by is_primary desc, sort_order limit 1) i on true
    where not c.hidden and ({among}::uuid[] is null or c.id = any ({among})) order by c.sort_order, c.id"""  # noqa: S608 - the number of a parameter


_PLAIN = f"select {_CARD}, p.currency, p.base_price, p.weekend_price, p.deposit_amount, p.minimum_days {_from('$1')}"
# The rules of the house come with the first car only: they are the same for all.
_FOR_DAYS = f"""
    select {_CARD},
           exists (select from car_availability a where a.car_id = c.id and a.date between $1 and $2 and {LIVE}),
           exists (select from car_availability a
                   where a.car_id = c.id and a.date > $2 and a.date <= $2::date + c.turnaround_days and {LIVE}),
           case when row_number() over (order by c.sort_order, c.id) = 1 then {HOUSE} end,
           (select l.time_zone from locations l where l.id = c.home_location_id), {CAR_RULES}
    {_from("$3")}"""  # noqa: S608


async def cards(db: Db, days: Days | None = None, *, now: datetime | None = None, among: Sequence[CarId] | None = None) -> list[Card]:
    """Return the shown cars, or those ``among`` some, in the operator's order, with price and freedom for ``days`` where given. One trip.

    A car without a price is not shown. The days are not judged here (past, too far): ``availability.service.check_days`` does that; with
    ``now`` they may be too soon for a car.
    """
    if days is None:
        return [_card(row, Rates(*row[16:])) for row in await db.fetch(_PLAIN, among)]
    house = House()
    answer = []
    for row in await db.fetch(_FOR_DAYS, days.start, days.end, among):
        house = house_of(row[18]) if row[18] is not None else house
        answer.append(_priced(row, days, house, now))
    return answer


def _priced(row: Any, days: Days, house: House, now: datetime | None) -> Card:
    rules = car_rules(row[20:])
    limits = tuple(hindered(rules, house, days, now=now or _LONG_AGO, zone=row[19]))
    obstacles = obstacles_of(limits, available=row[9], taken=row[16], followed=row[17])
    price = engine.price(inputs_of(rules, house, days))
    return _card(row, rules.rates, price=price, free=not obstacles, obstacles=obstacles, limits=limits)


def obstacles_of(limits: Iterable[Hindrance], *, available: bool, taken: bool, followed: bool) -> tuple[Obstacle, ...]:
    """Return what keeps a car from being had: ``taken`` on the days, ``followed`` too soon by the next rental, or limits of its rules."""
    found = {
        Obstacle.NOT_RENTED: not available,
        Obstacle.TAKEN: taken,
        Obstacle.TURNAROUND: followed and not taken,
    }
    return (*(obstacle for obstacle, there in found.items() if there), *(OBSTACLES[limit.kind] for limit in limits))


def _card(row: Any, rates: Rates, **for_days: Any) -> Card:
    car_id, slug, name, category, year, colour, short, seats, featured, available, path, alt, width, height, transparent, specs = row[:16]
    return Card(
        car_id=car_id,
        slug=slug,
        name=name,
        category=category,
        year=year,
        colour=colour,
        short_description=short,
        seats=seats,
        featured=featured,
        available=available,
        picture=Picture(path, alt, width, height, transparent) if path else None,
        highlights=tuple(specs),
        rates=rates,
        **for_days,
    )
