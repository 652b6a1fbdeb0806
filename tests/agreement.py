"""At the end of every test with money at PayPal, our book and PayPal's agree to the cent; a test that sets them at odds says why.

Looked at are the bookings of which PayPal told anything during the test. What is open in our book may be there or not, as ever.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from exodrive.kit.db import Doors
from tests import ledger
from tests.builders import ALONE
from tests.product import Emulator

PATIENCE = 5.0

_NEWEST = "select coalesce(max(id), 0) from payment_results"
# A capture that exists in its answer alone is none of PayPal's.
_TOLD = f"""
    select distinct o.booking_id from payment_results r join payment_operations o on o.id = r.operation_id
    where r.id > $1 and not exists (
        select from payment_results made_up join payment_operations p on p.id = made_up.operation_id
        where p.booking_id = o.booking_id and made_up.provider_id like '{ALONE}%')"""

_excused: set[UUID] = set()  # bookings of tests that set the books at odds: they stay so


@dataclass(frozen=True)
class Books:
    """Our book and PayPal's; ``patience`` is in seconds, where a worker beside us may be in the middle of something."""

    doors: Doors
    paypal: Emulator
    patience: float

    async def newest(self) -> int:
        """The number of the newest answer in our book."""
        async with self.doors.service().scope() as db:
            number: int = await db.fetchval(_NEWEST)
            return number

    async def told_since(self, number: int) -> set[UUID]:
        """The bookings of which PayPal told something after it."""
        async with self.doors.service().scope() as db:
            return {row[0] for row in await db.fetch(_TOLD, number)} - _excused

    async def disagreements(self, bookings: set[UUID]) -> list[str]:
        """What one book says of them and the other contradicts."""
        async with self.doors.service().scope() as db:
            intents, sums = await ledger.ours(db, bookings)
        shown = await self.paypal.control("GET", "ledger?of=" + ",".join(map(str, bookings)))
        return ledger.disagreements(intents, sums, ledger.theirs(shown))


@pytest.fixture(autouse=True)
def books_agree(request: pytest.FixtureRequest) -> None:
    """Compare the books after the test, where it has both: a database of ours and a PayPal."""
    if "build" in request.fixturenames and {"paypal", "stack"} & set(request.fixturenames):
        request.getfixturevalue("_compared")


@pytest.fixture
def two_books(request: pytest.FixtureRequest) -> Books:
    """Our book and PayPal's, of the test that asks."""
    has_own = "paypal" in request.fixturenames
    paypal = request.getfixturevalue("paypal") if has_own else request.getfixturevalue("stack").paypal
    return Books(request.getfixturevalue("build").doors, paypal, 0 if has_own else PATIENCE)


@pytest.fixture
async def _compared(two_books: Books, request: pytest.FixtureRequest) -> AsyncIterator[None]:
    since = await two_books.newest()
    yield
    bookings = await two_books.told_since(since)
    if request.node.get_closest_marker("books_differ"):
        _excused.update(bookings)
    elif bookings and (wrong := await _compare(two_books, bookings)):
        pytest.fail("our book and PayPal's differ (@pytest.mark.books_differ says why, where they must):\n" + "\n".join(wrong))


async def _compare(books: Books, bookings: set[UUID]) -> list[str]:
    until = time.monotonic() + books.patience
    while (wrong := await books.disagreements(bookings)) and time.monotonic() < until:
        await asyncio.sleep(0.25)
    return wrong
