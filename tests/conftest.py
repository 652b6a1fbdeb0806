"""Fixtures for every test: real servers, a database of its own, and the whole product as real processes."""

import asyncio
import gc
import os
import warnings
from collections.abc import AsyncIterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import uvloop

from exodrive.kit.db import Doors
from tests import servers as embedded
from tests.servers import Database, Servers
from tests.share import SHARE

pytest_plugins = ("tests.product", "tests.chromium", "tests.builders", "tests.markup", "tests.agreement")

# What hypothesis tries of everything that has no number of its own: the same at each run, for a build must not fail by chance, and however
# long it takes. make test-all tries its usual hundred, others at each run.
hypothesis.settings.register_profile(
    "share",
    max_examples=max(25, 100 // SHARE),
    derandomize=SHARE > 1,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("share")
HERE = Path(__file__).parent
RUNNING = pytest.StashKey[embedded.Running]()
STARTED = pytest.StashKey[Servers]()


def _started(config: pytest.Config) -> Servers:
    """The servers of this run: handed over by the controller, or started here at first need."""
    if STARTED not in config.stash:
        handed = getattr(config, "workerinput", {}).get("servers")
        config.stash[STARTED] = Servers(**handed) if handed else _start(config)
    return config.stash[STARTED]


def _start(config: pytest.Config) -> Servers:
    programs = os.environ.get("TEST_POSTGRES")
    running = config.stash[RUNNING] = embedded.Running(Path(programs) if programs else None)
    return running.start()


def pytest_configure() -> None:
    """Tests run on the loop that web and worker have; pytest-asyncio's own hook for that ends fixtures of a module too early."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.14 says so, and goes on
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """The controller starts the servers once and tells each worker where they are."""
    node.workerinput["servers"] = _started(node.config).words()


# Files with long tests come first, so that no worker is left alone with one at the end: by turns those that work and those that mostly
# wait, for a lock to run out or a killed process to be missed. The two that look at every page are among the first, while the shop they
# look at is small: what hundreds of tests leave in it makes its lists long.
LONG = (
    "trips",
    "crash",
    "web/admin/test_browser",
    "browser/test_pages",
    "kit/test_jobs",
    "model",
    "web/test_injection",
    "web/test_race",
    "operate/test_demo",
    "kit/test_outbox",
    "web/test_endpoints",
    "test_worker",
    "operate/test_migrate",
    "web/test_killed",
    "emulators/test_pages",
    "browser",
    "kit",
    "operate",
    "web/test_",
    "web/api/test_schema",
    "database",
    "emulators",
    "web/admin",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; within a file the order stays."""

    def turn(item: pytest.Item) -> int:
        name = item.path.relative_to(HERE).as_posix()
        return next((place for place, long in enumerate(LONG) if name.startswith(long)), len(LONG))

    items.sort(key=turn)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import the files of tests from another one on in each worker: all at once from the first on, each would compile all of them."""
    gc.disable()  # all of it stays
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1 or session.config.args_source is pytest.Config.ArgsSource.ARGS:
        return
    files = sorted(HERE.rglob("test_*.py"))
    first = len(files) * _worker_number() // workers
    for file in files[first:] + files[:first]:
        with suppress(Exception):  # what cannot be imported is told of when it is collected
            import_module(".".join(file.relative_to(HERE.parent).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Let the garbage collector alone with what was collected: it stays to the end, and is as large as all that tests make."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers with the run."""
    if RUNNING in config.stash:
        config.stash[RUNNING].stop()


@pytest.fixture(scope="session")
def worker_number() -> int:
    """Which test worker this is, from 0."""
    return _worker_number()


def _worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """Addresses of the one PostgreSQL and the one Valkey of this run."""
    return _started(pytestconfig)


@pytest.fixture(scope="session")
def redis_url(servers: Servers, worker_number: int) -> str:
    """A numbered Redis database for this test worker alone."""
    return servers.redis(worker_number)


@pytest.fixture(scope="session")
async def _database(servers: Servers, worker_number: int) -> Database:
    return await embedded.make_database(servers, f"exodrive_gw{worker_number}")


@pytest.fixture(scope="session")
def database(_database: Database) -> Database:
    """The migrated database of this test worker; tests make what they need in it and never empty it."""
    return _database


@pytest.fixture(scope="session")
async def _doors(_database: Database) -> AsyncIterator[Doors]:
    urls = {login: _database.url(login) for login in ("web", "checkout", "staff", "worker")}
    doors = await Doors.open(**urls, pooler=_database.servers.pooler)
    yield doors
    await doors.close()


@pytest.fixture(scope="session")
def doors(_doors: Doors) -> Doors:
    """Doors over the test worker's database."""
    return _doors
