"""The shop over HTTP: clients from networks of their own, and bookings made behind the shop's back."""

import itertools
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from redis.asyncio import Redis

from exodrive.kit.links import LinkKeys
from exodrive.kit.signing import Signer
from exodrive.pricing import quotes
from tests import garage
from tests.builders import Build, Made, make_world
from tests.product import Stack

_networks = itertools.count(1)
NewVisitor = Callable[[], httpx.AsyncClient]


@pytest.fixture(autouse=True)
async def _nobody_tried_before(stack: Stack) -> None:
    """Forget what other tests did from this machine: every test may try as often as a renter may."""
    async with Redis.from_url(stack.redis_url) as redis:
        async for key in redis.scan_iter("limit*"):
            await redis.delete(key)


@pytest.fixture
async def visitor(stack: Stack) -> AsyncIterator[NewVisitor]:
    """Make a client: a new browser from a new network that follows no redirect by itself."""
    clients: list[httpx.AsyncClient] = []

    def come() -> httpx.AsyncClient:
        number = next(_networks)
        headers = {"X-Forwarded-For": f"203.0.{113 + number // 250}.{number % 250 + 1}", "Sec-Fetch-Site": "same-origin"}
        clients.append(httpx.AsyncClient(base_url=stack.url, timeout=30, headers=headers, verify=False))
        return clients[-1]

    yield come
    for client in clients:
        await client.aclose()


@pytest.fixture
def http(visitor: NewVisitor) -> httpx.AsyncClient:
    """One visitor."""
    return visitor()


@pytest.fixture
async def build(stack: Stack) -> Build:
    """Cars and bookings in the shop's own database, with the shop's own keys."""
    await garage.house_rules(stack.doors)
    keys = stack.wiring.keys
    signer = Signer(keys.secret_key, quotes.PURPOSE)
    world = make_world(stack.doors, stack.redis_url, links=LinkKeys([keys.link_key]), quotes=quotes.Quotes(signer))
    return Build(world, stack.database.url("superuser"))


def as_holder(client: httpx.AsyncClient, made: Made) -> httpx.AsyncClient:
    """Give a client the cookie of a booking."""
    client.cookies.set(f"exodrive_b_{made.reference}", made.token)
    return client
