"""The circuit breaker: it stops asking, lets one call try, and never keeps anybody out for good."""

import asyncio

import httpx
import pytest

from exodrive.gateways.breaker import Breaker, Resting
from exodrive.gateways.errors import Unknown, Unreachable
from exodrive.gateways.line import Line, Patience
from tests.gateways.odd_server import OddServer, answer, silence


class Watch:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def breaker(watch: Watch) -> Breaker:
    return Breaker(3, 10, watch=watch)


async def goes(breaker: Breaker, *, away: bool = False) -> None:
    async with breaker.call() as call:
        if away:
            call.away()


async def breaks(breaker: Breaker) -> None:
    for _ in range(3):
        await goes(breaker, away=True)


async def test_after_so_many_in_a_row_nobody_is_let_through(breaker: Breaker, watch: Watch) -> None:
    await breaks(breaker)
    with pytest.raises(Resting) as resting:
        await goes(breaker)
    assert resting.value.seconds == 10
    watch.now += 9.9
    with pytest.raises(Resting):
        await goes(breaker)


async def test_one_answer_between_begins_the_count_anew(breaker: Breaker) -> None:
    for _ in range(5):
        await goes(breaker, away=True)
        await goes(breaker, away=True)
        await goes(breaker)


async def test_after_the_pause_one_call_is_the_probe_and_opens_the_way(breaker: Breaker, watch: Watch) -> None:
    await breaks(breaker)
    watch.now += 10
    async with breaker.call():
        with pytest.raises(Resting):
            await goes(breaker)
    await goes(breaker)
    await goes(breaker, away=True)
    await goes(breaker)


async def test_a_probe_that_finds_nobody_begins_another_pause(breaker: Breaker, watch: Watch) -> None:
    await breaks(breaker)
    watch.now += 10
    await goes(breaker, away=True)
    with pytest.raises(Resting):
        await goes(breaker)
    watch.now += 10
    await goes(breaker)
    await goes(breaker)


async def test_a_probe_that_is_given_up_half_way_makes_room_for_the_next(breaker: Breaker, watch: Watch) -> None:
    await breaks(breaker)
    watch.now += 10
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01), breaker.call():
            await asyncio.sleep(5)
    await goes(breaker)


async def test_zero_failures_never_stop_anybody() -> None:
    never = Breaker(0, 10)
    for _ in range(50):
        await goes(never, away=True)


async def test_a_line_counts_silence_and_5xx_and_no_other_answer(odd: OddServer, watch: Watch) -> None:
    breaker = Breaker(2, 10, watch=watch)
    line, hasty = (Line(odd.url, patience=Patience(answer=seconds, attempts=1), breaker=breaker) for seconds in (30, 0.2))
    odd.will(
        answer(404, b"{}"), answer(429, b"{}"), answer(422, b"{}"), answer(500, b"{}"), answer(200, b"{}"), answer(503, b"{}"), silence
    )
    statuses = [(await line.once("GET", "/", headers={})).status for _ in range(6)]
    assert statuses == [404, 429, 422, 500, 200, 503]
    with pytest.raises(Unknown):
        await hasty.once("GET", "/", headers={})
    asked = len(odd.asked)
    with pytest.raises(Resting):
        await line.once("GET", "/", headers={})
    assert len(odd.asked) == asked
    await line.close()
    await hasty.close()


async def test_nobody_at_the_address_counts_too_and_resting_is_not_asked_again(watch: Watch) -> None:
    line = Line("http://127.0.0.1:9", patience=Patience(attempts=5, pause=0.01), breaker=Breaker(2, 10, watch=watch))
    made = 0

    async def attempt() -> httpx.Response:
        nonlocal made
        made += 1
        await line.once("GET", "/", headers={})
        raise AssertionError

    with pytest.raises(Unreachable):
        await line.persist(attempt)
    assert made == 3  # two that found nobody, one that was told to rest
    await line.close()
