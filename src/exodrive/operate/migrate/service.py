"""Runs the pending files under one lock, each in one transaction."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from exodrive.kit.server import refuse_unsafe_server
from exodrive.operate.migrate import plan, store
from exodrive.operate.migrate.errors import MigrationFailed
from exodrive.operate.migrate.files import File, read
from exodrive.operate.migrate.statements import Statement

Tell = Callable[[str], object]


async def migrate(owner_url: str, *, folder: Path | None = None, tell: Tell = lambda line: None) -> list[str]:
    """Apply the pending files of `folder` (ours if None) and return their versions; `tell` hears a line per step.

    Raises MigrationRefused before anything is changed, and MigrationFailed when a statement fails.
    """
    files = read(folder)
    async with _connection(owner_url) as db:
        await _wait_for_turn(db, tell)
        return await _catch_up(db, files, tell)


async def status(owner_url: str, *, folder: Path | None = None) -> list[plan.Step]:
    """Return every version and how it stands; changes nothing and waits for nobody."""
    async with _connection(owner_url) as db:
        return plan.compare(read(folder), await store.history(db))


async def _wait_for_turn(db: store.Connection, tell: Tell) -> None:
    if not await store.take_turn(db):
        tell("another migration is running, waiting for it")
        await store.wait_for_turn(db)


async def _catch_up(db: store.Connection, files: Sequence[File], tell: Tell) -> list[str]:
    steps = plan.compare(files, await store.history(db))
    plan.refuse(steps)
    state = {step.version: step.state for step in steps}
    pending = [(file, file.statements()) for file in files if state[file.version] is plan.State.PENDING]
    await store.prepare(db)
    await _adopt(db, [file for file in files if state[file.version] is plan.State.FOREIGN], tell)
    for file, statements in pending:
        await _apply(db, file, statements)
        tell(f"applied {file.filename}")
    return [file.version for file, _ in pending]


async def _adopt(db: store.Connection, files: Sequence[File], tell: Tell) -> None:
    async with db.transaction():
        for file in files:
            await store.adopt(db, file.version, file.checksum)
    for file in files:
        tell(f"adopted {file.filename}, applied by another tool")


async def _apply(db: store.Connection, file: File, statements: Sequence[Statement]) -> None:
    async with db.transaction():
        await store.wait_briefly_for_tables(db)
        for statement in statements:
            await _run(db, file, statement)
        await store.remember(db, file.version, file.name, [statement.text for statement in statements], file.checksum)
    await store.forget_settings(db)


async def _run(db: store.Connection, file: File, statement: Statement) -> None:
    try:
        await store.run(db, statement.text)
    except asyncpg.PostgresError as error:
        raise MigrationFailed(_told(file, statement, error)) from error


def _told(file: File, statement: Statement, error: asyncpg.PostgresError) -> str:
    """Say where it failed: the file, the line, PostgreSQL's words with detail and hint, and the statement's beginning."""
    position = getattr(error, "position", None)
    line = statement.line + (statement.text.count("\n", 0, int(position) - 1) if position else 0)
    beginning = " ".join(statement.text.split())[:100]
    return f"{file.filename}, line {line}: {error}\n  in: {beginning}"


@asynccontextmanager
async def _connection(owner_url: str) -> AsyncIterator[store.Connection]:
    # A server only notices that its client was killed when asked to look; until then it would keep the lock and finish the statement.
    db = await asyncpg.connect(owner_url, server_settings={"client_connection_check_interval": "500ms"})
    try:
        refuse_unsafe_server(db)
        yield db
    finally:
        await db.close()
