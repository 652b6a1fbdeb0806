"""All SQL of the fleet slice: cars as everybody may see them, and our places with their hours."""

from typing import Any

from exodrive.fleet.model import Car, Hours, Location
from exodrive.kit.db import Db
from exodrive.kit.ids import CarId, LocationId

# By name, in the order of the structs; the public roles may read these columns and no others. Shared with the read-only joins, which name
# `cars c` and its home `locations l` alike.
CAR_COLUMNS = """
    c.id, c.slug, c.name, c.category, c.year, c.colour, c.short_description, c.description, c.available, c.featured, c.hidden,
    c.home_location_id, l.time_zone, c.seats, c.included_distance_per_day, c.price_per_extra_distance, c.distance_unit,
    c.minimum_age, c.licence_years, c.turnaround_days, c.requires_approval"""
LOCATION_COLUMNS = """
    l.id, l.name, l.address_line1, l.address_line2, l.city, l.state_province, l.postal_code, l.country, l.latitude, l.longitude,
    l.phone, l.directions, l.time_zone, l.is_active,
    array(select row (h.weekday, h.opens, h.closes) from location_hours h where h.location_id = l.id order by h.weekday)"""
_CAR = f"select {CAR_COLUMNS} from cars c join locations l on l.id = c.home_location_id"  # noqa: S608
_LOCATION = f"select {LOCATION_COLUMNS} from locations l"  # noqa: S608


async def car_by_slug(db: Db, slug: str) -> Car | None:
    """Return the car with this slug; the shop's roles do not see hidden ones."""
    row = await db.fetchrow(f"{_CAR} where c.slug = $1", slug)
    return Car(*row) if row else None


async def car_by_id(db: Db, car_id: CarId) -> Car | None:
    """Return the car with this id; the shop's roles do not see hidden ones."""
    row = await db.fetchrow(f"{_CAR} where c.id = $1", car_id)
    return Car(*row) if row else None


async def shown_cars(db: Db) -> list[Car]:
    """Return the cars of the shop window, in the order the operator gave them."""
    return [Car(*row) for row in await db.fetch(f"{_CAR} where not c.hidden order by c.sort_order, c.id")]


async def location_by_id(db: Db, location_id: LocationId) -> Location | None:
    """Return one place with its hours, in use or not."""
    row = await db.fetchrow(f"{_LOCATION} where l.id = $1", location_id)
    return location_of(row) if row else None


async def active_locations(db: Db) -> list[Location]:
    """Return the places in use with their hours, in the operator's order."""
    return [location_of(row) for row in await db.fetch(f"{_LOCATION} where l.is_active order by l.sort_order, l.id")]


def location_of(columns: Any) -> Location:
    """Build a place from the columns of LOCATION_COLUMNS."""
    hours = tuple(Hours(*entry) for entry in columns[-1])
    return Location(*(*columns[:-1], hours))
