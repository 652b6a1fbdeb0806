"""The demo's clocks, brought together."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from exodrive import assembly
from exodrive.kit import clock
from exodrive.kit.db import Doors
from exodrive.operate import ports
from exodrive.operate.clock import shift_of
from exodrive.operate.clock.together import Together, bring_together
from exodrive.operate.wiring import Process, Wiring
from exodrive.settings import Settings
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
def leader(_beside: Wiring, tmp_path: Path) -> Iterator[Emulator]:
    """A PayPal emulator whose clock is followed."""
    wiring = replace(_beside, folder=tmp_path, paypal_port=ports.any_free(), followed=True)
    emulator = Emulator(Process(wiring, "paypal"), wiring.paypal)
    emulator.start()
    yield emulator
    emulator.process.child.stop()


async def ahead(leader: Emulator, shift: timedelta) -> asyncio.Task[object]:
    """The clock on its way; the answer comes when it has arrived."""
    moving = asyncio.create_task(leader.control("POST", "clock", {"shift": shift.total_seconds()}))
    while (await leader.control("GET", "clock"))["together"]:
        await asyncio.sleep(0.01)
    return moving


async def test_database_and_mail_follow_paypals_clock_there_and_back(leader: Emulator, mail: Emulator, own: Database) -> None:
    for shift in (DAYS, timedelta(0)):
        await asyncio.to_thread(bring_together, leader.url, mail.url, own.url("owner"), ())
        moving = await ahead(leader, shift)
        await asyncio.to_thread(bring_together, leader.url, mail.url, own.url("owner"), ())
        await moving
        assert await shift_of(own.url("worker")) == shift
        assert (await mail.control("GET", "clock"))["shift"] == shift.total_seconds()
        assert (await leader.control("GET", "clock"))["together"]


async def test_they_follow_for_as_long_as_it_is_wanted(leader: Emulator, mail: Emulator, own: Database) -> None:
    with Together(leader.url, mail.url, own.url("owner"), ()):
        await ahead(leader, DAYS)
        async with asyncio.timeout(20):
            while await shift_of(own.url("worker")) != DAYS:
                await asyncio.sleep(0.1)


async def test_paypal_is_told_when_every_process_has_followed_and_not_before(leader: Emulator, mail: Emulator, own: Database) -> None:
    read = Settings(public_url="https://cars.example.com", support_email="help@cars.example.com", clock="movable")
    doors = await Doors.open(web=own.url("web"), size=1)
    await asyncio.to_thread(bring_together, leader.url, mail.url, own.url("owner"), ())
    moving = await ahead(leader, DAYS)
    bringing = asyncio.create_task(asyncio.to_thread(bring_together, leader.url, mail.url, own.url("owner"), ("web", "worker")))
    try:
        async with assembly.following_clock(read, doors.anon(), "web"):
            while clock.shift() != DAYS:
                await asyncio.sleep(0.1)
            await asyncio.sleep(1.5)  # it has told of it by now
            assert not (await leader.control("GET", "clock"))["together"]
            async with assembly.following_clock(read, doors.anon(), "worker"):
                await bringing
                assert (await leader.control("GET", "clock"))["together"]
        await moving
    finally:
        clock.move_to_shift(timedelta())
        await doors.close()
