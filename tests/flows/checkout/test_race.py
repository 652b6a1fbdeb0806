"""Many renters, one car: disjoint winners, everybody else told at once, with and without Redis."""

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from exodrive.availability.model import CarTaken
from exodrive.flows.again import Busy
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.hold import hold
from exodrive.kit.errors import Conflict
from exodrive.kit.locks import DayLocks
from exodrive.kit.redis import Courtesy, impatient
from tests.builders import Made, days_ahead, new_caller, new_key

CROWD = 60


async def crowd(build, world, car, within=20):
    """Sixty orders at once for one to seven days among the next twenty."""
    chance = random.Random(7)
    days = [days_ahead(10 + chance.randrange(within), chance.randint(1, 7)) for _ in range(CROWD)]
    orders = [await build.order(car, some) for some in days]
    answers = await asyncio.gather(*(hold(world, order, new_caller(), new_key()) for order in orders), return_exceptions=True)
    return [(order, answer) for order, answer in zip(orders, answers, strict=True)]


async def check(build, car, answers):
    """Winners have all their days and no other's; losers got a Conflict and left nothing."""
    won = [(order, answer) for order, answer in answers if not isinstance(answer, Exception)]
    lost = [answer for _, answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(answer, Conflict) for answer in lost), [answer for answer in lost if not isinstance(answer, Conflict)]
    rows = await build.rows("select booking_id, date from car_availability where car_id = $1 and status = 'pending'", car.id)
    assert {(held.booking_id, day) for order, held in won for day in order.days} == set(rows)
    assert len({day for _, day in rows}) == len(rows)
    assert won
    assert lost
    assert await build.value("select count(*) from bookings where car_id = $1 and status = 'pending'", car.id) == len(won)


async def deadlocks(build):
    return await build.value("select deadlocks from pg_stat_database where datname = current_database()")


@pytest.mark.parametrize("redis", ["there", "away"])
async def test_a_crowd_on_free_days(build, redis_url, redis):
    courtesy = Courtesy(impatient(redis_url if redis == "there" else "redis://127.0.0.1:9/0"))
    before, car = await deadlocks(build), await build.car()
    answers = await crowd(build, replace(build.world, locks=DayLocks(courtesy)), car)
    await check(build, car, answers)
    assert await deadlocks(build) == before
    await courtesy.close()


@pytest.mark.parametrize("redis", ["there", "away"])
async def test_a_crowd_on_days_under_dead_holds(build, redis_url, redis):
    courtesy = Courtesy(impatient(redis_url if redis == "there" else "redis://127.0.0.1:9/0"))
    before, car = await deadlocks(build), await build.car()
    dead = [await build.held(car, days_ahead(10 + 5 * number, 5)) for number in range(5)]
    for one in dead:
        await build.lapse(one)
    answers = await crowd(build, replace(build.world, locks=DayLocks(courtesy)), car)
    await check(build, car, answers)
    assert {await build.status(one) for one in dead} == {"expired"}
    assert await deadlocks(build) == before
    await courtesy.close()


async def test_a_redis_lock_that_ran_out_while_its_holder_slept_sells_nothing_twice(build, redis_url):
    """The holder is stopped behind the car's lock in the database for longer than its lock in Redis lives."""
    courtesy = Courtesy(impatient(redis_url))
    world = replace(build.world, locks=DayLocks(courtesy, life=0.2))
    car = await build.car()
    orders = [await build.order(car), await build.order(car)]
    sleeper = await asyncpg.connect(build.superuser_url)
    async with sleeper.transaction():
        await sleeper.execute("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", car.id)
        first = asyncio.create_task(hold(world, orders[0], new_caller(), new_key()))
        await asyncio.sleep(0.6)
        second = asyncio.create_task(hold(world, orders[1], new_caller(), new_key()))
        await asyncio.sleep(0.4)
        assert not first.done()
        assert not second.done()
    answers = await asyncio.gather(first, second, return_exceptions=True)
    await check(build, car, list(zip(orders, answers, strict=True)))
    assert [type(answer) for answer in answers if isinstance(answer, Exception)] == [CarTaken]
    await sleeper.close()
    await courtesy.close()


async def test_no_connection_is_kept_while_redis_is_asked_or_waited_for(build, redis_url):
    """Whoever keeps one while Redis is slow, or while somebody else is at the days, keeps it from all other renters."""
    pool, lent = build.doors.pools["checkout"], []

    class Watched(DayLocks):
        async def _hold(self, *wanted):
            lent.append(pool.get_size() - pool.get_idle_size())
            return await super()._hold(*wanted)

    courtesy = Courtesy(impatient(redis_url))
    locks, car = Watched(courtesy), await build.car()
    order = await build.order(car)
    async with DayLocks(courtesy).days(car.id, order.days, "somebody else"):
        waiting = asyncio.create_task(hold(replace(build.world, locks=locks), order, new_caller(), new_key()))
        while len(lent) < 2:
            await asyncio.sleep(0.01)
    assert (await waiting).reference
    assert lent == [0, 0], "asked once without waiting, and once in line"
    await courtesy.close()


async def test_who_waits_too_long_for_the_car_is_told_to_come_again(build):
    car = await build.car()
    order = await build.order(car)
    sleeper = await asyncpg.connect(build.superuser_url)
    async with sleeper.transaction():
        await sleeper.execute("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", car.id)
        with pytest.raises(Busy) as refused:
            await hold(build.world, order, new_caller(), new_key())
    assert (refused.value.status, refused.value.extra["retry_after"]) == (409, 1)
    await sleeper.close()


async def test_late_payments_against_take_overs(build, payer, world):
    """Ten rounds: a lapsed hold is paid for at the very moment others claim its days."""
    for _ in range(10):
        car = await build.car()
        made = await build.held(car, days_ahead(10, 3))
        order_id = await payer.approved(made)
        await build.lapse(made, timedelta(seconds=1))
        orders = [await build.order(car, days_ahead(10 + shift, 2)) for shift in (0, 1, 2)]
        answers = await asyncio.gather(
            pay.capture(world, order_id), *(hold(world, order, new_caller(), new_key()) for order in orders), return_exceptions=True
        )
        paid, captures = answers[0].step.value == "paid", await payer.captures(order_id)
        assert len(captures) == (1 if paid else 0)
        assert await build.status(made) == ("upcoming" if paid else "expired")
        assert len(await build.days_of(made)) == (3 if paid else 0)
        won = [
            Made(answer, order, None, "") for order, answer in zip(orders, answers[1:], strict=True) if not isinstance(answer, Exception)
        ]
        assert bool(won) != paid
        assert all([len(await build.days_of(one)) == 2 for one in won])


async def test_paying_for_a_hold_while_its_browser_replaces_it(build, payer, world):
    """Twenty rounds, on another car each: paid and kept, or replaced and never charged."""
    ends = set()
    for number in range(20):
        caller = new_caller()
        made = await build.held(caller=caller)
        order_id = await payer.approved(made)
        other = await build.order(await build.car())

        async def replace_it(other=other, caller=caller, pause=number / 1500):
            await asyncio.sleep(pause)
            await hold(world, other, caller, new_key())

        outcome, _ = await asyncio.gather(pay.capture(world, order_id), replace_it())
        ends.add(outcome.step.value)
        assert len(await payer.captures(order_id)) == (1 if outcome.step.value == "paid" else 0)
        assert await build.status(made) == {"paid": "upcoming", "gone": "cancelled"}[outcome.step.value]
    assert ends <= {"paid", "gone"}
