"""One car, or several side by side, with everything that is shown of them, in one query."""

from collections.abc import Sequence
from typing import Any

from exodrive.fleet.model import Car, Feature, Image, Location, Specification
from exodrive.fleet.service import UnknownCar
from exodrive.fleet.store import CAR_COLUMNS, LOCATION_COLUMNS, location_of
from exodrive.kit.db import Db
from exodrive.overview.shop.model import CarPage
from exodrive.pricing.kinds import Collection, Delivery
from exodrive.pricing.rules import house_of, journey_fee, sales_tax
from exodrive.pricing.store import CAR_RULES, CAR_RULES_WIDTH, HOUSE, car_rules

_PAGE = f"""
    select {CAR_COLUMNS}, {LOCATION_COLUMNS}, {CAR_RULES}, {HOUSE},
           array(select row (i.view, i.path, i.alt, i.width, i.height, i.transparent, i.is_primary)
                 from car_images i where i.car_id = c.id order by i.sort_order, i.id),
           array(select row (s.name, s.value, s.is_highlighted)
                 from car_specifications s where s.car_id = c.id order by s.sort_order, s.id),
           array(select row (f.name, f.description, f.is_highlighted) from car_features f where f.car_id = c.id order by f.sort_order, f.id)
    from cars c join locations l on l.id = c.home_location_id join car_pricing p on p.car_id = c.id
    where c.slug = any ($1) and not c.hidden"""  # noqa: S608
_CAR = slice(0, len(Car.__struct_fields__))
_HOME = slice(_CAR.stop, _CAR.stop + len(Location.__struct_fields__))
_RULES = slice(_HOME.stop, _HOME.stop + CAR_RULES_WIDTH)


async def car_page(db: Db, slug: str) -> CarPage:
    """Return everything about a shown car; raises UnknownCar. One round trip."""
    found = await car_pages(db, [slug])
    if not found:
        raise UnknownCar
    return found[0]


async def car_pages(db: Db, slugs: Sequence[str]) -> list[CarPage]:
    """Return everything about those of these cars that are shown, in the order of the slugs. One round trip."""
    pages = [_page(row) for row in await db.fetch(_PAGE, slugs)]
    return sorted(pages, key=lambda page: slugs.index(page.car.slug))


def _page(row: Any) -> CarPage:
    house_rows, images, specifications, features = row[_RULES.stop :]
    rules, house = car_rules(row[_RULES]), house_of(house_rows)
    tax_name, tax_percent = sales_tax(rules, house)
    return CarPage(
        car=Car(*row[_CAR]),
        images=tuple(Image(*image) for image in images),
        specifications=tuple(Specification(*entry) for entry in specifications),
        features=tuple(Feature(*entry) for entry in features),
        home=location_of(row[_HOME]),
        rates=rules.rates,
        fees=rules.fees,
        delivery_fee=journey_fee(rules, house, Delivery),
        collection_fee=journey_fee(rules, house, Collection),
        tax_name=tax_name,
        tax_percent=tax_percent,
        rules=rules,
        house=house,
    )
