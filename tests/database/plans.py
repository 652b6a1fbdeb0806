"""What each role asks the database, written down while it is asked, and how PostgreSQL goes about it."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import msgspec
from asyncpg.connection import LoggedQuery

from exodrive.kit.db import Db, Door, Doors, Role

# Whatever gathers with the bookings and the years.
GROWING = frozenset(
    {
        "audit_log", "booking_alarms", "booking_changes", "booking_charges", "booking_clashes", "booking_endings", "booking_events",
        "booking_extras", "booking_instalments", "booking_locations", "booking_pin_tries", "booking_secure_tokens", "bookings",
        "car_availability",
        "car_reviews", "contact_messages", "customers", "deposit_claims", "deposit_holds", "handovers", "idempotency_keys",
        "inbox_emails", "money_differences", "outbox", "payment_decisions", "payment_operations", "payment_results", "payments",
        "paypal_invoice_charges", "paypal_invoice_requests", "paypal_invoices",
        "paypal_wallets", "receipts", "staff_sessions", "webhook_deliveries", "webhook_events",
    }
)  # fmt: skip
# As large as the fleet, its places, rules and staff, or as the calendar: a line a day or a year.
STEADY = frozenset(
    {
        "car_additional_fees", "car_features", "car_images", "car_pricing", "car_specifications", "cars", "hero_content",
        "homepage_settings", "location_hours", "locations", "money_comparisons", "price_rules", "receipt_counters", "staff",
        "staff_links", "webhook_cursors", "webhook_refusals",
    }
)  # fmt: skip
_OPENING = re.compile(r"begin; set local role (\w+);")
# Of the catalogue, as the driver asks it for types, and a scope's own opening.
_OURS = re.compile(r"from pg_|typeinfo_tree|current_setting\('jit'\)|^select set_config")
_ASKS = re.compile(r"\s*(select|with|insert|update|delete)\b", re.IGNORECASE)


class Asked(NamedTuple):
    """A statement, the values it was asked with first, and how often it was asked."""

    role: Role
    text: str
    values: tuple[Any, ...]
    times: int


class Notebook:
    """Every statement that passes through the doors, once for each role."""

    def __init__(self) -> None:
        self._asked: dict[tuple[Role, str], tuple[Any, ...]] = {}
        self._times: Counter[tuple[Role, str]] = Counter()

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
            elif _ASKS.match(record.query) and not _OURS.search(record.query):
                self._asked.setdefault((present[0], record.query), tuple(record.args))
                self._times[present[0], record.query] += 1

        return hear

    def of(self, role: Role) -> list[Asked]:
        """What a role asked, the most often asked first."""
        asked = [Asked(found, text, values, self._times[found, text]) for (found, text), values in self._asked.items() if found is role]
        return sorted(asked, key=lambda found: -found.times)


async def walks(door: Door, asked: Asked) -> set[str]:
    """Return the growing tables that a statement walks through from end to end, row by row or along a whole index."""
    async with door.scope() as db:
        plan = await _plan(db, asked)
        parts = {row[0] for row in await db.fetch("select indexrelid::regclass::text from pg_index where indpred is not null")}
    return set(_walked(plan, parts)) & GROWING


async def _plan(db: Db, asked: Asked) -> dict[str, Any]:
    found = msgspec.json.decode((await _explained(db, asked, "format json"))[0])
    plan: dict[str, Any] = found[0]["Plan"]
    return plan


async def in_words(door: Door, asked: Asked) -> str:
    """Return how PostgreSQL goes about a statement, as it says it itself."""
    async with door.scope() as db:
        return "\n".join(await _explained(db, asked, "costs off"))


async def _explained(db: Db, asked: Asked, form: str) -> list[str]:
    """The plan as the product gets it: without a look at the values where the scope says so."""
    statement = await db.prepare(asked.text)
    if await db.fetchval("show plan_cache_mode") == "force_generic_plan" and asked.values:
        nothing = ", ".join("null" for _ in statement.get_parameters())
        rows = await db.fetch(f"explain ({form}) execute {statement.get_name()}({nothing})")
    else:
        rows = await db.fetch(f"explain ({form}) {asked.text}", *asked.values)
    return [row[0] for row in rows]


def _walked(node: dict[str, Any], parts: set[str], *, stops: bool = False) -> Iterator[str]:
    """What is walked through below a node; where a limit ends the walk it is none, and an index on a part of a table is short."""
    kind, stops = node["Node Type"], stops or node["Node Type"] == "Limit"
    along = kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in node and node["Index Name"] not in parts
    if kind == "Seq Scan" or (along and not stops):
        yield node["Relation Name"]
    for inner in node.get("Plans", ()):
        yield from _walked(inner, parts, stops=stops and kind != "Sort")
