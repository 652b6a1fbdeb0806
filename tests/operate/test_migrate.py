"""The runner against real servers: what it applies, what it refuses, and what is left when it is killed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from exodrive.operate.migrate import MigrationFailed, MigrationRefused, State, migrate, status
from exodrive.operate.migrate.files import OURS
from exodrive.operate.roles import create_roles
from tests import servers as embedded
from tests.servers import Database, Servers

ONE, TWO, THREE = "20260101000000_one.sql", "20260102000000_two.sql", "20260103000000_three.sql"


@pytest.fixture
async def empty(servers: Servers, worker_number: int) -> AsyncIterator[Database]:
    """A database with its owner and nothing in it."""
    database = Database(servers, f"exodrive_empty_gw{worker_number}")
    await embedded.drop_database(database)
    await create_roles(servers.superuser_url, database=database.name, passwords=servers.passwords)
    yield database
    await embedded.drop_database(database)


@pytest.fixture
async def look(empty: Database) -> AsyncIterator[Any]:
    """A superuser's connection, to see what there is."""
    db = await asyncpg.connect(empty.url("superuser"))
    yield db
    await db.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, ONE, "create table public.a (x integer); insert into public.a values (1);")
    write(tmp_path, TWO, "alter table public.a add y text;")
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


async def tables(db: Any) -> set[str]:
    found = await db.fetch("select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
    return {name for (name,) in found}


async def refusal(database: Database, folder: Path) -> str:
    with pytest.raises(MigrationRefused) as refused:
        await migrate(database.url("owner"), folder=folder)
    return str(refused.value)


async def test_pending_files_are_applied_in_order_once(empty: Database, look: Any, folder: Path) -> None:
    told: list[str] = []
    url = empty.url("owner")
    assert await migrate(url, folder=folder, tell=told.append) == ["20260101000000", "20260102000000"]
    assert told == [f"applied {ONE}", f"applied {TWO}"]
    assert await migrate(url, folder=folder, tell=told.append) == []
    assert len(told) == 2
    assert await look.fetch("select x, y from public.a") == [(1, None)]


async def test_the_history_is_the_supabase_tools_own(empty: Database, look: Any, folder: Path) -> None:
    await migrate(empty.url("owner"), folder=folder)
    rows = await look.fetch("select version, name, statements from supabase_migrations.schema_migrations order by 1")
    assert [tuple(row) for row in rows] == [
        ("20260101000000", "one", ["create table public.a (x integer)", "insert into public.a values (1)"]),
        ("20260102000000", "two", ["alter table public.a add y text"]),
    ]


async def test_status_tells_how_each_version_stands_and_changes_nothing(empty: Database, look: Any, folder: Path) -> None:
    url = empty.url("owner")
    assert [step.state for step in await status(url, folder=folder)] == [State.PENDING, State.PENDING]
    assert await look.fetchval("select to_regnamespace('supabase_migrations')") is None
    await migrate(url, folder=folder)
    write(folder, TWO, "select 1")
    write(folder, THREE, "select 1")
    (folder / ONE).unlink()
    write(folder, "20251231000000_zero.sql", "select 1")
    assert [(step.name, step.state) for step in await status(url, folder=folder)] == [
        ("zero", State.LATE),
        ("one", State.MISSING),
        ("two", State.EDITED),
        ("three", State.PENDING),
    ]


async def test_a_file_edited_after_it_was_applied_is_refused(empty: Database, look: Any, folder: Path) -> None:
    await migrate(empty.url("owner"), folder=folder)
    write(folder, ONE, "create table public.b (x integer)")
    write(folder, THREE, "create table public.c (x integer)")
    assert await refusal(empty, folder) == f"{ONE}: edited after it was applied"
    assert await tables(look) == {"a"}


async def test_a_file_older_than_the_newest_applied_is_refused(empty: Database, look: Any, folder: Path) -> None:
    await migrate(empty.url("owner"), folder=folder)
    write(folder, "20260101120000_between.sql", "create table public.b (x integer)")
    assert "between.sql: older than the newest applied" in await refusal(empty, folder)
    assert await tables(look) == {"a"}


async def test_an_applied_version_without_its_file_is_refused(empty: Database, folder: Path) -> None:
    await migrate(empty.url("owner"), folder=folder)
    (folder / ONE).unlink()
    assert "20260101000000_one.sql: applied, but its file is missing" in await refusal(empty, folder)


async def test_equal_versions_are_refused_before_anything_is_applied(empty: Database, look: Any, folder: Path) -> None:
    write(folder, "20260102000000_another.sql", "select 1")
    told = await refusal(empty, folder)
    assert "20260102000000_another.sql" in told
    assert TWO in told
    assert await tables(look) == set()


@pytest.mark.parametrize(
    "name", ["20260101_short.sql", "one.sql", "20260103000000-dash.sql", "20260103000000_.sql", "20260103000000_Big.sql"]
)
async def test_a_bad_name_is_refused_before_anything_is_applied(empty: Database, look: Any, folder: Path, name: str) -> None:
    write(folder, name, "select 1")
    assert name in await refusal(empty, folder)
    assert await tables(look) == set()


async def test_other_files_in_the_folder_do_not_matter(empty: Database, folder: Path) -> None:
    write(folder, "README.md", "about")
    assert len(await migrate(empty.url("owner"), folder=folder)) == 2


@pytest.mark.parametrize(
    "word", ["begin", "COMMIT", "rollback", "savepoint a", "start transaction", "\\i other.sql", "copy public.a from stdin"]
)
async def test_a_file_that_would_end_its_own_transaction_is_refused_before_anything_is_applied(
    empty: Database, look: Any, folder: Path, word: str
) -> None:
    write(folder, THREE, f"create table public.c (x integer);\n{word};")
    assert f"{THREE}, line 2: " in await refusal(empty, folder)
    assert await tables(look) == set()


async def test_a_file_with_an_open_string_is_refused_with_its_line(empty: Database, look: Any, folder: Path) -> None:
    write(folder, THREE, "select 1;\nselect 'open;")
    assert await refusal(empty, folder) == f"{THREE}, line 2: a string is not closed"
    assert await tables(look) == set()


async def test_a_failing_statement_undoes_its_file_alone_and_says_where(empty: Database, look: Any, folder: Path) -> None:
    write(folder, THREE, "create table public.c (x integer);\n\n-- then\ninsert into public.c\n  values ('word');")
    with pytest.raises(MigrationFailed) as failed:
        await migrate(empty.url("owner"), folder=folder)
    first, *_, last = str(failed.value).splitlines()
    assert first.startswith(f"{THREE}, line 5: invalid input syntax")
    assert last == "  in: insert into public.c values ('word')"
    assert await tables(look) == {"a"}
    assert [step.state for step in await status(empty.url("owner"), folder=folder)] == [State.APPLIED, State.APPLIED, State.PENDING]


async def test_an_error_without_a_place_names_the_statements_first_line_and_the_hint(empty: Database, folder: Path) -> None:
    write(folder, THREE, "select 1;\ndo $$\nbegin\n  raise exception 'no' using hint = 'do better';\nend $$;")
    with pytest.raises(MigrationFailed, match=rf"^{THREE}, line 2: no\nHINT:  do better\n  in: do \$\$ begin raise"):
        await migrate(empty.url("owner"), folder=folder)


async def test_a_file_is_mended_and_applied_after_it_failed(empty: Database, folder: Path) -> None:
    write(folder, THREE, "select wrong")
    with pytest.raises(MigrationFailed):
        await migrate(empty.url("owner"), folder=folder)
    write(folder, THREE, "select 1")
    assert await migrate(empty.url("owner"), folder=folder) == ["20260103000000"]


async def test_what_a_file_sets_does_not_reach_the_next(empty: Database, look: Any, folder: Path) -> None:
    write(folder, TWO, "set search_path = nowhere; set exodrive.x = 'y'")
    write(folder, THREE, "create table b as select current_setting('exodrive.x', true) as x")
    await migrate(empty.url("owner"), folder=folder)
    assert await look.fetchval("select coalesce(x, '') from public.b") == ""


async def test_a_version_applied_by_another_tool_is_adopted_on_first_sight(empty: Database, look: Any, folder: Path) -> None:
    """The Supabase CLI leaves the history and no checksum; a schema it made must not be made again, nor be edited from then on."""
    await migrate(empty.url("owner"), folder=folder)
    await look.execute("drop table exodrive_private.migration_checksum; drop schema exodrive_private")
    told: list[str] = []
    assert [step.state for step in await status(empty.url("owner"), folder=folder)] == [State.FOREIGN, State.FOREIGN]
    assert await migrate(empty.url("owner"), folder=folder, tell=told.append) == []
    assert told == [f"adopted {ONE}, applied by another tool", f"adopted {TWO}, applied by another tool"]
    write(folder, TWO, "select 2")
    assert "edited" in await refusal(empty, folder)


async def test_two_runners_at_once_apply_each_file_once(empty: Database, folder: Path) -> None:
    write(folder, ONE, "create table public.a (x integer); select pg_sleep(1)")
    told: list[str] = []
    applied = await asyncio.gather(*(migrate(empty.url("owner"), folder=folder, tell=told.append) for _ in range(3)))
    assert sorted(applied) == [[], [], ["20260101000000", "20260102000000"]]
    assert told.count("another migration is running, waiting for it") == 2


async def test_a_migration_gives_up_rather_than_queue_the_shop_behind_a_busy_table(
    empty: Database, look: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(empty.url("owner"), folder=folder)
    write(folder, THREE, "show lock_timeout; set local lock_timeout = '100ms'; alter table public.a add z text")
    async with look.transaction():
        await look.fetch("select x from public.a")
        with pytest.raises(MigrationFailed, match="lock timeout"):
            await migrate(empty.url("owner"), folder=folder)


async def test_the_patience_for_busy_tables_is_ten_seconds(empty: Database, look: Any, folder: Path) -> None:
    write(folder, THREE, "create table public.b as select current_setting('lock_timeout') as patience")
    await migrate(empty.url("owner"), folder=folder)
    assert await look.fetchval("select patience from public.b") == "10s"


async def test_nobody_but_the_runner_sees_the_checksums(empty: Database, look: Any, folder: Path) -> None:
    await migrate(empty.url("owner"), folder=folder)
    flags = await look.fetchrow(
        """select relrowsecurity, relforcerowsecurity, relacl::text[] from pg_class
        where oid = 'exodrive_private.migration_checksum'::regclass"""
    )
    assert tuple(flags)[:2] == (True, True)
    assert all(entry.startswith("exodrive_owner=") for entry in flags[2])


# Killed half-way: the runner as a process of its own.
RUNNER = """
import asyncio, sys
from pathlib import Path
from exodrive.operate.migrate import migrate
asyncio.run(migrate(sys.argv[1], folder=Path(sys.argv[2]) if sys.argv[2] else None, tell=lambda line: print(line, flush=True)))
"""


async def start_runner(url: str, folder: Path | None) -> asyncio.subprocess.Process:
    words = (sys.executable, "-c", RUNNER, url, str(folder or ""))
    return await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)


@pytest.mark.parametrize("doomed", [1, 2, 3])
async def test_scenario_44_a_runner_killed_inside_a_file_leaves_it_unapplied_and_is_resumed(
    empty: Database, look: Any, tmp_path: Path, doomed: int
) -> None:
    for n in (1, 2, 3):
        waits = "select pg_sleep(case when current_setting('application_name') = 'doomed' then 60 else 0 end);" if n == doomed else ""
        write(tmp_path, f"2026010{n}000000_f.sql", f"create table public.t{n} (x integer); {waits} create table public.u{n} (x integer)")
    runner = await start_runner(empty.url("owner") + "&application_name=doomed", tmp_path)
    async with asyncio.timeout(30):
        while not await look.fetchval("select true from pg_stat_activity where application_name = 'doomed' and query like '%pg_sleep%'"):
            await asyncio.sleep(0.02)
    runner.kill()
    await runner.wait()
    assert await tables(look) == {f"{letter}{n}" for n in range(1, doomed) for letter in "tu"}
    async with asyncio.timeout(10):  # the server notices within a second, not after the minute
        assert await migrate(empty.url("owner"), folder=tmp_path) == [f"2026010{n}000000" for n in range(doomed, 4)]
    assert await tables(look) == {f"{letter}{n}" for n in (1, 2, 3) for letter in "tu"}


async def test_scenario_44_our_own_files_survive_a_kill_in_each_of_them(empty: Database, look: Any, database: Database) -> None:
    kills = 0
    while True:
        runner = await start_runner(empty.url("owner"), None)
        assert runner.stdout
        if not await runner.stdout.readline():  # it tells of each file when it is applied; the next is under way
            break
        runner.kill()
        await runner.wait()
        kills += 1
        states = [step.state for step in await status(empty.url("owner"))]
        assert states == sorted(states, key=[State.APPLIED, State.PENDING].index)
    assert kills >= 1
    whole = await asyncpg.connect(database.url("superuser"))
    assert await fingerprint(look) == await fingerprint(whole)
    await whole.close()


async def fingerprint(db: Any) -> list[str]:
    """All columns, rules, functions, constraints and grants, as text."""
    found = await db.fetch(
        """with ours as (select oid from pg_namespace where nspname in ('public', 'exodrive_private', 'supabase_migrations')),
        tables as (select oid, relacl from pg_class where relkind = 'r' and relnamespace in (select oid from ours))
        select format('%s.%s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attacl)
        from pg_attribute where attrelid in (select oid from tables) and attnum > 0
        union all select format('%s %s', oid::regclass, relacl) from tables
        union all select format('%s %s %s %s %s', polname, polrelid::regclass, polroles::regrole[], pg_get_expr(polqual, polrelid),
                                pg_get_expr(polwithcheck, polrelid)) from pg_policy
        union all select format('%s %s %s', oid::regprocedure, proowner::regrole, proacl)
        from pg_proc where pronamespace in (select oid from ours)
        union all select pg_get_constraintdef(oid) from pg_constraint where connamespace in (select oid from ours) order by 1"""
    )
    return [line for (line,) in found]


def test_our_own_files_are_what_the_supabase_tool_would_read() -> None:
    link = Path(__file__).parents[2] / "supabase" / "migrations"
    assert link.resolve() == OURS.resolve()
