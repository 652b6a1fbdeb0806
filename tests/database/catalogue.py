"""What the database's own catalogue says: the ground of the matrix, of the mutations and of the assertions."""

import re
from dataclasses import dataclass
from typing import Any

# Everything outside PostgreSQL's own schemas and the matrix's helper is ours, the migration history too.
OURS = "not in ('pg_catalog', 'information_schema', 'pg_toast', 'probe')"


@dataclass(frozen=True)
class Column:
    """A column, and the values its CHECK lists, if it lists any."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table with its columns, in order."""

    name: str
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Policy:
    """One row rule, as the catalogue prints it."""

    table: str
    name: str
    verb: str
    roles: tuple[str, ...]
    using: str | None
    check: str | None

    def __str__(self) -> str:
        return f"{self.name} on {self.table}"


async def tables(db: Any) -> list[Table]:
    """All tables of ours, by name."""
    rows = await db.fetch(
        f"""select format('%s.%s', n.nspname, c.relname) as table, a.attname::text as column
        from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
        where n.nspname {OURS} and c.relkind in ('r', 'p', 'f') and a.attnum > 0 and not a.attisdropped order by 1, a.attnum"""
    )
    values = await value_lists(db)
    columns: dict[str, list[Column]] = {}
    for table, column in rows:
        columns.setdefault(table, []).append(Column(column, values.get(f"{table}.{column}", ())))
    return [Table(name, tuple(found)) for name, found in columns.items()]


async def value_lists(db: Any) -> dict[str, tuple[str, ...]]:
    """The values that a CHECK of one column allows, by schema.table.column."""
    rows = await db.fetch(
        f"""select format('%s.%s.%s', n.nspname, c.relname, a.attname) as column, pg_get_constraintdef(k.oid) as rule
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and array[a.attnum] = k.conkey
        where k.contype = 'c' and n.nspname {OURS}"""
    )
    lists = {row["column"]: re.findall(r"'((?:[^']|'')*)'::text", row["rule"]) for row in rows if "= ANY (ARRAY[" in row["rule"]}
    return {column: tuple(sorted(found)) for column, found in lists.items()}


async def policies(db: Any) -> list[Policy]:
    """All row rules."""
    rows = await db.fetch(
        """select format('%s.%s', schemaname, tablename), policyname::text, cmd, roles::text[], qual, with_check
        from pg_policies order by 1, 2"""
    )
    return [Policy(*row[:3], tuple(row[3]), *row[4:]) for row in rows]
