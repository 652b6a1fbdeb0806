"""All SQL of prices: the rules in force, as values.

The column texts are shared with the read-only joins, so that a price in a list and a price at the till come from the same rows.
"""

from typing import Any

from exodrive.kit.db import Db
from exodrive.kit.ids import CarId
from exodrive.pricing.model import Fee, Rates
from exodrive.pricing.rules import CarRules, House, house_of

# Of `car_pricing p` joined with `cars c`; read back by `car_rules`.
CAR_RULES = """
    p.car_id, p.currency, p.base_price, p.weekend_price, p.deposit_amount, p.minimum_days,
    c.included_distance_per_day, c.price_per_extra_distance, c.distance_unit,
    array(select row (f.name, f.amount, f.per, f.is_taxable) from car_additional_fees f
          where f.car_id = p.car_id and not f.is_optional order by f.sort_order, f.id)"""
CAR_RULES_WIDTH = 10
# The rules of the house, once per kind; read back by `house_of`.
HOUSE = """
    array(select row (r.kind, r.name, r.amount, r.percent, r.currency, r.is_taxable) from price_rules r where r.superseded_at is null)"""


def car_rules(columns: Any) -> CarRules:
    """Build a car's rules from the columns of CAR_RULES."""
    car_id, currency, base, weekend, deposit, minimum, included, extra, unit, fees = columns
    rates = Rates(currency, base, weekend, deposit, minimum)
    return CarRules(car_id, rates, tuple(Fee(*fee) for fee in fees), included, extra, unit)


async def rules_in_force(db: Db, car_id: CarId) -> tuple[CarRules, House] | None:
    """Return the car's rules and the house's, or None for a car without a price (or one this role does not see)."""
    row = await db.fetchrow(
        f"select {CAR_RULES}, {HOUSE} from car_pricing p join cars c on c.id = p.car_id where p.car_id = $1",  # noqa: S608
        car_id,
    )
    return (car_rules(row[:CAR_RULES_WIDTH]), house_of(row[CAR_RULES_WIDTH])) if row else None
