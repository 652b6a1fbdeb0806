"""The product over HTTP: a client, bookings and staff in the stack's own database, and a second web process behind https."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest

from exodrive.kit.links import LinkKeys
from exodrive.kit.signing import Signer
from exodrive.operate import ports
from exodrive.operate.health import wait_until_healthy
from exodrive.operate.wiring import Process
from exodrive.pricing import quotes
from exodrive.staff.model import StaffRole
from tests.builders import Build, make_world
from tests.line import Line
from tests.product import Stack
from tests.team import Person, Team
from tests.web.desk import Desk

SECURE = "https://cars.example.test"
Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[Client]:
    """Make a client that follows nothing: `client(cookies=…)`, or of another address: `client(secure)`."""
    made: list[httpx.AsyncClient] = []

    def make(base_url: str = "", **options: Any) -> httpx.AsyncClient:
        http = httpx.AsyncClient(base_url=base_url or stack.url, timeout=30, verify=False, **options)  # plain http: no authorities to read
        made.append(http)
        return http

    yield make
    for http in made:
        await http.aclose()


@pytest.fixture
def http(client: Client) -> httpx.AsyncClient:
    """A caller without any cookie."""
    return client()


@asynccontextmanager
async def build_for(stack: Stack) -> AsyncIterator[Build]:
    """Makes cars, holds and bookings in the stack's database, with the stack's own keys."""
    keys = stack.wiring.keys
    world = make_world(
        stack.doors,
        stack.redis_url,
        quotes=quotes.Quotes(Signer(keys.secret_key, quotes.PURPOSE)),
        links=LinkKeys([keys.link_key]),
    )
    yield Build(world, stack.database.url("superuser"))
    await world.paypal.close()
    await world.locks._courtesy.close()


@pytest.fixture
async def build(stack: Stack) -> AsyncIterator[Build]:
    """Makes cars, holds and bookings in the stack's database."""
    async with build_for(stack) as build:
        yield build


@pytest.fixture
def team(stack: Stack) -> Team:
    """Makes members of staff of the stack."""
    return Team(stack.doors)


@pytest.fixture
def office(client: Client) -> Callable[[Person], httpx.AsyncClient]:
    """A browser with somebody's session."""
    return lambda person: client(cookies={"exodrive_staff": person.token}, headers={"sec-fetch-site": "same-origin"})


@pytest.fixture
def desk(team: Team, office: Callable[[Person], httpx.AsyncClient]) -> Callable[..., Awaitable[Desk]]:
    """Sit somebody down: `await desk()`, a manager, or `await desk(StaffRole.AGENT)`."""

    async def sit(role: StaffRole = StaffRole.MANAGER) -> Desk:
        person = await team.member(role)
        session = await team.session(person.token)
        assert session
        return Desk(person, office(person), session.csrf_token)

    return sit


@dataclass(frozen=True)
class Secure:
    """A second web process: renters come to it over https, it trusts no proxy, and its line to the database can be cut."""

    url: str
    log: Path
    line: Line

    def browser(self, make: Client, **options: Any) -> httpx.AsyncClient:
        """A browser on one of its own pages."""
        return make(self.url, headers={"sec-fetch-site": "same-origin"}, **options)


@pytest.fixture(scope="session")
def secure(stack: Stack) -> Iterator[Secure]:
    """The stack behind https."""
    line = Line(urlsplit(stack.database.port_url("web")).port or 5432)
    line.start()
    port, folder = ports.any_free(), stack.wiring.folder / "secure"
    for name in ("logs", "pids"):
        (folder / name).mkdir(parents=True)
    more = {
        **stack.wiring.more,
        "EXODRIVE_PUBLIC_URL": SECURE,
        "EXODRIVE_TRUSTED_PROXIES": "",
        "EXODRIVE_DATABASE_POOLER": "",
        "EXODRIVE_PAYPAL_ROOT_FILE": str(stack.wiring.folder / "paypal" / "root.pem"),
    }
    databases = {part: _through(line, stack.database.port_url(part)) for part in stack.wiring.databases}
    process = Process(replace(stack.wiring, folder=folder, web_port=port, databases=databases, more=more), "web")
    process.start()
    try:
        wait_until_healthy(process.child, port, "/healthz")
        yield Secure(f"http://127.0.0.1:{port}", folder / "logs" / "web.log", line)
    finally:
        process.child.stop()
        line.stop()


def _through(line: Line, url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{line.port}"))
