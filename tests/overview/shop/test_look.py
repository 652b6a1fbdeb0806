"""Can this car be had on these days, and for how much."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from exodrive.availability.model import Reason
from exodrive.availability.service import Obstacle
from exodrive.fleet.service import UnknownCar
from exodrive.kit.days import Days
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId, new_id
from exodrive.overview.shop import look
from exodrive.pricing.choices import Choices
from exodrive.pricing.model import LineKind
from exodrive.pricing.rules import JourneyNotOffered
from tests.garage import insert, insert_booking, new_car
from tests.overview.conftest import NOW


async def ask(shop, car, days, **more):
    known = {"now": NOW, "longest_rental_days": 30, "furthest_day_days": 365}
    door = shop.service() if more.pop("as_service", False) else shop.anon()
    async with door.scope() as db:
        return await look(db, car, Days.parse(days), **(known | more))


async def take(shop, car, *days, status="maintenance"):
    async with shop.service().scope() as db:
        for day in days:
            await insert(db, "car_availability", car_id=car.id, date=date.fromisoformat(day), status=status)


async def test_free_days_are_bookable_and_have_a_price(shop):
    car = await new_car(shop)
    found = await ask(shop, car.id, "2026-06-05..06")
    assert (found.bookable, found.obstacles, found.why_not, found.nearest) == (True, (), (), ())
    assert [(day.date.day, day.free, day.reason, day.price) for day in found.days] == [
        (5, True, None, Decimal(1000)),
        (6, True, None, Decimal(1000)),
    ]
    assert (found.price.subtotal, found.price.tax, found.price.total) == (Decimal(2000), Decimal(140), Decimal(2140))


async def test_by_slug_and_by_id_the_answer_is_the_same(shop):
    car = await new_car(shop)
    assert await ask(shop, car.id, "2026-06-05..06") == await ask(shop, car.slug, "2026-06-05..06")


async def test_taken_days_say_why_and_the_nearest_free_days_are_offered(shop):
    car = await new_car(shop)
    await take(shop, car, "2026-06-06", "2026-06-08")
    found = await ask(shop, car.id, "2026-06-05..06")
    assert (found.bookable, found.obstacles) == (False, (Obstacle.TAKEN,))
    assert found.why_not == ("The car is not free on all of these days.",)
    assert [(day.free, day.reason) for day in found.days] == [(True, None), (False, Reason.SERVICE)]
    assert found.nearest == (Days.parse("2026-06-04..05"), Days.parse("2026-06-03..04"), Days.parse("2026-06-09..10"))


async def test_nothing_nearer_than_45_days_offers_nothing(shop):
    car = await new_car(shop)
    await take(shop, car, *(str(date(2026, 6, 3) + timedelta(days=number)) for number in range(50)))
    assert (await ask(shop, car.id, "2026-06-04")).nearest == ()


async def test_a_rental_that_is_too_short_is_told_the_nearest_that_is_long_enough(shop):
    car = await new_car(shop, price={"minimum_days": 3})
    found = await ask(shop, car.id, "2026-06-05..06")
    assert (found.obstacles, found.minimum_days) == ((Obstacle.TOO_SHORT,), 3)
    assert found.nearest == (Days.parse("2026-06-05..07"), Days.parse("2026-06-06..08"), Days.parse("2026-06-04..06"))
    assert found.why_not == ("These days are rented for 3 days at least.",)


async def test_turnaround_before_the_next_rental_is_in_the_way(shop):
    car = await new_car(shop, turnaround_days=1)
    await take(shop, car, "2026-06-07")
    found = await ask(shop, car.id, "2026-06-05..06")
    assert found.obstacles == (Obstacle.TURNAROUND,)
    assert all(day.free for day in found.days)
    assert found.nearest[0] == Days.parse("2026-06-04..05")


@pytest.mark.parametrize(("until", "free"), [("-1 second", True), ("20 minutes", False), ("infinity", False)])
async def test_a_held_day_is_taken_until_its_hold_is_over(shop, until, free):
    car = await new_car(shop)
    booking = new_id()
    async with shop.service().scope() as db:
        moment = "'infinity'" if until == "infinity" else f"clock_timestamp() + interval '{until}'"
        await db.execute(
            f"""insert into car_availability (car_id, date, status, booking_id, hold_expires_at)
                values ($1, '2026-06-05', 'pending', $2, {moment})""",
            car.id,
            booking,
        )
        await insert_booking(db, booking, car.id, Days.parse("2026-06-05"))
    found = await ask(shop, car.id, "2026-06-05")
    assert found.bookable is free
    assert found.days[0].reason is (None if free else Reason.HELD)


async def test_a_weekend_is_priced_as_its_package_and_the_days_by_themselves(shop):
    found = await ask(shop, "averno-v10", "2026-07-03..05")
    assert found.price.lines[0].kind is LineKind.WEEKEND
    assert {day.price for day in found.days} == {Decimal(1290)}


async def test_delivery_and_collection_are_priced_when_asked_for(shop):
    plain = await ask(shop, "averno-v10", "2026-07-06")
    both = await ask(shop, "averno-v10", "2026-07-06", choose=lambda *_asked: Choices(delivery=True, collection=True))
    assert both.price.subtotal - plain.price.subtotal == Decimal(270)
    car = await new_car(shop, price={"currency": "EUR"})
    with pytest.raises(JourneyNotOffered):
        await ask(shop, car.id, "2026-06-05", choose=lambda *_asked: Choices(delivery=True))


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ("2026-06-02", "start"),
        ("2026-06-02..05", "start"),
        ("2027-06-04", "start"),
        ("2027-06-01..06-04", "end"),
        ("2026-07-01..31", "end"),
    ],
)
async def test_days_beyond_the_limits_are_refused_by_field(shop, days, field):
    with pytest.raises(BadInput) as refused:
        await ask(shop, "averno-v10", days)
    assert refused.value.fields.keys() == {field}


@pytest.mark.parametrize(
    ("zone", "days", "fits"),
    [("Pacific/Auckland", "2026-06-30", False), ("Pacific/Auckland", "2026-07-01", True), ("Pacific/Honolulu", "2026-06-30", True)],
)
async def test_today_is_today_at_the_cars_home(shop, zone, days, fits):
    car = await new_car(shop, time_zone=zone)
    now = datetime(2026, 6, 30, 13, tzinfo=UTC)
    if fits:
        assert (await ask(shop, car.id, days, now=now)).bookable
        return
    with pytest.raises(BadInput):
        await ask(shop, car.id, days, now=now)


@pytest.mark.parametrize("day", ["2027-03-14", "2026-11-01", "2028-02-29"])
async def test_clock_changes_and_leap_days_are_one_day_each(shop, day):
    car = await new_car(shop)
    start = date.fromisoformat(day)
    now = datetime(start.year, start.month, 1, 0, tzinfo=UTC) - timedelta(days=3)
    around = f"{start - timedelta(days=1)}..{(start + timedelta(days=1)).isoformat()[5:]}"
    one, three = await ask(shop, car.id, day, now=now), await ask(shop, car.id, around, now=now)
    assert (len(one.days), one.price.lines[0].quantity) == (1, 1)
    assert (len(three.days), three.price.lines[0].quantity) == (3, 3)


@pytest.mark.parametrize("as_service", [False, True])
async def test_an_unknown_or_hidden_car_is_refused(shop, as_service):
    hidden = await new_car(shop, hidden=True)
    for car_id in (hidden.id, CarId(new_id())):
        with pytest.raises(BadInput) as refused:
            await ask(shop, car_id, "2026-06-05", as_service=as_service)
        assert refused.value.fields.keys() == {"car_id"}
    with pytest.raises(UnknownCar):
        await ask(shop, hidden.slug, "2026-06-05", as_service=as_service)


async def test_a_car_not_rented_at_present_says_so_and_offers_no_other_days(shop):
    car = await new_car(shop, available=False)
    found = await ask(shop, car.id, "2026-06-05")
    assert (found.bookable, found.obstacles, found.nearest) == (False, (Obstacle.NOT_RENTED,), ())


async def test_free_days_take_one_round_trip_and_taken_ones_two(shop):
    car = await new_car(shop)
    await take(shop, car, "2026-06-20")
    for day, trips in (("2026-06-05", 1), ("2026-06-20", 2)):
        async with shop.anon().scope() as db:
            asked = []
            db.add_query_logger(lambda record, asked=asked: asked.append(record.query))
            await look(db, car.id, Days.parse(day), now=NOW, longest_rental_days=30, furthest_day_days=365)
        assert len([text for text in asked if text.lstrip().startswith("select")]) == trips
