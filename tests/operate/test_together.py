"""The demo's clocks, brought together."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from exodrive.operate.clock import shift_of
from exodrive.operate.clock.together import Together, bring_together
from tests import servers as embedded
from tests.product import Emulator
from tests.servers import Database, Servers

DAYS = timedelta(days=5)


@pytest.fixture
async def own(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    """A database whose clock is nobody else's."""
    database = await embedded.make_database(servers, f"exodrive_together_gw{worker_number}")
    yield database
    await embedded.drop_database(database)


@pytest.fixture
async def mail(resend: Emulator) -> AsyncIterator[Emulator]:
    """The mail emulator, its clock put right afterwards."""
    yield resend
    await resend.control("POST", "clock", {"shift": 0})


@pytest.fixture
async def leader(paypal: Emulator) -> AsyncIterator[Emulator]:
    """The PayPal emulator, five days ahead."""
    await paypal.control("POST", "clock", {"shift": DAYS.total_seconds()})
    yield paypal
    await paypal.control("POST", "clock", {"shift": 0})


async def test_database_and_mail_follow_paypals_clock_there_and_back(leader: Emulator, mail: Emulator, own: Database) -> None:
    for shift in (DAYS, timedelta(0)):
        await leader.control("POST", "clock", {"shift": shift.total_seconds()})
        await asyncio.to_thread(bring_together, leader.url, mail.url, own.url("owner"))
        assert await shift_of(own.url("worker")) == shift
        assert (await mail.control("GET", "clock"))["shift"] == shift.total_seconds()


async def test_they_follow_for_as_long_as_it_is_wanted(leader: Emulator, mail: Emulator, own: Database) -> None:
    with Together(leader.url, mail.url, own.url("owner")):
        async with asyncio.timeout(20):
            while await shift_of(own.url("worker")) != DAYS:
                await asyncio.sleep(0.1)
