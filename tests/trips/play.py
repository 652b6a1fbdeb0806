"""Trips played: a town, its cars, everybody woken in the order of the clock; the laws looked at along the way and at the end."""

import heapq
import itertools
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from tests import ledger
from tests.model.play import Bugs, Failed
from tests.model.stage import Providers, town
from tests.servers import Servers
from tests.trips import laws, records
from tests.trips.trip import Trip
from tests.trips.weather import Weather
from tests.trips.worker import Worker
from tests.trips.yard import LONGEST, Yard, open_yard

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TICK = 5 * HOUR
CHECKED_EACH = 20 * DAY
EACH = 2  # trips of one car of a town
#: How time goes on when everybody has gone.
EVENING = [timedelta(minutes=5), HOUR, 3 * HOUR, 8 * HOUR, *(30 * [DAY])]


@dataclass
class Played:
    """What a seed came to."""

    seed: int
    trips: int
    told: Counter[str]
    records: records.Records


class Play:
    """One seed in its yard."""

    def __init__(self, yard: Yard, *, is_deaf: bool) -> None:
        self._yard = yard
        self._weather, self._worker = Weather(yard, is_deaf=is_deaf), Worker(yard, is_deaf=is_deaf)
        self._turns = itertools.count()
        self._waiting: list[tuple[datetime, int, AsyncIterator[datetime]]] = []
        self._checked_at = clock.now()

    async def play(self, trips: int) -> records.Records:
        """Play so many trips to their end; what is written of them. Raises laws.Broken, or what a bug raises."""
        for trip in _drawn(self._yard, trips):
            await self._wake(trip.live())
        dice = self._yard.dice("ticks")
        while self._waiting:
            soonest = min(filter(None, (self._waiting[0][0], self._worker.next_moment())))
            soonest = min(soonest, clock.now() + DAY)  # the worker never sleeps longer
            await self._yard.go_to(max(soonest, clock.now() + dice.random() * TICK) + dice.random() * TICK / 2)
            await self._tick()
        return await self._evening()

    async def _wake(self, life: AsyncIterator[datetime]) -> None:
        try:
            moment = await anext(life)
        except StopAsyncIteration:
            return
        heapq.heappush(self._waiting, (moment, next(self._turns), life))

    async def _tick(self) -> None:
        self._yard.told["a tick of the clock"] += 1
        await self._weather.turn()
        while self._waiting and self._waiting[0][0] <= clock.now():
            await self._wake(heapq.heappop(self._waiting)[2])
            await self._worker.drain()
        await self._weather.decide()
        await self._weather.post()
        await self._worker.work()
        if clock.now() > self._checked_at + CHECKED_EACH:
            self._checked_at = clock.now()
            laws.check(await self._records())

    async def _records(self) -> records.Records:
        book, invoices = [await self._yard.paypal.control("GET", what) for what in ("ledger", "invoices")]
        return await records.read(self._yard.look, book, invoices, clock.now())

    async def _evening(self) -> records.Records:
        """Nothing breaks any more, and all comes to an end."""
        await self._weather.clear()
        for span in EVENING:
            await self._yard.go_to(clock.now() + span)
            await self._worker.work()
        await self._worker.compare()
        await self._worker.drain()
        found = await self._records()
        laws.check(found, at_the_end=True)
        intents, sums = await ledger.ours(self._yard.look)
        if wrong := ledger.disagreements(intents, sums, [move for one in found.all for move in one.moved]):
            raise laws.Broken("\n".join(wrong))
        return found


def _drawn(yard: Yard, trips: int) -> Iterator[Trip]:
    """Trips by chance, one after the other on each car; short ones are many, and a few days lie between two."""
    begins = day_at(clock.now(), "UTC") + 30 * DAY
    last = dict.fromkeys(range(len(yard.cars)), begins)
    for number in range(trips):
        dice, car = yard.dice("trip", number), number % len(yard.cars)
        length = min(LONGEST, max(1, round(LONGEST ** dice.random())))
        start = last[car] + dice.choice((2, 2, 3, 5, 9)) * DAY
        last[car] = start + length * DAY
        yield Trip(yard, yard.cars[car], Days(start, last[car] - DAY), dice)


async def play(servers: Servers, providers: Providers, seed: int, trips: int, name: str, *, is_deaf: bool = False) -> Played:
    """Play a seed; returns what happened how often. Raises Failed."""
    async with town(servers, providers, name, seed) as place:
        bugs, logger, yard = Bugs(), logging.getLogger("exodrive"), await open_yard(place, seed, max(1, trips // EACH))
        logger.addHandler(bugs)
        try:
            await yard.go_to(datetime(clock.now().year + 1, 1, 1, tzinfo=UTC) + seed * 97 % 365 * DAY)
            found = await Play(yard, is_deaf=is_deaf).play(trips)
            for bug in bugs.heard:
                raise bug
        except Exception as bug:
            raise Failed(_story(seed, trips, bug, await _history(yard, str(bug)), is_deaf=is_deaf)) from bug
        finally:
            logger.removeHandler(bugs)
        return Played(seed, trips, yard.told + await _figures(yard) + Counter(laws.hours(found)), found)


def _story(seed: int, trips: int, bug: Exception, history: str, *, is_deaf: bool) -> str:
    what = str(bug) if isinstance(bug, laws.Broken) else f"{type(bug).__name__}: {bug}"
    again = f"python -m tests.trips --seed {seed} --trips {trips}{' --deaf' if is_deaf else ''}"
    return f"seed {seed}:\n{history}\n{what}\n\nAgain: {again}"


async def _history(yard: Yard, named: str) -> str:
    """What happened to the bookings that a broken law names."""
    rows = await yard.look.fetch(
        """
        select b.reference, e.created_at, e.event_type || ' ' || e.details::text as said from booking_events e
        join bookings b on b.id = e.booking_id where position(b.reference in $1) > 0
        union all
        select b.reference, r.created_at,
               o.kind || ' ' || o.attempt || ' of ' || o.created_at || ': ' || r.outcome || coalesce(' ' || r.issue, '')
        from payment_operations o join payment_results r on r.operation_id = o.id
        join bookings b on b.id = o.booking_id where position(b.reference in $1) > 0
        order by 1, 2""",
        named,
    )
    return "\n".join(f"{reference} {at:%Y-%m-%d %H:%M:%S} {said}" for reference, at, said in rows)


async def _figures(yard: Yard) -> Counter[str]:
    """How many trips met each thing that is in a history, and what PayPal answered."""
    met = "select 'met: ' || event_type, count(distinct booking_id) from booking_events group by 1"
    ended = "select 'ended: ' || status, count(*) from bookings group by 1"
    bills = "select 'an invoice in the end: ' || coalesce(status, 'never written'), count(*) from paypal_invoices group by 1"
    alarms = "select 'alarm: ' || kind, count(*) from booking_alarms group by 1"
    answers = """
        select 'PayPal: ' || o.kind || ' ' || r.outcome, count(*)
        from payment_operations o join payment_results r on r.operation_id = o.id group by 1"""
    return Counter({row[0]: row[1] for query in (met, ended, bills, alarms, answers) for row in await yard.look.fetch(query)})
