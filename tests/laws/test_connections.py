"""The law of connections: they are made and lent in one place, and everybody else gets a scope from a door."""

import ast
from collections.abc import Iterator

from tests.laws.source import attribute, calls, dotted, imported, modules, name_of, nodes

ALLOWED = {
    "kit/pools.py": "it makes the pools and lends from them",
    "kit/outbox/listen.py": "to be woken takes a connection that stays; it reads no table",
    "operate/clock/service.py": "before the programs run, as the owner, closed afterwards",
    "operate/migrate/service.py": "before the programs run, as the owner, closed afterwards",
    "operate/roles/service.py": "before the programs run, as an administrator, closed afterwards",
}
# Whoever opens a pool or lends from one, makes a door from nothing, or reaches for the pools behind the doors, stands beside the scopes.
SCOPES = "kit/db.py"
_OTHER_DRIVERS = {"psycopg", "psycopg2", "pg8000", "aiopg", "sqlalchemy", "sqlite3"}
_MAKES = {"connect", "create_pool", "Connection", "Pool", "ConnectionPool"}


def ways_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each place where a module gets a connection of its own."""
    for line, name in imported(tree):
        package, last = name.partition(".")[0], name.rpartition(".")[2]
        if package in _OTHER_DRIVERS or (package == "asyncpg" and last in _MAKES and not _only_for_types(tree, line)):
            yield line, f"import {name}"
    asyncpg = {"asyncpg", *_nicknames(tree)}
    for call in calls(tree):
        head, _, last = dotted(call.func).rpartition(".")
        if attribute(call) == "acquire" or (head.partition(".")[0] in asyncpg and last in _MAKES):
            yield call.lineno, f"{dotted(call.func) or attribute(call)}("


def shortcuts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Each place where a module goes round the doors: to the pools, or to a door for nobody in particular."""
    for call in calls(tree):
        if dotted(call.func).rpartition(".")[2] in {"open_pool", "lend", "Door"}:
            yield call.lineno, f"{dotted(call.func)}("
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"pool", "pools"} and dotted(node) != "kit.pools":
            yield node.lineno, dotted(node) or node.attr


def _nicknames(tree: ast.Module) -> set[str]:
    return {
        alias.asname
        for node in nodes(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.asname and alias.name.partition(".")[0] == "asyncpg"
    }


def _only_for_types(tree: ast.Module, line: int) -> bool:
    """Whether a line is under ``if TYPE_CHECKING``: it is not there when the program runs."""
    guards = [node for node in nodes(tree) if isinstance(node, ast.If) and dotted(node.test).rpartition(".")[2] == "TYPE_CHECKING"]
    return any(part.lineno <= line <= (part.end_lineno or 0) for guard in guards for part in guard.body)


def test_connections_are_made_and_lent_in_one_place() -> None:
    found = [(name_of(path), line, what) for path, tree in modules() for line, what in ways_in(tree)]
    broken = [f"{name}:{line} {what}" for name, line, what in found if name not in ALLOWED]
    assert not broken, "ask a Door for a scope (kit/db.py), there is no other way to the database:\n" + "\n".join(broken)
    assert {name for name, _line, _what in found} == set(ALLOWED), "an allowance that nobody uses any more"


def test_nobody_goes_round_the_doors() -> None:
    allowed = (SCOPES, "kit/pools.py")
    broken = [
        f"{name_of(path)}:{line} {what}" for path, tree in modules() if name_of(path) not in allowed for line, what in shortcuts(tree)
    ]
    assert not broken, "doors come from Doors, and pools stay behind them:\n" + "\n".join(broken)


def test_the_law_sees_every_way_to_a_connection() -> None:
    ways = (
        "import asyncpg\nasync def f(url): return await asyncpg.connect(url)",
        "import asyncpg as pg\nasync def f(url): return await pg.create_pool(url)",
        "from asyncpg import connect",
        "from asyncpg.connection import connect as open_one",
        "import asyncpg.pool\ndef f(url): return asyncpg.pool.Pool(url)",
        "async def f(pool):\n    async with pool.acquire() as db: pass",
        "async def f(doors): return await doors.pools['web'].acquire()",
        "import psycopg",
        "from sqlalchemy.ext.asyncio import create_async_engine",
    )
    assert [way for way in ways if not list(ways_in(ast.parse(way)))] == []
    harmless = (
        "import asyncpg\ntry: pass\nexcept asyncpg.PostgresError: pass",
        "if TYPE_CHECKING:\n    import asyncpg\n    from asyncpg.pool import Pool\n    A = 'asyncpg.Connection[asyncpg.Record]'",
        "async def f(door):\n    async with door.scope() as db: pass",
        "import redis\ndef f(): return redis.connect()",
    )
    assert [way for way in harmless if list(ways_in(ast.parse(way)))] == []


def test_the_law_sees_every_way_round_a_door() -> None:
    ways = ("doors.pools['web'].fetchval('x')", "Door(pool, Role.ADMIN)", "pools.lend(pool, 1)", "door.pool.get_size()", "open_pool(url)")
    assert [way for way in ways if not list(shortcuts(ast.parse(way)))] == []
    assert list(shortcuts(ast.parse("from exodrive.kit import pools\nx = pools.WAIT\ny = doors.anon()"))) == []
