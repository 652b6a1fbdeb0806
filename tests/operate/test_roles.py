"""Roles and logins on a plain server and on a managed one; what they may then do is the matrix's business."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from exodrive.operate.migrate import migrate
from exodrive.operate.postgres import Postgres
from exodrive.operate.roles import LOGINS, OWNER, create_roles, store
from tests import servers as embedded
from tests.database import matrix
from tests.database.callers import CALLERS
from tests.servers import Database, Servers

RUNTIME = [login for login in LOGINS if login != OWNER]


@pytest.fixture
async def fresh(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    database = Database(servers, f"exodrive_roles_gw{worker_number}")
    await embedded.drop_database(database)
    yield database
    await embedded.drop_database(database)


async def ask(url: str, question: str, *values: Any) -> Any:
    db = await asyncpg.connect(url)
    try:
        return await db.fetchval(question, *values)
    finally:
        await db.close()


async def test_the_database_is_made_where_it_is_missing_and_belongs_to_its_owner(fresh: Database) -> None:
    await create_roles(fresh.servers.superuser_url, database=fresh.name, passwords=fresh.servers.passwords)
    url = fresh.url("owner")
    assert await ask(url, "select current_user::text") == OWNER
    assert await ask(url, "select pg_encoding_to_char(encoding) from pg_database where datname = current_database()") == "UTF8"
    assert await ask(url, "select datdba::regrole::text from pg_database where datname = current_database()") == OWNER


async def test_creating_roles_again_and_at_once_changes_nothing(fresh: Database) -> None:
    passwords = fresh.servers.passwords
    await asyncio.gather(*(create_roles(fresh.servers.superuser_url, database=fresh.name, passwords=passwords) for _ in range(4)))
    facts = "select array_agg((rolname, rolinherit, rolcanlogin, rolsuper)::text order by rolname) from pg_roles where rolname = any ($1)"
    before = await ask(fresh.servers.superuser_url, facts, list(LOGINS))
    await create_roles(fresh.servers.superuser_url, database=fresh.name, passwords=passwords)
    assert await ask(fresh.servers.superuser_url, facts, list(LOGINS)) == before
    assert len(before) == len(LOGINS)


async def test_a_password_of_any_letters_is_taken_word_for_word(servers: Servers, worker_number: int) -> None:
    """A login of this test's own: the others are in use."""
    login = f"exodrive_odd_gw{worker_number}"
    db = await asyncpg.connect(servers.superuser_url)
    await db.execute(f"drop role if exists {login}")
    place = urlsplit(servers.port_url)
    for password in ("it's \\ \" $$ %41 ä", "another"):
        await store.create_login(db, login, password)
        own = await asyncpg.connect(host=place.hostname, port=place.port, user=login, password=password, database="postgres")
        await own.close()
    await db.execute(f"drop role {login}")
    await db.close()


async def test_only_our_logins_may_connect(fresh: Database) -> None:
    await create_roles(fresh.servers.superuser_url, database=fresh.name, passwords=fresh.servers.passwords)
    db = await asyncpg.connect(fresh.servers.superuser_url)
    stranger = fresh.name.replace("roles", "stranger")
    await db.execute(f"drop role if exists {stranger}; create role {stranger} login password 'x'")
    place = urlsplit(fresh.servers.port_url)
    url = urlunsplit(place._replace(netloc=f"{stranger}:x@{place.hostname}:{place.port}", path=f"/{fresh.name}"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ask(url, "select 1")
    for login in ("web", "checkout", "staff", "worker"):
        assert await ask(fresh.direct_url(login), "select 1") == 1
    await db.execute(f"drop role {stranger}")
    await db.close()


async def test_a_login_that_is_not_ours_is_a_mistake(fresh: Database) -> None:
    with pytest.raises(ValueError, match="exodrive_wbe_login"):
        await create_roles(fresh.servers.superuser_url, database=fresh.name, passwords={"exodrive_wbe_login": "x"})


@dataclass(frozen=True)
class Managed:
    """A server of a platform: its administrator is no superuser, bypasses row rules and owns the database; new tables are open to all."""

    postgres: Postgres
    passwords: dict[str, str]

    def url(self, login: str) -> str:
        """Like a test database's; `administrator` is what the customer of the platform is given."""
        if login == "superuser":
            return self.postgres.url()
        if login == "administrator":
            return self.postgres.url("administrator", "x")
        name = embedded.LOGINS[login]
        return self.postgres.url(name, self.passwords[name])


# As the hosted platform's own start scripts leave it, old default privileges included.
PLATFORM = """
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role administrator login createrole createdb replication bypassrls password 'x';
grant anon, authenticated, service_role to administrator with admin option;
alter database postgres owner to administrator;
grant all on schema public to administrator;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges for role administrator in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role administrator in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges for role administrator in schema public grant all on sequences to anon, authenticated, service_role;
"""


@pytest.fixture
async def managed(folder: Path, pytestconfig: pytest.Config) -> AsyncIterator[Managed]:
    with Postgres(folder / "postgres", unsafe_fast=True, programs=embedded_programs()) as postgres:
        db = await asyncpg.connect(postgres.url())
        await db.execute(PLATFORM)
        await db.close()
        yield Managed(postgres, dict.fromkeys(RUNTIME, "x"))


def embedded_programs() -> Path | None:
    import os

    chosen = os.environ.get("TEST_POSTGRES")
    return Path(chosen) if chosen else None


async def test_on_a_managed_server_without_a_superuser_everybody_may_do_exactly_what_the_matrix_says(managed: Managed) -> None:
    """Whoever migrates there owns the tables; the platform's open defaults must leave no trace."""
    await migrate(managed.url("administrator"))
    await create_roles(managed.url("administrator"), database="postgres", passwords=managed.passwords)
    superuser = await asyncpg.connect(managed.url("superuser"))
    await matrix.prepare(superuser)
    numbering = await superuser.fetch(
        """select c.relname, g.grantee::regrole from pg_class c, aclexplode(c.relacl) g
        where c.relkind = 'S' and c.relnamespace = 'public'::regnamespace and g.grantee <> c.relowner"""
    )
    await superuser.close()
    assert numbering == []
    runtime = [caller for caller in CALLERS if caller.login != "owner"]
    found, expected = matrix.write(await matrix.explore(managed.url, runtime)), matrix.EXPECTED.read_text(encoding="utf-8")
    assert without_owners(found) == without_owners(expected)


def without_owners(text: str) -> list[str]:
    """The matrix without its last two columns, the definer's and the owner's: there the tables' owner is the administrator."""
    return [line if line.startswith("#  ") else line[:-18].rstrip() for line in text.splitlines()]
