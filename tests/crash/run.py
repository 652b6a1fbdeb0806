"""Every story, cut short at every point and brought to its end; and what became of each booking."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.kit import clock
from exodrive.kit.failpoints import Side
from exodrive.operate.clock import move
from exodrive.overview.money_check import differences
from tests import ledger
from tests.crash.cases import CASES
from tests.crash.cast import Addresses, Ended, Facts, Task
from tests.crash.invoicing import judge_invoices
from tests.crash.scene import Scene
from tests.product import Emulator
from tests.servers import Database
from tests.share import SHARE

KILLED = 9
A_FEW = 6
LOOKS = ("look", "see", "preview", "due")
AGED = 12  # as many as there are points to die at for the worker who renews a hold, or more
SOON, LATE = timedelta(minutes=2), timedelta(hours=9)


class Theatre:
    """The process that forks one for each story."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def open(cls, where: Addresses) -> "Theatre":
        words = [sys.executable, "-m", "tests.crash", msgspec.json.encode(where).decode()]
        pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE, "limit": 1 << 24}
        return cls(await asyncio.create_subprocess_exec(*words, **pipes))

    async def play(self, *tasks: Task) -> list[Ended]:
        """Play stories, each in a process of its own; how each ended."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(msgspec.json.encode(tasks) + b"\n")
        return msgspec.json.decode(await self._process.stdout.readline(), type=list[Ended])

    async def close(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        await self._process.wait()


@dataclass
class Cut:
    """A story cut short at a point, and what came of it."""

    case: str
    point: str
    comes_back: bool
    facts: Facts
    booking: Any = None
    trouble: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.case}, killed at {self.point}, {'tried again' if self.comes_back else 'left alone'}"


class Run:
    """Every story, cut short at every point, and brought to its end."""

    def __init__(self, scene: Scene, theatre: Theatre, database: Database, paypal: Emulator) -> None:
        self.scene, self.theatre, self.database, self.paypal = scene, theatre, database, paypal
        self.passed: dict[str, list[str]] = {}
        self.cuts: list[Cut] = []

    async def grow_old(self) -> None:
        """What some stories begin with is some days old."""
        for _ in range(AGED):
            self.scene.aged.append(await self.scene.held())
        await self._wait(timedelta(days=4))

    async def rehearse(self) -> None:
        """Tell every story to its end once, and note the points it passes."""
        tasks = [Task(case.story, await case.prepare(self.scene)) for case in CASES.values()]
        for name, ended in zip(CASES, await self.theatre.play(*tasks), strict=True):
            assert ended.told
            assert not ended.told.trouble, f"{name}: {ended.told.trouble}"
            self.passed[name] = ended.told.points

    async def cut_short(self) -> None:
        """Tell each again for each point it passes, and kill it there: a few at a time, so that nothing they begin with grows old.

        Killed after something, it is told again later; killed before the next, in the same state of the world, it is left alone.
        """
        plans = [*self._plans()]
        for first in range(0, len(plans), A_FEW):
            cuts = [Cut(*plan, await CASES[plan[0]].prepare(self.scene)) for plan in plans[first : first + A_FEW]]
            tasks = [Task(CASES[cut.case].story, cut.facts, cut.point) for cut in cuts]
            for cut, ended in zip(cuts, await self.theatre.play(*tasks), strict=True):
                if ended.signal != KILLED:
                    cut.trouble.append(f"not killed: {ended}")
            self.cuts += cuts

    def _plans(self) -> Iterator[tuple[str, str, bool]]:
        """Which stories are cut short where, and whether they are told again. Who only looks dies of it once: it changes nothing.

        Of the stories that pass the same point, every eighth is cut short there (share.py), and each story somewhere.
        """
        passed: Counter[str] = Counter()
        looked_at: set[str] = set()
        for name in CASES:
            seen: Counter[str] = Counter()
            may_be: list[str] = []
            cut: list[str] = []
            for point in self.passed[name]:
                seen[point] += 1
                if point not in looked_at:
                    may_be.append(f"{point}#{seen[point]}")
                    cut += may_be[-1:] if passed[point] % SHARE == 0 else []
                    passed[point] += 1
                if point.rpartition(".")[0].endswith(LOOKS):
                    looked_at.add(point)
            for point in cut or may_be[-1:]:
                yield name, point, point.partition("#")[0].endswith(Side.AFTER)

    async def bring_to_an_end(self) -> None:
        """Who comes back tells their story once more; the worker does the rest, then and when nobody can pay any more."""
        await self._wait(SOON)
        again = [cut for cut in self.cuts if cut.comes_back]
        told = await self.theatre.play(*(Task(CASES[cut.case].story, cut.facts) for cut in again))
        for cut, ended in zip(again, told, strict=True):
            if ended.told is None or ended.told.trouble:
                cut.trouble.append(f"told again: {ended}")
        await self._work()
        await self._wait(LATE)
        await self._work()

    async def _wait(self, span: timedelta) -> None:
        await move(self.database.url("owner"), clock.shift() + span)
        clock.move_to_shift(clock.shift() + span)
        await self.paypal.move(span.total_seconds())

    async def _work(self) -> None:
        [ended] = await self.theatre.play(Task("work", Facts()))
        assert ended.told, ended
        assert not ended.told.trouble, ended.told.trouble

    async def judge(self) -> None:
        """What became of each booking."""
        shown = await self.paypal.control("GET", "ledger")
        invoices = await self.paypal.control("GET", "invoices")
        book, held = ledger.theirs(shown), {row["id"]: row for row in shown["authorizations"]}
        async with self.scene.service.door.scope() as db:
            for cut in self.cuts:
                cut.trouble += await judge(db, cut, book)
                cut.trouble += await judge_invoices(db, cut.facts.booking_id, invoices)
                cut.trouble += await judge_holds(db, cut, held) if CASES[cut.case].is_honest else []


_LIVES = ("CREATED", "PARTIALLY_CAPTURED")  # of the latter the rental was taken, the rest is held
_HOLDS = "select status, authorization_id, parent_authorization_id from deposit_holds where booking_id = $1"


async def judge_holds(db: Any, cut: Cut, there: dict[str, Any]) -> list[str]:
    """What is held at PayPal is what our book says is held, and the other way round."""
    ours = await db.fetch(_HOLDS, cut.facts.booking_id)
    held = {row[1] for row in ours if row[0] == "held"}
    named = held | {row[2] for row in ours}
    wrong = [f"{name} is held by our book, {there[name]['status']} at PayPal" for name in held if there[name]["status"] not in _LIVES]
    of_it = [row for row in there.values() if row.get("custom_id") == str(cut.facts.booking_id) and row["status"] in _LIVES]
    wrong += [f"{row['id']} is held at PayPal and nowhere in our book" for row in of_it if row["id"] not in named or not held]
    return wrong


async def judge(db: Any, cut: Cut, book: list[ledger.Movement]) -> list[str]:
    """What is wrong with a booking whose story is over."""
    case, facts = CASES[cut.case], cut.facts
    row = await db.fetchrow(_BOOKING, facts.booking_id, facts.order.email if facts.order else None)
    if row is None:
        return ["it was never made"] if cut.comes_back else []
    booking_id, reference, status, length, days, waiting, paying, papers, open_holds = row
    if not cut.comes_back and status == case.waits:
        return [] if len(days) == length else [f"it waits, and has days {days}"]
    intents, sums = await ledger.ours(db, [booking_id])
    wrong = ledger.disagreements(intents, sums, book)
    wrong += [f"{intent} is open" for intent in intents if intent.is_open]
    wrong += [f"the {kind} about a deposit is open" for kind in open_holds]
    wrong += [str(one) for one in await differences(db, reference)] if case.is_honest else []
    wrong += _unlike(status, length, days, *sums[booking_id])
    wrong += ["a change waits"] if waiting else []
    wrong += ["a rest is being paid for ever"] if paying else []
    wrong += [f"so many receipts of what moved: {papers}"] if set(papers) - {1} else []
    taken = sum((one.booking_id, one.kind, one.counts) == (str(booking_id), "capture", True) for one in book)
    if cut.comes_back and (status, taken) != (case.ends, case.captures):
        wrong.append(f"{status} with {taken} captures, not {case.ends} with {case.captures}")
    return wrong


_BOOKING = """
    select b.id, b.reference, b.status,
           case when exists (select from booking_events e where e.booking_id = b.id and e.event_type = 'days_given_back')
                then (b.returned_at at time zone b.time_zone)::date else b.end_date end - b.start_date + 1,
           array(select a.status from car_availability a where a.booking_id = b.id
                 and not (a.date > b.end_date and b.handed_over_at is not null)),
           exists (select from booking_changes c where c.booking_id = b.id and c.status = 'pending'),
           exists (select from booking_instalments i where i.booking_id = b.id and i.is_paying),
           array(select (select count(*) from receipts p where p.operation_id = o.id)
                 from payment_operations o join payment_results r on r.operation_id = o.id and r.outcome = 'succeeded'
                 where o.booking_id = b.id and o.kind in ('capture', 'refund', 'claim', 'repay')),
           array(select o.kind from payment_operations o where o.booking_id = b.id and o.hold_id is not null
                 and not exists (select from payment_results r where r.operation_id = o.id and r.is_final))
    from bookings b where b.id = $1 or b.contact_email = $2"""


def _unlike(status: str, length: int, days: list[str], captured: Decimal, refunded: Decimal) -> list[str]:
    """How car and money disagree: who has paid has the car, who has no car has their money."""
    if status in ("upcoming", "active", "completed"):
        wrong = [] if days == ["booked"] * length else [f"days {days}, not {length}"]
        return wrong + ([] if captured > refunded else ["not paid"])
    if status in ("cancelled", "expired"):
        wrong = [f"days {days} are left"] if days else []
        return wrong + ([] if captured == refunded else [f"{captured} taken, {refunded} given back"])
    if status == "no_show":  # sold with nothing back for who never comes
        wrong = [f"days {days} are left"] if days else []
        return wrong + ([] if captured > refunded == 0 else [f"{captured} taken, {refunded} given back"])
    return [f"it is {status}"]
