"""What a request costs with 10 thousand bookings, and how many times as much with a million; four at once, the best of four rounds."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain, count, islice, repeat
from uuid import UUID

import asyncpg
import msgspec

from bench import load, many, orders
from bench.figures import Figure
from bench.requests import asked, page
from bench.system import System, running
from exodrive.kit.db import Doors
from exodrive.staff import service
from exodrive.staff.model import LinkPurpose, StaffRole, Visit

FEW, MANY = 10_000, 1_000_000
CARS, SOME = 192, 12  # beside the demo's eight
NUMBER, WARM, HOLDS = 800, 60, 400
_SHOW = f"update cars set hidden = substring(slug from {len(many.SLUGS) + 1})::integer >= $1 where slug like '{many.SLUGS}%'"


class _Held(msgspec.Struct):
    reference: str
    link: str


def measure() -> Iterator[Figure]:
    """The same cars, requests and days to come; only what lies behind differs. Both are asked by turns: the machine is never the same."""
    with running() as few, running() as plenty:
        for here, there in zip(_measured(few, FEW), _measured(plenty, MANY), strict=True):
            yield Figure(here.what, here.value, "ms", note=f"with {FEW:,} bookings; {here.note}")
            yield Figure("  the same with a million", there.value / here.value, "times", "≤ 1.2", f"{there.value:.2f} ms; {there.note}")


def _measured(system: System, size: int) -> Iterator[Figure]:
    car = orders.make_cars(system, CARS, slugs=many.SLUGS)[0][0].car
    asyncio.run(many.fill(system.superuser, size))
    yield from _fleet(system)
    yield from _car(system, car)
    yield from _office(system)
    yield from _holds(system)


def _fleet(system: System) -> Iterator[Figure]:
    asyncio.run(_show(system, SOME))
    yield _page(system, "home page", "/?fresh=")
    yield _page(system, "fleet page, 20 cars", "/cars?fresh=")
    asyncio.run(_show(system, CARS))
    yield _page(system, "fleet page, 200 cars", "/cars?fresh=")
    yield _page(system, "fleet page, 200 cars, priced for three days", f"/cars?{_days(20)}&fresh=")


def _car(system: System, car: UUID) -> Iterator[Figure]:
    slug = f"{many.SLUGS}0"
    yield _page(system, "car page", f"/cars/{slug}?fresh=")
    yield _page(system, "calendar of two months", f"/cars/{slug}/calendar?fresh=")
    yield _page(system, "quote", f"/cars/{slug}/quote?{_days(100)}&fresh=")
    yield _page(system, "availability", f"/api/availability?car_id={car}&{_days(100)}&fresh=")


def _office(system: System) -> Iterator[Figure]:
    cookie = f"exodrive_staff={asyncio.run(_sign_in(system))}"
    for what, path in (("staff's list of bookings", "/admin/bookings"), ("the same, in one state", "/admin/bookings?status=no_show")):
        yield asked(what, system, repeat(page(path, Cookie=cookie)), NUMBER, warm=WARM)


def _holds(system: System) -> Iterator[Figure]:
    slots = list(chain.from_iterable(zip(*orders.make_cars(system, 12), strict=True)))
    requests = orders.bookings(system, slots[: 2 * HOLDS + 1])
    answer = load.send(system.wiring.web_port, islice(requests, 1), at_once=1)[0]
    held = msgspec.json.decode(answer.body, type=_Held)
    cookie = f"exodrive_b_{held.reference}={held.link.rpartition('/')[2]}"
    yield asked("booking page", system, repeat(page(f"/booking/{held.reference}", Cookie=cookie)), NUMBER, warm=WARM)
    yield asked("booking (hold)", system, requests, HOLDS, warm=WARM)


def _page(system: System, what: str, path: str) -> Figure:
    return asked(what, system, (page(f"{path}{number}") for number in count()), NUMBER, warm=WARM)


def _days(ahead: int) -> str:
    first = date.today() + timedelta(days=ahead)  # noqa: DTZ011 - some days ahead is near enough
    return f"start={first}&end={first + timedelta(days=2)}"


async def _show(system: System, number: int) -> None:
    """Let so many of the cars be seen."""
    db = await asyncpg.connect(system.superuser)
    await db.execute(_SHOW, number)
    await db.execute("vacuum analyze cars")
    await db.close()


async def _sign_in(system: System) -> str:
    """The cookie of somebody who works here."""
    doors = await Doors.open(staff=system.wiring.databases["staff"], worker=system.wiring.databases["worker"], size=1)
    token = await service.invite(doors.service(), "bench@example.com", "Bench", StaffRole.AGENT, LinkPurpose.DEMO)
    opened = await service.sign_in_by_demo_link(doors.signin(), token, Visit("127.0.0.1", "bench"))
    await doors.close()
    return opened.token
