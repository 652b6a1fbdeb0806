"""The one clock of a database, moved and put right again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from exodrive.operate.clock import move, shift_of
from tests import servers as embedded
from tests.servers import Database, Servers


@pytest.fixture
async def own(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    """A database whose clock is nobody else's."""
    database = await embedded.make_database(servers, f"exodrive_clock_gw{worker_number}")
    yield database
    await embedded.drop_database(database)


async def ask(database: Database, login: str, question: str) -> Any:
    db = await asyncpg.connect(database.direct_url(login))
    try:
        return await db.fetchval(question)
    finally:
        await db.close()


MOMENTS = [timedelta(days=400, seconds=1, microseconds=7), timedelta(days=-3), timedelta(microseconds=1), timedelta(0)]


async def test_a_moved_clock_tells_its_shift_exactly_to_every_login(own: Database) -> None:
    assert await shift_of(own.url("web")) == timedelta(0)
    for shift in MOMENTS:
        await move(own.url("owner"), shift)
        assert {await shift_of(own.url(login)) for login in ("web", "checkout", "staff", "worker", "owner")} == {shift}


async def test_sql_follows_the_moved_clock_and_defaults_do_too(own: Database) -> None:
    await move(own.url("owner"), timedelta(days=30))
    db = await asyncpg.connect(own.direct_url("worker"))
    async with db.transaction():
        await db.execute("set local role service_role")
        told = await db.fetchval("select exodrive_private.now()")
        await db.execute("insert into public.outbox (id, topic) values (gen_random_uuid(), 'x')")
        written = await db.fetchval("select max(created_at) from public.outbox")
    await db.close()
    for moment in (told, written):
        assert abs(moment - datetime.now(UTC) - timedelta(days=30)) < timedelta(seconds=5)


async def test_moving_the_clock_keeps_its_owner_its_grants_and_its_text_at_rest(own: Database) -> None:
    facts = """select array[proowner::regrole::text, proacl::text, provolatile::text, prosecdef::text, pg_get_function_sqlbody(oid)]
               from pg_proc where oid = 'exodrive_private.now()'::regprocedure"""
    before = await ask(own, "superuser", facts)
    await move(own.url("owner"), timedelta(days=1))
    moved = await ask(own, "superuser", facts)
    assert moved[:4] == before[:4]
    assert moved[4] != before[4]
    await move(own.url("owner"), timedelta(0))
    assert await ask(own, "superuser", facts) == before


async def test_time_goes_on_within_a_transaction(own: Database) -> None:
    """A waiter judges by the real moment, not by when its transaction began."""
    db = await asyncpg.connect(own.url("superuser"))
    async with db.transaction():
        first = await db.fetchval("select exodrive_private.now()")
        await db.execute("select pg_sleep(0.01)")
        assert await db.fetchval("select exodrive_private.now()") - first >= timedelta(milliseconds=10)
    await db.close()


@pytest.mark.parametrize("login", ["web", "checkout", "staff", "worker"])
async def test_only_the_owner_moves_the_clock(own: Database, login: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await move(own.url(login), timedelta(days=1))
    assert await shift_of(own.url(login)) == timedelta(0)


@pytest.mark.parametrize("body", ["return clock_timestamp() + random() * interval '1 day'", "return now()", "return 'epoch'::timestamptz"])
async def test_a_clock_that_is_not_ours_is_not_taken_for_the_real_time(own: Database, body: str) -> None:
    db = await asyncpg.connect(own.url("owner"))
    await db.execute(f"create or replace function exodrive_private.now() returns timestamptz language sql volatile {body}")
    await db.close()
    with pytest.raises(RuntimeError, match="not a clock of ours"):
        await shift_of(own.url("web"))
