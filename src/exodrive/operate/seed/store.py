"""All SQL of seeding: rows as dictionaries, written table by table."""

from collections.abc import Sequence
from typing import Any

from exodrive.kit.db import Db
from exodrive.kit.ids import CarId
from exodrive.pricing.rules import CarRules, House
from exodrive.pricing.store import rules_in_force

Row = dict[str, Any]
Table = tuple[str, list[Row]]


async def wait_for_turn(db: Db) -> None:
    """Let one seeding at a time pass; its own statement, so that the next sees what this one committed."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('exodrive seed', 0))")


async def has_cars(db: Db) -> bool:
    """Tell whether there is any car."""
    return bool(await db.fetchval("select exists (select from cars)"))


async def insert(db: Db, table: str, rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns."""
    if not rows:
        return
    columns = list(rows[0])
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    text = f"insert into {table} ({', '.join(columns)}) values ({places})"  # noqa: S608 - names of our own
    await db.executemany(text, [tuple(row[column] for column in columns) for row in rows])


async def rules(db: Db, car_id: CarId) -> tuple[CarRules, House]:
    """Return the price rules of a car just written, as the shop reads them."""
    found = await rules_in_force(db, car_id)
    if found is None:
        raise LookupError(f"car {car_id} was written without a price")
    return found
