"""What a rental would cost if a rule were in force: the same engine, over the rules there are and over those there would be."""

from datetime import date, datetime, time
from uuid import UUID

import msgspec

from exodrive.kit.days import Days, moment_at
from exodrive.kit.ids import LocationId
from exodrive.pricing import engine
from exodrive.pricing.book import Book
from exodrive.pricing.choices import NOTHING, Choices, JourneyNotOffered, NotOffered
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Collection,
    Delivery,
    Extra,
    OneWay,
    PartPayment,
    Rule,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.limits import Hindrance, hindrances
from exodrive.pricing.model import Price
from exodrive.pricing.rules import CarRules, House, inputs_of

_HERE, _THERE = LocationId(UUID(int=1)), LocationId(UUID(int=2))  # for a one-way rule that names no place: any two
_USUAL_TIME = time(10)


class Look(msgspec.Struct, frozen=True):
    """What a rental costs by some rules, and what these rules have against it."""

    price: Price
    hindrances: tuple[Hindrance, ...]


class Rental(msgspec.Struct, frozen=True, kw_only=True):
    """The rental looked at: whose rules count for it, its category, days, the zone of its home, and the present moment there."""

    car: CarRules
    house: House
    category: str
    days: Days
    zone: str
    now: datetime
    today: date


def preview(rental: Rental, rule: Rule | None, replaced: Rule | None = None) -> tuple[Look, Look]:
    """Return a rental before and after ``rule`` takes the place of ``replaced``; either may be missing.

    What the rule is about is chosen (its extra, its hour, its zone), so that its line can be seen.
    """
    after = with_rule(rental, rule, replaced)
    subject = rule or replaced
    choices = choices_for(subject, rental.today) if subject else NOTHING
    return _look(rental, choices), _look(after, choices)


def with_rule(rental: Rental, rule: Rule | None, replaced: Rule | None = None) -> Rental:
    """Return a rental as it would be with one rule more and another less; a rule for other cars changes nothing."""
    own = [kept for kept in rental.car.own.all() if kept != replaced]
    house = [kept for kept in rental.house.all() if kept != replaced]
    if rule is not None and rule.car_id is None and rule.category is None:
        house.append(rule)
    elif rule is not None and (rule.car_id == rental.car.car_id or rule.category == rental.category):
        own.append(rule)
    car = msgspec.structs.replace(rental.car, own=Book(own))
    return msgspec.structs.replace(rental, car=car, house=Book(house))


def choices_for(rule: Rule, today: date) -> Choices:
    """Return what a renter would choose for a rule to count."""
    chosen = Choices(today=today)
    if isinstance(rule, AfterHours):
        chosen = Choices(pickup_time=rule.since) if rule.side != "return" else Choices(return_time=rule.since)
    elif isinstance(rule, OneWay):
        chosen = Choices(pickup_place=rule.pickup or _HERE, return_place=rule.dropoff or _THERE)
    elif isinstance(rule, Extra):
        chosen = Choices(extras={rule.code: 1})
    elif isinstance(rule, PartPayment):
        chosen = Choices(part_payment=True, today=today)
    elif isinstance(rule, Delivery):
        chosen = Choices(delivery=True, delivery_zone=rule.code)
    elif isinstance(rule, Collection):
        chosen = Choices(collection=True, collection_zone=rule.code)
    elif isinstance(rule, AdditionalDriver):
        chosen = Choices(additional_drivers=1)
    elif isinstance(rule, YoungDriver):
        chosen = Choices(age=rule.from_age)
    elif isinstance(rule, Waiver):
        chosen = Choices(waiver=rule.code)
    return chosen


def _look(rental: Rental, choices: Choices) -> Look:
    try:
        inputs = inputs_of(rental.car, rental.house, rental.days, choices=choices)
    except (NotOffered, JourneyNotOffered):  # without the rule there may be nothing of the kind to choose
        inputs = inputs_of(rental.car, rental.house, rental.days)
    pickup_at = moment_at(rental.days.start, choices.pickup_time or _USUAL_TIME, rental.zone)
    against = hindrances(rental.car, rental.house, rental.days, now=rental.now, pickup_at=pickup_at, zone=rental.zone)
    return Look(engine.price(inputs), tuple(against))
