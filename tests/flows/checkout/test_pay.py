"""The payment of a held booking: one order, one capture, and never without the days."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from exodrive.flows.checkout import pay, standing
from exodrive.flows.checkout.errors import AlreadyPaid, HoldOver, PaymentUnderWay
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.opening import PayPalAway
from exodrive.gateways.errors import Refused
from exodrive.payments.summary import store as summary
from tests.builders import days_ahead
from tests.flows.conftest import Late, order_in


async def test_a_renter_pays_and_the_car_is_theirs(build, payer, world):
    made = await build.held(days=days_ahead(10, 3))
    order_id = await payer.approved(made)
    outcome = await pay.capture(world, order_id)
    assert (outcome.step, outcome.reference) == (Step.PAID, made.reference)
    assert await build.status(made) == "upcoming"
    assert [status for _, status in await build.days_of(made)] == ["booked"] * 3
    assert await build.history(made) == ["held", "order_opened", "capture_intended", "paid"]
    [capture] = await payer.captures(order_id)
    assert capture["amount"]["value"] == made.held.total.text
    assert await build.rows("select status, captured_amount, refunded_amount from payments where booking_id = $1", made.id) == [
        ("captured", made.held.total.amount, 0)
    ]
    assert (
        await build.value("select count(*) from outbox where topic = 'mail.confirmation' and payload ->> 'booking_id' = $1", str(made.id))
        == 1
    )


async def test_beginning_again_gives_the_same_address_and_opens_one_order(build, payer, world):
    made = await build.held()
    addresses = {await pay.begin(world, made.id)} | set(await asyncio.gather(*(pay.begin(world, made.id) for _ in range(5))))
    assert len(addresses) == 1
    orders = [
        order for order in await payer.paypal.control("GET", "orders") if order["purchase_units"][0]["reference_id"] == made.reference
    ]
    assert len(orders) == 1


async def test_five_first_begins_at_once_open_one_order(build, payer, world):
    made = await build.held()
    answers = await asyncio.gather(*(pay.begin(world, made.id) for _ in range(5)), return_exceptions=True)
    addresses = {answer for answer in answers if isinstance(answer, str)}
    assert len(addresses) == 1, answers
    orders = [
        order for order in await payer.paypal.control("GET", "orders") if order["purchase_units"][0]["reference_id"] == made.reference
    ]
    assert len(orders) == 1


async def test_coming_back_without_approving_is_not_paid_and_changes_nothing(build, payer, world):
    made = await build.held()
    order_id = await payer.order(made)
    before = await build.rows("select * from car_availability where booking_id = $1", made.id)
    assert (await pay.capture(world, order_id)).step is Step.NOT_PAID
    assert await build.rows("select * from car_availability where booking_id = $1", made.id) == before
    assert await payer.asked("/capture", order_id) == []


async def test_an_order_that_is_not_ours_is_not_found(world):
    with pytest.raises(pay.UnknownOrder):
        await pay.capture(world, "0XX00000XX0000000")


async def test_an_order_that_is_not_what_we_opened_is_never_captured(build, payer, world):
    """Somebody else's approved order stands in our book: another sum, for another booking."""
    mine, other = await build.held(days=days_ahead(10, 3)), await build.held(days=days_ahead(10, 1))
    order_id, swapped = await payer.order(mine), await payer.approved(other)
    async with build.doors.service().scope() as db:
        await db.execute("update payments set paypal_order_id = null where booking_id = $1", other.id)
        await db.execute("update payments set paypal_order_id = $2 where booking_id = $1", mine.id, swapped)
    assert (await pay.capture(world, swapped)).step is Step.NOT_PAID
    assert await payer.asked("/capture", swapped) == []
    assert await build.status(mine) == "pending"
    told = "select details from booking_events where booking_id = $1 and event_type = 'payment_mismatch'"
    assert set((await build.value(told, mine.id))["wrong"]) == {"amount", "custom_id", "invoice_id"}
    assert order_in(await pay.begin(world, mine.id)) not in {order_id, swapped}


async def test_an_order_that_ended_takes_no_other_along(build, payer, world):
    """By the time PayPal says so, another was opened in its place."""
    made = await build.held()
    first = await payer.approved(made)

    async def overtake():
        async with world.door.scope() as db:
            await summary.forget_order(db, made.id, first)
        return await pay.begin(world, made.id)

    late = Late(world.paypal, overtake)
    assert (await pay.capture(replace(world, paypal=late), first)).step is Step.NOT_PAID
    assert await pay.begin(world, made.id) == late.address


async def test_twenty_returns_and_webhooks_at_once_capture_once(build, payer, world, service):
    made = await build.held()
    order_id = await payer.approved(made)
    outcomes = await asyncio.gather(*(pay.capture(side, order_id) for side in [world, service] * 10))
    assert {outcome.step for outcome in outcomes} == {Step.PAID}
    assert len(await payer.captures(order_id)) == 1
    assert len(await payer.asked("/capture", order_id)) == 1
    assert (await build.history(made)).count("paid") == 1


async def test_a_paid_booking_cannot_be_paid_again(build, payer, world):
    made = await build.held()
    await pay.capture(world, await payer.approved(made))
    with pytest.raises(AlreadyPaid):
        await pay.begin(world, made.id)


async def test_a_hold_that_ran_out_cannot_be_paid_and_names_free_days(build, world):
    made = await build.held(days=days_ahead(10, 2))
    await build.lapse(made)
    with pytest.raises(HoldOver) as over:
        await pay.begin(world, made.id)
    assert len(over.value.extra["free"]) == 3


async def test_scenario_27_approved_late_with_the_days_still_free_is_captured(build, payer, world):
    """With no worker anywhere: the hold lapsed, nobody took the days."""
    made = await build.held(days=days_ahead(10, 2))
    order_id = await payer.approved(made)
    await build.lapse(made, timedelta(hours=1))
    assert (await pay.capture(world, order_id)).step is Step.PAID
    assert [status for _, status in await build.days_of(made)] == ["booked"] * 2


async def test_scenario_27_approved_late_with_a_day_taken_is_never_captured(build, payer, world):
    """With no worker anywhere: whoever claims the days expires the lapsed booking, and PayPal is never asked for its money."""
    car = await build.car()
    made = await build.held(car, days_ahead(10, 3))
    order_id = await payer.approved(made)
    await build.lapse(made)
    other = await build.held(car, days_ahead(12, 2))
    assert (await pay.capture(world, order_id)).step is Step.GONE
    assert await payer.asked("/capture", order_id) == []
    assert (await build.status(made), await build.status(other)) == ("expired", "pending")
    assert await build.days_of(made) == []
    assert await build.value("select status from payments where booking_id = $1", made.id) == "voided"


async def test_days_taken_by_a_block_are_never_captured(build, payer, world):
    """The days went although the booking is still pending: it ends here, with nothing charged."""
    made = await build.held(days=days_ahead(10, 2))
    order_id = await payer.approved(made)
    await build.lapse(made)
    async with build.doors.service().scope() as db:
        await db.execute("delete from car_availability where booking_id = $1 and date = $2", made.id, made.order.end)
        await db.execute(
            "insert into car_availability (car_id, date, status) values ($1, $2, 'blocked')", made.order.car_id, made.order.end
        )
    assert (await pay.capture(world, order_id)).step is Step.GONE
    assert await payer.asked("/capture", order_id) == []
    assert (await build.status(made), await build.days_of(made)) == ("expired", [])


async def test_lost_days_that_are_free_are_taken_back_before_the_capture(build, payer, world):
    made = await build.held(days=days_ahead(10, 3))
    order_id = await payer.approved(made)
    async with build.doors.service().scope() as db:
        await db.execute("delete from car_availability where booking_id = $1 and date = $2", made.id, made.order.end)
    assert (await pay.capture(world, order_id)).step is Step.PAID
    assert len(await build.days_of(made)) == 3


async def test_a_lost_day_under_a_hold_that_ran_out_is_taken_back_too(build, payer, world):
    car = await build.car()
    made = await build.held(car, days_ahead(10, 3))
    order_id = await payer.approved(made)
    await build.lapse(made)
    async with build.doors.service().scope() as db:
        await db.execute("delete from car_availability where booking_id = $1 and date = $2", made.id, made.order.end)
    async with build.doors.service().scope() as db:
        await db.execute(
            "update car_availability set hold_expires_at = exodrive_private.now() + interval '1 minute' where booking_id = $1", made.id
        )
    other = await build.held(car, days_ahead(12, 1))
    await build.lapse(made)
    await build.lapse(other)
    assert (await pay.capture(world, order_id)).step is Step.PAID
    assert len(await build.days_of(made)) == 3
    assert (await build.status(other), await build.days_of(other)) == ("expired", [])


async def test_a_capture_keeps_the_days_while_paypal_thinks(build, payer, world, paypal):
    made = await build.held()
    order_id = await payer.approved(made)
    await paypal.fault(kind="slow", match={"path_regex": "/capture"}, delay=1.0)
    capturing = asyncio.create_task(pay.capture(world, order_id))
    await asyncio.sleep(0.5)
    assert await build.value("select bool_and(hold_expires_at = 'infinity') from car_availability where booking_id = $1", made.id)
    with pytest.raises(PaymentUnderWay):
        await pay.begin(world, made.id)
    assert (await capturing).step is Step.PAID


async def test_declined_then_paid_with_another_order(build, payer, world):
    made = await build.held()
    first = await payer.approved(made, funding="declined")
    assert (await pay.capture(world, first)).step is Step.DECLINED
    assert await build.value("select status from payments where booking_id = $1", made.id) == "failed"
    assert (await pay.capture(world, first)).step is Step.DECLINED
    assert len(await payer.asked("/capture", first)) == 1
    second = order_in(await pay.begin(world, made.id))
    assert second != first
    await payer.approve(second)
    assert (await pay.capture(world, second)).step is Step.PAID
    assert await build.rows("select kind, attempt from payment_operations where booking_id = $1 order by kind, attempt", made.id) == [
        ("capture", 1),
        ("capture", 2),
        ("create_order", 1),
        ("create_order", 2),
    ]


async def test_declined_early_leaves_what_was_left_of_the_hold(build, payer, world):
    made = await build.held()
    order_id = await payer.approved(made, funding="declined")
    await pay.capture(world, order_id)
    left = await build.value("select min(hold_expires_at) from car_availability where booking_id = $1", made.id)
    assert abs(left - made.held.hold_expires_at) < timedelta(seconds=5)


async def test_declined_late_leaves_ten_minutes_to_try_again_but_not_for_ever(build, payer, world):
    made = await build.held()
    order_id = await payer.order(made)
    left = []
    for _ in range(4):
        await payer.approve(order_id, "declined")
        await build.lapse(made, timedelta(minutes=30))
        await pay.capture(world, order_id)
        left.append(
            await build.value("select min(hold_expires_at) - exodrive_private.now() from car_availability where booking_id = $1", made.id)
        )
        if left[-1] > timedelta():
            order_id = order_in(await pay.begin(world, made.id))
    assert all(timedelta(minutes=9) < some <= timedelta(minutes=10) for some in left[:3])
    assert left[3] < timedelta()


async def test_with_paypal_away_beginning_says_so_and_works_later(build, payer, world, paypal):
    made = await build.held()
    await paypal.fault(kind="status", status=503, match={"method": "POST", "path_regex": "/v2/checkout/orders$"}, times=3)
    with pytest.raises(PayPalAway):
        await pay.begin(world, made.id)
    assert order_in(await pay.begin(world, made.id))
    assert await build.value("select count(*) from payment_operations where booking_id = $1", made.id) == 1


async def test_a_capture_recorded_between_two_looks_is_never_called_unpaid(build, payer, world):
    """A booking seen unpaid, and a ledger asked after the capture was recorded: the renter is told that it is paid."""
    made = await build.held()
    order_id = await payer.approved(made)
    async with world.door.scope() as db:
        seen = await standing.read(db, made.id)
    assert (await pay.capture(world, order_id)).step is Step.PAID
    async with world.door.scope() as db:
        assert (await standing.outcome(db, seen)).step is Step.PAID


@pytest.mark.parametrize(("status", "step"), [(403, Step.CHECKING), (404, Step.NOT_PAID)])
async def test_an_order_that_we_may_not_see_is_unknown_and_one_that_is_gone_is_not_paid(build, payer, world, paypal, status, step):
    made = await build.held()
    order_id = await payer.approved(made)
    await paypal.fault(kind="status", status=status, match={"method": "GET", "path_regex": order_id})
    assert (await pay.capture(world, order_id)).step is step
    assert await payer.asked("/capture", order_id) == []
    assert (await pay.capture(world, order_id)).step is Step.PAID


async def test_who_may_not_see_the_order_is_told_what_another_capture_came_to(build, payer, world):
    made = await build.held()
    order_id = await payer.approved(made)
    blind = replace(world, paypal=Blind(world, order_id))
    assert (await pay.capture(blind, order_id)).step is Step.PAID
    assert len(await payer.captures(order_id)) == 1


class Blind:
    """A PayPal that refuses to show an order, after somebody else had it captured."""

    def __init__(self, world, order_id):
        self.world, self.order_id = world, order_id

    async def get_order(self, order_id):
        assert (await pay.capture(self.world, self.order_id)).step is Step.PAID
        raise Refused("PERMISSION_DENIED", status=403)
