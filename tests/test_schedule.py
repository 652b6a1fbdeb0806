"""Recurring work: the clock's slots, each promised once."""

import asyncio
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from exodrive import schedule
from exodrive.kit import clock, outbox
from exodrive.kit.db import Db, Doors
from exodrive.kit.outbox import store
from exodrive.schedule import Ticker, slot, slots, tick


@pytest.mark.parametrize(
    ("now", "every", "begins"),
    [
        ("2026-06-01 10:07:59", timedelta(minutes=5), "2026-06-01 10:05:00"),
        ("2026-06-01 10:05:00", timedelta(minutes=5), "2026-06-01 10:05:00"),
        ("2026-06-01 10:04:59.999999", timedelta(minutes=5), "2026-06-01 10:00:00"),
        ("2028-02-29 23:59:59", timedelta(days=1), "2028-02-29 00:00:00"),
        ("1999-12-31 23:59:30", timedelta(minutes=1), "1999-12-31 23:59:00"),
    ],
)
def test_a_moment_lies_in_the_slot_that_began_last(now: str, every: timedelta, begins: str) -> None:
    assert slot(utc(now), every) == utc(begins)


async def test_five_tickers_at_once_promise_each_slot_once(doors: Doors, moment: datetime) -> None:
    tickers = [Ticker(doors.service()) for _ in range(5)]
    await asyncio.gather(*(ticker.look() for ticker in tickers for _ in range(3)))
    assert await promised(doors, moment) == dict.fromkeys(schedule.PLAN, 1)


async def test_cron_promises_the_same_slots_as_the_checkout_role(doors: Doors, moment: datetime) -> None:
    for _ in range(2):
        await tick(doors.checkout())
    await Ticker(doors.service()).look()
    assert await promised(doors, moment) == dict.fromkeys(schedule.PLAN, 1)


async def test_a_new_slot_is_promised_when_it_begins(doors: Doors, moment: datetime) -> None:
    ticker = Ticker(doors.service())
    await ticker.look()
    clock.move_to_shift(clock.shift() + timedelta(minutes=1))
    await ticker.look()
    assert (await promised(doors, moment + timedelta(minutes=1)))["payments.settle_open"] == 1


async def test_after_a_long_pause_only_the_newest_slot_is_promised(doors: Doors, moment: datetime) -> None:
    ticker = Ticker(doors.service())
    await ticker.look()
    clock.move_to_shift(clock.shift() + timedelta(hours=1))
    await ticker.look()
    async with doors.service().scope() as db:
        assert await rows_between(db, "payments.settle_open", moment, moment + timedelta(hours=2)) == 2


async def test_slots_that_nobody_began_are_passed_over_for_the_newest(doors: Doors, moment: datetime) -> None:
    # The queue was away: no slot of the last hour was handed over.
    ticker = Ticker(doors.service())
    for _ in range(3):
        await ticker.look()
        clock.move_to_shift(clock.shift() + timedelta(minutes=1))
    await ticker.look()
    async with doors.service().scope() as db:
        still_open = await db.fetch(
            "select slot from outbox where job = 'payments.settle_open' and done_at is null and slot >= $1 and slot < $2",
            slot(moment, timedelta(minutes=1)),
            moment + timedelta(hours=2),
        )
    assert [row["slot"] for row in still_open] == [slot(clock.now(), timedelta(minutes=1))]


async def test_a_slot_that_died_is_no_dead_letter_once_the_next_begins(doors: Doors, moment: datetime) -> None:
    ticker = Ticker(doors.service())
    await ticker.look()
    async with doors.service().scope() as db:
        died = await db.fetchval(
            "select id from outbox where job = 'payments.settle_open' and slot = $1", slot(moment, timedelta(minutes=1))
        )
        await store.mark_dead(db, died, "TimeoutError()")
    await Ticker(doors.service()).look()
    async with doors.service().scope() as db:
        assert died in {letter.id for letter in await outbox.dead_letters(db)}
    clock.move_to_shift(clock.shift() + timedelta(minutes=1))
    await ticker.look()
    async with doors.service().scope() as db:
        assert died not in {letter.id for letter in await outbox.dead_letters(db)}
        assert await db.fetchval("select error from outbox where id = $1", died) == "TimeoutError()"


async def test_a_quiet_ticker_leaves_the_database_alone(doors: Doors, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    door = doors.service()
    ticker = Ticker(door)
    await ticker.look()
    monkeypatch.setattr(door, "scope", None)
    await ticker.look()


@pytest.fixture
def moment() -> Iterator[datetime]:
    """The middle of a minute on a day far from that of every other test, so that its slots are this test's own."""
    before = clock.shift()
    moment = utc("2100-01-01 10:02:30") + timedelta(days=secrets.randbelow(400_000))
    clock.move_to_shift(moment - datetime.now(UTC))
    yield moment
    clock.move_to_shift(before)


async def promised(doors: Doors, moment: datetime) -> dict[str, int]:
    async with doors.service().scope() as db:
        return {job: await rows_between(db, job, begins, begins + timedelta(microseconds=1)) for job, begins in slots(moment).items()}


async def rows_between(db: Db, job: str, start: datetime, end: datetime) -> int:
    return await db.fetchval(
        "select count(*) from outbox where job = $1 and topic = $1 and slot >= $2 and slot < $3", job, slot(start, schedule.PLAN[job]), end
    )


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
