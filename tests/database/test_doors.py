"""The fault table's scenarios about doors: what an injected statement could reach, and whether anybody ever meets somebody else's role."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from exodrive.kit import links
from exodrive.kit.db import Door, Doors
from exodrive.operate.roles import LOGINS
from tests import servers
from tests.database.callers import LINK, ME_AT_WORK, MY_ACCOUNT, OTHER, REVOKED, THEIR_ACCOUNT
from tests.servers import Database

# Who sees how many of the ten bookings of the matrix's world.
BOOKINGS = {"mine": 6, "theirs": 4, LINK: 1, OTHER: 1, REVOKED: 0, "checkout": 12, "admin": 13, "service": 13}
NAMES = {name: login for login, name in servers.LOGINS.items()}


@pytest.fixture(scope="session")
async def few(counted: Database) -> AsyncIterator[Doors]:
    """Doors with few connections for many, so that everybody gets somebody else's."""
    doors = await Doors.open(
        **{login: counted.url(login) for login in ("web", "checkout", "staff", "worker")}, pooler=counted.servers.pooler, size=3
    )
    yield doors
    await doors.close()


def door_of(doors: Doors, who: str) -> Door:
    by_token = {token: doors.token(links.hash_of(token)) for token in (LINK, OTHER, REVOKED)}
    others = {"mine": doors.customer(MY_ACCOUNT), "theirs": doors.customer(THEIR_ACCOUNT), "checkout": doors.checkout()}
    return (by_token | others | {"admin": doors.admin(ME_AT_WORK), "service": doors.service()})[who]


async def look(door: Door, dice: random.Random) -> tuple[str, int]:
    """Open a scope, stay a moment, look around, and perhaps fall over."""
    async with door.scope() as db:
        before = await db.fetchval("select current_user::text")
        await asyncio.sleep(dice.random() / 50)
        count = await db.fetchval("select count(id) from public.bookings")
        assert before == await db.fetchval("select current_user::text") == door.role
        if dice.random() < 0.3:
            raise LookupError(count)
        if dice.random() < 0.3:
            await db.execute("select 1 / 0")
        return before, count


async def test_scenario_43_a_pooled_connection_never_carries_the_role_or_the_claims_of_another(few: Doors) -> None:
    """200 at once, at random roles, some raising inside their scope: each is itself and counts its own rows."""
    dice = random.Random(43)
    wanted = [dice.choice(list(BOOKINGS)) for _ in range(200)]
    results = await asyncio.gather(*(look(door_of(few, who), dice) for who in wanted), return_exceptions=True)
    for who, result in zip(wanted, results, strict=True):
        match result:
            case LookupError():
                assert result.args == (BOOKINGS[who],)
            case asyncpg.DivisionByZeroError():
                pass
            case _:
                assert result == (door_of(few, who).role, BOOKINGS[who])
    assert {type(result) for result in results} == {tuple, LookupError, asyncpg.DivisionByZeroError}
    await nothing_is_left(few)


async def test_scenario_43_holds_when_scopes_are_cancelled(few: Doors) -> None:
    dice = random.Random(44)
    tasks = [(who, asyncio.create_task(look(door_of(few, who), dice))) for who in dice.choices(list(BOOKINGS), k=100)]
    for _, task in tasks[::3]:
        await asyncio.sleep(dice.random() / 200)
        task.cancel()
    for who, task in tasks:
        result = (await asyncio.gather(task, return_exceptions=True))[0]
        if isinstance(result, tuple):
            assert result[1] == BOOKINGS[who]
    await nothing_is_left(few)


async def nothing_is_left(doors: Doors) -> None:
    """Every connection of every pool is its bare login again, outside any transaction."""
    for login, pool in doors.pools.items():
        for db in [await pool.acquire() for _ in range(pool.get_size())]:
            assert not db.is_in_transaction()
            told = await db.fetchrow(
                "select current_user, current_setting('request.jwt.claims', true), current_setting('exodrive.token_hash', true)"
            )
            assert (told[0], told[1] or "", told[2] or "") == (servers.LOGINS[login], "", "")
            await pool.release(db)


def out_of_reach() -> list[tuple[str, str]]:
    """Every login with every role that is not its own."""
    roles = {role for own in LOGINS.values() for role in own} | set(LOGINS) | {"postgres", "pg_read_all_data"}
    return [(login, role) for login, own in LOGINS.items() for role in sorted(roles - set(own) - {login}) if login in NAMES]


SWITCHES = (
    "set role {role}",
    "set local role {role}",
    "select set_config('role', '{role}', true)",
    "select set_config('role', '{role}', false)",
    "set session authorization {role}",
    "select set_config('session_authorization', '{role}', true)",
    "do $$ begin set local role {role}; end $$",
    "grant {role} to current_user",
)


async def test_scenario_42_an_injected_statement_cannot_switch_to_a_role_of_another_login(counted: Database) -> None:
    """On the web login service_role and exodrive_admin are denied; likewise on each login all roles that are not its own."""
    granted = []
    for login in LOGINS:
        db = await asyncpg.connect(counted.direct_url(NAMES[login]))
        for switch in SWITCHES:
            for role in [role for of, role in out_of_reach() if of == login]:
                if await succeeds(db, switch.format(role=role)):
                    granted.append((login, switch, role))
        await db.close()
    assert granted == []
    assert ("exodrive_web_login", "service_role") in out_of_reach()
    assert ("exodrive_web_login", "exodrive_admin") in out_of_reach()


async def test_scenario_42_roles_of_its_own_are_within_reach_so_that_the_refusals_mean_something(counted: Database) -> None:
    for login, own in LOGINS.items():
        db = await asyncpg.connect(counted.direct_url(NAMES[login]))
        assert [role for role in own if not await succeeds(db, f"set role {role}")] == []
        await db.close()


async def test_scenario_42_putting_the_role_down_leaves_nothing_to_read(few: Doors) -> None:
    for down in ("reset role", "set role none", "set session authorization default", "reset all; reset role"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # noqa: PT012
            async with few.anon().scope() as db:
                await db.execute(down)
                await db.fetch("select id from public.cars")


@pytest.mark.parametrize(
    "statement",
    [
        "create table public.x (a integer)",
        "create temporary table x (a integer)",
        "create function public.x() returns integer language sql return 1",
        "create schema x",
        "alter table public.cars disable row level security",
        "alter table public.cars no force row level security",
        "create policy x on public.bookings for select to public using (true)",
        "drop policy shown on public.cars",
        "alter role exodrive_web_login bypassrls",
        "alter role exodrive_web_login inherit",
        "create or replace function exodrive_private.now() returns timestamptz language sql return 'epoch'::timestamptz",
        "copy public.cars to program 'true'",
        "copy (select 1) to '/tmp/exodrive-injected'",
        "select pg_read_file('/etc/passwd')",
        "select pg_ls_dir('/')",
        "select rolpassword from pg_authid",
        "select pg_terminate_backend(pg_backend_pid()) from pg_authid",
        "truncate public.bookings",
        "set session_replication_role = replica",
    ],
)
async def test_scenario_42_an_injected_statement_changes_no_rule_and_reads_no_file(few: Doors, statement: str) -> None:
    for door in (few.anon(), few.customer(MY_ACCOUNT), few.checkout(), few.signin(), few.admin(ME_AT_WORK), few.service()):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with door.scope() as db:
                await db.execute(statement)


async def test_scenario_42_switching_row_rules_off_raises_instead_of_showing_more(few: Doors) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # noqa: PT012
        async with few.customer(MY_ACCOUNT).scope() as db:
            await db.execute("set local row_security = off")
            await db.fetch("select id from public.bookings")


async def test_scenario_42_nobody_passes_on_what_they_hold(few: Doors) -> None:
    """PostgreSQL only warns of a grant that it did not make."""
    async with few.service().scope() as db:
        await db.execute("grant select on public.bookings to anon; grant all on all tables in schema public to exodrive_checkout")
        assert not await db.fetchval("select has_any_column_privilege('anon', 'public.bookings', 'select')")
        assert not await db.fetchval("select has_table_privilege('exodrive_checkout', 'public.bookings', 'delete')")


async def succeeds(db: Any, statement: str) -> bool:
    trial = db.transaction()
    await trial.start()
    try:
        await db.execute(statement)
    except (asyncpg.InsufficientPrivilegeError, asyncpg.InvalidParameterValueError):
        return False
    else:
        return True
    finally:
        await trial.rollback()
