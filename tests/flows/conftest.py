"""A world with a real PayPal beside it, a payer, and a clock that moves everywhere at once."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from exodrive.flows.checkout import pay
from exodrive.flows.world import World
from exodrive.gateways.mailer import Resend
from exodrive.gateways.paypal import Order, OrderStatus, PayPal, PayPalClient
from exodrive.kit import clock
from exodrive.kit.db import Doors
from exodrive.operate.clock import move
from exodrive.operate.wiring import Wiring
from tests.builders import Build, Made, make_world
from tests.flows.fresh import looks_at_everything
from tests.product import PARTS, Emulator
from tests.servers import Database, drop_database, make_database

Move = Callable[[timedelta], Awaitable[None]]


class Payer:
    """The renter at PayPal, and what PayPal was asked and has in its book."""

    def __init__(self, world: World, paypal: Emulator) -> None:
        self.world = world
        self.paypal = paypal

    async def order(self, made: Made) -> str:
        """Begin the payment; returns the order's id."""
        return order_in(await pay.begin(self.world, made.id))

    async def approve(self, order_id: str, funding: str = "instant") -> None:
        await self.paypal.control("POST", f"orders/{order_id}/approve", {"funding": funding})

    async def approved(self, made: Made, funding: str = "instant") -> str:
        """Begin and approve; returns the order's id."""
        order_id = await self.order(made)
        await self.approve(order_id, funding)
        return order_id

    async def asked(self, path: str, order_id: str = "") -> list[dict[str, Any]]:
        """The calls PayPal got whose path ends so and tells of this order."""
        return [call for call in await self.paypal.calls() if call["path"].endswith(path) and order_id in call["path"]]

    async def captures(self, order_id: str) -> list[dict[str, Any]]:
        """The captures in PayPal's book of an order."""
        ledger = await self.paypal.control("GET", "ledger")
        return [row for row in ledger["captures"] if row["supplementary_data"]["related_ids"].get("order_id") == order_id]


class Late:
    """A PayPal that tells late that an order ended: something happens first."""

    def __init__(self, paypal: PayPal, happens: Callable[[], Awaitable[str]]) -> None:
        self.paypal, self.happens, self.address = paypal, happens, ""

    async def get_order(self, order_id: str) -> Order:
        order = await self.paypal.get_order(order_id)
        self.address = await self.happens()
        return msgspec.structs.replace(order, status=OrderStatus.VOIDED)


def order_in(address: str) -> str:
    """The order's id in the address where it is approved."""
    return parse_qs(urlsplit(address).query)["token"][0]


@pytest.fixture(scope="module")
async def database(request: pytest.FixtureRequest, _database: Database, worker_number: int) -> AsyncIterator[Database]:
    """The test worker's database, or one of its own for a file that looks at everything."""
    if not looks_at_everything(request.module):
        yield _database
        return
    fresh = await make_database(_database.servers, f"exodrive_fresh{worker_number}")
    yield fresh
    await drop_database(fresh)


@pytest.fixture(scope="module")
async def doors(request: pytest.FixtureRequest, _doors: Doors, database: Database) -> AsyncIterator[Doors]:
    """Doors over it."""
    if not looks_at_everything(request.module):
        yield _doors
        return
    fresh = await Doors.open(**{part: database.url(part) for part in PARTS if part != "owner"}, pooler=database.servers.pooler)
    yield fresh
    await fresh.close()


@pytest.fixture(scope="module", autouse=True)
async def _forgetful(request: pytest.FixtureRequest) -> None:
    """Nothing ever happened at PayPal either."""
    if looks_at_everything(request.module):
        paypal: Emulator = request.getfixturevalue("paypal")
        await paypal.reset()


@pytest.fixture
async def world(doors: Doors, redis_url: str, paypal: Emulator, _beside: Wiring) -> AsyncIterator[World]:
    """The world of the web process, with a PayPal that answers."""
    keys = _beside.keys
    world = make_world(
        doors,
        redis_url,
        paypal_url=paypal.url,
        client=keys.paypal_client_id,
        secret=keys.paypal_client_secret,
        public_url="http://shop.test",
    )
    yield world
    await world.paypal.close()
    await world.locks._courtesy.close()
    await paypal.control("DELETE", "faults")


@pytest.fixture
def service(world: World, doors: Doors) -> World:
    """The same world as the worker has it."""
    return make_service(world)


def make_service(world: World) -> World:
    """The same world as the worker has it."""
    return replace(world, door=world.doors.service())


@pytest.fixture
async def stranger(service: World, paypal: Emulator, _beside: Wiring) -> AsyncIterator[World]:
    """The worker's world after somebody changed the secret at PayPal and not here."""
    client = PayPalClient(paypal.url, _beside.keys.paypal_client_id, "changed")
    yield replace(service, paypal=client)
    await client.close()


@pytest.fixture
async def office(service: World, resend: Emulator, _beside: Wiring) -> AsyncIterator[World]:
    """The worker's world, which sends letters."""
    await resend.reset()
    mailer = Resend(resend.url, _beside.keys.resend_key, sender="Exodrive <hello@exodrive.example>")
    yield replace(service, mailer=mailer)
    await mailer.close()


@pytest.fixture
def build(world: World, database: Database) -> Build:
    """Makes cars, holds and bookings in this world."""
    return Build(world, database.url("superuser"))


@pytest.fixture
def payer(world: World, paypal: Emulator) -> Payer:
    """The renter at PayPal."""
    return Payer(world, paypal)


@pytest.fixture
async def wait_for(database: Database, paypal: Emulator) -> AsyncIterator[Move]:
    """Let time pass for the database, this process and PayPal together; it is the right time again after the test."""
    passed = timedelta()

    async def wait(span: timedelta) -> None:
        nonlocal passed
        passed += span
        await move(database.url("owner"), passed)
        clock.move_to_shift(passed)
        await paypal.move(span.total_seconds())

    yield wait
    await move(database.url("owner"), timedelta())
    clock.move_to_shift(timedelta())
    if passed:
        await paypal.move(-passed.total_seconds())
