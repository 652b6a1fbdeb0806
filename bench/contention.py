"""500 people at once want overlapping days of one car, over HTTP."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import asyncpg
import msgspec

from bench import load, orders
from bench.figures import Figure
from bench.load import Answer
from bench.orders import Slot
from bench.system import System, running

PEOPLE = 500
LONGEST, WITHIN = 7, 20  # rentals of one to seven days, beginning within so many
_READ = """select (select deadlocks from pg_stat_database where datname = current_database()),
    (select count(*) from bookings where contact_email like $1), (select count(*) from car_availability where car_id = $2)"""


class _Refusal(msgspec.Struct):
    title: str = "won"


def measure() -> Iterator[Figure]:
    """Everybody is connected before the first asks."""
    with running() as system:
        requests, car = _requests(system)
        load.send(system.wiring.web_port, [load.get("/cars")] * 50, at_once=4)
        began = time.monotonic()
        answers = load.send(system.wiring.web_port, requests, at_once=PEOPLE)
        yield from _figures(answers, time.monotonic() - began)
        yield from _truth(system, car, answers)


def _requests(system: System) -> tuple[list[bytes], Slot]:
    """So many rentals by chance, the same chance in every run."""
    chance = Random(500)
    car = orders.make_cars(system, 1)[0][0]
    slots = []
    for _ in range(PEOPLE):
        start = car.start + timedelta(days=chance.randrange(WITHIN))
        slots.append(car._replace(start=start, end=start + timedelta(days=chance.randrange(LONGEST))))
    return list(orders.bookings(system, slots)), car


def _figures(answers: list[Answer], seconds: float) -> Iterator[Figure]:
    told = Counter(msgspec.json.decode(answer.body, type=_Refusal).title for answer in answers)
    winners = sum(answer.status == 201 for answer in answers)
    refused = ", ".join(f"{number} {title}" for title, number in told.most_common() if title != "won")
    yield Figure("winners", winners, "")
    yield Figure("losers, told so (409)", sum(answer.status == 409 for answer in answers), "", note=refused)
    yield Figure("answers that are our fault (5xx)", sum(answer.status >= 500 for answer in answers), "", "0")
    yield Figure("from the first question to the last answer", seconds, "s")
    yield Figure("answered within (p50)", load.percentile(answers, 50), "ms")
    yield Figure("answered within (p99)", load.percentile(answers, 99), "ms")


def _truth(system: System, car: Slot, answers: list[Answer]) -> Iterator[Figure]:
    """What the database says of it."""
    deadlocks, bookings, days = asyncio.run(_read(system.superuser, car))
    winners = sum(answer.status == 201 for answer in answers)
    yield Figure("deadlocks", deadlocks, "", "0")
    yield Figure("bookings without a winner, winners without a booking", abs(bookings - winners), "", "0", f"{days} car-days held")


async def _read(superuser: str, car: Slot) -> tuple[int, int, int]:
    db = await asyncpg.connect(superuser)
    row = await db.fetchrow(_READ, "%@bench.example", car.car)
    await db.close()
    assert row
    return row[0], row[1], row[2]
