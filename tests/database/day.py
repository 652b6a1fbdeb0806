"""A day on which everybody had something to do, asked of a database with the bookings of many years; `make plans` prints how it went."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal

from bench import many
from exodrive.kit import links
from exodrive.kit.db import Door, Doors, Role
from exodrive.pricing.kinds import Extra, Notice
from tests import servers as embedded
from tests.builders import Build, make_world
from tests.database import office, renters
from tests.database.plans import Notebook, in_words
from tests.garage import MadeCar, new_car, new_rules
from tests.servers import Database, Servers
from tests.team import Team

CARS, BOOKINGS = 20, 12_000
HOTTEST = 10
_DOLLARS = {"currency": "USD"}


@asynccontextmanager
async def crowd(servers: Servers, name: str) -> AsyncIterator[Database]:
    """A database of its own with the bookings of many years."""
    own = await embedded.make_database(servers, name)
    doors = await Doors.open(worker=own.direct_url("worker"), size=1)
    for number in range(CARS):
        await new_car(doors, slug=f"{many.SLUGS}{number}", turnaround_days=1)
    await doors.close()
    await many.fill(own.url("superuser"), BOOKINGS)
    yield own
    await embedded.drop_database(own)


@asynccontextmanager
async def day(crowded: Database, redis_url: str) -> AsyncIterator[tuple[Notebook, dict[Role, Door]]]:
    """What was asked on such a day, and each kind of door to ask it again."""
    doors = await Doors.open(**{part: crowded.direct_url(part) for part in ("web", "checkout", "staff", "worker")}, size=1)
    build, notebook = Build(make_world(doors, redis_url), crowded.url("superuser")), Notebook()
    team = Team(doors)
    agent, car = await team.member(), await equipped(build)
    async with notebook.listening(doors):
        made = await renters.rent(build, car)
        await renters.look_around(doors)
        await renters.change(build, car, made)
        await office.hear_paypal(build)
        await office.come_and_go(team, agent)
        await office.keep_the_books(build, made)
        await renters.open_page(build, made)
        await office.tidy_up(build, made)
        await office.answer_bookings(build, agent)
        await office.work(build, made, agent)
        await office.review(build, agent)
        await office.guard(build, agent)
    token = doors.token(links.hash_of(made.token))
    yield notebook, {door.role: door for door in (*_open_to_all(doors), token, doors.admin(agent.id))}
    await build.world.paypal.close()
    await doors.close()


def _open_to_all(doors: Doors) -> tuple[Door, ...]:
    return doors.anon(), doors.checkout(), doors.signin(), doors.service()


async def equipped(build: Build) -> MadeCar:
    """A car with an extra of which there are few, and a rule about notice."""
    car = await build.car()
    seat = Extra(name="Seat", code="day-seat", amount=Decimal(18), most=2, stock=4, car_id=car.id, **_DOLLARS)
    await new_rules(build.doors, seat, Notice(name="Notice", hours=12, car_id=car.id))
    return car


async def tell(most: int = HOTTEST) -> None:
    """Print the statements that each role asked most, with their plans."""
    started = embedded.Running()
    try:
        servers = started.start()
        async with crowd(servers, "exodrive_plans") as crowded, day(crowded, servers.redis(0)) as (notebook, doors):
            for role, door in doors.items():
                for asked in notebook.of(role)[:most]:
                    told = f"-- {role}, asked {asked.times} times\n{asked.text.strip()}\n\n{await in_words(door, asked)}\n\n"
                    sys.stdout.write(told)
    finally:
        started.stop()


if __name__ == "__main__":
    asyncio.run(tell())
