"""The hold: days for one renter alone, everything frozen at purchase, and the browser's earlier hold replaced."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal

import msgspec
import pytest

from exodrive.availability.model import CarTaken
from exodrive.bookings.model import Caller
from exodrive.fleet.service import UnknownCar
from exodrive.flows.again import Busy
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.hold import hold
from exodrive.kit.days import Days
from exodrive.kit.ids import CarId, new_id
from exodrive.kit.links import hash_of
from exodrive.pricing import engine
from exodrive.pricing.kinds import Notice, Season
from tests.builders import days_ahead, new_caller, new_key
from tests.garage import new_rules


async def test_a_held_order_is_a_pending_booking_with_all_its_days(build):
    made = await build.held(days=days_ahead(10, 3))
    assert await build.status(made) == "pending"
    assert await build.days_of(made) == [(day, "pending") for day in made.order.days]
    assert await build.history(made) == ["held"]
    assert await build.rows("select status, amount, captured_amount, currency from payments where booking_id = $1", made.id) == [
        ("pending", made.held.total.amount, 0, "USD")
    ]


async def test_what_was_bought_is_frozen_on_the_booking(build):
    made = await build.held(await build.car(price={"deposit_amount": Decimal(7000)}))
    [(total, deposit, snapshot, terms, tiers)] = await build.rows(
        """select total_price, security_deposit_amount, price_snapshot, terms_version, cancellation_tiers from bookings where id = $1""",
        made.id,
    )
    price = engine.replay(snapshot)
    assert (price.total, price.deposit) == (total, deposit) == (made.held.total.amount, Decimal(7000))
    assert terms == build.world.rules.terms_version
    assert tiers == [msgspec.to_builtins(tier) for tier in build.world.rules.cancellation_tiers]


async def test_the_link_opens_the_booking_and_is_never_stored(build, doors):
    made = await build.held()
    async with doors.token(hash_of(made.token)).scope() as db:
        assert await db.fetchval("select reference from bookings") == made.reference
    async with doors.service().scope() as db:
        stored = await db.fetchval("select to_jsonb(t)::text from booking_secure_tokens t where booking_id = $1", made.id)
    assert made.token not in stored


async def test_a_day_already_held_is_refused_with_the_nearest_free_days(build):
    car = await build.car()
    await build.held(car, days_ahead(10, 3))
    with pytest.raises(CarTaken) as taken:
        await build.held(car, days_ahead(12, 2))
    assert str(taken.value) == "Car just got booked – pick another date"
    free = [Days.parse(f"{days['start']}..{days['end']}") for days in taken.value.extra["free"]]
    assert len(free) == 3
    assert all(len(days) == 2 and not days.overlaps(days_ahead(10, 3)) for days in free)


async def test_every_range_offered_to_a_loser_takes_his_order(build):
    days = days_ahead(12, 2)
    open_days = {day.isoweekday(): (time(8), time(20)) for day in days}  # the place is closed on the five others
    car = await build.car(home_location_id=await build.place(hours=open_days))
    week = timedelta(days=7)
    fair = Season(name="Fair", minimum_days=9, first=days.start + week, last=days.end + week, car_id=car.id)
    await new_rules(build.doors, fair, Notice(name="Notice", hours=24 * 9, car_id=car.id))
    await build.held(car, days)
    loser = new_caller()
    with pytest.raises(CarTaken) as taken:
        await build.held(car, days, caller=loser)
    free = [Days.parse(f"{near['start']}..{near['end']}") for near in taken.value.extra["free"]]
    assert free[-1].start > days.end + week
    for near in free:
        await build.held(car, near, caller=loser)  # his own hold before makes room


async def test_a_refused_hold_leaves_nothing_behind(build):
    car = await build.car()
    await build.held(car, days_ahead(10, 3))
    order = await build.order(car, days_ahead(12, 2))
    with pytest.raises(CarTaken):
        await hold(build.world, order, new_caller(), new_key())
    assert await build.value("select count(*) from bookings where contact_email = $1", order.email) == 0
    assert await build.value("select count(*) from customers where email = $1", order.email) == 0
    assert await build.value("select count(*) from car_availability where car_id = $1", car.id) == 3


async def test_a_lapsed_hold_counts_as_free_and_its_booking_expires_with_the_next_claim(build):
    car = await build.car()
    first = await build.held(car, days_ahead(10, 3))
    await build.lapse(first)
    second = await build.held(car, days_ahead(12, 2))
    assert (await build.status(first), await build.status(second)) == ("expired", "pending")
    assert await build.history(first) == ["held", "expired"]
    assert (len(await build.days_of(first)), len(await build.days_of(second))) == (0, 2)


async def test_a_hold_that_is_being_paid_never_lapses(build, payer, world, paypal, wait_for):
    car = await build.car()
    made = await build.held(car, days_ahead(10, 2))
    order_id = await payer.approved(made)
    await paypal.fault(kind="status", status=500, match={"path_regex": "/capture"}, times=3)
    assert (await pay.capture(world, order_id, patience=0)).step.value == "checking"
    await wait_for(timedelta(hours=3))
    with pytest.raises(CarTaken):
        await build.held(car, made.order.days)
    assert await build.status(made) == "pending"


async def test_turnaround_days_are_held_and_sold_with_the_rental(build):
    car = await build.car(turnaround_days=1)
    made = await build.paid(car, days_ahead(10, 2))
    assert [status for _, status in await build.days_of(made)] == ["booked", "booked", "turnaround"]
    with pytest.raises(CarTaken):
        await build.held(car, days_ahead(12, 1))
    with pytest.raises(CarTaken):
        await build.held(car, days_ahead(9, 1))
    await build.held(car, days_ahead(13, 1))


async def test_a_new_hold_of_the_same_browser_replaces_the_unpaid_one(build):
    caller, car, other = new_caller(), await build.car(), await build.car()
    first = await build.held(car, days_ahead(10, 3), caller=caller)
    second = await build.held(other, days_ahead(20, 1), caller=caller)
    assert (await build.status(first), await build.status(second)) == ("cancelled", "pending")
    assert await build.history(first) == ["held", "replaced"]
    assert await build.days_of(first) == []
    assert await build.value("select status from payments where booking_id = $1", first.id) == "voided"
    await build.held(car, days_ahead(10, 3))


async def test_the_same_browser_may_change_its_days_on_the_same_car(build):
    caller, car = new_caller(), await build.car()
    first = await build.held(car, days_ahead(10, 3), caller=caller)
    second = await build.held(car, days_ahead(11, 3), caller=caller)
    assert (await build.status(first), len(await build.days_of(second))) == ("cancelled", 3)


async def test_a_replaced_hold_that_was_approved_is_never_captured(build, payer, world):
    caller = new_caller()
    first = await build.held(caller=caller)
    order_id = await payer.approved(first)
    await build.held(caller=caller)
    assert (await pay.capture(world, order_id)).step.value == "gone"
    assert await payer.asked("/capture", order_id) == []


async def test_a_hold_with_a_payment_on_its_way_is_not_replaced(build, payer, world, paypal):
    caller = new_caller()
    first = await build.held(caller=caller)
    order_id = await payer.approved(first)
    await paypal.fault(kind="slow", match={"path_regex": "/capture"}, delay=1.0)
    paying = asyncio.create_task(pay.capture(world, order_id))
    await asyncio.sleep(0.5)
    await build.held(caller=caller)
    assert (await paying).step.value == "paid"
    assert await build.status(first) == "upcoming"


async def test_first_holds_of_one_browser_at_once_leave_one(build):
    """From eight networks and addresses, so that nothing else makes them wait for each other."""
    for _ in range(3):
        browser, orders = new_caller().browser_hash, [await build.order(await build.car()) for _ in range(8)]
        holds = (hold(build.world, order, Caller(browser, new_caller().network), new_key()) for order in orders)
        answers = await asyncio.gather(*holds, return_exceptions=True)
        assert all(isinstance(answer, Busy) for answer in answers if isinstance(answer, Exception)), answers
        assert await build.value("select count(*) from bookings where browser_hash = $1 and status = 'pending'", browser) == 1


async def test_without_a_cookie_nothing_is_replaced(build):
    network = new_caller().network
    first = await build.held(caller=Caller(None, network))
    await build.held(caller=Caller(None, network))
    assert await build.status(first) == "pending"


async def test_a_hidden_car_and_one_that_is_not_there_answer_the_same(build):
    car = await build.car(hidden=True)
    shown = await build.car()
    quote = await build.quote(shown.id, days_ahead(10, 3))
    for car_id in (car.id, CarId(new_id())):
        with pytest.raises(UnknownCar):
            await build.held(replace(shown, id=car_id), quote=quote)


async def test_with_redis_away_the_days_are_held_all_the_same(build):
    from tests.builders import make_world

    world = make_world(build.doors, "redis://127.0.0.1:9/0")
    car = await build.car()
    order = await build.order(car)
    assert (await hold(world, order, new_caller(), new_key())).reference
    with pytest.raises(CarTaken):
        await hold(world, await build.order(car), new_caller(), new_key())
    await world.paypal.close()
