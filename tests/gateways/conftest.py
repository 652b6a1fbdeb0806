"""An odd server for each test that asks."""

from collections.abc import AsyncIterator

import pytest

from tests.gateways.odd_server import OddServer


@pytest.fixture
async def odd() -> AsyncIterator[OddServer]:
    async with OddServer() as server:
        yield server
