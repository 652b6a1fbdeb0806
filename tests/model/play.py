"""A seed played: so many deeds of anybody, the laws looked at after each; then everybody goes home, and all comes to an end."""

import logging
from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta

from exodrive.flows.hearing import NotYet
from exodrive.gateways.errors import GatewayError
from exodrive.kit.errors import Problem
from exodrive.kit.locks import LockBusy
from tests.model.bills import Bills
from tests.model.chance import Killed
from tests.model.claims import Claims
from tests.model.journey import Journey
from tests.model.laws import Broken, Laws
from tests.model.merchant import Merchant
from tests.model.outside import Outside
from tests.model.rental import Rental
from tests.model.renters import Renters
from tests.model.scene import Deed, Group, Nobody, Scene
from tests.model.staff import Staff
from tests.model.stage import Providers, Town, town
from tests.model.worker import Worker
from tests.servers import Servers

KEPT = 60  # deeds that are shown when something breaks
THOROUGHLY_EACH = 10
#: How time goes on when everybody has gone: what is young is left alone, then looked at ever more slowly, then given up.
EVENING = [timedelta(minutes=2), timedelta(hours=1), timedelta(hours=7), timedelta(hours=7), timedelta(days=1), timedelta(days=2)]
ROUNDS = 40
TELLING = ("a_notice_comes", "a_notice_comes_again", "the_worker_catches_up")


class Failed(AssertionError):
    """A law was broken, or something happened that is a bug: which seed, when, and what came before."""


class Bugs(logging.Handler):
    """Hears what the product logs and goes on from: a bug is one all the same."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[BaseException] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep what is no refusal in words."""
        bug = record.exc_info[1] if record.exc_info else None
        if bug and not isinstance(bug, (Problem, GatewayError, NotYet)):
            self.heard.append(bug)


@dataclass
class Play:
    """One seed in its town."""

    seed: int
    town: Town
    is_deaf: bool = False  # no notice of PayPal's ever comes, and its list of events is not read
    steps: int = 0
    told: Counter[str] = field(default_factory=Counter)
    latest: deque[str] = field(default_factory=lambda: deque(maxlen=KEPT))
    bugs: Bugs = field(default_factory=Bugs)

    async def play(self, steps: int) -> None:
        """Raises Failed."""
        scene, laws = Scene(self.town), Laws(self.town)
        await scene.settle_in()
        worker, outside = Worker(scene), Outside(scene)
        renters, counter = Renters(scene), Rental(scene)
        journey = Journey(scene, renters, counter)
        await journey.one_is_back()
        others: list[Group] = [renters, counter, journey, Staff(scene), Claims(scene), Bills(scene), Merchant(scene)]
        deeds = {deed: weight for group in (*others, outside, worker) for deed, weight in group.deeds().items()}
        deeds = {deed: weight for deed, weight in deeds.items() if not (self.is_deaf and deed.__name__ in TELLING)}
        self.town.between.somebody = lambda: self._deed(deeds)
        try:
            while self.steps < steps:
                await self._deed(deeds)
                await laws.check(thoroughly=self.steps % THOROUGHLY_EACH == 0)
            await self._go_home(worker, outside)
            await laws.check_the_end()
        except Exception as bug:
            raise Failed(self._story(bug)) from bug
        self.told.update(await _figures(self.town))

    async def _deed(self, deeds: dict[Deed, int]) -> None:
        """Somebody does something: what is refused is refused with a sentence, and who dies is gone."""
        deed = self.town.dice.choices([*deeds], [*deeds.values()])[0]
        self.steps += 1
        number, name = self.steps, deed.__name__.replace("_", " ")
        try:
            outcome = await deed()
        except Nobody:
            self.steps -= 1
            return
        except Killed:
            outcome = "KILLED"
            self.told["killed"] += 1
        except (Problem, LockBusy) as refused:
            outcome = f"refused: {refused.code}"
        self.told[name] += 1
        self.latest.append(f"{number:5} {name}: {outcome}")
        for bug in self.bugs.heard:
            raise bug

    async def _go_home(self, worker: Worker, outside: Outside) -> None:
        """Nothing breaks any more, nobody comes; PayPal decides, the worker works, and time goes on."""
        self.town.between.somebody = None
        await outside.all_is_mended()
        for span in EVENING:
            await self.town.wait(span)
            await self._evening(worker, outside)

    async def _evening(self, worker: Worker, outside: Outside) -> None:
        for _ in range(ROUNDS):
            try:
                await outside.paypal_decides()
            except Nobody:
                break
        await worker.the_worker_settles()
        await worker.the_worker_tidies()
        await worker.the_worker_looks_after_approvals()
        if not self.is_deaf:
            await worker.the_worker_catches_up()
        await worker.the_worker_looks_at_orders()
        await worker.the_worker_looks_after_deposits()
        await worker.the_worker_looks_after_wallets()
        await worker.the_worker_looks_after_claims()
        await worker.the_worker_looks_after_invoices()
        await worker.the_worker_makes_no_shows()
        await worker.compare_to_the_end()
        await self._work_off(worker)
        await worker.the_worker_looks_after_claims()  # one whose hold was being renewed had to wait for the clock
        await self._work_off(worker)

    async def _work_off(self, worker: Worker) -> None:
        """All that was promised."""
        for _ in range(ROUNDS):
            waiting = await self.town.look.fetch("select id, topic from outbox where done_at is null order by created_at, id")
            if not waiting:
                return
            for promised in waiting:
                self.latest.append(f"  end {await worker.work(*promised)}")

    def _story(self, bug: Exception) -> str:
        before = "\n".join(self.latest)
        what = str(bug) if isinstance(bug, Broken) else f"{type(bug).__name__}: {bug}"
        again = f"python -m tests.model --seed {self.seed} --steps {self.steps}{' --deaf' if self.is_deaf else ''}"
        return f"seed {self.seed}, step {self.steps}:\n{before}\n\n{what}\n\nAgain: {again}"


async def play(servers: Servers, providers: Providers, seed: int, steps: int, name: str, *, is_deaf: bool = False) -> Play:
    """Play a seed; returns what happened how often. Raises Failed."""
    async with town(servers, providers, name, seed) as place:
        played = Play(seed, place, is_deaf)
        logging.getLogger("exodrive").addHandler(played.bugs)
        try:
            await played.play(steps)
        finally:
            logging.getLogger("exodrive").removeHandler(played.bugs)
        return played


async def _figures(place: Town) -> dict[str, int]:
    """What came of it all."""
    counted = "select 'bookings ' || status, count(*) from bookings group by 1"
    moved = """
        select 'told of a ' || o.kind || ': ' || r.outcome || coalesce(' ' || r.issue, ''), count(*)
        from payment_operations o join payment_results r on r.operation_id = o.id group by 1"""
    owed = """
        select 'claims ' || status, count(*) from deposit_claims group by 1
        union all select 'invoices ' || coalesce(status, 'never written'), count(*) from paypal_invoices group by 1"""
    return {row[0]: row[1] for query in (counted, moved, owed) for row in await place.look.fetch(query)}
