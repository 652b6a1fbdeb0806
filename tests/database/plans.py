"""What each role asks the database, written down while it is asked, and how PostgreSQL goes about it."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
from asyncpg.connection import LoggedQuery

from exodrive.kit.db import Db, Door, Doors, Role

# Whatever gathers with the bookings and the years. All other tables are as large as the fleet, its places, rules and staff.
GROWING = frozenset(
    {
        "audit_log", "booking_changes", "booking_events", "booking_extras", "booking_locations", "booking_secure_tokens", "bookings",
        "car_availability", "car_reviews", "contact_messages", "customers", "idempotency_keys", "inbox_emails", "outbox",
        "payment_operations", "payment_results", "payments", "staff_sessions", "webhook_events",
    }
)  # fmt: skip
_OPENING = re.compile(r"begin; set local role (\w+);")
_ASKS = re.compile(r"\s*(select|with|insert|update|delete)\b", re.IGNORECASE)


class Asked(NamedTuple):
    """A statement, and the values it was asked with first."""

    role: Role
    text: str
    values: tuple[Any, ...]


class Notebook:
    """Every statement that passes through the doors, once for each role."""

    def __init__(self) -> None:
        self._asked: dict[tuple[Role, str], tuple[Any, ...]] = {}

    @asynccontextmanager
    async def listening(self, doors: Doors) -> AsyncIterator[None]:
        """Write down what is asked meanwhile; the doors have one connection each."""
        for pool in doors.pools.values():
            async with pool.acquire() as db:
                db.add_query_logger(self._listener())
        yield

    def _listener(self) -> Any:
        present = [Role.SERVICE]

        def hear(record: LoggedQuery) -> None:
            if opening := _OPENING.match(record.query):
                present[0] = Role(opening[1])
            elif _ASKS.match(record.query) and "from pg_" not in record.query:
                self._asked.setdefault((present[0], record.query), tuple(record.args))

        return hear

    def of(self, role: Role) -> list[Asked]:
        """What a role asked."""
        return [Asked(found, text, values) for (found, text), values in self._asked.items() if found is role]


async def walks(door: Door, asked: Asked) -> set[str]:
    """Return the growing tables that a statement walks through from end to end, row by row or along a whole index."""
    async with door.scope() as db:
        plan = await _plan(db, asked)
        parts = {row[0] for row in await db.fetch("select indexrelid::regclass::text from pg_index where indpred is not null")}
    return set(_walked(plan, parts)) & GROWING


async def _plan(db: Db, asked: Asked) -> dict[str, Any]:
    """The plan as the product gets it: without a look at the values where the scope says so."""
    statement = await db.prepare(asked.text)
    if await db.fetchval("show plan_cache_mode") == "force_generic_plan" and asked.values:
        nothing = ", ".join("null" for _ in statement.get_parameters())
        told = await db.fetchval(f"explain (format json) execute {statement.get_name()}({nothing})")
        found: list[dict[str, Any]] = msgspec.json.decode(told)
    else:
        found = await statement.explain(*asked.values)
    plan: dict[str, Any] = found[0]["Plan"]
    return plan


def _walked(node: dict[str, Any], parts: set[str], *, stops: bool = False) -> Iterator[str]:
    """What is walked through below a node; where a limit ends the walk it is none, and an index on a part of a table is short."""
    kind, stops = node["Node Type"], stops or node["Node Type"] == "Limit"
    along = kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node and node["Index Name"] not in parts
    if kind == "Seq Scan" or (along and not stops):
        yield node["Relation Name"]
    for inner in node.get("Plans", ()):
        yield from _walked(inner, parts, stops=stops and kind != "Sort")
