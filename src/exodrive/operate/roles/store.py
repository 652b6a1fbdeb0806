"""The SQL of roles, logins and who may connect. Roles belong to the whole server, so every statement bears repetition."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import asyncpg

    Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
else:
    Connection = Any

_TURN = 7_236_001_944_120_531_001
_MEMBERSHIP_OPTIONS_SINCE = 160_000


async def take_turn(db: Connection) -> None:
    """Wait until nobody else makes roles; the server lets the lock go when this connection ends."""
    await db.execute("select pg_advisory_lock($1)", _TURN)


async def create_role(db: Connection, role: str) -> None:
    """Create a role that nobody can log in as."""
    if not await _exists(db, role):
        await db.execute(f"create role {_name(role)} nologin noinherit")


async def create_login(db: Connection, login: str, password: str) -> None:
    """Create a login without rights of its own, or give it this password; NOINHERIT, or policies of its roles would hold for it."""
    verb = "alter" if await _exists(db, login) else "create"
    told = await db.fetchval("select quote_literal($1::text)", password)
    await db.execute(f"{verb} role {_name(login)} login noinherit password {told}")


async def let_switch(db: Connection, login: str, role: str) -> None:
    """Let a login switch to a role, without inheriting anything from it."""
    version = int(await db.fetchval("show server_version_num"))
    options = " with inherit false, set true" if version >= _MEMBERSHIP_OPTIONS_SINCE else ""
    await db.execute(f"grant {_name(role)} to {_name(login)}{options}")


async def create_database(db: Connection, database: str) -> None:
    """Create the database in UTF-8 if there is none of this name; outside a transaction, as PostgreSQL wants it."""
    if not await db.fetchval("select true from pg_catalog.pg_database where datname = $1", database):
        await db.execute(f"create database {_name(database)} encoding 'UTF8' template template0")


async def own_database(db: Connection, database: str, owner: str) -> None:
    """Give the database and its public schema to their owner; on 15, NOINHERIT keeps it from owning the schema by owning the database."""
    # A managed server's administrator may only give to a role it could switch to itself; a superuser needs no leave.
    if not await db.fetchval("select rolsuper from pg_catalog.pg_roles where rolname = current_user"):
        await db.execute(f"grant {_name(owner)} to current_user")
    await db.execute(f"alter schema public owner to {_name(owner)}")
    await db.execute(f"alter database {_name(database)} owner to {_name(owner)}")


async def let_connect(db: Connection, database: str, logins: Iterable[str]) -> None:
    """Let these logins connect, and nobody else; nobody makes temporary tables."""
    await db.execute(f"revoke all on database {_name(database)} from public")
    for login in logins:
        await db.execute(f"grant connect on database {_name(database)} to {_name(login)}")


async def _exists(db: Connection, role: str) -> bool:
    return bool(await db.fetchval("select true from pg_catalog.pg_roles where rolname = $1", role))


def _name(word: str) -> str:
    """Quote an identifier."""
    return '"' + word.replace('"', '""') + '"'
