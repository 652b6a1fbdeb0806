"""Extras of which there are only so many: taken with the days, free with them, and never promised twice."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from exodrive.flows.checkout import pay
from exodrive.flows.checkout.hold import hold
from exodrive.flows.checkout.model import Step
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.kinds import Extra
from tests.builders import days_ahead, new_caller, new_key
from tests.garage import new_rules


@pytest.fixture
async def seat(build):
    """Cars that are rented with child seats of one kind: so many seats for all of them together."""

    class Seat:
        code = f"seat-{uuid4().hex[:12]}"

        async def car(self, stock=1, most=2):
            car = await build.car()
            terms = {"car_id": car.id, "currency": "USD", "amount": Decimal(40), "most": most, "stock": stock}
            await new_rules(build.doors, Extra(name="Child seat", code=self.code, **terms))
            return car

        async def out(self):
            return await build.rows(
                "select b.status, e.quantity from booking_extras e join bookings b on b.id = e.booking_id where e.code = $1", self.code
            )

    return Seat()


async def test_extras_are_kept_on_the_booking_with_their_price(build, seat):
    car = await seat.car(stock=2)
    made = await build.held(car, extras={seat.code: 2, "not-wanted": 0})
    assert await build.rows("select code, quantity from booking_extras where booking_id = $1", made.id) == [(seat.code, 2)]
    snapshot = await build.value("select price_snapshot from bookings where id = $1", made.id)
    [line] = [line for line in snapshot["lines"] if line["kind"] == "extra"]
    assert (line["text"], line["pieces"], line["amount"]) == ("Child seat", 2, "80.00")


@pytest.mark.parametrize(
    ("extras", "told"),
    [(lambda code: {code: 3}, "Choose 2 at most."), (lambda code: {"no-such": 1}, "This is no longer offered. Please take it off.")],
)
async def test_what_is_not_offered_is_refused_by_its_name(build, seat, extras, told):
    car, wanted = await seat.car(stock=None), extras(seat.code)
    order = await build.order(car, quote="", extras=wanted)
    with pytest.raises(NotOffered) as refused:
        await hold(build.world, order, new_caller(), new_key())
    assert refused.value.fields == {f"extras.{next(iter(wanted))}": told}


async def test_the_last_piece_is_had_once_whichever_car_it_goes_with(build, seat):
    cars = [await seat.car() for _ in range(8)]
    orders = [await build.order(car, extras={seat.code: 1}) for car in cars]
    answers = await asyncio.gather(*(hold(build.world, order, new_caller(), new_key()) for order in orders), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, NotOffered)]
    assert len(refused) == 7, answers
    assert {tuple(answer.fields.values()) for answer in refused} == {("None is left on these days: Child seat.",)}
    assert await seat.out() == [("pending", 1)]


async def test_who_is_refused_an_extra_has_taken_no_days(build, seat):
    await build.held(await seat.car(), extras={seat.code: 1})
    car = await seat.car()
    with pytest.raises(NotOffered):
        await build.held(car, extras={seat.code: 1})
    assert await build.rows("select date from car_availability where car_id = $1", car.id) == []
    await build.held(car)


async def test_on_other_days_the_same_piece_is_free(build, seat):
    await build.held(await seat.car(), days_ahead(10, 3), extras={seat.code: 1})
    await build.held(await seat.car(), days_ahead(13, 3), extras={seat.code: 1})
    assert await seat.out() == [("pending", 1), ("pending", 1)]


async def test_a_lapsed_hold_and_a_replaced_one_leave_their_extras(build, seat):
    lapsed = await build.held(await seat.car(), extras={seat.code: 1})
    await build.lapse(lapsed)
    caller = new_caller()
    await build.held(await seat.car(), extras={seat.code: 1}, caller=caller)
    await build.held(await seat.car(), extras={seat.code: 1}, caller=caller)


async def test_paid_late_with_the_extra_still_there_it_is_taken_back(build, payer, world, seat):
    made = await build.held(await seat.car(), extras={seat.code: 1})
    order_id = await payer.approved(made)
    await build.lapse(made)
    assert (await pay.capture(world, order_id)).step is Step.PAID


async def test_paid_late_with_the_extra_gone_nothing_is_captured(build, payer, world, seat):
    made = await build.held(await seat.car(), extras={seat.code: 1})
    order_id = await payer.approved(made)
    await build.lapse(made, ago=timedelta(minutes=1))
    await build.held(await seat.car(), extras={seat.code: 1})
    assert (await pay.capture(world, order_id)).step is Step.GONE
    assert await build.status(made) == "expired"
    assert await payer.captures(order_id) == []
    assert (await build.days_of(made)) == []


async def test_paid_in_time_an_extra_is_kept_whatever_staff_do_to_the_stock(build, payer, world, seat):
    made = await build.held(await seat.car(), extras={seat.code: 1})
    await build.value("update price_rules set superseded_at = exodrive_private.now() where code = $1 returning true", seat.code)
    order_id = await payer.approved(made)
    assert (await pay.capture(world, order_id)).step is Step.PAID
