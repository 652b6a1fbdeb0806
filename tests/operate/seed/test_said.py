"""What the demo tells the public: words about rentals that are over, most of them shown, and a home page of its own."""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from exodrive.kit.db import Doors
from exodrive.operate.seed import seed_demo
from exodrive.overview.home import home
from tests import servers as embedded
from tests.servers import Database, Servers


@pytest.fixture(scope="module")
async def seeded(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    database = await embedded.make_database(servers, f"exodrive_said{worker_number}")
    await seed_demo(database.url("worker"), today=date(2026, 6, 3))
    yield database
    await embedded.drop_database(database)


@pytest.fixture
async def db(seeded: Database) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(seeded.url("superuser"))
    yield connection
    await connection.close()


async def test_every_car_has_something_said_about_it_and_some_of_it_waits(db):
    assert await db.fetchval("select count(distinct car_id) from car_reviews where is_approved") == 8
    assert await db.fetchval("select count(*) from car_reviews where decided_at is null") > 0


async def test_only_rentals_that_are_over_were_reviewed_after_the_return(db):
    wrong = """select count(*) from car_reviews r join bookings b on b.id = r.booking_id
               where b.status <> 'completed' or r.created_at <= b.returned_at or r.car_id <> b.car_id or r.date <> b.start_date"""
    assert await db.fetchval(wrong) == 0


async def test_each_review_stands_in_the_history_of_its_booking(db):
    reviews = await db.fetchval("select array_agg(booking_id order by booking_id) from car_reviews")
    told = await db.fetchval("select array_agg(booking_id order by booking_id) from booking_events where event_type = 'review_left'")
    assert reviews == told


async def test_the_home_page_has_words_and_a_leading_car_of_its_own(seeded):
    doors = await Doors.open(web=seeded.url("web"), size=1)
    async with doors.anon().scope() as db:
        found = await home(db)
    await doors.close()
    assert (found.hero.badge_text, found.featured[0].slug) == ("Miami, all year", "averno-v10")
    assert found.background.path == "fleet/averno-v10-front34"
