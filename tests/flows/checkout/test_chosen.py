"""What is chosen beside car and days: priced by our rules, refused at its field, kept on the booking, and paid in parts."""

from datetime import date, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest

from exodrive.bookings.model import Address, Place
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.hold import hold
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.order import PriceChanged
from exodrive.kit import clock
from exodrive.kit.errors import BadInput
from exodrive.kit.links import hash_of
from exodrive.kit.money import Money
from exodrive.overview.booking_page import booking_page
from exodrive.pricing import engine
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Area,
    Delivery,
    Notice,
    OneWay,
    PartPayment,
    Season,
    Waiver,
    YoungDriver,
)
from tests.builders import days_ahead, new_caller, new_key
from tests.garage import ZONE, new_rules

DOLLARS = {"currency": "USD"}
PALM_BEACH = Address(line1="1 Royal Way", city="Palm Beach", postal_code="33480", country="US")
PARIS = Address(line1="1 Rue", city="Paris", postal_code="75001", country="FR")


async def car_with(build, *rules):
    """A car of its own rules."""
    car = await build.car()
    await new_rules(build.doors, *(msgspec.structs.replace(rule, car_id=car.id) for rule in rules))
    return car


async def priced(build, made):
    """The lines of a booking by kind, as it keeps them."""
    snapshot = await build.value("select price_snapshot from bookings where id = $1", made.id)
    assert engine.replay(snapshot) == engine.read(snapshot)
    return {line.kind: line.amount for line in engine.read(snapshot).lines}


async def refusal(build, car, days=None, **changes):
    order = await build.order(car, days, quote="", **changes)
    with pytest.raises(BadInput) as refused:
        await hold(build.world, order, new_caller(), new_key())
    return refused.value.fields


def at(place, hour, minute=0):
    return Place(time=time(hour, minute), location_id=place)


async def test_everything_at_once_is_charged_and_kept(build):
    car = await car_with(
        build,
        Waiver(name="Full cover", code="full", per="day", amount=Decimal(50), excess=Decimal(500), **DOLLARS),
        AdditionalDriver(name="Driver", most=2, amount=Decimal(30), **DOLLARS),
        YoungDriver(name="Young", from_age=25, below_age=28, amount=Decimal(90), **DOLLARS),
        OneWay(name="One way", amount=Decimal(95), **DOLLARS),
        AfterHours(name="Late", since=time(20), until=time(7), amount=Decimal(75), **DOLLARS),
    )
    elsewhere, days = await build.place(), days_ahead(10, 3)
    born = days.start.replace(year=days.start.year - 26, day=1)
    chosen = {"waiver": "full", "additional_drivers": 2, "birth_date": born, "dropoff": at(elsewhere, 21)}
    made = await build.held(car, days, **chosen)
    lines = await priced(build, made)
    assert {kind: str(lines[kind]) for kind in ("waiver", "additional_driver", "young_driver", "one_way", "after_hours")} == {
        "waiver": "150.00",
        "additional_driver": "60.00",
        "young_driver": "90.00",
        "one_way": "95.00",
        "after_hours": "75.00",
    }
    assert await build.rows("select waiver, additional_drivers, due_later, due_on from bookings where id = $1", made.id) == [
        ("full", 2, 0, None)
    ]


async def test_an_hour_that_we_are_open_never_costs_and_a_closed_one_is_refused_without_a_fee(build):
    late = AfterHours(name="Evening", since=time(17), until=time(23), side="return", amount=Decimal(75), **DOLLARS)
    car = await car_with(build, late)
    made = await build.held(car, dropoff=at(car.location_id, 18))
    assert "after_hours" not in await priced(build, made)
    assert set(await refusal(build, car, pickup=at(car.location_id, 21))) == {"pickup_time"}
    assert set(await refusal(build, car, dropoff=at(car.location_id, 23, 30))) == {"dropoff_time"}


async def test_on_a_day_a_place_is_closed_no_fee_opens_it(build):
    days = days_ahead(10, 3)
    place = await build.place(hours={day: (time(8), time(20)) for day in range(1, 8) if day != days.end.isoweekday()})
    car = await car_with(build, AfterHours(name="Late", since=time(0), until=time(23, 59), amount=Decimal(75), **DOLLARS))
    assert set(await refusal(build, car, days, dropoff=at(place, 18))) == {"dropoff_time"}


async def test_the_zone_is_found_from_the_address(build):
    car = await car_with(build, Delivery(name="Far", code="palm-beach", areas=(Area("US", "3348"),), amount=Decimal(290), **DOLLARS))
    made = await build.held(car, pickup=Place(time=time(10), address=PALM_BEACH))
    assert (await priced(build, made))["delivery"] == 290
    assert await build.value("select fee from booking_locations where booking_id = $1 and type = 'pickup'", made.id) == 290


async def test_an_address_outside_all_zones_is_refused_at_its_field(build):
    car = await build.car(price={"currency": "EUR"})
    zone = Delivery(name="City", code="city", areas=(Area("US", city="Palm Beach"),), amount=Decimal(90), currency="EUR", car_id=car.id)
    await new_rules(build.doors, zone)
    for address, field in ((PARIS, "postal_code"), (msgspec.structs.replace(PARIS, postal_code=""), "city")):
        told = await refusal(build, car, pickup=Place(time=time(10), address=address))
        assert told == {f"pickup_address_{field}": "We do not bring cars to this area. Please choose one of our places."}
    assert (await priced(build, await build.held(car, pickup=Place(time=time(10), address=PALM_BEACH))))["delivery"] == 90


async def test_a_rental_keeps_to_the_limits_of_its_season(build):
    days = days_ahead(20, 3)
    season = {"first": days.start, "last": days.end + timedelta(days=20)}
    car = await car_with(build, Season(name="Holidays", minimum_days=3, maximum_days=5, **season))
    assert await refusal(build, car, days_ahead(21, 2)) == {"end": "These days are rented for 3 days at least."}
    assert await refusal(build, car, days_ahead(18, 6)) == {"end": "These days are rented for 5 days at most."}
    await build.held(car, days_ahead(18, 2))
    await build.held(car, days_ahead(22, 5))


async def test_too_little_notice_is_refused_at_the_hour_or_at_the_day(build):
    now = clock.now()
    car = await car_with(build, Notice(name="Notice", hours=48))
    assert set(await refusal(build, car, days_ahead(1))) == {"start"}
    there = (now + timedelta(hours=48)).astimezone(ZoneInfo(ZONE))
    days = days_ahead((there.date() - now.astimezone(ZoneInfo(ZONE)).date()).days)
    sooner, later = (there - timedelta(minutes=5)), (there + timedelta(minutes=5))
    place = await build.place(hours=dict.fromkeys(range(1, 8), (time(0), time(23, 59))))
    if sooner.date() == there.date():
        assert set(await refusal(build, car, days, pickup=at(place, sooner.hour, sooner.minute), dropoff=at(place, 23, 59))) == {
            "pickup_time"
        }
    if later.date() == there.date() and (later.hour, later.minute) < (23, 58):
        await build.held(car, days, pickup=at(place, later.hour, later.minute), dropoff=at(place, 23, 59))


PART = PartPayment(name="In two parts", percent=Decimal(30), days_before=7)


async def test_a_part_is_asked_for_and_captured_and_the_rest_is_still_due(build, payer, world):
    days = days_ahead(20, 3)
    made = await build.held(await car_with(build, PART), days, part_payment=True)
    total, now = made.held.total.amount, made.held.due_now
    assert now == Money((total * 30 / 100).quantize(Decimal("0.01")), "USD")
    due_on = days.start - timedelta(days=7)
    assert (made.held.due_on, await build.rows("select due_later, due_on from bookings where id = $1", made.id)) == (
        due_on,
        [(total - now.amount, due_on)],
    )
    order_id = await payer.approved(made)
    [order] = [one for one in await payer.paypal.control("GET", "orders") if one["id"] == order_id]
    asked = order["purchase_units"][0]["amount"]
    assert (asked["currency_code"], asked["value"]) == ("USD", now.text)
    assert (await pay.capture(world, order_id)).step is Step.PAID
    [capture] = await payer.captures(order_id)
    booked = await build.rows("select amount, captured_amount from payments where booking_id = $1", made.id)
    assert booked == [(now.amount, now.amount)]
    assert Decimal(capture["amount"]["value"]) == now.amount
    async with world.doors.token(hash_of(made.token)).scope() as db:
        page = await booking_page(db, made.reference)
    assert (page.price.due_later, page.price.due_on) == (total - now.amount, due_on)


async def test_a_part_may_not_be_asked_for_where_nothing_is_offered_or_the_rest_would_be_due(build):
    assert set(await refusal(build, await build.car(), part_payment=True)) == {"part_payment"}
    car = await car_with(build, PART)
    assert set(await refusal(build, car, days_ahead(7), part_payment=True)) == {"part_payment"}


async def test_a_promise_without_a_choice_does_not_hold_for_one_with_it(build):
    car = await car_with(build, PART, Waiver(name="Full", code="full", amount=Decimal(0), excess=Decimal(500), **DOLLARS))
    plain = (await build.order(car, days_ahead(20, 3))).quote
    order = await build.order(car, days_ahead(20, 3), quote=plain, part_payment=True)
    with pytest.raises(PriceChanged) as changed:
        await hold(build.world, order, new_caller(), new_key())
    await hold(build.world, msgspec.structs.replace(order, quote=changed.value.extra["quote"]), new_caller(), new_key())


async def test_the_same_request_is_answered_with_the_same_parts(build):
    order = await build.order(await car_with(build, PART), days_ahead(20, 3), part_payment=True)
    caller, key = new_caller(), new_key()
    assert await hold(build.world, order, caller, key) == await hold(build.world, order, caller, key)


async def test_a_young_driver_is_judged_on_the_day_of_the_pick_up(build):
    young = YoungDriver(name="Young", from_age=25, below_age=26, amount=Decimal(90), **DOLLARS)
    days = days_ahead(30, 2)
    turns = date(days.start.year - 26, days.start.month, min(days.start.day, 28))
    assert "young_driver" not in await priced(build, await build.held(await car_with(build, young), days, birth_date=turns))
    later = turns + timedelta(days=5)
    assert (await priced(build, await build.held(await car_with(build, young), days, birth_date=later)))["young_driver"] == 90
