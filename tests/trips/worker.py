"""What the worker does, at fewer moments than it really would: what is late here is seen within minutes there.

Letters are left out: no law of trips is about them, and other tests send them.
"""

import heapq
from datetime import datetime, timedelta

from exodrive.flows import comparison
from exodrive.flows.deposit import look
from exodrive.flows.hearing import NotYet
from exodrive.flows.jobs import JOBS
from exodrive.gateways.errors import GatewayError
from exodrive.kit import clock
from exodrive.kit.errors import Problem
from exodrive.kit.ids import BookingId, new_id
from exodrive.kit.jobs import Job
from exodrive.kit.outbox.jobs import Runner
from exodrive.schedule import PLAN
from tests.trips.yard import Yard

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TRIES = 3  # at so many ticks work is tried; in the product that is over within minutes
ROUNDS = 20
OFTEN = 5 * HOUR  # what recurs within minutes in the product
#: What takes long, and is done more seldom still.
SELDOM = {"bookings.tidy": 8 * HOUR, "deposits.look_at_all": 50 * HOUR, "webhooks.catch_up": 60 * HOUR, "invoices.look_at_all": 150 * HOUR}
#: What recurs and is not done: letters, and what is done once at the end.
NOT = {"instalments.remind", "mail.promise_held", "payments.check", "payments.compare", "outbox.prune"}
#: What finds lost notices; elsewhere nothing does.
FINDS = "webhooks.catch_up"
#: The moments of a hold at which its booking is looked at besides.
MOMENTS = (timedelta(days=3), timedelta(days=1), timedelta())

_WAITING = "select id, topic from outbox where done_at is null and dead_at is null and topic not like 'mail.%' order by created_at, id"
_LETTERS = "update outbox set done_at = exodrive_private.now() where done_at is null and topic like 'mail.%'"
_NEW_HOLDS = "select id, booking_id, covered_until from deposit_holds where status = 'held' and not id = any($1::uuid[])"


class Worker:
    """One for a yard."""

    def __init__(self, yard: Yard, *, is_deaf: bool) -> None:
        self._yard = yard
        self._runner = Runner(yard.service.door, yard.service, JOBS)
        recurring = PLAN.keys() - NOT - ({FINDS} if is_deaf or yard.seed % 3 == 2 else set())
        self._next = dict.fromkeys(sorted(recurring), clock.now())
        self._moments: list[tuple[datetime, BookingId]] = []
        self._known: set[object] = set()
        self._tried: dict[object, int] = {}

    async def work(self) -> None:
        """A tick: what recurs by the clock, and what was promised."""
        for topic, at in self._next.items():
            if at <= clock.now():
                self._next[topic] = clock.now() + SELDOM.get(topic, OFTEN)
                await JOBS[topic].run(self._yard.service, new_id())
        await self.drain()
        await self._look_at_holds()
        await self.drain()

    async def _look_at_holds(self) -> None:
        """The look of every five minutes falls on the moments at which something ends."""
        for hold_id, booking_id, until in await self._yard.look.fetch(_NEW_HOLDS, list(self._known)):
            self._known.add(hold_id)
            for before in MOMENTS:
                heapq.heappush(self._moments, (until - before, booking_id))
        while self._moments and self._moments[0][0] <= clock.now():
            await look.look_at(self._yard.service, heapq.heappop(self._moments)[1])

    def next_moment(self) -> datetime | None:
        """When it is to look at a hold next."""
        return self._moments[0][0] if self._moments else None

    async def drain(self) -> None:
        """Do what was promised; what fails is tried at later ticks, and given up after some."""
        await self._yard.look.execute(_LETTERS)
        failed: set[object] = set()
        for _ in range(ROUNDS):
            waiting = [row for row in await self._yard.look.fetch(_WAITING) if row[0] not in failed]
            if not waiting:
                return
            for outbox_id, topic in waiting:
                if not await self._try(outbox_id, topic):
                    failed.add(outbox_id)

    async def _try(self, outbox_id: object, topic: str) -> bool:
        promised = Job(str(outbox_id), topic, {}, 1)
        try:
            await self._runner.run(promised)
        except (Problem, GatewayError, NotYet) as away:
            tried = self._tried[outbox_id] = self._tried.get(outbox_id, 0) + 1
            if tried == TRIES:
                self._yard.told[f"given up: {topic}"] += 1
                await self._runner.bury(promised, repr(away))
            return False
        return True

    async def compare(self) -> None:
        """The daily comparison of both books, from its beginning to its end."""
        for _ in range(ROUNDS):
            await comparison.go_on(self._yard.service)
            if not await self._yard.look.fetchval("select count(*) from money_comparisons where finished_at is null"):
                return
