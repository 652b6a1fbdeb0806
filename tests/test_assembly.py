"""The parts of a process, picked from settings."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from exodrive import assembly
from exodrive.app import site_of
from exodrive.bookings.model import Tier
from exodrive.deposits.model import DepositRules
from exodrive.kit import clock
from exodrive.kit.db import Doors
from exodrive.operate.clock import move
from exodrive.settings import Settings, WrongSettings, load
from tests.servers import Database

READ = Settings(public_url="https://cars.example.com", support_email="help@cars.example.com")


@pytest.fixture
async def moved(database: Database) -> AsyncIterator[timedelta]:
    """A database whose clock is moved, as a demo may leave it."""
    shift = timedelta(days=3, hours=4)
    await move(database.url("owner"), shift)
    yield shift
    await move(database.url("owner"), timedelta())
    clock.move_to_shift(timedelta())


def test_the_rules_of_the_house_are_read_from_the_settings() -> None:
    from msgspec.structs import replace

    rules = assembly.rules(replace(READ, hold_minutes=15, cancellation_tiers="72:100, 24:50,0:10, no-show:5"))
    assert rules.hold_minutes == 15
    assert rules.cancellation_tiers == (Tier(72, 100), Tier(24, 50), Tier(0, 10), Tier(None, 5))


def test_the_rules_for_deposits_are_read_from_the_settings_for_pages_and_worker_alike() -> None:
    from msgspec.structs import replace

    given = replace(READ, deposit_ask_hours=72, deposit_release_days=2, deposit_replace_days=5, deposit_answer_hours=24)
    given = replace(given, paypal_multi_capture="on")
    rules = DepositRules(ask_hours=72, release_days=2, replace_days=5, answer_hours=24, one_order=True)
    assert assembly.deposits(given) == site_of(given).deposits == rules
    assert assembly.deposits(READ) == DepositRules()


def test_the_tariffs_and_the_days_to_pay_an_invoice_are_read_from_the_settings() -> None:
    from msgspec.structs import replace

    tariffs = assembly.tariffs(replace(READ, invoice_due_days=30, charge_late_percent=20))
    assert (tariffs.invoice_due_days, tariffs.late_percent) == (30, 20)
    assert assembly.tariffs(READ).invoice_due_days == 14


def test_a_deposit_is_kept_no_longer_than_the_rental_terms_promise() -> None:
    said = {"EXODRIVE_PUBLIC_URL": READ.public_url, "EXODRIVE_SUPPORT_EMAIL": READ.support_email, "EXODRIVE_DATABASE_WORKER_URL": "x"}
    assert load("command", said | {"EXODRIVE_DEPOSIT_RELEASE_DAYS": "3"}).deposit_release_days == 3
    with pytest.raises(WrongSettings, match="DEPOSIT_RELEASE_DAYS"):
        load("command", said | {"EXODRIVE_DEPOSIT_RELEASE_DAYS": "4"})


async def test_production_refuses_a_database_whose_clock_was_moved(doors: Doors, moved: timedelta) -> None:
    with pytest.raises(RuntimeError, match="must not serve production"):
        async with assembly.following_clock(READ, doors.anon(), "web"):
            pytest.fail("it must not start")
    assert clock.shift() == timedelta()


async def test_production_runs_on_the_real_time(doors: Doors) -> None:
    async with assembly.following_clock(READ, doors.anon(), "web"):
        assert clock.shift() == timedelta()


async def test_where_it_may_be_moved_a_process_follows_the_databases_clock(doors: Doors, database: Database, moved: timedelta) -> None:
    from msgspec.structs import replace

    async with assembly.following_clock(replace(READ, clock="movable"), doors.anon(), "web"):
        assert clock.shift() == moved
        await move(database.url("owner"), moved * 2)
        for _ in range(40):
            if clock.shift() == moved * 2:
                break
            await asyncio.sleep(0.1)
        assert clock.shift() == moved * 2


async def test_a_process_connects_the_logins_it_was_given_and_no_other(database: Database) -> None:
    from msgspec.structs import replace

    read = replace(
        READ,
        **{f"database_{login}_url": database.url(login) for login in ("web", "staff", "worker")},
        database_pooler=database.servers.pooler,
    )
    doors = await assembly.doors(read, "web", "staff")
    try:
        assert set(doors.pools) == {"web", "staff"}
        with pytest.raises(KeyError):
            doors.service()
    finally:
        await doors.close()
