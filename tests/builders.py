"""Holds, paid bookings and links for tests, made by the product's own verbs. What is not said is plausible; every call makes new ones."""

import itertools
import secrets
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from exodrive.bookings.model import Caller, CheckoutOrder, Held, Place, Rules
from exodrive.fleet.store import location_by_id
from exodrive.flows.checkout import capturing, opening, pay
from exodrive.flows.checkout.hold import hold
from exodrive.flows.world import World
from exodrive.gateways.paypal import PayPalClient
from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Doors
from exodrive.kit.ids import BookingId, CarId, LocationId
from exodrive.kit.limits import Limits
from exodrive.kit.links import LinkKeys
from exodrive.kit.locks import DayLocks
from exodrive.kit.redis import Courtesy, impatient
from exodrive.kit.signing import Signer
from exodrive.mail.model import House
from exodrive.overview.wishes import choices_of
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Result
from exodrive.pricing import engine, quotes
from exodrive.pricing.rules import inputs_of
from exodrive.pricing.service import inputs_for
from exodrive.pricing.store import rules_in_force
from tests import garage
from tests.garage import MadeCar
from tests.servers import Database

LINK_KEY, SECRET_KEY = "test link key " * 3, "test secret key " * 3
NOWHERE = "http://127.0.0.1:9"
ALONE = "ALONE"  # begins the names of what exists in PayPal's answer alone
_networks = itertools.count(1)


def make_world(
    doors: Doors, redis_url: str, *, paypal_url: str = NOWHERE, client: str = "client", secret: str = "secret", **changes: Any
) -> World:
    """A world as the web has it; without an address PayPal does not answer."""
    courtesy = Courtesy(impatient(redis_url))
    parts: dict[str, Any] = {
        "doors": doors,
        "door": doors.checkout(),
        "paypal": PayPalClient(paypal_url, client, secret),
        "mailer": None,
        "locks": DayLocks(courtesy),
        "limits": Limits(courtesy),
        "links": LinkKeys([LINK_KEY]),
        "quotes": quotes.Quotes(Signer(SECRET_KEY, quotes.PURPOSE)),
        "rules": Rules(),
        "public_url": "http://127.0.0.1:9",
        "house": House(company="Test Cars"),
    }
    return World(**(parts | changes))


def new_key() -> str:
    """An idempotency key that nobody used."""
    return uuid4().hex


def new_caller() -> Caller:
    """A browser and a network that nobody used."""
    number = next(_networks)
    return Caller(secrets.token_bytes(32), f"2001:db8:{secrets.randbelow(65536):x}:{number % 65536:x}::/64")


def today(zone: str = garage.ZONE) -> date:
    """The day it is at a place, and at those of tests unless another is named."""
    return day_at(clock.now(), zone)


def days_ahead(first: int, length: int = 1, zone: str = garage.ZONE) -> Days:
    """Days that begin so many days from today."""
    start = today(zone) + timedelta(days=first)
    return Days(start, start + timedelta(days=length - 1))


@dataclass(frozen=True)
class Made:
    """A booking that was made, its car, its days, and who asked for it."""

    held: Held
    order: CheckoutOrder
    caller: Caller
    key: str

    @property
    def id(self) -> BookingId:
        return self.held.booking_id

    @property
    def token(self) -> str:
        return self.held.token

    @property
    def reference(self) -> str:
        return self.held.reference


class Build:
    """Makes cars, orders, holds and paid bookings; its verbs take what matters to a test."""

    def __init__(self, world: World, superuser_url: str) -> None:
        self.world = world
        self.doors = world.doors
        self.superuser_url = superuser_url

    async def car(self, **changes: Any) -> MadeCar:
        """A car for $1,000 a day with a place of its own, open every day from 8 to 20."""
        return await garage.new_car(self.doors, **changes)

    async def place(self, **changes: Any) -> LocationId:
        """A place of ours."""
        return await garage.new_place(self.doors, **changes)

    async def order(self, car: MadeCar, days: Days | None = None, **changes: Any) -> CheckoutOrder:
        """An order as a renter sends it, with the price they were just promised."""
        days = days or days_ahead(10, 3)
        pickup = changes.get("pickup") or Place(time=time(10), location_id=car.location_id)
        dropoff = changes.get("dropoff") or Place(time=time(18), location_id=car.location_id)
        values: dict[str, Any] = {
            "car_id": car.id,
            "start": days.start,
            "end": days.end,
            "pickup": pickup,
            "dropoff": dropoff,
            "email": f"{uuid4().hex}@example.com",
            "first_name": "Ada",
            "last_name": "Renter",
            "phone": "+1 305 555 0100",
            "birth_date": date(1985, 5, 17),
            "terms": self.world.rules.terms_version,
        }
        if "quote" not in changes:
            values["quote"] = await self.promised(CheckoutOrder(**(values | changes | {"quote": ""})), days)
        return CheckoutOrder(**(values | changes))

    async def promised(self, order: CheckoutOrder, days: Days) -> str:
        """The signed price of all that an order asks for on these days, as of now."""
        now = clock.now()
        async with self.doors.anon().scope() as db:
            rules, house = await rules_in_force(db, order.car_id)
            places = [await location_by_id(db, place.location_id) for place in (order.pickup, order.dropoff) if place.location_id]
        chosen = choices_of(order, rules, house, {place.id: place for place in places if place}, today=day_at(now, garage.ZONE))
        return self.world.quotes.sign(engine.price(inputs_of(rules, house, days, choices=chosen)), now)

    async def quote(self, car_id: CarId, days: Days, **journeys: bool) -> str:
        """The signed price of a rental as of now."""
        async with self.doors.anon().scope() as db:
            inputs = await inputs_for(db, car_id, days, **journeys)
        return self.world.quotes.sign(engine.price(inputs), clock.now())

    async def held(self, car: MadeCar | None = None, days: Days | None = None, *, caller: Caller | None = None, **changes: Any) -> Made:
        """A pending booking whose days are held."""
        car = car or await self.car()
        order, caller, key = await self.order(car, days, **changes), caller or new_caller(), new_key()
        return Made(await hold(self.world, order, caller, key), order, caller, key)

    async def opened(self, made: Made, order_id: str | None = None) -> str:
        """The order of a held booking at a PayPal that exists in its answer alone; returns the order's id."""
        intent = await opening.intend(self.world, made.id)
        assert not isinstance(intent, str)
        order_id = order_id or secrets.token_hex(8).upper()
        details = {"approve_url": f"{NOWHERE}/checkoutnow?token={order_id}", "merchant_id": None}
        result = Result(end=End.SUCCEEDED, provider_id=order_id, money=made.held.due_now, details=details)
        await opening.record(self.world, intent[0], result)
        return order_id

    async def paid(self, car: MadeCar | None = None, days: Days | None = None, **changes: Any) -> Made:
        """An upcoming booking, paid by a capture that exists in its answer alone."""
        made = await self.held(car, days, **changes)
        await self.pay(made)
        return made

    async def pay(self, made: Made) -> None:
        """Pay a held booking by a capture that exists in its answer alone."""
        order_id = await self.opened(made)
        async with self.world.door.scope() as db:
            now = await pay._by_order(db, order_id)
        operation = await capturing.intend(self.world, order_id, now, capturing.SYSTEM)
        result = Result(end=End.SUCCEEDED, provider_id=f"{ALONE}{secrets.token_hex(6).upper()}", money=made.held.due_now)
        await capturing.record(self.world, operation, result)

    async def status(self, made: Made) -> str:
        """Where a booking stands."""
        return await self.value("select status from bookings where id = $1", made.id)

    async def value(self, query: str, *values: Any) -> Any:
        """One value, asked as the service."""
        async with self.doors.service().scope() as db:
            return await db.fetchval(query, *values)

    async def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows, asked as the service."""
        async with self.doors.service().scope() as db:
            return [tuple(row) for row in await db.fetch(query, *values)]

    async def days_of(self, made: Made) -> list[tuple[date, str]]:
        """The car-days a booking has, with their states."""
        return await self.rows("select date, status from car_availability where booking_id = $1 order by date", made.id)

    async def history(self, made: Made) -> list[str]:
        """What happened to a booking, in order."""
        return [row[0] for row in await self.rows("select event_type from booking_events where booking_id = $1 order by id", made.id)]

    async def lapse(self, made: Made, ago: timedelta = timedelta(seconds=1)) -> None:
        """Let the hold of a booking have run out some time ago, as if it had been made so much earlier."""
        earlier = ago + self.world.rules.hold
        db = await asyncpg.connect(self.superuser_url)
        await db.execute("update bookings set created_at = exodrive_private.now() - $2::interval where id = $1", made.id, earlier)
        await db.execute(
            """update car_availability set hold_expires_at = exodrive_private.now() - $2::interval
               where booking_id = $1 and status = 'pending'""",
            made.id,
            ago,
        )
        await db.close()


@pytest.fixture
async def build(doors: Doors, redis_url: str, database: Database) -> Any:
    """Makes cars, holds and paid bookings in the test worker's database; its PayPal does not answer."""
    world = make_world(doors, redis_url)
    yield Build(world, database.url("superuser"))
    await world.paypal.close()
    await world.locks._courtesy.close()


__all__ = ["Build", "Kind", "Made", "build", "days_ahead", "make_world", "new_caller", "new_key", "payments", "replace"]
