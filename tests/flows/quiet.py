"""A database of its own for each test and a PayPal without a past: nothing was ever sold, and what is looked at is what the test made."""

import secrets
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from exodrive.flows import comparison
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Doors
from exodrive.operate.clock import move
from exodrive.operate.wiring import Wiring
from tests.builders import Build, make_world
from tests.flows.conftest import Move, make_service
from tests.product import PARTS, Emulator
from tests.servers import Database, Servers, drop_database, make_database

__all__ = ["build", "hurried", "paypal", "quiet", "quiet_doors", "service", "wait_for", "world"]


@pytest.fixture
async def quiet(servers: Servers) -> AsyncIterator[Database]:
    """A database in which nothing was ever sold."""
    database = await make_database(servers, f"exodrive_compared_{secrets.token_hex(4)}")
    yield database
    await drop_database(database)


@pytest.fixture
async def quiet_doors(quiet: Database) -> AsyncIterator[Doors]:
    doors = await Doors.open(**{part: quiet.url(part) for part in PARTS if part != "owner"}, pooler=quiet.servers.pooler)
    yield doors
    await doors.close()


@pytest.fixture
async def paypal(paypal: Emulator) -> Emulator:
    """A PayPal at which nothing ever happened."""
    await paypal.reset()
    return paypal


@pytest.fixture
async def world(quiet_doors: Doors, redis_url: str, paypal: Emulator, _beside: Wiring) -> AsyncIterator[World]:
    keys = _beside.keys
    known = {"client": keys.paypal_client_id, "secret": keys.paypal_client_secret}
    world = make_world(quiet_doors, redis_url, paypal_url=paypal.url, public_url="http://shop.test", **known)
    yield world
    await world.paypal.close()
    await world.locks._courtesy.close()


@pytest.fixture
def service(world: World) -> World:
    return make_service(world)


@pytest.fixture
def build(world: World, quiet: Database) -> Build:
    return Build(world, quiet.url("superuser"))


@pytest.fixture
async def wait_for(quiet: Database, paypal: Emulator) -> AsyncIterator[Move]:
    """Let time pass everywhere."""
    passed = timedelta()

    async def wait(span: timedelta) -> None:
        nonlocal passed
        passed += span
        await move(quiet.url("owner"), passed)
        clock.move_to_shift(passed)
        await paypal.move(span.total_seconds())

    yield wait
    clock.move_to_shift(timedelta())
    if passed:
        await paypal.move(-passed.total_seconds())


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """No walking pace in tests."""
    monkeypatch.setattr(comparison, "PAUSE", 0)
