"""The product over HTTP: a client, bookings and staff in the stack's own database, and a second web process behind https."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from exodrive.kit.links import LinkKeys
from exodrive.kit.signing import Signer
from exodrive.operate import ports
from exodrive.operate.health import wait_until_healthy
from exodrive.operate.wiring import Process
from exodrive.pricing import quotes
from tests.builders import Build, make_world
from tests.product import Stack
from tests.team import Person, Team

SECURE = "https://cars.example.test"
Client = Callable[..., httpx.AsyncClient]


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[Client]:
    """Make a client that follows nothing: `client(cookies=…)`, or of another address: `client(secure)`."""
    made: list[httpx.AsyncClient] = []

    def make(base_url: str = "", **options: Any) -> httpx.AsyncClient:
        http = httpx.AsyncClient(base_url=base_url or stack.url, timeout=30, **options)
        made.append(http)
        return http

    yield make
    for http in made:
        await http.aclose()


@pytest.fixture
def http(client: Client) -> httpx.AsyncClient:
    """A caller without any cookie."""
    return client()


@pytest.fixture
async def build(stack: Stack) -> AsyncIterator[Build]:
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
def team(stack: Stack) -> Team:
    """Makes members of staff of the stack."""
    return Team(stack.doors)


@pytest.fixture
def office(client: Client) -> Callable[[Person], httpx.AsyncClient]:
    """A browser with somebody's session."""
    return lambda person: client(cookies={"exodrive_staff": person.token}, headers={"sec-fetch-site": "same-origin"})


@pytest.fixture(scope="session")
def secure(stack: Stack) -> Iterator[str]:
    """A second web process of the stack, which believes that renters come over https; its address on loopback."""
    port = ports.any_free()
    more = {**stack.wiring.more, "EXODRIVE_PUBLIC_URL": SECURE}
    wiring = replace(stack.wiring, folder=stack.wiring.folder / "secure", web_port=port, more=more)
    for name in ("logs", "pids"):
        (wiring.folder / name).mkdir(parents=True)
    wiring = replace(wiring, more={**more, "EXODRIVE_PAYPAL_ROOT_FILE": str(stack.wiring.folder / "paypal" / "root.pem")})
    process = Process(wiring, "web")
    process.start()
    try:
        wait_until_healthy(process.child, port, "/healthz")
        yield wiring.web
    finally:
        process.child.stop()
