"""Holding again what ran out: the same days in one press, or the nearest ones, with everything that was typed kept."""

import secrets
from datetime import datetime

import msgspec

from exodrive.bookings.model import CheckoutOrder, Place
from exodrive.fleet import store as fleet
from exodrive.fleet.service import UnknownCar
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import Problem
from exodrive.overview import shop
from exodrive.overview.booking_page import BookingPage
from exodrive.overview.kept_order import kept_order
from exodrive.web.storefront.checkout_form import BY_ADDRESS, EXTRA
from exodrive.web.storefront.checkout_view import PriceView, price_view

_RANGES = 3


class Again(msgspec.Struct, frozen=True, kw_only=True):
    """What the checkout is sent to hold the same again. ``price`` is today's for the same days, None while they cannot be had.

    ``fields`` are the checkout's own, ``nearest`` other days to go on with there.
    """

    slug: str
    fields: dict[str, str]
    price: PriceView | None
    nearest: tuple[Days, ...]


async def again_of(anybody: Door, holder: Door, world: World, booking: BookingPage) -> Again:
    """Return what a booking that will not be can be tried again with."""
    now = clock.now()
    async with holder.scope() as db:
        order = await kept_order(db, booking.reference)
    fields = fields_of(order)
    async with anybody.scope() as db:
        price = await _price(db, world, booking, now, fields)
        near = await _nearest(db, world, booking, now)
    quote = {"quote": price.quote} if price else {}
    return Again(slug=booking.car.slug, fields=fields | quote | {"key": secrets.token_urlsafe(18)}, price=price, nearest=near)


async def _price(db: Db, world: World, booking: BookingPage, now: datetime, fields: dict[str, str]) -> PriceView | None:
    try:
        ours = await fleet.active_locations(db)
        price, _found = await price_view(db, world, booking.car.slug, booking.days, now, fields, ours)
    except (Problem, UnknownCar):
        return None
    return price if price.can_pay and not price.problem else None


async def _nearest(db: Db, world: World, booking: BookingPage, now: datetime) -> tuple[Days, ...]:
    longest, furthest = world.rules.longest_rental_days, world.rules.furthest_day_days
    near = await shop.nearest_days(
        db, booking.car.id, booking.days, now=now, longest_rental_days=longest, furthest_day_days=furthest, limit=_RANGES
    )
    return tuple(near)


def fields_of(order: CheckoutOrder) -> dict[str, str]:
    """Return an order as the fields of the checkout's form."""
    plain = {"start": order.start.isoformat(), "end": order.end.isoformat(), "car_id": str(order.car_id)}
    plain |= {name: getattr(order, name) for name in ("email", "first_name", "last_name", "phone", "notes", "terms", "waiver")}
    plain |= {f"{EXTRA}{code}": str(pieces) for code, pieces in order.extras.items()}
    plain["birth_date"] = order.birth_date.isoformat() if order.birth_date else ""
    plain["additional_drivers"] = str(order.additional_drivers or "")
    plain["part_payment"] = "true" if order.part_payment else ""
    plain |= _fields_of("pickup", order.pickup) | _fields_of("dropoff", order.dropoff)
    return {name: value for name, value in plain.items() if value}


def _fields_of(kind: str, place: Place) -> dict[str, str]:
    fields = {f"{kind}_location_id": str(place.location_id or BY_ADDRESS), f"{kind}_time": place.time.isoformat("minutes")}
    fields[f"{kind}_instructions"] = place.instructions
    if place.address:
        fields |= {f"{kind}_address_{name}": value for name, value in msgspec.structs.asdict(place.address).items()}
    return fields
