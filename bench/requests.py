"""Processor time of a request, all processes together, and of the same statements by pgbench; four at once, the best of four rounds."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain, islice
from typing import NamedTuple

from bench import capture, load, orders, replay
from bench.cpu import metered
from bench.figures import Figure
from bench.load import Answer
from bench.system import System, running

AT_ONCE = 4
ROUNDS = 4  # whoever else is at work on the machine makes a round dearer, never cheaper
CARS = 24
WARM, PAGES, BOOKINGS, CAPTURED = 200, 1200, 1200, 400
_AT_WORK = ("web", "postgres", "valkey")  # for a request; the worker beside them is told and not counted


def measure() -> Iterator[Figure]:
    """Pages first, while the fleet is the demo's eight cars; then cars are made that have room to be booked."""
    with running() as system:
        yield from _pages(system)
        slots = list(chain.from_iterable(zip(*orders.make_cars(system, CARS), strict=True)))
        yield asked("availability of a car for three days", system, map(orders.look, slots), PAGES, "≤ 0.5")
        yield _alone(system, "web", [orders.look(slots[0])], PAGES)
        bookings = orders.bookings(system, slots[: WARM + BOOKINGS + CAPTURED])
        yield asked("booking (POST /api/bookings)", system, bookings, BOOKINGS, "≤ 2.5")
        yield _alone(system, "checkout", list(bookings), CAPTURED, before=lambda: orders.forget(system, CAPTURED))


def _pages(system: System) -> Iterator[Figure]:
    yield asked("an answer without any work (/healthz)", system, _copies("/healthz", PAGES * 4), PAGES * 3)
    yield asked("fleet page of eight cars, from the page store", system, _copies("/cars", PAGES * 4), PAGES * 3, "≤ 0.3")
    first = date.today() + timedelta(days=20)  # noqa: DTZ011 - some days ahead
    days = f"/cars?start={first}&end={first + timedelta(days=2)}&fresh="
    for what, path in (("fleet page of eight cars, fresh", "/cars?fresh="), ("the same, priced for three days", days)):
        yield asked(what, system, (page(f"{path}{number}") for number in range(PAGES * 2)), PAGES, "≤ 2")
        yield _alone(system, "web", [page(f"{path}once")], PAGES)


def _copies(path: str, number: int) -> Iterator[bytes]:
    return iter([page(path)] * number)


def page(path: str, **headers: str) -> bytes:
    """A page as a browser asks for it."""
    return load.get(path, Accept_Encoding="gzip, deflate, br, zstd", **headers)


class _Round(NamedTuple):
    """What a request cost each group of processes in one round, in ms, and how long each was waited for."""

    spent: dict[str, float]
    answers: list[Answer]

    @property
    def cost(self) -> float:
        return sum(self.spent[group] for group in _AT_WORK)


def asked(what: str, system: System, requests: Iterator[bytes], number: int, aim: str = "", warm: int = WARM) -> Figure:
    """Send some requests unmeasured, then so many measured: the figure of the cheapest of the rounds."""
    _good(load.send(system.wiring.web_port, islice(requests, warm), at_once=AT_ONCE))
    rounds = [_round(system, list(islice(requests, number // ROUNDS))) for _ in range(ROUNDS)]
    best = min(rounds, key=lambda one: one.cost)
    parts = ", ".join(f"{group} {best.spent[group]:.2f}" for group in (*_AT_WORK, "worker"))
    times = f"p50 {load.percentile(best.answers, 50):.1f}, p99 {load.percentile(best.answers, 99):.1f} ms"
    worst = max(one.cost for one in rounds)
    return Figure(what, best.cost, "ms", aim, f"{parts}; {times}; worst round {worst:.2f}")


def _round(system: System, requests: list[bytes]) -> _Round:
    with metered(system) as spent:
        answers = load.send(system.wiring.web_port, requests, at_once=AT_ONCE)
    _good(answers)
    return _Round({group: seconds * 1000 / len(requests) for group, seconds in spent.items()}, answers)


def _alone(system: System, login: str, requests: Sequence[bytes], number: int, before: Callable[[], None] = lambda: None) -> Figure:
    """Log what the database is asked for these requests, and let pgbench ask it so many times, each in its turn."""
    with capture.telling(system.superuser):
        asked = [capture.statements(system, login, request) for request in requests]
    before()
    return Figure("  its statements alone, by pgbench", replay.by_pgbench(system, login, asked * (number // len(asked))), "ms")


def _good(answers: Sequence[Answer]) -> None:
    bad = [answer for answer in answers if answer.status not in (200, 201)]
    if bad:
        raise SystemExit(f"{len(bad)} of {len(answers)} requests failed, the first with {bad[0].status}: {bad[0].body[:500].decode()}")
