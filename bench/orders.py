"""Cars with room for thousands of bookings, and the requests that book them: each by another person from another network."""

import asyncio
import itertools
from collections.abc import Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid4

import asyncpg
import msgspec

from bench import load
from bench.system import System
from exodrive.bookings.model import Rules
from exodrive.kit.db import Doors
from exodrive.kit.ids import new_id
from exodrive.operate.seed.store import Row, insert

LENGTH = 3  # days of a rental; with a day of turnaround four rows
_FIRST, _LAST = 3, 350  # the days ahead that are booked
_WRITTEN = ("car_availability", "booking_events", "booking_locations", "booking_secure_tokens", "payments", "idempotency_keys")
_people = itertools.count(1)


class Slot(NamedTuple):
    """A car, a place to fetch it at, and days."""

    car: UUID
    place: UUID
    start: date
    end: date


class _Price(msgspec.Struct):
    quote: str


class _Told(msgspec.Struct):
    car_id: UUID
    start: date
    end: date
    price: _Price


def make_cars(system: System, number: int, slugs: str = "bench-") -> list[list[Slot]]:
    """Make cars that nobody has rented yet, called so and by their number; the rentals that follow each other on each."""
    place, cars = new_id(), [new_id() for _ in range(number)]
    asyncio.run(_make(system.wiring.databases["worker"], place, cars, slugs))
    today = date.today()  # noqa: DTZ011 - some days ahead is near enough
    starts = [today + timedelta(days=ahead) for ahead in range(_FIRST, _LAST, LENGTH + 1)]
    return [[Slot(car, place, start, start + timedelta(days=LENGTH - 1)) for start in starts] for car in cars]


async def _make(url: str, place: UUID, cars: list[UUID], slugs: str) -> None:
    doors = await Doors.open(worker=url, size=1)
    async with doors.service().scope() as db:
        home = {"name": "Bench", "address_line1": "1 Bench Way", "city": "Miami", "country": "US", "time_zone": "America/New_York"}
        await insert(db, "locations", [{"id": place, **home}])
        await insert(db, "location_hours", [_hours(place, weekday) for weekday in range(1, 8)])
        await insert(db, "cars", [_car(car, place, f"{slugs}{number}") for number, car in enumerate(cars)])
        await insert(db, "car_pricing", [_price(car) for car in cars])
        await insert(db, "car_additional_fees", [_fee(car) for car in cars])
    await doors.close()


def _hours(place: UUID, weekday: int) -> Row:
    return {"location_id": place, "weekday": weekday, "opens": time(8), "closes": time(20)}


def _car(car: UUID, place: UUID, slug: str) -> Row:
    shown = {"slug": slug, "name": "Bench Car", "category": "Coupe", "colour": "red", "sort_order": 99}
    return {"id": car, **shown, "home_location_id": place, "turnaround_days": 1, "included_distance_per_day": 100}


def _price(car: UUID) -> Row:
    amounts = {"base_price": Decimal(1290), "weekend_price": Decimal(3400), "deposit_amount": Decimal(5000)}
    return {"id": new_id(), "car_id": car, "currency": "USD", **amounts}


def _fee(car: UUID) -> Row:
    return {"id": new_id(), "car_id": car, "name": "Cleaning", "amount": Decimal(150)}


def look(slot: Slot) -> bytes:
    """The request that asks whether a rental can be had, and for how much."""
    return load.get(f"/api/availability?car_id={slot.car}&start={slot.start}&end={slot.end}")


def bookings(system: System, slots: list[Slot]) -> Iterator[bytes]:
    """The requests that book these rentals, each with the price that the shop has just promised for it."""
    quotes = promised(system, slots)
    return iter([booking(slot, quotes[slot.car, slot.start, slot.end]) for slot in slots])


def promised(system: System, slots: list[Slot]) -> dict[tuple[UUID, date, date], str]:
    """The signed prices of rentals, as the shop tells them."""
    answers = load.send(system.wiring.web_port, map(look, slots), at_once=4)
    found = [msgspec.json.decode(answer.body, type=_Told) for answer in answers]
    return {(told.car_id, told.start, told.end): told.price.quote for told in found}


def booking(slot: Slot, quote: str, email: str = "") -> bytes:
    """One request that books a rental: of somebody new, from a network of their own."""
    number = next(_people)
    order = {
        "car_id": slot.car,
        "start": slot.start,
        "end": slot.end,
        "pickup": {"time": "10:00:00", "location_id": slot.place},
        "dropoff": {"time": "18:00:00", "location_id": slot.place},
        "email": email or f"renter-{number}@bench.example",
        "first_name": "Ada",
        "last_name": "Renter",
        "phone": "+1 305 555 0100",
        "birth_date": "1985-05-17",
        "terms": Rules().terms_version,
        "quote": quote,
    }
    network = f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1"
    return load.post("/api/bookings", msgspec.json.encode(order), Idempotency_Key=uuid4().hex, X_Forwarded_For=network)


def forget(system: System, number: int) -> None:
    """Undo the newest of these bookings, so that the very same statements can be made again."""
    asyncio.run(_forget(system.superuser, number))


async def _forget(superuser: str, number: int) -> None:
    db = await asyncpg.connect(superuser)
    await db.execute("set session_replication_role = replica")  # in any order, whatever refers to whatever
    newest = "select id, customer_id from bookings where contact_email like '%@bench.example' order by created_at desc, id desc limit $1"
    rows = await db.fetch(newest, number)
    bookings, customers = ([row[column] for row in rows] for column in (0, 1))
    for table in _WRITTEN:
        await db.execute(f"delete from {table} where booking_id = any($1)", bookings)
    await db.execute("delete from bookings where id = any($1)", bookings)
    await db.execute("delete from customers where id = any($1)", customers)
    await db.execute("reset session_replication_role")
    await db.execute("vacuum analyze")
    await db.close()
