"""A database and a PayPal without a past, for those who look at everything there is: else they look at what all tests before left."""

from collections.abc import AsyncIterator

import pytest

from exodrive.kit.db import Doors
from tests.product import Emulator
from tests.servers import Database, Servers, drop_database, make_database

LOGINS = ("web", "checkout", "staff", "worker")


@pytest.fixture(scope="module")
async def database(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    """A migrated database for the tests of one file."""
    fresh = await make_database(servers, f"exodrive_fresh{worker_number}")
    yield fresh
    await drop_database(fresh)


@pytest.fixture(scope="module")
async def doors(database: Database) -> AsyncIterator[Doors]:
    """Doors over it."""
    doors = await Doors.open(**{login: database.url(login) for login in LOGINS}, pooler=database.servers.pooler)
    yield doors
    await doors.close()


@pytest.fixture(scope="module", autouse=True)
async def _forgetful(paypal: Emulator) -> None:
    await paypal.reset()
