"""Rentals for tests: cars with rules and choices, by name or at random."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import strategies as st

from exodrive.kit.days import Days
from exodrive.kit.ids import LocationId
from exodrive.kit.money import quantum, round_money
from exodrive.pricing import engine
from exodrive.pricing.book import Book
from exodrive.pricing.checks import check
from exodrive.pricing.choices import Choices, NotOffered
from exodrive.pricing.clashes import clash
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Area,
    Collection,
    Delivery,
    Distance,
    Extra,
    LengthDiscount,
    MandatoryFee,
    OneWay,
    PartPayment,
    Rule,
    Season,
    Tax,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.model import Inputs, LineKind, Price, Rates
from exodrive.pricing.rules import CarRules, JourneyNotOffered, inputs_of
from tests.pricing.prices import CAR, fees, starts

D = Decimal
HERE, THERE = LocationId(UUID(int=1)), LocationId(UUID(int=2))
CURRENCIES = ["USD", "EUR", "JPY"]


def car(*own: Rule, **changes: Any) -> CarRules:
    """A car at $1,000 a day; its own rules are given, its rates changed by name."""
    rates = {"currency": "USD", "base_price": D(1000), "weekend_price": None, "deposit": D(5000), "minimum_days": 1}
    told = {"fees": (), "included_distance_per_day": 120, "price_per_extra_distance": D("4.50"), "distance_unit": "mi"}
    return CarRules(
        CAR,
        Rates(**{name: changes.pop(name, value) for name, value in rates.items()}),
        **{name: changes.pop(name, value) for name, value in told.items()},
        own=Book(own),
    )


def asked(days: str, *house: Rule, of: CarRules | None = None, **chosen: Any) -> Inputs:
    """The inputs of a rental of ``2026-06-01..03`` by rules of the house, with what is chosen."""
    return inputs_of(of or car(), Book(house), Days.parse(days), choices=Choices(**chosen))


def priced(days: str, *house: Rule, of: CarRules | None = None, **chosen: Any) -> Price:
    """The price of such a rental."""
    return engine.price(asked(days, *house, of=of, **chosen))


def lines_of(price: Price) -> list[tuple[str, int, Decimal]]:
    """Kind, quantity and amount of each line."""
    return [(line.kind.value, line.quantity, line.amount) for line in price.lines]


# At random: few words and dates near each other, so that rules often meet. One draw decides several things: a rental is many draws.
_days = st.dates(min_value=date(2023, 12, 1), max_value=date(2028, 12, 31))
_cents = st.integers(0, 500_000).map(lambda cents: D(cents).scaleb(-2))
_price = st.integers(1, 500_000).map(lambda cents: D(cents).scaleb(-2))
_percent = st.integers(1, 9900).map(lambda hundredths: D(hundredths).scaleb(-2))
_clock = st.integers(0, 95).map(lambda quarters: time(quarters // 4, quarters % 4 * 15))
_capped = st.sampled_from([None, None, 1, 3, 30])
_scopes = st.sampled_from([(None, None), (None, "Coupe"), (CAR, None)])
_spans = st.sampled_from([None, (-20, 10), (-5, 0), (0, None), (1, 3), (2, 40), (5, 5), (9, None)])
_code = st.sampled_from(["a", "b"])
_line_kinds = st.sampled_from([(), (LineKind.DAYS, LineKind.WEEKEND), (LineKind.FEE,), tuple(LineKind)])
_counted = {"amount": _cents, "per": st.sampled_from(["rental", "day"]), "capped_days": _capped}
# What each kind says beside what all say; the first have amounts, the others none.
_PRICED: dict[type[Rule], dict[str, Any]] = {
    Season: {"amount": _price, "weekend": st.none() | _price},
    Delivery: {"amount": _cents},
    Collection: {"amount": _cents, "code": _code, "areas": st.just((Area("US"),))},
    AfterHours: {"amount": _cents, "side": st.sampled_from(["pickup", "return", "both"]), "since": _clock, "until": st.just(time(7, 5))},
    OneWay: {"amount": _cents, "pickup": st.sampled_from([None, HERE]), "dropoff": st.sampled_from([None, THERE])},
    AdditionalDriver: _counted | {"most": st.integers(1, 3)},
    YoungDriver: _counted | {"from_age": st.integers(16, 25), "below_age": st.integers(26, 30)},
    Extra: _counted | {"code": _code, "most": st.integers(1, 5)},
    MandatoryFee: _counted | {"code": _code},
    Waiver: _counted | {"code": _code, "excess": _cents},
    Tax: {"code": _code, "amount": _cents, "capped_days": _capped},
    Distance: {"amount": _cents, "per_day": st.sampled_from([None, 100])},
}
_PERCENT: dict[type[Rule], dict[str, Any]] = {
    Season: {"percent": st.integers(1, 30_000).map(lambda hundredths: D(hundredths).scaleb(-2))},
    LengthDiscount: {"days": st.sampled_from([2, 7, 30]), "percent": _percent},
    Tax: {"code": _code, "percent": _percent, "on": _line_kinds},
    PartPayment: {"percent": _percent, "days_before": st.integers(0, 60)},
}
_TELLINGS = [(kind, st.fixed_dictionaries(said), True) for kind, said in _PRICED.items()]
_TELLINGS += [(kind, st.fixed_dictionaries(said), False) for kind, said in _PERCENT.items()] * 2


@st.composite
def any_rule(draw: st.DrawFn, currency: str, near: date) -> Rule:
    """A rule of any kind that has to do with prices, as it may be saved, with dates near a day."""
    kind, said, has_amount = draw(st.sampled_from(_TELLINGS))
    (car_id, category), span = draw(_scopes), draw(_spans)
    first, last = (near + timedelta(days=days) if days is not None else None for days in span) if span else (None, None)
    return check(
        kind(
            name=draw(st.sampled_from(["One", "Two"])),
            car_id=car_id,
            category=category,
            priority=draw(st.integers(0, 2)),
            first=first,
            last=last,
            currency=currency if has_amount else None,
            taxable=draw(st.booleans()),
            **_payable(draw(said), currency),
        )
    )


def _payable(said: dict[str, Any], currency: str) -> dict[str, Any]:
    """What a rule says with amounts that its currency can pay; what costs something goes on to."""
    smallest = quantum(currency)
    money = {name: said[name] for name in ("amount", "weekend", "excess") if said.get(name)}
    return said | {name: max(round_money(amount, currency), smallest) for name, amount in money.items()}


@st.composite
def any_rules(draw: st.DrawFn, currency: str, near: date) -> list[Rule]:
    """Rules as they stand beside each other, with dates near a day: none that was refused because of another."""
    rules: list[Rule] = []
    for rule in draw(st.lists(any_rule(currency, near), min_size=draw(st.integers(0, 6)), max_size=10)):
        if clash(rule, rules) is None:
            rules.append(rule)
    return rules


@st.composite
def any_choices(draw: st.DrawFn) -> Choices:
    """Choices of all kinds; what is not offered is left out by `rental`."""
    return Choices(
        delivery=draw(st.booleans()),
        collection=draw(st.booleans()),
        collection_zone=draw(_code),
        pickup_time=draw(st.none() | _clock),
        return_time=draw(st.none() | _clock),
        pickup_place=draw(st.sampled_from([None, HERE, THERE])),
        return_place=draw(st.sampled_from([None, HERE, THERE])),
        additional_drivers=draw(st.integers(0, 3)),
        birth_date=draw(st.none() | st.dates(min_value=date(1990, 1, 1), max_value=date(2006, 12, 31))),
        extras=draw(st.dictionaries(_code, st.integers(0, 3))),
        waiver=draw(st.sampled_from(["", "a", "b"])),
        part_payment=draw(st.booleans()),
        today=draw(st.none() | _days),
    )


@st.composite
def any_car(draw: st.DrawFn, currency: str) -> CarRules:
    """A car with its own price and fees."""
    return car(
        currency=currency,
        base_price=draw(_price),
        weekend_price=draw(st.none() | _price),
        deposit=draw(_cents),
        fees=tuple(draw(st.lists(fees, max_size=2))),
    )


@st.composite
def any_days(draw: st.DrawFn) -> Days:
    """Days of a rental: leap days, clock changes and turns of the year lie inside."""
    start = draw(starts)
    return Days(start, start + timedelta(days=draw(st.integers(0, 40))))


@st.composite
def any_rental(draw: st.DrawFn) -> tuple[CarRules, list[Rule], Days, Choices]:
    """A car, all rules in force, days and choices that are to be had."""
    currency = draw(st.sampled_from(CURRENCIES))
    rented, days = draw(any_car(currency)), draw(any_days())
    rules = draw(any_rules(currency, days.start))
    return rented, rules, days, available(rented, rules, days, draw(any_choices()))


def available(rented: CarRules, rules: list[Rule], days: Days, choices: Choices) -> Choices:
    """The choices without what is not to be had."""
    plain: dict[str, Any] = {"delivery": False, "collection": False, "additional_drivers": 0, "extras": {}, "waiver": ""}
    for name, nothing in plain.items():
        one = Choices(**{name: getattr(choices, name)}, delivery_zone=choices.delivery_zone, collection_zone=choices.collection_zone)
        try:
            inputs_of(rented, Book(rules), days, choices=one)
        except (NotOffered, JourneyNotOffered):
            choices = msgspec.structs.replace(choices, **{name: nothing})
    return choices


@st.composite
def any_price(draw: st.DrawFn) -> Price:
    """A price of today's engine over random rules, days and choices."""
    rented, rules, days, choices = draw(any_rental())
    return engine.price(inputs_of(rented, Book(rules), days, choices=choices))
