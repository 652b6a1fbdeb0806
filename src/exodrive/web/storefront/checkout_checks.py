"""What is wrong with a checkout that is still being filled in, told as each field is left."""

from datetime import datetime

from exodrive.bookings import orders
from exodrive.bookings.model import CheckoutOrder
from exodrive.fleet import store as fleet
from exodrive.fleet.service import UnknownCar
from exodrive.flows.checkout import order as ordering
from exodrive.flows.checkout.model import Facts
from exodrive.flows.world import World
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput
from exodrive.overview import shop
from exodrive.pricing.store import rules_in_force
from exodrive.web.storefront.checkout_form import order_of, wanted


async def wrong_so_far(db: Db, world: World, slug: str, days: Days, now: datetime, values: dict[str, str]) -> dict[str, str]:
    """Return a sentence for each field that would be refused if the form were sent as it is, those not yet filled in among them.

    Raises UnknownCar. Nothing of what was typed is kept.
    """
    page = await shop.car_page(db, slug)
    order, unreadable = _read(values | {"car_id": str(page.car.id)}, days)
    found = await rules_in_force(db, page.car.id)
    if found is None:
        raise UnknownCar
    facts = Facts(
        rules=found[0],
        house=found[1],
        car_name=page.car.name,
        available=True,
        minimum_age=page.car.minimum_age,
        turnaround_days=page.car.turnaround_days,
        home_zone=page.home.time_zone,
        now=now,
        taken=False,
        locations={place.id: place for place in await fleet.active_locations(db)},
    )
    return ordering.wrong_of(orders.tidy(order), facts, world.rules) | orders.check_texts(order) | unreadable


def _read(values: dict[str, str], days: Days) -> tuple[CheckoutOrder, dict[str, str]]:
    """Return the order as far as it can be read, and a sentence for each field that cannot."""
    try:
        return order_of(values), {}
    except BadInput as wrong:
        return wanted(values, days), wrong.fields
