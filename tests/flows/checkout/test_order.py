"""An order against our own rows: every wrong field by its name, the price that was promised, and days at the place of pick-up."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import msgspec
import pytest

from exodrive.bookings.model import Address, Place
from exodrive.flows.checkout.hold import hold
from exodrive.flows.checkout.order import NotRented, PriceChanged
from exodrive.kit.days import Days
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import LocationId, new_id
from exodrive.pricing.quotes import QuoteForged
from exodrive.pricing.rules import JourneyNotOffered
from tests import garage
from tests.builders import days_ahead, new_caller, new_key

HOTEL = Address(line1="1 Ocean Drive", city="Miami Beach", state_province="FL", postal_code="33139", country="US")


async def refusal(build, car=None, days=None, **changes):
    """The fields of an order that is refused, each with a sentence."""
    order = await build.order(car or await build.car(), days, **changes)
    with pytest.raises(BadInput) as refused:
        await hold(build.world, order, new_caller(), new_key())
    assert all(sentence[-1] in ".!" for sentence in refused.value.fields.values())
    return set(refused.value.fields)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", ""),
        ("email", "nobody"),
        ("email", "a@b"),
        ("email", "two@at@example.com"),
        ("email", "line\nbreak@example.com"),
        ("email", "a@example.com,b@example.com"),
        ("email", "x" * 250 + "@example.com"),
        ("first_name", "  "),
        ("last_name", "two\nlines"),
        ("phone", "call me"),
        ("phone", "+1"),
        ("birth_date", None),
        ("birth_date", date(1800, 1, 1)),
        ("terms", ""),
        ("terms", "an older version"),
    ],
)
async def test_a_wrong_field_is_named(build, field, value):
    assert await refusal(build, **{field: value}) == {field}


@pytest.mark.parametrize("odd", ["\x00", "\x1b[31m", "\ud800"])
async def test_characters_that_nobody_types_are_refused_everywhere(build, odd):
    assert await refusal(build, notes=odd) == {"notes"}
    assert await refusal(build, first_name=odd) == {"first_name"}
    assert await refusal(build, quote=odd) == {"quote"}
    hotel = msgspec.structs.replace(HOTEL, city=odd)
    assert await refusal(build, pickup=Place(time=time(10), address=hotel, instructions=odd), quote="later") == {
        "pickup_address_city",
        "pickup_instructions",
    }


async def test_a_language_nobody_knows_becomes_our_own(build):
    for told, kept in (("de_DE", "de_DE"), ("../../x", "en_US"), ("", "en_US")):
        made = await build.held(locale=told)
        assert await build.value("select locale from bookings where id = $1", made.id) == kept


async def test_all_wrong_fields_are_named_at_once(build):
    assert await refusal(build, email="?", phone="?", terms="", last_name="") == {"email", "phone", "terms", "last_name"}


async def test_the_age_counts_on_the_day_of_pick_up(build):
    car, days = await build.car(minimum_age=25), days_ahead(10, 3)
    birthday = (
        days.start.replace(year=days.start.year - 25) if (days.start.month, days.start.day) != (2, 29) else date(days.start.year - 25, 3, 1)
    )
    await build.held(car, days, birth_date=birthday)
    assert await refusal(build, await build.car(minimum_age=25), days, birth_date=birthday + timedelta(days=1)) == {"birth_date"}


async def test_born_on_a_leap_day_one_comes_of_age_on_the_first_of_march(build):
    from exodrive.bookings.orders import age_on

    assert age_on(date(2004, 2, 29), date(2029, 2, 28)) == 24
    assert age_on(date(2004, 2, 29), date(2029, 3, 1)) == 25
    assert age_on(date(2004, 2, 29), date(2028, 2, 29)) == 24


@pytest.mark.parametrize(
    ("first", "length", "fields"),
    [(-1, 2, {"start", "pickup_time"}), (10, 31, {"end"}), (364, 3, {"end"}), (400, 1, {"start"})],
)
async def test_days_in_the_past_too_many_or_too_far_ahead_are_refused(build, first, length, fields):
    assert await refusal(build, days=days_ahead(first, length)) == fields


async def test_an_end_before_the_start_is_refused(build):
    days = days_ahead(10, 3)
    fields = await refusal(build, days=days, start=days.end, end=days.start)
    assert "end" in fields


async def test_a_car_has_its_fewest_days(build):
    car = await build.car(price={"minimum_days": 3})
    assert await refusal(build, car, days_ahead(10, 2)) == {"end"}
    await build.held(car, days_ahead(10, 3))


async def test_a_rental_of_one_day_needs_a_return_after_the_pick_up(build):
    car = await build.car()
    place = {"location_id": car.location_id}
    await build.held(car, days_ahead(10, 1), pickup=Place(time=time(9), **place), dropoff=Place(time=time(9, 30), **place))
    car = await build.car()
    place = {"location_id": car.location_id}
    same = {"pickup": Place(time=time(10), **place), "dropoff": Place(time=time(10), **place)}
    assert await refusal(build, car, days_ahead(10, 1), **same) == {"dropoff_time"}


async def test_places_have_their_hours(build):
    days = days_ahead(10, 3)
    open_on_the_last = await build.place(hours={days.end.isoweekday(): (time(9), time(17))})
    car = await build.car(home_location_id=open_on_the_last)
    place = {"location_id": open_on_the_last}
    assert await refusal(build, car, days, dropoff=Place(time=time(17), **place)) == {"pickup_time"}
    late = {"pickup": Place(time=time(10), address=HOTEL), "dropoff": Place(time=time(17, 1), **place)}
    await garage.house_rules(build.doors)
    assert await refusal(build, car, days, **late) == {"dropoff_time"}


async def test_a_place_must_be_one_of_ours_or_an_address(build):
    closed = await build.place(is_active=False)
    cases = [
        Place(time=time(10), location_id=LocationId(new_id())),
        Place(time=time(10), location_id=closed),
        Place(time=time(10)),
        Place(time=time(10), location_id=closed, address=HOTEL),
    ]
    for pickup in cases:
        assert await refusal(build, pickup=pickup, quote="later") == {"pickup_location_id"}
    half = Place(time=time(18), address=Address(line1="", city="Miami", country="USA"))
    assert await refusal(build, dropoff=half, quote="later") == {"dropoff_address_line1", "dropoff_address_country"}


async def test_delivery_to_an_address_costs_its_fee_and_is_kept_on_the_booking(build):
    rules = await garage.house_rules(build.doors)
    made = await build.held(pickup=Place(time=time(10), address=HOTEL, instructions="At the door"))
    rows = await build.rows(
        "select type, location_id, formatted_address, fee, special_instructions from booking_locations where booking_id = $1 order by type",
        made.id,
    )
    (dropoff, pickup) = rows
    assert pickup == ("pickup", None, "1 Ocean Drive, Miami Beach, FL 33139, US", rules["delivery"], "At the door")
    assert (dropoff[0], dropoff[3]) == ("dropoff", 0)
    assert dropoff[1] is not None


async def test_where_nobody_delivers_the_order_says_so(build):
    await garage.house_rules(build.doors)
    car = await build.car(price={"currency": "CHF"})
    quote = await build.quote(car.id, days_ahead(10, 3))
    with pytest.raises(JourneyNotOffered):
        await build.held(car, quote=quote, pickup=Place(time=time(10), address=HOTEL))


async def test_a_car_that_is_not_rented_at_present_is_refused(build):
    with pytest.raises(NotRented):
        await build.held(await build.car(available=False))


async def test_a_forged_quote_is_refused(build):
    order = await build.order(await build.car())
    payload, _, signature = order.quote.partition(".")
    for quote in ("", "x", payload, f"{payload}.", f"{payload[:-2]}AA.{signature}"):
        with pytest.raises(QuoteForged):
            await hold(build.world, msgspec.structs.replace(order, quote=quote), new_caller(), new_key())


async def test_an_expired_quote_comes_back_with_a_new_one(build):
    car, days = await build.car(), days_ahead(10, 3)
    order = await build.order(car, days)
    from exodrive.pricing import engine
    from exodrive.pricing.service import inputs_for

    async with build.doors.anon().scope() as db:
        price = engine.price(await inputs_for(db, car.id, days))
    old = build.world.quotes.sign(price, datetime.now(UTC) - timedelta(hours=3))
    with pytest.raises(PriceChanged) as changed:
        await hold(build.world, msgspec.structs.replace(order, quote=old), new_caller(), new_key())
    again = msgspec.structs.replace(order, quote=changed.value.extra["quote"])
    assert (await hold(build.world, again, new_caller(), new_key())).total.amount == Decimal(changed.value.extra["total"])


async def test_a_price_that_changed_is_shown_before_it_is_taken(build):
    car = await build.car()
    order = await build.order(car)
    async with build.doors.service().scope() as db:
        await db.execute("update car_pricing set base_price = base_price + 100 where car_id = $1", car.id)
    with pytest.raises(PriceChanged) as changed:
        await hold(build.world, order, new_caller(), new_key())
    assert changed.value.status == 409
    accepted = msgspec.structs.replace(order, quote=changed.value.extra["quote"])
    assert (await hold(build.world, accepted, new_caller(), new_key())).total.amount == Decimal(changed.value.extra["total"])


async def test_a_quote_for_other_days_or_another_car_promises_nothing(build):
    car, dearer = await build.car(), await build.car(price={"base_price": Decimal(3000)})
    cheap = await build.quote(car.id, days_ahead(10, 3))
    with pytest.raises(PriceChanged):
        await build.held(dearer, days_ahead(10, 3), quote=cheap)
    with pytest.raises(PriceChanged):
        await build.held(car, days_ahead(10, 4), quote=cheap)


@pytest.mark.parametrize(
    ("zone", "days", "pickup", "dropoff"),
    [
        # Clocks go forward on 2027-03-14: the second day has 23 hours.
        ("America/New_York", "2027-03-13..14", "2027-03-13T15:00:00+00:00", "2027-03-14T22:00:00+00:00"),
        # Clocks go back on 2026-11-01 … in New York, and on 2027-10-31 in Berlin: 25 hours.
        ("Europe/Berlin", "2027-10-31", "2027-10-31T09:00:00+00:00", "2027-10-31T17:00:00+00:00"),
        ("Asia/Tokyo", "2028-02-29", "2028-02-29T01:00:00+00:00", "2028-02-29T09:00:00+00:00"),
        ("Pacific/Kiritimati", "2027-12-31..2028-01-01", "2027-12-30T20:00:00+00:00", "2028-01-01T04:00:00+00:00"),
    ],
)
async def test_times_are_the_wall_clock_at_the_pick_up(build, wait_for, zone, days, pickup, dropoff):
    """Daylight-saving changes, a leap day, and a zone where it is tomorrow."""
    from dataclasses import replace

    from exodrive.bookings.model import Rules

    build.world = replace(build.world, rules=Rules(furthest_day_days=1000))
    made = await build.held(await build.car(time_zone=zone), Days.parse(days))
    [moments] = await build.rows("select pickup_at, return_due_at, time_zone from bookings where id = $1", made.id)
    assert moments == (datetime.fromisoformat(pickup), datetime.fromisoformat(dropoff), zone)
    assert [day for day, _ in await build.days_of(made)] == list(Days.parse(days))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"])
async def test_today_is_the_day_at_the_pick_up(build, zone):
    """Never the server's day: where it is tomorrow already, our today is over."""
    yesterday = days_ahead(-1, 1, zone)
    car = await build.car(time_zone=zone)
    assert "start" in await refusal(build, car, yesterday)
    today = days_ahead(0, 1, zone)
    fields = set()
    try:
        await build.held(car, today)
    except BadInput as refused:
        fields = set(refused.fields)
    assert fields <= {"pickup_time"}


async def test_the_pick_up_may_be_elsewhere_and_its_zone_counts(build):
    tokyo = await build.place(time_zone="Asia/Tokyo")
    car = await build.car()
    made = await build.held(car, days_ahead(10, 3), pickup=Place(time=time(10), location_id=tokyo))
    [(zone, at, due)] = await build.rows("select time_zone, pickup_at, return_due_at from bookings where id = $1", made.id)
    assert zone == "Asia/Tokyo"
    assert at == datetime.combine(made.order.start, time(1), UTC)
    assert due.astimezone(UTC).hour in (22, 23)
