"""Verbs of pricing: the inputs of a price from our rows only, what single days cost, and rules saved, replaced and withdrawn."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.errors import Conflict, NotFound
from exodrive.kit.ids import CarId, new_id
from exodrive.kit.money import round_money
from exodrive.kit.words import _
from exodrive.pricing import engine, store
from exodrive.pricing.checks import check
from exodrive.pricing.choices import NOTHING, Choices
from exodrive.pricing.clashes import RulesOverlap, clash
from exodrive.pricing.engine import v2
from exodrive.pricing.kinds import Rule, Season
from exodrive.pricing.model import Inputs, Price, Rates
from exodrive.pricing.rules import CarRules, House, book_of, inputs_of
from exodrive.pricing.seasons import rates_of


class NoPrice(NotFound):
    """The car has no price, or is not shown: it cannot be rented."""

    code = "no-price"

    def __init__(self) -> None:
        super().__init__(_("This car has no price yet and cannot be booked online. Please contact us."))


class RuleGone(Conflict):
    """The rule was replaced or withdrawn before, perhaps a moment ago by somebody else."""

    code = "rule-gone"

    def __init__(self) -> None:
        super().__init__(_("This rule is no longer in force. Please look at the rules again."))


async def inputs_for(
    db: Db, car_id: CarId, days: Days, *, delivery: bool = False, collection: bool = False, choices: Choices = NOTHING
) -> Inputs:
    """Return the engine's inputs from the rules in force, in one query; raises NoPrice, JourneyNotOffered and NotOffered."""
    rules = await store.rules_in_force(db, car_id)
    if rules is None:
        raise NoPrice
    return inputs_of(*rules, days, delivery=delivery, collection=collection, choices=choices)


@lru_cache(maxsize=4096)
def price_of(car: CarRules, house: House, days: Days) -> Price:
    """Return the whole price of a car on these days, nothing chosen: the same rules make the same price, so it is worked out once."""
    return engine.price(inputs_of(car, house, days))


def day_prices(rates: Rates, days: Iterable[date]) -> dict[date, Decimal]:
    """Return what each day costs by the car's own price, before seasons, weekend packages, fees and tax; in the rates' currency."""
    return dict.fromkeys(days, rates.base_price)


def season_prices(car: CarRules, house: House, days: Days) -> dict[date, Decimal]:
    """Return what each day costs by itself, seasons included, before discounts, weekend packages, fees and tax; in the car's currency."""
    prices: dict[date, Decimal] = {}
    for rate in rates_of(car.rates, book_of(car, house).of(Season), days):
        price = rate.base if rate.percent is None else round_money(rate.base * rate.percent / 100, car.rates.currency)
        prices |= dict.fromkeys(Days(rate.first, rate.last), price)
    return prices


def package_prices(car: CarRules, house: House, days: Days) -> dict[date, Decimal]:
    """Return what each full Friday to Sunday within some days costs together, by its Friday, where that is less than three single days.

    Seasons are included; discounts, fees and tax are not. In the car's currency.
    """
    rates = rates_of(car.rates, book_of(car, house).of(Season), days)
    inputs = Inputs(car_id=car.car_id, start=days.start, end=days.end, currency=car.rates.currency, rates=rates)
    return {
        friday: v2.unit_price(inputs, rate, rate.weekend)
        for rate in rates
        if rate.weekend is not None
        for friday in v2.packaged_fridays(inputs, rate)
    }


async def save_rule(db: Db, rule: Rule) -> UUID:
    """Put a new rule in force and return its id; raises BadInput for wrong fields and RulesOverlap, which explains."""
    await store.one_at_a_time(db)
    return await _put(db, rule, None)


async def supersede(db: Db, rule_id: UUID, rule: Rule | None) -> UUID | None:
    """Put a rule in the place of another, or withdraw it (None); what was in force stays readable.

    Return the new rule's id. Raises RuleGone, and what `save_rule` raises.
    """
    await store.one_at_a_time(db)
    if not await store.supersede(db, rule_id):
        raise RuleGone
    return await _put(db, rule, rule_id) if rule else None


async def _put(db: Db, rule: Rule, supersedes: UUID | None) -> UUID:
    check(rule)
    other = clash(rule, [kept.rule for kept in await store.kept(db)])
    if other:
        raise RulesOverlap(rule, other)
    rule_id = new_id()
    await store.add(db, rule_id, rule, supersedes)
    return rule_id
