"""Which rules count: order, dates, what is asked for, and what is refused."""

from datetime import date, time
from decimal import Decimal

import pytest

from exodrive.pricing.choices import Choices, JourneyNotOffered, NotOffered
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Area,
    Delivery,
    Distance,
    Extra,
    LengthDiscount,
    MandatoryFee,
    OneWay,
    Tax,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.model import LineKind
from tests.pricing.prices import CAR
from tests.pricing.rental import HERE, THERE, asked, car

D = Decimal
USD = {"currency": "USD"}


def charged(inputs, kind):
    return [(charge.name, charge.pieces) for charge in inputs.charges if charge.kind is kind]


def test_a_higher_priority_comes_first_then_the_car_then_its_category_then_the_house():
    house = MandatoryFee(name="House", code="x", amount=D(1), **USD)
    category = MandatoryFee(name="Category", code="x", amount=D(1), category="Coupe", **USD)
    own = MandatoryFee(name="Own", code="x", amount=D(1), car_id=CAR, **USD)
    urgent = MandatoryFee(name="Urgent", code="x", amount=D(1), priority=1, **USD)
    assert charged(asked("2026-06-01", house, category, own, urgent), LineKind.FEE) == [("Urgent", 1)]
    assert charged(asked("2026-06-01", house, category, own), LineKind.FEE) == [("Own", 1)]
    assert charged(asked("2026-06-01", house, category), LineKind.FEE) == [("Category", 1)]
    assert charged(asked("2026-06-01", house), LineKind.FEE) == [("House", 1)]


def test_rules_of_different_codes_stand_beside_each_other():
    fees = [MandatoryFee(name=name, code=name.lower(), amount=D(1), **USD) for name in ("Plate", "Cleaning")]
    assert charged(asked("2026-06-01", *fees), LineKind.FEE) == [("Cleaning", 1), ("Plate", 1)]


@pytest.mark.parametrize(("days", "there"), [("2026-06-30..07-02", False), ("2026-07-01", True), ("2026-07-31..08-09", True)])
def test_a_rule_with_dates_counts_for_rentals_that_begin_on_them(days, there):
    fair = MandatoryFee(name="Fair", amount=D(1), first=date(2026, 7, 1), last=date(2026, 7, 31), **USD)
    assert bool(charged(asked(days, fair), LineKind.FEE)) is there


def test_an_amount_counts_for_cars_of_its_currency():
    fee = MandatoryFee(name="Fee", amount=D(1), **USD)
    assert charged(asked("2026-06-01", fee, of=car(currency="EUR")), LineKind.FEE) == []


def test_the_best_of_the_lengths_reached_is_taken_and_the_cars_own_replaces_the_houses():
    house = [LengthDiscount(name="Week", days=7, percent=D(10)), LengthDiscount(name="Month", days=30, percent=D(20))]
    own = LengthDiscount(name="Our week", days=7, percent=D(5), car_id=CAR)
    assert asked("2026-06-01..06", *house).discount is None
    assert asked("2026-06-01..07", *house, own).discount.name == "Our week"
    assert asked("2026-06-01..30", *house, own).discount.name == "Month"
    odd = LengthDiscount(name="Odd", days=14, percent=D(50))
    assert asked("2026-06-01..30", *house, odd).discount.name == "Odd"


def test_a_journey_is_charged_by_its_zone():
    rules = [Delivery(name="Near", amount=D(150), **USD), Delivery(name="Far", code="far", areas=(Area("US"),), amount=D(300), **USD)]
    assert asked("2026-06-01", *rules).delivery_fee is None
    assert asked("2026-06-01", *rules, delivery=True).delivery_fee == D(150)
    assert asked("2026-06-01", *rules, delivery=True, delivery_zone="far").delivery_fee == D(300)
    with pytest.raises(JourneyNotOffered):
        asked("2026-06-01", *rules, delivery=True, delivery_zone="moon")


@pytest.mark.parametrize(
    ("pickup", "dropoff", "sides"),
    [
        (time(19, 59), time(7), []),
        (time(20), time(6, 59), ["pickup", "return"]),
        (time(0), None, ["pickup"]),
        (None, time(23, 59), ["return"]),
    ],
)
def test_hours_across_midnight_begin_with_their_first_minute_and_end_before_their_last(pickup, dropoff, sides):
    late = AfterHours(name="Late", since=time(20), until=time(7), amount=D(75), **USD)
    inputs = asked("2026-06-01", late, pickup_time=pickup, return_time=dropoff)
    assert [charge.code for charge in inputs.charges] == sides


def test_hours_may_be_meant_for_one_side():
    early = AfterHours(name="Early", since=time(5), until=time(7), amount=D(75), side="return", **USD)
    inputs = asked("2026-06-01", early, pickup_time=time(6), return_time=time(6))
    assert [charge.code for charge in inputs.charges] == ["return"]


def test_the_way_that_names_more_ends_is_meant():
    rules = [
        OneWay(name="Any", amount=D(1), **USD),
        OneWay(name="From here", amount=D(2), pickup=HERE, **USD),
        OneWay(name="This way", amount=D(3), pickup=HERE, dropoff=THERE, **USD),
    ]
    assert charged(asked("2026-06-01", *rules, pickup_place=HERE, return_place=THERE), LineKind.ONE_WAY) == [("This way", 1)]
    assert charged(asked("2026-06-01", *rules, pickup_place=THERE, return_place=HERE), LineKind.ONE_WAY) == [("Any", 1)]
    assert charged(asked("2026-06-01", *rules, pickup_place=HERE), LineKind.ONE_WAY) == []


@pytest.mark.parametrize(
    ("born", "young"), [(date(2001, 6, 2), False), (date(2001, 6, 3), True), (date(2004, 6, 2), True), (date(2005, 6, 3), False)]
)
def test_a_driver_is_as_old_as_on_the_day_of_the_pick_up(born, young):
    rule = YoungDriver(name="Under 25", from_age=21, below_age=25, amount=D(45), **USD)
    inputs = asked("2026-06-02..20", rule, birth_date=born)
    assert bool(charged(inputs, LineKind.YOUNG_DRIVER)) is young


def test_who_was_born_on_a_leap_day_is_a_year_older_on_the_first_of_march():
    born = Choices(birth_date=date(2004, 2, 29))
    assert [born.age_on(date(2026, 2, 28)), born.age_on(date(2026, 3, 1)), born.age_on(date(2028, 2, 29))] == [21, 22, 24]


def test_an_age_counts_while_the_birth_date_is_not_known():
    rule = YoungDriver(name="Under 25", from_age=21, below_age=25, amount=D(45), **USD)
    assert charged(asked("2026-06-02", rule, age=24), LineKind.YOUNG_DRIVER) == [("Under 25", 1)]
    assert charged(asked("2026-06-02", rule, age=24, birth_date=date(1990, 1, 1)), LineKind.YOUNG_DRIVER) == []


def test_extras_and_drivers_are_counted_up_to_what_is_offered():
    rules = [Extra(name="Seat", code="seat", amount=D(18), most=2, **USD), AdditionalDriver(name="Driver", amount=D(25), most=2, **USD)]
    inputs = asked("2026-06-01", *rules, extras={"seat": 2}, additional_drivers=2)
    assert charged(inputs, LineKind.EXTRA) == [("Seat", 2)]
    assert charged(inputs, LineKind.ADDITIONAL_DRIVER) == [("Driver", 2)]
    assert asked("2026-06-01", *rules, extras={"seat": 0, "gone": 0}).charges == ()


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"extras": {"seat": 3}}, "extras.seat"),
        ({"extras": {"seat": -1}}, "extras.seat"),
        ({"extras": {"gone": 1}}, "extras.gone"),
        ({"additional_drivers": 2}, "additional_drivers"),
        ({"additional_drivers": -1}, "additional_drivers"),
        ({"waiver": "gone"}, "waiver"),
    ],
)
def test_what_is_not_offered_is_refused_at_its_field(chosen, field):
    rules = [Extra(name="Seat", code="seat", amount=D(18), most=2, **USD), AdditionalDriver(name="Driver", amount=D(25), **USD)]
    with pytest.raises(NotOffered) as refused:
        asked("2026-06-01", *rules, **chosen)
    assert set(refused.value.fields) == {field}
    assert refused.value.status == 422


def test_without_a_waiver_one_has_the_cover_that_costs_nothing():
    free = Waiver(name="Standard", code="standard", amount=D(0), excess=D(7500), **USD)
    paid = Waiver(name="Waiver", code="waiver", per="day", amount=D(89), excess=D(1500), **USD)
    assert asked("2026-06-01").excess is None
    assert asked("2026-06-01", paid).excess is None
    assert (asked("2026-06-01", free, paid).excess, asked("2026-06-01", free, paid).charges) == (D(7500), ())
    assert (asked("2026-06-01", free, paid, waiver="standard").excess, asked("2026-06-01", free, paid).charges) == (D(7500), ())
    chosen = asked("2026-06-01", free, paid, waiver="waiver")
    assert (chosen.excess, charged(chosen, LineKind.WAIVER)) == (D(1500), [("Waiver", 1)])


def test_of_taxes_with_the_same_code_the_first_counts():
    house = [Tax(name="State", percent=D(7)), Tax(name="City", code="city", percent=D(1))]
    own = Tax(name="Reduced", percent=D(2), category="Coupe")
    assert [tax.name for tax in asked("2026-06-01", *house, own).taxes] == ["Reduced", "City"]


def test_what_driving_includes_is_the_cars_own_unless_a_rule_says_otherwise():
    plain = asked("2026-06-01..10")
    assert (plain.included_distance, plain.price_per_extra_distance) == (1200, D("4.50"))
    rule = Distance(name="More", per_day=200, per_rental=100, amount=D(3), **USD)
    assert (asked("2026-06-01..10", rule).included_distance, asked("2026-06-01..10", rule).price_per_extra_distance) == (2100, D(3))
    assert asked("2026-06-01..10", Distance(name="No limit")).included_distance is None
    assert asked("2026-06-01..10", of=car(included_distance_per_day=None)).included_distance is None
