"""Scopes: one transaction as one role, and nothing left behind."""
# long: every way a scope can end, beside each other

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import pytest

from exodrive.kit import pools
from exodrive.kit.db import Db, Door, Doors, NotCommitted, Role, ScopesDoNotNest, outside_scope
from exodrive.kit.server import ServerTooOld, refuse_unsafe_server
from tests import servers as embedded
from tests.servers import Database, Servers

KEEP = """insert into public.webhook_events (id, source, event_id, transmission_id, event_type, payload)
          values ($1, 'paypal', $2, $2, 'TEST', '{}')"""


@pytest.fixture
async def one(database: Database) -> AsyncIterator[Doors]:
    """Doors with one connection each, so that whoever comes next gets the same one."""
    doors = await Doors.open(**{login: database.direct_url(login) for login in ("web", "checkout", "staff", "worker")}, size=1)
    yield doors
    await doors.close()


async def keep(door: Door, event_id: UUID) -> None:
    async with door.scope() as db:
        await db.execute(KEEP, event_id, str(event_id))


async def kept(doors: Doors, event_id: UUID) -> bool:
    async with doors.service().scope() as db:
        return bool(await db.fetchval("select true from public.webhook_events where id = $1", event_id))


def every_door(doors: Doors) -> dict[Role, Door]:
    return {
        Role.ANON: doors.anon(),
        Role.AUTHENTICATED: doors.customer(uuid4()),
        Role.TOKEN: doors.token(bytes(32)),
        Role.CHECKOUT: doors.checkout(),
        Role.SIGNIN: doors.signin(),
        Role.ADMIN: doors.admin(uuid4()),
        Role.SERVICE: doors.service(),
    }


async def test_a_scope_is_one_transaction_as_its_role(doors: Doors) -> None:
    assert set(every_door(doors)) == set(Role)
    for role, door in every_door(doors).items():
        async with door.scope() as db:
            assert await db.fetchval("select current_user::text") == role
            assert db.is_in_transaction()


async def test_a_scope_commits_at_its_end(doors: Doors) -> None:
    event = uuid4()
    await keep(doors.checkout(), event)
    assert await kept(doors, event)


async def test_an_exception_rolls_a_scope_back_and_goes_on(doors: Doors) -> None:
    event = uuid4()
    with pytest.raises(LookupError, match="ours"):  # noqa: PT012
        async with doors.checkout().scope() as db:
            await db.execute(KEEP, event, str(event))
            raise LookupError("ours")
    assert not await kept(doors, event)


async def start_waiting(doors: Doors, database: Database, event_id: UUID) -> asyncio.Task[None]:
    """A task that wrote something and is now waiting for the server, inside a scope. (A cancel that comes before the wait is lost.)"""

    async def write_and_wait() -> None:
        async with doors.service().scope() as db:
            await db.execute(KEEP, event_id, str(event_id))
            await db.execute("select pg_sleep(30)")

    task = asyncio.create_task(write_and_wait())
    look = await asyncpg.connect(database.url("superuser"))
    waits = "select true from pg_stat_activity where datname = $1 and query = 'select pg_sleep(30)' and wait_event = 'PgSleep'"
    while not await look.fetchval(waits, database.name):
        await asyncio.sleep(0.01)
    await look.close()
    return task


async def test_a_cancelled_scope_is_rolled_back_and_its_connection_serves_the_next(one: Doors, database: Database) -> None:
    event, pid = uuid4(), await pid_of(one.service())
    task = await start_waiting(one, database, event)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await kept(one, event)
    assert await pid_of(one.service()) == pid


async def test_a_scope_cancelled_twice_leaves_nothing_behind(one: Doors, database: Database) -> None:
    event = uuid4()
    task = await start_waiting(one, database, event)
    for _ in range(2):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not await kept(one, event)
    assert await as_found(one.pools["worker"]) == ("exodrive_worker_login", "", "")


async def test_a_server_that_ends_the_connection_inside_a_scope_costs_only_that_scope(one: Doors, database: Database) -> None:
    killer = await asyncpg.connect(database.url("superuser"))
    with pytest.raises(asyncpg.InterfaceError):  # noqa: PT012
        async with one.anon().scope() as db:
            await killer.execute("select pg_terminate_backend($1)", await db.fetchval("select pg_backend_pid()"))
            await asyncio.sleep(0.5)
            await db.execute("select 1")
    await killer.close()
    assert await pid_of(one.anon())


@pytest.mark.parametrize("when", ["between two statements", "before the commit", "between two scopes"])
async def test_a_server_whose_farewell_comes_before_the_end_of_the_line_is_away_and_no_bug(database: Database, when: str) -> None:
    """As in a crash of the server, or behind a proxy: its last words are there, the line is still open."""
    killer = await asyncpg.connect(database.url("superuser"))
    async with line_that_stays_open(database.port_url("web")) as url:
        doors = await Doors.open(web=url, size=1)
        pid = await pid_of(doors.anon())
        with pytest.raises(asyncpg.PostgresConnectionError):  # noqa: PT012
            if when == "between two scopes":
                await end_backend(killer, pid)
            async with doors.anon().scope() as db:
                await db.fetchval("select 1")
                await end_backend(killer, pid)
                if when == "between two statements":
                    await db.fetchval("select 1")
        assert await pid_of(doors.anon()) != pid
        doors.pools["web"].terminate()  # a line that stays open cannot be closed in peace
    await killer.close()


async def end_backend(killer: asyncpg.Connection, pid: int) -> None:
    await killer.execute("select pg_terminate_backend($1, 5000)", pid)
    await asyncio.sleep(0.1)


@asynccontextmanager
async def line_that_stays_open(url: str, socket: Path | None = None) -> AsyncIterator[str]:
    """The address of a way to the server that passes everything on but its hanging up; by a port, or by a socket's file."""
    target, tasks = urlsplit(url), set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(target.hostname, target.port)
        tasks.update({asyncio.create_task(pass_on(reader, back)), asyncio.create_task(pass_on(there, writer))})

    if socket:
        server = await asyncio.start_unix_server(connect, socket)
        yield urlunsplit(target._replace(netloc=target.netloc.rpartition("@")[0] + "@", query=f"host={socket.parent}&port=5432"))
        socket.unlink()
    else:
        server = await asyncio.start_server(connect, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        yield urlunsplit(target._replace(netloc=target.netloc.replace(f":{target.port}", f":{port}")))
    server.close()
    for task in tasks:
        task.cancel()


async def test_a_server_whose_socket_is_gone_is_away_and_no_bug(database: Database, tmp_path: Path) -> None:
    """As while PostgreSQL starts again after a crash: there is no file to connect to."""
    async with line_that_stays_open(database.port_url("web"), tmp_path / ".s.PGSQL.5432") as url:
        doors = await Doors.open(web=url, size=1)
        assert await pid_of(doors.anon())
    doors.pools["web"].terminate()
    doors = Doors({"web": asyncpg.create_pool(url, min_size=0, max_size=1)})
    await doors.pools["web"]
    with pytest.raises(asyncpg.CannotConnectNowError, match="not there"):
        await pid_of(doors.anon())


async def test_a_connection_that_dies_inside_a_scope_tells_of_the_first_error(one: Doors) -> None:
    with pytest.raises(LookupError, match="ours"):  # noqa: PT012
        async with one.anon().scope() as db:
            db.terminate()
            raise LookupError("ours")
    assert await pid_of(one.anon())


async def test_an_error_that_is_swallowed_cannot_pass_for_a_commit(doors: Doors) -> None:
    event = uuid4()
    with pytest.raises(NotCommitted):  # noqa: PT012
        async with doors.checkout().scope() as db:
            await db.execute(KEEP, event, str(event))
            with pytest.raises(asyncpg.DivisionByZeroError):
                await db.execute("select 1 / 0")
    assert not await kept(doors, event)


async def test_an_error_at_commit_is_raised_and_the_connection_goes_on(one: Doors, database: Database) -> None:
    """A deferred foreign key is only checked at commit."""
    days = """insert into public.car_availability (car_id, date, status, booking_id, hold_expires_at)
              values ($1, '2030-01-01', 'pending', $2, $3)"""
    pid = await pid_of(one.service())
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with one.service().scope() as db:
            await db.execute(days, await some_car(db), uuid4(), await db.fetchval("select exodrive_private.now()"))
    assert await pid_of(one.service()) == pid


async def some_car(db: Db) -> UUID:
    place, car = uuid4(), uuid4()
    await db.execute(
        "insert into public.locations (id, name, address_line1, city, country, time_zone) values ($1, 'x', 'x', 'x', 'US', 'UTC')", place
    )
    await db.execute(
        "insert into public.cars (id, slug, name, category, home_location_id) values ($1, $2, 'x', 'x', $3)", car, f"car-{car}", place
    )
    return car


async def test_scopes_do_not_nest(doors: Doors) -> None:
    async with doors.anon().scope():
        with pytest.raises(ScopesDoNotNest):
            async with doors.anon().scope():
                pass
    async with doors.anon().scope():
        pass


async def test_scopes_do_not_nest_across_doors_or_tasks_started_inside(doors: Doors) -> None:
    async def another() -> None:
        async with doors.checkout().scope():
            pass

    async with doors.anon().scope():
        with pytest.raises(ScopesDoNotNest):
            await asyncio.create_task(another())


async def test_nobody_calls_outside_from_inside_a_scope(doors: Doors) -> None:
    outside_scope()
    async with doors.anon().scope():
        with pytest.raises(ScopesDoNotNest, match="outside"):
            outside_scope()
    outside_scope()


async def test_scopes_of_different_tasks_stand_side_by_side(doors: Doors) -> None:
    both = asyncio.Barrier(2)

    async def stand() -> None:
        async with doors.anon().scope():
            await both.wait()

    await asyncio.wait_for(asyncio.gather(stand(), stand()), 5)


async def test_a_bare_connection_may_read_nothing(one: Doors) -> None:
    for pool in one.pools.values():
        async with pool.acquire() as db:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await db.fetch("select id from public.cars")


async def test_a_person_or_role_smuggled_into_the_session_does_not_reach_the_next_scope(one: Doors) -> None:
    async with one.anon().scope() as db:
        await db.fetchval("select set_config('request.jwt.claims', $1, false)", f'{{"sub": "{uuid4()}"}}')
        await db.fetchval("select set_config('exodrive.token_hash', $1, false)", "00" * 32)
        await db.fetchval("select set_config('role', 'authenticated', false)")
    async with one.anon().scope() as db:
        assert await seen(db) == ("anon", "", "")
    async with one.token(bytes(32)).scope() as db:
        assert await seen(db) == (Role.TOKEN, "", "00" * 32)


async def test_a_question_is_asked_again_when_a_migration_made_its_plan_stale(servers: Servers, worker_number: int) -> None:
    own = await embedded.make_database(servers, f"exodrive_stale_gw{worker_number}")
    owner = await asyncpg.connect(own.url("owner"))
    await owner.execute("create table public.scratch (a integer); grant select on public.scratch to anon")
    doors, asked = await Doors.open(web=own.direct_url("web"), size=1), []

    async def everything(db: Db) -> Any:
        asked.append(1)
        return await db.fetch("select * from public.scratch")  # the law against it is why this is rare

    await doors.anon().read(everything)
    await owner.execute("alter table public.scratch add b integer")
    await doors.anon().read(everything)
    assert len(asked) == 3
    await owner.execute("alter table public.scratch add c integer")
    with pytest.raises(asyncpg.InvalidCachedStatementError):
        async with doors.anon().scope() as db:
            await everything(db)
    await owner.close()
    await doors.close()
    await embedded.drop_database(own)


async def test_whoever_waits_for_a_lock_gives_up_after_two_seconds(doors: Doors) -> None:
    take = "select pg_advisory_xact_lock(4711)"
    held, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with doors.checkout().scope() as db:
            await db.execute(take)
            held.set()
            await done.wait()

    holder = asyncio.create_task(hold())
    await held.wait()
    with pytest.raises(asyncpg.LockNotAvailableError):
        async with asyncio.timeout(4), doors.checkout().scope() as db:
            await db.execute(take)
    done.set()
    await holder


async def test_each_kind_of_caller_has_its_own_time_limit(doors: Doors) -> None:
    limits = {}
    for role, door in every_door(doors).items():
        async with door.scope() as db:
            limits[role] = await db.fetchval("show statement_timeout")
            assert await db.fetchval("show lock_timeout") == "2s"
    assert limits == {
        Role.ANON: "3s",
        Role.AUTHENTICATED: "8s",
        Role.TOKEN: "8s",
        Role.CHECKOUT: "8s",
        Role.SIGNIN: "8s",
        Role.ADMIN: "15s",
        Role.SERVICE: "1min",
    }


async def test_a_renters_question_is_planned_once_whatever_its_values(one: Doors) -> None:
    question = "select count(*) from public.cars where sort_order < $1 and name <> all ($2::text[])"
    for door in (one.anon(), one.checkout()):
        for number in range(8):
            async with door.scope() as db:
                await db.fetchval(question, number, [])
        async with door.scope() as db:
            found = await db.fetch("select generic_plans, custom_plans from pg_prepared_statements where statement = $1", question)
            assert [tuple(row) for row in found] == [(8, 0)]


async def test_a_slow_statement_of_anybody_is_cut_off_after_three_seconds(doors: Doors) -> None:
    with pytest.raises(asyncpg.QueryCanceledError):
        async with asyncio.timeout(6), doors.anon().scope() as db:
            await db.execute("select pg_sleep(10)")


async def test_json_goes_in_and_comes_out_as_values(doors: Doors) -> None:
    async with doors.anon().scope() as db:
        assert await db.fetchval("select $1::jsonb", {"a": [1, None, "ä"]}) == {"a": [1, None, "ä"]}


async def test_behind_a_transaction_pooler_nothing_is_prepared(database: Database) -> None:
    doors = await Doors.open(web=database.direct_url("web"), pooler="transaction", size=1)
    async with doors.anon().scope() as db:
        await db.fetch("select id from public.cars where id = $1", uuid4())
        assert await db.fetchval("select count(*) from pg_prepared_statements where name <> ''") == 0
    await doors.close()


async def test_a_login_that_cannot_be_opened_leaves_no_other_open(database: Database) -> None:
    before = await connections(database)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await Doors.open(web=database.direct_url("web"), checkout=database.direct_url("web").replace("web_login", "checkout_login"))
    assert await connections(database) == before


async def connections(database: Database) -> int:
    db = await asyncpg.connect(database.url("superuser"))
    try:
        return int(
            await db.fetchval("select count(*) from pg_stat_activity where usename = 'exodrive_web_login' and datname = $1", database.name)
        )
    finally:
        await db.close()


@pytest.mark.parametrize("version", [(14, 20), (15, 13), (16, 9), (17, 5)])
def test_servers_without_the_fixes_row_rules_need_are_refused(version: tuple[int, int]) -> None:
    with pytest.raises(ServerTooOld, match=r"15\.14, 16\.10, 17\.6"):
        refuse_unsafe_server(server(version))


@pytest.mark.parametrize("version", [(15, 14), (15, 18), (16, 10), (17, 6), (18, 0), (19, 0)])
def test_servers_with_the_fixes_are_welcome(version: tuple[int, int]) -> None:
    refuse_unsafe_server(server(version))


async def test_the_second_part_of_the_servers_number_is_read_as_its_minor(doors: Doors) -> None:
    async with doors.anon().scope() as db:
        told = int(await db.fetchval("show server_version_num"))
        assert (db.get_server_version().major, db.get_server_version().micro) == (told // 10000, told % 10000)


def server(version: tuple[int, int]) -> Any:
    return SimpleNamespace(get_server_version=lambda: SimpleNamespace(major=version[0], micro=version[1]))


async def test_every_connection_is_looked_at_before_it_is_used(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Callable[..., Any]] = []
    monkeypatch.setattr(pools, "refuse_unsafe_server", looked.append)
    doors = await Doors.open(web=database.direct_url("web"), size=1)
    await doors.close()
    assert len(looked) == 1


async def pid_of(door: Door) -> int:
    async with door.scope() as db:
        return int(await db.fetchval("select pg_backend_pid()"))


async def seen(db: Any) -> tuple[str, str, str]:
    row = await db.fetchrow(
        """select current_user::text, coalesce(current_setting('request.jwt.claims', true), ''),
                  coalesce(current_setting('exodrive.token_hash', true), '')"""
    )
    return tuple(row)


async def as_found(pool: Any) -> tuple[str, str, str]:
    """What a connection of the pool is when nobody has opened a scope on it."""
    async with pool.acquire() as db:
        assert not db.is_in_transaction()
        return await seen(db)
