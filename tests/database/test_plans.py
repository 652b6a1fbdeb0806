"""Plans: what is asked often finds its rows by an index, however many bookings have gathered."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from bench import many
from exodrive.availability.model import CarTaken
from exodrive.bookings.model import Actor
from exodrive.flows import cancel, tidy
from exodrive.flows.checkout import settling
from exodrive.flows.checkout.hold import hold
from exodrive.flows.resume import letter as held_letter
from exodrive.kit import clock, links
from exodrive.kit.db import Door, Doors, Role
from exodrive.kit.ids import new_id
from exodrive.kit.outbox import store as outbox
from exodrive.overview import letters, reviews, shop, staff_file, staff_list
from exodrive.overview.booking_page import booking_page
from exodrive.overview.home import home
from exodrive.overview.kept_order import kept_order
from exodrive.overview.shop import Wanted
from tests import servers as embedded
from tests.builders import Build, Made, days_ahead, make_world
from tests.database.plans import Notebook, walks
from tests.garage import new_car
from tests.servers import Database, Servers
from tests.team import Team

CARS, BOOKINGS = 20, 12_000
# How many different statements each role makes at least on such a day, so that nothing is praised for not having been asked.
AT_LEAST = {Role.ANON: 8, Role.TOKEN: 2, Role.CHECKOUT: 15, Role.SIGNIN: 2, Role.ADMIN: 10, Role.SERVICE: 8}


@pytest.fixture(scope="module")
async def crowded(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    """A database of its own with the bookings of many years."""
    own = await embedded.make_database(servers, f"exodrive_plans_gw{worker_number}")
    doors = await Doors.open(worker=own.direct_url("worker"), size=1)
    for number in range(CARS):
        await new_car(doors, slug=f"{many.SLUGS}{number}", turnaround_days=1)
    await doors.close()
    await many.fill(own.url("superuser"), BOOKINGS)
    yield own
    await embedded.drop_database(own)


@pytest.fixture(scope="module")
async def day(crowded: Database, redis_url: str) -> AsyncIterator[tuple[Notebook, dict[Role, Door]]]:
    """What was asked through each kind of door on a day when everybody had something to do."""
    doors = await Doors.open(**{part: crowded.direct_url(part) for part in ("web", "checkout", "staff", "worker")}, size=1)
    build, notebook = Build(make_world(doors, redis_url), crowded.url("superuser")), Notebook()
    person = await Team(doors).member()
    async with notebook.listening(doors):
        made = await _rent(build)
        await _look_around(doors)
        await _open_page(doors, made)
        await _work_in_the_office(build, made, person.id, person.token)
        await _tidy_up(build, made)
    yield notebook, {door.role: door for door in (*_open_to_all(doors), doors.token(links.hash_of(made.token)), doors.admin(person.id))}
    await build.world.paypal.close()
    await doors.close()


def _open_to_all(doors: Doors) -> tuple[Door, ...]:
    return doors.anon(), doors.checkout(), doors.signin(), doors.service()


async def _rent(build: Build) -> Made:
    """Hold, say it again, lose a race, pay, cancel, come back to what is held."""
    made, car = await build.paid(), await build.car()
    held = await build.held(car)
    await hold(build.world, held.order, held.caller, held.key)
    with pytest.raises(CarTaken):
        await build.held(car)
    async with build.doors.token(links.hash_of(held.token)).scope() as db:
        await kept_order(db, held.reference)
    return made


async def _look_around(doors: Doors) -> None:
    now, days = clock.now(), days_ahead(5, 3)
    async with doors.anon().scope() as db:
        await home(db)
        for wanted in (Wanted(), Wanted(days=days), Wanted(days=days, words=("coupe",))):
            found = await shop.search(db, wanted, now=now, furthest_day_days=365, longest_rental_days=30)
        slug, car = found.cards[0].slug, found.cards[0].car_id
        await shop.car_page(db, slug)
        await shop.calendar(db, slug, now=now, furthest_day_days=365)
        for one in (slug, car):
            await shop.look(db, one, days, now=now, longest_rental_days=30, furthest_day_days=365)
        await reviews.of_car(db, car)
        await reviews.ratings(db, [card.car_id for card in found.cards])


async def _open_page(doors: Doors, made: Made) -> None:
    async with doors.token(links.hash_of(made.token)).scope() as db:
        await booking_page(db, made.reference)


async def _work_in_the_office(build: Build, made: Made, staff_id: UUID, token: str) -> None:
    await Team(build.doors).session(token)
    door = build.doors.admin(staff_id)
    async with door.scope() as db:
        for status in (None, "upcoming", "completed"):
            listed = await staff_list.page(db, status=status, search="", before=None)
        last = listed.rows[-1]
        await staff_list.page(db, status="completed", search="", before=(last.created_at, last.id))
        await staff_file.file(db, made.reference)
    await cancel.by_staff(build.world, door, made.id, Actor("admin", str(staff_id), "Ann"), "test")


async def _tidy_up(build: Build, made: Made) -> None:
    """What the worker does every few seconds and minutes."""
    world = replace(build.world, door=build.doors.service())
    await settling.settle_open(world)
    await tidy.expire_dead(world)
    await held_letter.promise(world)
    async with build.doors.service().scope() as db:
        for waiting in await outbox.take(db, timedelta(seconds=90), 100):
            await outbox.open_work(db, waiting.id)
        await outbox.mark_sent(db, [new_id()])
        await outbox.mark_done(db, new_id())
        await letters.booking_facts(db, made.id)


@pytest.mark.parametrize("role", AT_LEAST)
async def test_what_a_role_asks_finds_its_rows_by_an_index(day: tuple[Notebook, dict[Role, Door]], role: Role) -> None:
    notebook, doors = day
    asked = notebook.of(role)
    walked = {found.text: tables for found in asked if (tables := await walks(doors[role], found))}
    assert not walked, f"walked through from end to end: {walked}"
    assert len(asked) >= AT_LEAST[role]
