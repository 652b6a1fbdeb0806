"""Seeding the demo: everything in one transaction, and nothing when there are cars already."""

from collections.abc import Callable
from datetime import date, datetime, time

from exodrive.kit import clock
from exodrive.kit.days import day_at, moment_at
from exodrive.kit.db import Db, Doors
from exodrive.kit.links import LinkKeys
from exodrive.operate.seed import store
from exodrive.operate.seed.books import Books
from exodrive.operate.seed.cars import car_id, car_rows, texts
from exodrive.operate.seed.house import TIME_ZONE, house_rows
from exodrive.operate.seed.people import people
from exodrive.operate.seed.said import front_rows
from exodrive.operate.seed.story import story

# Belongs on every page that shows these cars.
NOTE: str = texts()["note"]


async def seed_demo(
    worker_url: str, *, today: date | None = None, links: LinkKeys | None = None, tell: Callable[[str], None] = lambda line: None
) -> None:
    """Fill an empty database with the demo's company as of ``today`` (at noon there; now, when not given).

    The same day gives the same business. With ``links`` every booking that is still to come gets a private link. Does nothing when there
    are cars already, also when two do it at once.
    """
    now = moment_at(today, time(12), TIME_ZONE) if today else clock.now()
    doors = await Doors.open(worker=worker_url, size=1)
    try:
        async with doors.service().scope() as db:
            await store.wait_for_turn(db)
            if await store.has_cars(db):
                tell("There are cars already: nothing to seed.")
                return
            await _write(db, now, links, tell)
    finally:
        await doors.close()


async def _write(db: Db, now: datetime, links: LinkKeys | None, tell: Callable[[str], None]) -> None:
    for table, rows in (*house_rows(now), *car_rows(), *front_rows()):
        await store.insert(db, table, rows)
    cars = texts()["cars"]
    prices = {car["slug"]: await store.rules(db, car_id(car["slug"])) for car in cars}
    stays = story([car["slug"] for car in cars], day_at(now, TIME_ZONE))
    books = Books(prices, people(), now, links)
    for stay in stays:
        books.enter(stay)
    for table, rows in books.rows():
        await store.insert(db, table, rows)
    tell(f"Seeded {len(cars)} cars and {len(stays)} entries in their calendars.")
