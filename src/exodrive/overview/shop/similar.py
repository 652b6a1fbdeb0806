"""Cars like another: near in category, price and seats, the free ones first, with the whole price of the chosen days."""

from datetime import datetime

from exodrive.availability.store import LIVE
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.overview.shop.cards import cards
from exodrive.overview.shop.model import Card, CarPage

SHOWN = 3
_LOOKED_AT = 6  # of the nearest; the free ones among them come first
# Another category weighs as much as a price 2.7 times as high or four seats; another currency says nothing about the price.
_NEAREST = f"""
    select c.id from cars c join car_pricing p on p.car_id = c.id
    where not c.hidden and c.available and c.id <> $1
    order by exists (select from car_availability a where a.car_id = c.id and a.date between $2::date and $3::date and {LIVE}),
             (c.category <> $4)::int + abs(c.seats - $5) * 0.25 + case when p.currency = $6 then abs(ln(p.base_price / $7)) else 1 end,
             c.sort_order, c.id
    limit {_LOOKED_AT}"""  # noqa: S608


async def similar(db: Db, page: CarPage, days: Days | None, *, now: datetime) -> list[Card]:
    """Return up to SHOWN cars like the one of a page, the most alike first among the free, then among the others. Two round trips."""
    car, rates = page.car, page.rates
    asked = (days.start, days.end) if days else (None, None)
    found = [row[0] for row in await db.fetch(_NEAREST, car.id, *asked, car.category, car.seats, rates.currency, rates.base_price)]
    near = {card.car_id: card for card in await cards(db, days, now=now, among=found)} if found else {}
    return sorted((near[car_id] for car_id in found if car_id in near), key=lambda card: card.free is False)[:SHOWN]
