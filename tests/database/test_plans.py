"""Plans: what is asked often finds its rows by an index, however many bookings have gathered."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from exodrive.kit.db import Door, Role
from exodrive.overview import reviews
from tests.database.day import crowd, day
from tests.database.plans import GROWING, STEADY, Notebook, in_words, walks
from tests.servers import Database, Servers

# How many different statements each role makes at least on such a day, so that nothing is praised for not having been asked.
AT_LEAST = {Role.ANON: 16, Role.TOKEN: 10, Role.CHECKOUT: 50, Role.SIGNIN: 12, Role.ADMIN: 36, Role.SERVICE: 28}

# Not held to it, because they count all there are; docs/performance.md says so.
WALKS = {reviews._COUNTS}

Day = tuple[Notebook, dict[Role, Door]]


@pytest.fixture(scope="module")
async def crowded(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    """A database of its own with the bookings of many years."""
    async with crowd(servers, f"exodrive_plans_gw{worker_number}") as own:
        yield own


@pytest.fixture(scope="module")
async def asked(crowded: Database, redis_url: str) -> AsyncIterator[Day]:
    """What was asked through each kind of door on a day when everybody had something to do."""
    async with day(crowded, redis_url) as found:
        yield found


@pytest.mark.parametrize("role", AT_LEAST)
async def test_what_a_role_asks_finds_its_rows_by_an_index(asked: Day, role: Role) -> None:
    notebook, doors = asked
    found = notebook.of(role)
    walked = {each.text: tables for each in found if each.text not in WALKS and (tables := await walks(doors[role], each))}
    assert not walked, f"walked through from end to end: {walked}"
    assert len(found) >= AT_LEAST[role]


async def test_every_table_is_known_to_grow_or_not(crowded: Database) -> None:
    db = await asyncpg.connect(crowded.url("superuser"))
    tables = {row[0] for row in await db.fetch("select tablename from pg_tables where schemaname = 'public'")}
    await db.close()
    assert tables == GROWING | STEADY
    assert not GROWING & STEADY


async def test_a_plan_is_told_in_words(asked: Day) -> None:
    notebook, doors = asked
    [hottest, *others] = notebook.of(Role.TOKEN)
    assert "Index Scan" in await in_words(doors[Role.TOKEN], hottest)
    assert hottest.times >= others[0].times
