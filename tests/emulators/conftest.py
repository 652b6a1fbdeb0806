"""One process of each emulator for the whole run, as new for every test."""

from collections.abc import Iterator

import pytest

from tests.emulators.merchant import Merchant
from tests.emulators.receiver import Receiver
from tests.emulators.running import Running


@pytest.fixture(scope="session")
def _paypal() -> Iterator[Running]:
    emulator = Running("paypal", "--client-id", "client", "--client-secret", "secret")
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture(scope="session")
def _merchant(_paypal: Running) -> Merchant:
    return Merchant(_paypal)


@pytest.fixture
def paypal(_paypal: Running) -> Running:
    """PayPal without a past."""
    _paypal.reset()
    return _paypal


@pytest.fixture
def merchant(_merchant: Merchant, paypal: Running) -> Merchant:
    """Who calls PayPal."""
    return _merchant


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A listener for webhooks."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def _resend() -> Iterator[Running]:
    emulator = Running("resend", "--api-key", "re_key", "--rate-limit", "0")
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture
def resend(_resend: Running) -> Running:
    """Resend without a mail."""
    _resend.reset()
    return _resend
