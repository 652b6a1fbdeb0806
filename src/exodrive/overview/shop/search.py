"""Finding a car: the whole fleet in one light query, a page of it as cards, and a second query only for what that page still lacks.

Prices are the engine's, so what depends on them is decided here and not in SQL: a fleet is some hundred cars at most.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

import msgspec

from exodrive.availability.service import NEAREST_WITHIN_DAYS, Obstacle, furthest_day, nearest
from exodrive.availability.store import LIVE
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Db
from exodrive.overview.shop.cards import obstacles_of
from exodrive.overview.shop.hindered import fitting, hindered
from exodrive.overview.shop.model import Card, Picture
from exodrive.overview.shop.sifting import Candidate, Choice, sift
from exodrive.overview.shop.wanted import Facet, Key, Sort, Wanted, handle
from exodrive.pricing.model import Price, Rates
from exodrive.pricing.rules import House, house_of
from exodrive.pricing.service import price_of
from exodrive.pricing.store import CAR_RULES, CAR_RULES_WIDTH, HOUSE, car_rules

PAGE = 24
_BETWEEN = "\x1f"  # between the names of features: no name has it
_NEAR_SHOWN = 3
_NOTHING = Decimal(0)
_NUMBER = "row_number() over (order by c.sort_order, c.id)"
_PICTURES = """
    array(select row (i.path, i.alt, i.width, i.height, i.transparent) from car_images i where i.car_id = c.id and i.view = 'side'
          order by i.is_primary desc, i.sort_order limit 1)"""
_HIGHLIGHTS = """
    array(select row (s.name, s.value) from car_specifications s where s.car_id = c.id and s.is_highlighted order by s.sort_order, s.id)"""
_SPOKEN = """
    not exists (select from unnest($1::text[]) as asked (word)
                where not (c.words @@ to_tsquery('simple', exodrive_private.plain(asked.word) || ':*')
                           or exists (select from car_features f where f.car_id = c.id
                                      and f.words @@ to_tsquery('simple', exodrive_private.plain(asked.word) || ':*'))))"""
_IS_TAKEN = f"exists (select from car_availability a where a.car_id = c.id and a.date between $2 and $3 and {LIVE})"
_IS_FOLLOWED = f"""
    exists (select from car_availability a where a.car_id = c.id and a.date > $3 and a.date <= $3::date + c.turnaround_days and {LIVE})"""
_TAKEN_NEAR = f"""
    array(select a.date from car_availability a where a.car_id = c.id and {LIVE}
          and a.date between $2::date - {NEAREST_WITHIN_DAYS} and $3::date + {NEAREST_WITHIN_DAYS} + c.turnaround_days)"""  # noqa: S608


def _fleet(taken: str, rules: str) -> str:
    """The query for the whole fleet. Pictures come with as many cars as make a page: mostly that is the page."""
    return f"""
    select c.id, c.slug, c.sort_order, c.category, l.name, c.seats, c.transmission, c.year, c.available, c.turnaround_days, l.time_zone,
           c.name, c.colour, c.short_description, c.featured,
           p.currency, p.base_price, p.weekend_price, p.deposit_amount, p.minimum_days,
           (select string_agg(f.name, '{_BETWEEN}' order by f.sort_order, f.id) from car_features f where f.car_id = c.id),
           cardinality($1::text[]) = 0 or {_SPOKEN},
           case when {_NUMBER} <= {PAGE} then {_PICTURES} end, case when {_NUMBER} <= {PAGE} then {_HIGHLIGHTS} end,
           {taken}, {rules}
    from cars c join locations l on l.id = c.home_location_id join car_pricing p on p.car_id = c.id
    where not c.hidden order by c.sort_order, c.id"""  # noqa: S608


_PLAIN = _fleet("false, false", "null")
# The rules of the house come with the first car only: they are the same for all. What days are free near those asked for matters to the
# taken cars alone.
_FOR_DAYS = _fleet(
    f"{_IS_TAKEN}, {_IS_FOLLOWED}",
    f"""case when {_NUMBER} = 1 then {HOUSE} end,
        case when {_NUMBER} <= {PAGE} and ({_IS_TAKEN} or {_IS_FOLLOWED}) then {_TAKEN_NEAR} end, {CAR_RULES}""",
)
_MORE = f"select c.id, {_PICTURES}, {_HIGHLIGHTS}, {_TAKEN_NEAR} from cars c where c.id = any ($1)"  # noqa: S608
_MORE_PLAIN = f"select c.id, {_PICTURES}, {_HIGHLIGHTS}, null from cars c where c.id = any ($1)"  # noqa: S608


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what was found. ``total`` cars fit, ``free`` of them on the days asked for; the fleet has ``fleet``.

    ``without`` says how many more cars fit when one facet is given up. ``nearest`` are other days on which a car of this page is free, told
    only when none that fits is free on those asked for. ``after`` is the key of the next page.
    """

    cards: tuple[Card, ...]
    total: int
    free: int
    fleet: int
    currency: str
    choices: dict[Facet, tuple[Choice, ...]]
    without: dict[Facet, int]
    nearest: tuple[Days, ...]
    after: Key | None


async def search(db: Db, wanted: Wanted, *, now: datetime, furthest_day_days: int, longest_rental_days: int, page: int = PAGE) -> Found:
    """Return the cars that fit, the free ones first.

    One round trip, or two when a car of the page is far down the fleet or its rules are against these days.
    """
    days = wanted.days
    rows = await db.fetch(_FOR_DAYS, list(wanted.words), days.start, days.end) if days else await db.fetch(_PLAIN, list(wanted.words))
    house = house_of(rows[0][26]) if rows and days else House()
    fleet = [_candidate(row, days, house, now) for row in rows]
    till = _Till(house, days)
    sifted = sift(fleet, wanted, lambda car: till.total(car) if wanted.speaks_of_totals else car.base_price)
    rank = _rank(wanted.sort, till)
    keyed = sorted((Key(int(not car.free), rank(car), car.number, car.slug), car) for car in sifted.fitting)
    left = [pair for pair in keyed if wanted.after is None or pair[0] > wanted.after]
    shown = [car for _place, car in left[:page]]
    more = await _more(db, shown, days)
    free = sum(car.free for car in sifted.fitting) if days else 0
    near = partial(_near, days, house, now, furthest_day_days, longest_rental_days)
    cards = tuple(_card(car, till, days, more, near) for car in shown)
    return Found(
        cards=cards,
        total=len(sifted.fitting),
        free=free,
        fleet=len(fleet),
        currency=rows[0][15] if rows else "",
        choices=sifted.choices,
        without=sifted.without,
        nearest=_nearest_of(cards, days) if days and not free else (),
        after=left[page - 1][0] if len(left) > page else None,
    )


class _Till:
    """Whole prices for the days asked for."""

    def __init__(self, house: House, days: Days | None) -> None:
        self._house, self._days = house, days

    def price(self, car: Candidate) -> Price | None:
        """What the days cost; None without days."""
        return price_of(car.rules, self._house, self._days) if self._days and car.rules else None

    def total(self, car: Candidate) -> Decimal:
        """What the days cost in all, or one day without them."""
        price = self.price(car)
        return price.total if price else car.base_price


def _candidate(row: Any, days: Days | None, house: House, now: datetime) -> Candidate:
    rules = car_rules(row[-CAR_RULES_WIDTH:]) if days else None
    limits = tuple(hindered(rules, house, days, now=now, zone=row[10])) if days and rules else ()
    return Candidate(
        car_id=row[0],
        slug=row[1],
        number=row[2],
        category=row[3],
        place=row[4],
        seats=row[5],
        transmission=row[6],
        year=row[7],
        features=_features(row[20] or ""),
        spoken=row[21],
        free=days is not None and row[8] and not row[24] and not row[25] and not limits,
        rules=rules,
        limits=limits,
        base_price=row[16],
        row=row,
    )


@lru_cache(maxsize=4096)
def _features(text: str) -> Mapping[str, str]:
    return {handle(name): name for name in text.split(_BETWEEN) if name}


def _rank(sort: Sort, till: _Till) -> Callable[[Candidate], Decimal]:
    if sort is Sort.PRICE_UP:
        return till.total
    if sort is Sort.PRICE_DOWN:
        return lambda car: -till.total(car)
    if sort is Sort.NEWEST:
        return lambda car: Decimal(-(car.year or 0))
    return lambda car: _NOTHING


_Details = tuple[Picture | None, tuple[tuple[str, str], ...]]
_More = dict[Any, tuple[_Details, Sequence[date] | None]]
_Near = Callable[[Candidate, Sequence[date] | None], tuple[Days, ...]]


async def _more(db: Db, shown: Sequence[Candidate], days: Days | None) -> _More:
    """Ask for what a page lacks of some cars: the pictures of those far down the fleet, and what is taken near the days asked for."""
    lacking = [car.car_id for car in shown if car.row[22] is None or (days and car.limits and car.row[27] is None)]
    if not lacking:
        return {}
    rows = await db.fetch(_MORE, lacking, days.start, days.end) if days else await db.fetch(_MORE_PLAIN, lacking)
    return {car_id: (_details(pictures, highlights), taken) for car_id, pictures, highlights, taken in rows}


def _near(
    days: Days | None, house: House, now: datetime, furthest: int, longest: int, car: Candidate, taken: Sequence[date] | None
) -> tuple[Days, ...]:
    if days is None or car.rules is None or taken is None or car.free or Obstacle.NOT_RENTED in _obstacles(car):
        return ()
    zone = car.row[10]
    today = day_at(now, zone)
    fit = fitting(car.rules, house, now=now, zone=zone, longest_rental_days=longest)
    last = furthest_day(today, furthest)
    return tuple(nearest(days, set(taken), first=today, last=last, fit=fit, turnaround_days=car.row[9], limit=_NEAR_SHOWN))


def _obstacles(car: Candidate) -> tuple[Obstacle, ...]:
    return obstacles_of(car.limits, available=car.row[8], taken=car.row[24], followed=car.row[25])


def _details(pictures: Any, highlights: Any) -> _Details:
    return Picture(*pictures[0]) if pictures else None, tuple(highlights)


def _card(car: Candidate, till: _Till, days: Days | None, more: _More, near: _Near) -> Card:
    row = car.row
    (picture, highlights), taken = more.get(car.car_id) or (_details(row[22], row[23]), row[27] if days else None)
    return Card(
        car_id=car.car_id,
        slug=car.slug,
        name=row[11],
        category=car.category,
        year=car.year,
        colour=row[12],
        short_description=row[13],
        seats=car.seats,
        featured=row[14],
        available=row[8],
        picture=picture,
        highlights=highlights,
        rates=Rates(*row[15:20]),
        price=till.price(car),
        free=car.free if days else None,
        obstacles=_obstacles(car) if days else (),
        limits=car.limits,
        nearest=near(car, taken),
    )


def _nearest_of(cards: Sequence[Card], days: Days) -> tuple[Days, ...]:
    """The days nearest to those asked for on which any of these cars is free."""
    offered = {near for card in cards for near in card.nearest}
    return tuple(sorted(offered, key=lambda near: (abs(near.start - days.start), near.start))[:_NEAR_SHOWN])
