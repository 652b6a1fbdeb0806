"""The runner's SQL: its lock, its history in the Supabase CLI's format, and the checksums beside it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from exodrive.operate.migrate.plan import History

if TYPE_CHECKING:
    import asyncpg

    Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
else:
    Connection = Any

_TURN = 7_236_001_944_120_531_002
# The checksums are a table like any other: row security is on and forced, and only whoever migrates has a policy.
_PREPARE = """
create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
create schema if not exists exodrive_private;
do $$
begin
    if to_regclass('exodrive_private.migration_checksum') is null then
        create table exodrive_private.migration_checksum (version text primary key, checksum text not null);
        alter table exodrive_private.migration_checksum enable row level security, force row level security;
        revoke all on exodrive_private.migration_checksum from public;
        create policy runner_keeps on exodrive_private.migration_checksum for all to current_user using (true) with check (true);
    end if;
end
$$
"""


async def take_turn(db: Connection) -> bool:
    """Take the runner's lock for this connection, if it is free."""
    return bool(await db.fetchval("select pg_try_advisory_lock($1)", _TURN))


async def wait_for_turn(db: Connection) -> None:
    """Wait for the runner's lock; the server lets it go when this connection ends, however it ends."""
    await db.execute("select pg_advisory_lock($1)", _TURN)


async def prepare(db: Connection) -> None:
    """Create the history's tables where they are missing."""
    async with db.transaction():
        await db.execute(_PREPARE)


async def history(db: Connection) -> History:
    """Read what was applied; empty where nothing ever was."""
    names: dict[str, str] = {}
    checksums: dict[str, str] = {}
    if await _has(db, "supabase_migrations.schema_migrations"):
        rows = await db.fetch("select version, name from supabase_migrations.schema_migrations order by version")
        names = {row["version"]: row["name"] or "" for row in rows}
    if await _has(db, "exodrive_private.migration_checksum"):
        rows = await db.fetch("select version, checksum from exodrive_private.migration_checksum")
        checksums = {row["version"]: row["checksum"] for row in rows}
    return History(names, checksums)


async def wait_briefly_for_tables(db: Connection) -> None:
    """Rather fail than let the shop queue behind a migration that waits for a busy table; for this transaction."""
    await db.execute("set local lock_timeout = '10s'")


async def run(db: Connection, statement: str) -> None:
    """Run one statement of a file."""
    await db.execute(statement)


async def remember(db: Connection, version: str, name: str, statements: Sequence[str], checksum: str) -> None:
    """Write a file into the history, in the transaction that applies it."""
    await db.execute(
        "insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)", version, statements, name
    )
    await adopt(db, version, checksum)


async def adopt(db: Connection, version: str, checksum: str) -> None:
    """Keep the checksum of an applied version."""
    await db.execute("insert into exodrive_private.migration_checksum (version, checksum) values ($1, $2)", version, checksum)


async def forget_settings(db: Connection) -> None:
    """Undo what a file set for its connection, so that no file leans on another's."""
    await db.execute("reset all")


async def _has(db: Connection, table: str) -> bool:
    return bool(await db.fetchval("select to_regclass($1) is not null", table))
