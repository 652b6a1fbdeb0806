"""The matrix: what each caller may do with each table, column by column, tried out against the real database.

`python -m tests.database.matrix` writes the expectation anew; read the difference before you commit it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from tests import servers as embedded
from tests.database import catalogue, rows
from tests.database.callers import CALLERS, Caller
from tests.database.catalogue import Column, Table

EXPECTED = Path(__file__).with_name("matrix.txt")
LEGEND = """\
# What each caller may do with each table: the number of rows, or why not.
#   .      refused: no such grant (42501)       rls    refused: by a row rule (42501)
#   other  refused with this SQLSTATE, after grants and row rules had let it through (23502 not null, 23503 foreign key, 23505 unique,
#          23514 check, 428C9 generated, 0A000 referenced)
# select, update and insert are tried column by column, "insert: …" and "update: …" with the rows of tests/database/rows.py.
# Made by: .venv/bin/python -m tests.database.matrix
"""
# Runs statements one by one, each undone at once, and answers for each.
_PROBE = r"""
create schema probe;
grant usage on schema probe to public;
create function probe.run(statements text[]) returns text[] language plpgsql as $$
declare
    answers text[] := '{}';
    statement text;
    affected bigint;
begin
    foreach statement in array statements loop
        begin
            execute statement;
            get diagnostics affected = row_count;
            raise exception using errcode = 'EXO01', message = affected;
        exception when others then
            answers := answers || case
                when sqlstate = 'EXO01' then sqlerrm
                when sqlstate = '42501' and sqlerrm like '%row-level security%' then 'rls'
                when sqlstate = '42501' then '.'
                else sqlstate end;
        end;
    end loop;
    return answers;
end
$$
"""

Answers = dict[str, str]
Cells = dict[str, dict[str, Answers]]  # table -> what is tried -> caller -> answer


async def prepare(superuser: Any) -> None:
    """Make the world and the helper in a fresh database."""
    await superuser.execute("; ".join(rows.world()))
    await superuser.execute(_PROBE)


class Prober:
    """Knows what to try with each table; `superuser` reads the catalogue and a value for each column."""

    def __init__(
        self, tables: Sequence[Table], values: Mapping[str, Any], grants: Mapping[str, set[str]], functions: Sequence[tuple[str, int, int]]
    ) -> None:
        self.tables = {table.name: table for table in tables}
        self._values = values
        self._grants = grants
        self.functions = functions

    @classmethod
    async def read(cls, superuser: Any) -> "Prober":
        tables = await catalogue.tables(superuser)
        return cls(tables, await _values(superuser, tables), await _insertable(superuser), await _functions(superuser))

    def statements(self, table: Table, caller: Caller) -> dict[str, str]:
        """Return what is tried with a table, by its name in the matrix."""
        short = table.name.removeprefix("public.")
        allowed = self._grants.get(f"{caller.role or embedded.LOGINS[caller.login]} {table.name}", set())
        tried = {f"select {column.name}": f"select {column.name} from {table.name}" for column in table.columns}
        for column in table.columns:
            for name, value in self._tried_values(table, column):
                tried[f"update {name}"] = f"update {table.name} set {column.name} = {value}"
        for name, row in rows.UPDATES.get(short, {}).items():
            changes = ", ".join(f"{column} = {rows.literal(value)}" for column, value in row.items())
            tried[f"update: {name}"] = f"update {table.name} set {changes}"
        for name, (change, condition) in rows.PARTS.get(short, {}).items():
            tried[f"update: {name}"] = f"update {table.name} set {change} where {condition}"
        for column in table.columns:
            value = self._tried_values(table, column)[0][1]
            tried[f"insert {column.name}"] = f"insert into {table.name} ({column.name}) values ({value})"
        for name, row in rows.INSERTS.get(short, {}).items():
            tried[f"insert: {name}"] = rows.insert(table.name, row, sorted(allowed))
        return tried | {"delete": f"delete from {table.name}", "truncate": f"truncate {table.name}"}

    def _tried_values(self, table: Table, column: Column) -> list[tuple[str, str]]:
        if column.values:
            return [(f"{column.name}={value}", rows.literal(value)) for value in column.values]
        return [(column.name, rows.literal(self._values[f"{table.name}.{column.name}"]))]

    async def ask(self, db: Any, table: Table, caller: Caller, verb: str = "") -> Answers:
        """Try everything with a table as a caller, or only what begins with a verb; inside the caller's transaction."""
        tried = {what: statement for what, statement in self.statements(table, caller).items() if what.startswith(verb)}
        answers = await db.fetchval("select probe.run($1)", list(tried.values()))
        return dict(zip(tried, answers, strict=True))

    async def ask_functions(self, db: Any) -> Answers:
        """Tell which of our functions the present role may call."""
        found = await db.fetch(
            """select f.name, has_function_privilege(f.oid, 'execute') and has_schema_privilege(f.schema, 'usage')
            from unnest($1::text[], $2::oid[], $3::oid[]) as f (name, oid, schema)""",
            *zip(*self.functions, strict=True),
        )
        return {f"call {name}": "yes" if may else "." for name, may in found}


async def explore(address: Callable[[str], str], callers: Iterable[Caller] = CALLERS) -> Cells:
    """Fill the matrix, each caller over a connection of its own login, at the address for that login (and for `superuser`)."""
    superuser = await asyncpg.connect(address("superuser"))
    prober = await Prober.read(superuser)
    await superuser.close()
    cells: Cells = {}
    for caller in callers:
        db = await asyncpg.connect(address(caller.login))
        try:
            async with db.transaction():
                if caller.opening:
                    await db.execute(caller.opening)
                for table in prober.tables.values():
                    _put(cells, table.name, caller, await prober.ask(db, table, caller))
                _put(cells, "functions", caller, await prober.ask_functions(db))
        finally:
            await db.close()
    return cells


def _put(cells: Cells, section: str, caller: Caller, answers: Answers) -> None:
    for what, answer in answers.items():
        cells.setdefault(section, {}).setdefault(what, {})[caller.name] = answer


def write(cells: Cells) -> str:
    """Write the matrix as text, a section for each table, a line for each thing tried."""
    return LEGEND + "".join(_section(name, lines) for name, lines in sorted(cells.items()))


def _section(name: str, lines: Mapping[str, Answers]) -> str:
    names = _columns()
    width = max(40, *(len(what) + 2 for what in lines))
    head = f"\n{'## ' + name:<{width}}" + "".join(f"{caller:>9}" for caller in names)
    return (
        "\n".join(
            [head, *(f"{what:<{width}}" + "".join(f"{_shown(answers, caller):>9}" for caller in names) for what, answers in lines.items())]
        )
        + "\n"
    )


def _columns() -> list[str]:
    """The four bare logins share a column: their answers must be the same."""
    return ["bare", *(caller.name for caller in CALLERS if not caller.name.startswith("bare:"))]


def _shown(answers: Answers, caller: str) -> str:
    found = {answer for name, answer in answers.items() if name == caller or name.startswith(f"{caller}:")}
    return "/".join(sorted(found))


async def _values(db: Any, tables: Iterable[Table]) -> dict[str, Any]:
    """A value that each column has already, or null."""
    values = {}
    for table in tables:
        for column in table.columns:
            found = await db.fetchval(f"select {column.name}::text from {table.name} where {column.name} is not null order by ctid limit 1")
            values[f"{table.name}.{column.name}"] = found
    return values


async def _insertable(db: Any) -> dict[str, set[str]]:
    """Which columns each role may insert, by "role table"."""
    found = await db.fetch(
        f"""select format('%s %s.%s', r.rolname, n.nspname, c.relname), array_agg(a.attname::text)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid cross join pg_roles r
        where n.nspname {catalogue.OURS} and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
          and has_column_privilege(r.oid, c.oid, a.attnum, 'insert') group by 1"""
    )
    return {name: set(columns) for name, columns in found}


async def _functions(db: Any) -> list[tuple[str, int, int]]:
    """Our functions by name, with their numbers and their schemas': a caller may not even look those up."""
    found = await db.fetch(
        f"""select format('%s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), p.oid, n.oid
        from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname {catalogue.OURS} order by 1"""
    )
    return [tuple(row) for row in found]


async def _write_anew() -> None:
    running = embedded.Running()
    try:
        database = await embedded.make_database(running.start(), "exodrive_matrix")
        superuser = await asyncpg.connect(database.url("superuser"))
        await prepare(superuser)
        await superuser.close()
        EXPECTED.write_text(write(await explore(database.direct_url)), encoding="utf-8")
    finally:
        running.stop()


if __name__ == "__main__":
    asyncio.run(_write_anew())
