"""The demo's company in a database of its own, as of a fixed Wednesday."""

from collections.abc import AsyncIterator
from datetime import date, time

import pytest

from exodrive.kit.days import moment_at
from exodrive.kit.db import Doors
from exodrive.operate.seed import seed_demo
from tests import servers as embedded
from tests.servers import Servers

TODAY = date(2026, 6, 3)
NOW = moment_at(TODAY, time(12), "America/New_York")


@pytest.fixture(scope="session")
async def shop(servers: Servers, worker_number: int) -> AsyncIterator[Doors]:
    """Doors over a seeded database; tests only read it, or add cars of their own."""
    database = await embedded.make_database(servers, f"exodrive_shop{worker_number}")
    await seed_demo(database.url("worker"), today=TODAY)
    doors = await Doors.open(**{login: database.url(login) for login in ("web", "checkout", "worker")}, pooler=database.servers.pooler)
    yield doors
    await doors.close()
