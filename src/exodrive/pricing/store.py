"""All SQL of prices: the rules in force, as values, and how they are added and superseded.

The column texts are shared with the read-only joins, so that a price in a list and a price at the till come from the same rows.
"""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import CarId
from exodrive.pricing.book import read
from exodrive.pricing.kinds import AnyRule, Rule
from exodrive.pricing.model import Fee, Rates
from exodrive.pricing.rules import CarRules, House, house_of

# What has a column of its own; the rest of a rule is its terms.
_COMMON = frozenset({"kind", "name", "code", "car_id", "category", "priority", "first", "last", "amount", "percent", "currency", "taxable"})
_rule = msgspec.json.Decoder(AnyRule, strict=False)
# Of `car_pricing p` joined with `cars c`; read back by `car_rules`.
CAR_RULES = """
    p.car_id, p.currency, p.base_price, p.weekend_price, p.deposit_amount, p.minimum_days,
    c.included_distance_per_day, c.price_per_extra_distance, c.distance_unit,
    array(select row (f.name, f.amount, f.per, f.is_taxable) from car_additional_fees f
          where f.car_id = p.car_id and not f.is_optional order by f.sort_order, f.id),
    (select string_agg(r.said, ',') from price_rules r
     where r.superseded_at is null and (r.car_id = p.car_id or r.category = c.category))"""
CAR_RULES_WIDTH = 11
# The rules of the house; read back by `house_of`.
HOUSE = "(select string_agg(r.said, ',') from price_rules r where r.superseded_at is null and r.car_id is null and r.category is null)"


class KeptRule(NamedTuple):
    """A rule as it is kept, in force since a moment."""

    id: UUID
    since: datetime
    rule: Rule


def car_rules(columns: Any) -> CarRules:
    """Build a car's rules from the columns of CAR_RULES."""
    car_id, currency, base, weekend, deposit, minimum, included, extra, unit, fees, own = columns
    rates = Rates(currency, base, weekend, deposit, minimum)
    return CarRules(car_id, rates, tuple(Fee(*fee) for fee in fees), included, extra, unit, read(own))


async def rules_in_force(db: Db, car_id: CarId) -> tuple[CarRules, House] | None:
    """Return the car's rules and the house's, or None for a car without a price (or one this role does not see)."""
    row = await db.fetchrow(
        f"select {CAR_RULES}, {HOUSE} from car_pricing p join cars c on c.id = p.car_id where p.car_id = $1",  # noqa: S608
        car_id,
    )
    return (car_rules(row[:CAR_RULES_WIDTH]), house_of(row[CAR_RULES_WIDTH])) if row else None


async def one_at_a_time(db: Db) -> None:
    """Let one change of rules at a time pass; its own statement, so that the next sees what this one committed."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('price rules', 0))")


async def kept(db: Db) -> list[KeptRule]:
    """Return every rule in force with its id."""
    rows = await db.fetch("select id, valid_from, said from price_rules where superseded_at is null order by id")
    return [KeptRule(rule_id, since, _rule.decode(text)) for rule_id, since, text in rows]


def columns_of(rule: Rule) -> dict[str, Any]:
    """Return a rule as the columns of its row."""
    said = msgspec.to_builtins(rule)
    return {
        "kind": rule.kind,
        "name": rule.name,
        "code": rule.key,
        "car_id": rule.car_id,
        "category": rule.category,
        "priority": rule.priority,
        "first_day": rule.first,
        "last_day": rule.last,
        "amount": getattr(rule, "amount", None),
        "percent": getattr(rule, "percent", None),
        "currency": rule.currency,
        "is_taxable": rule.taxable,
        "terms": {name: value for name, value in said.items() if name not in _COMMON},
    }


async def add(db: Db, rule_id: UUID, rule: Rule, supersedes: UUID | None) -> None:
    """Put a rule in force; raises asyncpg.ExclusionViolationError when another of the same rank is about the same on the same days."""
    await db.execute(
        """
        insert into price_rules (id, supersedes, kind, name, code, car_id, category, priority, first_day, last_day, amount, percent,
                                 currency, is_taxable, terms)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)""",
        rule_id,
        supersedes,
        *columns_of(rule).values(),
    )


async def supersede(db: Db, rule_id: UUID) -> bool:
    """Take a rule out of force; False when there is none, or not any more."""
    found = await db.fetchval(
        "update price_rules set superseded_at = (select exodrive_private.now()) where id = $1 and superseded_at is null returning true",
        rule_id,
    )
    return bool(found)
