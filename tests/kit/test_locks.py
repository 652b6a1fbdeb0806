"""The courtesy lock on car-days, against a real Valkey that is crowded, frozen and killed."""

import asyncio
import time
from collections import Counter
from contextlib import AsyncExitStack
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from exodrive.kit.locks import DayLocks, LockBusy
from exodrive.kit.redis import Courtesy
from exodrive.operate.valkey import Valkey
from tests.kit.conftest import freeze, kill, revive, thaw, thaw_after

JUNE = [date(2026, 6, 1) + timedelta(days=n) for n in range(30)]
BOUNDED = 3.0  # seconds: 50 ms by rule, and room for a crowded machine; far less than any default of the client


@pytest.fixture
def locks(courtesy: Courtesy) -> DayLocks:
    return DayLocks(courtesy)


@pytest.fixture
def impatient_locks(hurried: Courtesy) -> DayLocks:
    return DayLocks(hurried)


@pytest.fixture
def hasty(courtesy: Courtesy) -> DayLocks:
    """Refuses at once instead of waiting a second."""
    return DayLocks(courtesy, wait=0)


async def busy(locks: DayLocks, car: UUID, days: list[date], owner: str = "another") -> date | None:
    """The day in the way of somebody, None when they got all days."""
    try:
        async with locks.days(car, days, owner) as held:
            assert held
            return None
    except LockBusy as refused:
        return refused.day


async def test_days_are_held_inside_and_free_afterwards(hasty: DayLocks) -> None:
    car = uuid4()
    async with hasty.days(car, JUNE[:3], "one") as held:
        assert held
        assert await busy(hasty, car, JUNE[:3]) == JUNE[0]
    assert await busy(hasty, car, JUNE[:3]) is None


async def test_an_overlap_is_refused_with_the_day_in_the_way_and_takes_nothing(hasty: DayLocks) -> None:
    car = uuid4()
    async with hasty.days(car, JUNE[5:8], "one"):
        assert await busy(hasty, car, JUNE[3:7]) == JUNE[5]
        assert await busy(hasty, car, JUNE[3:5]) is None, "the refused caller left days locked"
        assert await busy(hasty, car, JUNE[8:10]) is None


async def test_cars_do_not_share_days(hasty: DayLocks) -> None:
    async with hasty.days(uuid4(), JUNE, "one"):
        assert await busy(hasty, uuid4(), JUNE) is None


async def test_the_same_checkout_may_enter_again(hasty: DayLocks) -> None:
    car = uuid4()
    async with hasty.days(car, JUNE[:2], "one"), hasty.days(car, JUNE[1:4], "one") as held:
        assert held
        assert await busy(hasty, car, JUNE[3:4]) == JUNE[3]


async def test_an_error_inside_gives_the_days_back(hasty: DayLocks) -> None:
    car = uuid4()
    with pytest.raises(ZeroDivisionError):
        async with hasty.days(car, JUNE[:2], "one"):
            raise ZeroDivisionError
    assert await busy(hasty, car, JUNE[:2]) is None


async def test_a_busy_day_is_waited_for(locks: DayLocks) -> None:
    car = uuid4()
    inside = asyncio.Event()

    async def first() -> None:
        async with locks.days(car, JUNE[:2], "one"):
            inside.set()
            await asyncio.sleep(0.3)

    task = asyncio.create_task(first())
    await inside.wait()
    async with locks.days(car, JUNE[1:3], "two") as held:
        assert held
        assert task.done()


async def test_a_day_that_stays_busy_is_refused_after_a_second(locks: DayLocks) -> None:
    car = uuid4()
    async with locks.days(car, JUNE[:2], "one"):
        begun = time.monotonic()
        assert await busy(locks, car, JUNE[1:3]) == JUNE[1]
        assert time.monotonic() - begun >= 0.9


async def test_who_does_not_wait_is_refused_at_once(locks: DayLocks) -> None:
    car = uuid4()
    async with locks.days(car, JUNE[:2], "one"):
        begun = time.monotonic()
        with pytest.raises(LockBusy):
            async with locks.days(car, JUNE[1:3], "two", wait=0):
                pass
        assert time.monotonic() - begun < 0.9, "it waited the second of those who wait"


async def test_days_that_are_never_given_back_die_by_themselves(courtesy: Courtesy) -> None:
    brief, car = DayLocks(courtesy, life=0.3, wait=0), uuid4()
    async with brief.days(car, JUNE[:2], "one"):
        assert await busy(brief, car, JUNE[:2]) == JUNE[0]
        await asyncio.sleep(0.4)
        async with brief.days(car, JUNE[:2], "two") as held:
            assert held
            assert await busy(brief, car, JUNE[:2], "three") == JUNE[0]


async def test_the_end_of_a_dead_lock_leaves_the_next_owner_alone(courtesy: Courtesy) -> None:
    brief, lasting, car = DayLocks(courtesy, life=0.1), DayLocks(courtesy, wait=0), uuid4()
    outlived = brief.days(car, JUNE[:2], "one")
    await outlived.__aenter__()
    await asyncio.sleep(0.2)
    async with lasting.days(car, JUNE[:2], "two"):
        await outlived.__aexit__(None, None, None)
        assert await busy(lasting, car, JUNE[:2], "three") == JUNE[0]


async def test_keys_live_thirty_seconds_in_one_slot_of_a_cluster(locks: DayLocks, courtesy: Courtesy) -> None:
    car = uuid4()
    async with locks.days(car, JUNE[:1], "one"):
        key = f"lock:car:{{{car}}}:2026-06-01"
        assert await courtesy.redis.get(key) == b"one"
        assert 29_000 < await courtesy.redis.pttl(key) <= 30_000


async def test_a_crowd_is_never_two_on_a_day(valkey: Valkey) -> None:
    # Patient on purpose: a busy machine must not turn this into a test of going on without the lock.
    courtesy = Courtesy(Redis.from_url(valkey.url(), protocol=2, max_connections=16), patience=5)
    locks, car = DayLocks(courtesy, wait=20), uuid4()
    inside: Counter[date] = Counter()
    worst = 0

    async def attempt(number: int) -> bool:
        nonlocal worst
        days = JUNE[number % 20 : number % 20 + 1 + number % 7]
        async with locks.days(car, days, f"checkout-{number}") as held:
            inside.update(days)
            worst = max(worst, *inside.values())
            await asyncio.sleep(0.001)
            inside.subtract(days)
            return held

    held = await asyncio.gather(*(attempt(number) for number in range(200)))
    assert all(held)
    assert worst == 1
    assert await courtesy.redis.keys("lock:car:*") == []
    await courtesy.close()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(0, 2), st.integers(0, 6), st.integers(1, 4)),
        st.tuples(st.just("give back"), st.integers(0, 20), st.just(0), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_is_taken_and_given_back_the_lock_keeps_the_book(hasty: DayLocks, steps: list[tuple[str, int, int, int]]) -> None:
    car, book, open_blocks = uuid4(), dict[date, str](), []
    async with AsyncExitStack() as rest:
        for verb, who, start, length in steps:
            if verb == "take":
                owner, days = f"owner-{who}", JUNE[start : start + length]
                in_the_way = next((day for day in days if book.get(day, owner) != owner), None)
                block = AsyncExitStack()
                assert await first_day_in_the_way(block, hasty, car, days, owner) == in_the_way
                if in_the_way is None:
                    book.update(dict.fromkeys(days, owner))
                    open_blocks.append((block, owner, days))
                    rest.push_async_callback(block.aclose)
            elif open_blocks:
                block, owner, days = open_blocks.pop(who % len(open_blocks))
                await block.aclose()
                book = {day: holder for day, holder in book.items() if not (day in days and holder == owner)}


async def first_day_in_the_way(block: AsyncExitStack, locks: DayLocks, car: UUID, days: list[date], owner: str) -> date | None:
    try:
        held = await block.enter_async_context(locks.days(car, days, owner))
    except LockBusy as refused:
        return refused.day
    assert held
    return None


# Redis in trouble


async def timed(locks: DayLocks, owner: str = "one", days: list[date] = JUNE) -> tuple[bool, float]:
    begun = time.monotonic()
    async with locks.days(uuid4(), days, owner) as held:
        return held, time.monotonic() - begun


async def test_a_killed_server_costs_next_to_nothing_and_is_used_again_when_it_is_back(valkey: Valkey, locks: DayLocks) -> None:
    kill(valkey)
    assert (await timed(locks)) == (False, pytest.approx(0, abs=BOUNDED))
    revive(valkey)
    assert (await timed(locks))[0] is False, "it is left alone for a second"
    await asyncio.sleep(1.05)
    assert (await timed(locks))[0] is True


async def test_a_server_that_was_restarted_while_nobody_asked_is_used_at_once(valkey: Valkey, locks: DayLocks) -> None:
    assert (await timed(locks))[0] is True
    kill(valkey)
    revive(valkey)
    await asyncio.sleep(0.05)  # our loop hears that it hung up
    assert (await timed(locks))[0] is True


async def test_a_frozen_server_is_waited_for_once_and_not_by_those_after(valkey: Valkey, impatient_locks: DayLocks) -> None:
    freeze(valkey)
    held, first = await timed(impatient_locks)
    assert not held
    assert 0.04 < first < BOUNDED
    after = [await timed(impatient_locks) for _ in range(20)]
    assert not any(held for held, _ in after)
    assert sorted(seconds for _, seconds in after)[10] < first / 2, "most of them do not wait at all"


async def test_a_crowd_before_a_frozen_server_waits_no_longer_than_one(valkey: Valkey, impatient_locks: DayLocks) -> None:
    freeze(valkey)
    answers = await asyncio.gather(*(timed(impatient_locks, f"checkout-{n}") for n in range(200)))
    assert not any(held for held, _ in answers)
    assert max(seconds for _, seconds in answers) < BOUNDED


async def test_answers_are_not_mixed_up_after_a_frost(valkey: Valkey, hurried: Courtesy, courtesy: Courtesy) -> None:
    locks, car = DayLocks(courtesy, wait=0), uuid4()
    async with DayLocks(hurried).days(car, JUNE[:2], "one") as held:
        assert held  # connected, and the script is known
    freeze(valkey)
    async with DayLocks(hurried, wait=0).days(car, JUNE[:2], "one") as held:
        assert not held
    thaw(valkey)
    await asyncio.sleep(1.05)
    # The script that we had given up has run meanwhile: only its own checkout may go on.
    assert await busy(locks, car, JUNE[:2], "two") == JUNE[0]
    assert await busy(locks, car, JUNE[:2], "one") is None
    assert await busy(locks, car, JUNE[:2], "two") is None


async def test_a_slow_server_is_not_waited_for(valkey: Valkey, impatient_locks: DayLocks) -> None:
    freeze(valkey)
    timer = thaw_after(valkey, BOUNDED)
    held, seconds = await timed(impatient_locks)
    timer.cancel()
    assert not held
    assert seconds < BOUNDED


async def test_a_server_that_only_reads_is_done_without(valkey: Valkey, locks: DayLocks) -> None:
    async with Redis.from_url(valkey.url(), protocol=2) as admin:
        await admin.execute_command("REPLICAOF", "127.0.0.1", "1")
        try:
            assert (await timed(locks))[0] is False
        finally:
            await admin.execute_command("REPLICAOF", "NO", "ONE")


async def test_a_flushed_server_forgets_the_script_and_learns_it_again(valkey: Valkey, locks: DayLocks) -> None:
    assert (await timed(locks))[0] is True
    async with Redis.from_url(valkey.url(), protocol=2) as admin:
        await admin.flushall()
        await admin.script_flush()
    assert (await timed(locks))[0] is True


async def test_a_crowd_of_our_own_is_no_reason_to_do_without(locks: DayLocks) -> None:
    answers = await asyncio.gather(*(timed(locks, f"checkout-{n}", JUNE[:3]) for n in range(300)))
    assert sum(held for held, _ in answers) == 300
