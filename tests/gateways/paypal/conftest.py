"""The PayPal client in front of PayPal's stand-in."""

from collections.abc import AsyncIterator

import pytest

from exodrive.gateways.paypal import Patience, PayPalClient
from exodrive.operate.wiring import Wiring
from tests.product import Emulator


@pytest.fixture
async def client(paypal: Emulator, _beside: Wiring) -> AsyncIterator[PayPalClient]:
    await paypal.reset()
    patience = Patience(connect=1, answer=2, budget=6, attempts=3, pause=0.05)
    keys = _beside.keys
    client = PayPalClient(paypal.url, keys.paypal_client_id, keys.paypal_client_secret, patience=patience)
    yield client
    await client.close()
