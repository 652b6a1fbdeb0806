"""Cut short anywhere, an intent is brought to its one end, with the same request id and exactly one effect."""

import asyncio
from datetime import timedelta

from exodrive.flows import cancel
from exodrive.flows.checkout import capturing, opening, pay, settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.standing import read
from exodrive.payments import store as payments
from exodrive.payments.model import Kind
from tests.builders import days_ahead
from tests.flows.conftest import order_in

MINUTE = timedelta(minutes=1)


async def intended(world, made, order_id):
    """A capture whose maker died after writing the intent."""
    async with world.door.scope() as db:
        now = await read(db, made.id)
    return await capturing.intend(world, order_id, now, capturing.SYSTEM), now


async def results(build, made, kind):
    return await build.rows(
        """select r.outcome, r.issue from payment_operations o join payment_results r on r.operation_id = o.id
           where o.booking_id = $1 and o.kind = $2 order by r.id""",
        made.id,
        kind,
    )


async def test_a_crash_after_the_intent_to_open_an_order_is_picked_up_by_the_next_click(build, payer, world):
    made = await build.held()
    operation, _ = await opening.intend(world, made.id)
    order_id = order_in(await pay.begin(world, made.id))
    assert [row[0] for row in await build.rows("select request_id from payment_operations where booking_id = $1", made.id)] == [
        operation.request_id
    ]
    [call] = [call for call in await payer.asked("/v2/checkout/orders") if call["request_id"] == operation.request_id]
    assert call["method"] == "POST"
    assert order_id


async def test_a_crash_between_opening_an_order_and_noting_it_opens_no_second(build, payer, world):
    made = await build.held()
    operation, now = await opening.intend(world, made.id)
    lost = await opening.ask(world, operation, now)
    assert order_in(await pay.begin(world, made.id)) == lost.provider_id


async def test_an_order_that_was_never_opened_is_settled(build, payer, world, service, wait_for):
    made = await build.held()
    await opening.intend(world, made.id)
    await wait_for(MINUTE)
    await settling.settle_open(service)
    address = await build.value("select approve_url from payments where booking_id = $1", made.id)
    assert address == await pay.begin(world, made.id)
    assert [outcome for outcome, _ in await results(build, made, "create_order")] == ["succeeded"]


async def test_an_order_nobody_needs_any_more_is_not_opened(build, payer, world, service):
    made = await build.held()
    operation, _ = await opening.intend(world, made.id)
    car = made.order.car_id
    await build.lapse(made)
    await build.held(await _same_car(build, car), made.order.days)
    await settling.settle(service, operation.id)
    assert await results(build, made, "create_order") == [("failed", "NOT_NEEDED")]


async def _same_car(build, car_id):
    from tests.garage import MadeCar

    [(slug, place)] = await build.rows("select slug, home_location_id from cars where id = $1", car_id)
    return MadeCar(car_id, slug, place)


async def test_scenario_2_a_crash_before_the_capture_is_settled_by_the_worker(build, payer, world, service, wait_for):
    made = await build.held()
    order_id = await payer.approved(made)
    operation, _ = await intended(world, made, order_id)
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert await build.status(made) == "upcoming"
    [call] = await payer.asked("/capture", order_id)
    assert call["request_id"] == operation.request_id
    assert len(await payer.captures(order_id)) == 1


async def test_scenario_1_a_crash_after_the_capture_is_settled_with_the_same_request_id(build, payer, world, service, wait_for):
    """PayPal captured, our process died before it could note it."""
    made = await build.held()
    order_id = await payer.approved(made)
    operation, now = await intended(world, made, order_id)
    await capturing.ask(world, operation, now)
    assert await build.status(made) == "pending"
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert await build.status(made) == "upcoming"
    assert {call["request_id"] for call in await payer.asked("/capture", order_id)} == {operation.request_id}
    assert len(await payer.captures(order_id)) == 1


async def test_a_crashed_capture_is_also_finished_by_the_renter_who_reloads(build, payer, world, wait_for):
    """With the worker stopped."""
    made = await build.held()
    order_id = await payer.approved(made)
    operation, now = await intended(world, made, order_id)
    await capturing.ask(world, operation, now)
    assert (await pay.capture(world, order_id, patience=0)).step is Step.CHECKING
    await wait_for(MINUTE)
    assert (await pay.capture(world, order_id, patience=0)).step is Step.PAID
    assert len(await payer.captures(order_id)) == 1


async def test_an_answer_that_got_lost_is_found_again(build, payer, world, service, paypal):
    made = await build.held()
    order_id = await payer.approved(made)
    await paypal.fault(kind="lost_after_commit", match={"path_regex": "/capture"})
    assert (await pay.capture(world, order_id)).step is Step.PAID
    assert len(await payer.captures(order_id)) == 1


async def test_silence_is_unknown_and_promised_to_be_settled(build, payer, world, service, paypal):
    made = await build.held()
    order_id = await payer.approved(made)
    await paypal.fault(kind="status", status=500, match={"path_regex": "/capture"}, times=3)
    assert (await pay.capture(world, order_id, patience=0)).step is Step.CHECKING
    [(outcome, _)] = await results(build, made, "capture")
    assert outcome == "unknown"
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'capture'", made.id)
    promised = "select count(*) from outbox where topic = 'payments.settle' and payload ->> 'operation_id' = $1"
    assert await build.value(promised, str(operation_id)) == 1
    await settling.settle(service, operation_id)
    assert await build.status(made) == "upcoming"
    assert await build.history(made) == ["held", "order_opened", "capture_intended", "payment_unknown", "paid"]


async def test_two_settlers_at_once_have_one_effect(build, payer, world, service):
    made = await build.held()
    order_id = await payer.approved(made)
    operation, _ = await intended(world, made, order_id)
    await asyncio.gather(*(settling.settle(service, operation.id) for _ in range(6)))
    assert (await build.history(made)).count("paid") == 1
    assert [outcome for outcome, _ in await results(build, made, "capture")].count("succeeded") == 1
    assert len(await payer.captures(order_id)) == 1
    mails = "select count(*) from outbox where topic = 'mail.confirmation' and payload ->> 'booking_id' = $1"
    assert await build.value(mails, str(made.id)) == 1


async def test_a_fresh_intent_is_left_to_its_maker(build, payer, world, service):
    made = await build.held()
    await intended(world, made, await payer.approved(made))
    async with service.door.scope() as db:
        open_now = await payments.open_operation(db, made.id, Kind.CAPTURE)
        assert open_now.id not in await payments.unsettled(db, settling.AT_WORK, settling.SLOWEST, 1000)


async def test_after_the_request_id_is_forgotten_the_order_is_read_instead(build, payer, world, service, wait_for):
    """Seven hours later PayPal would capture anew under the old id: we only read, and find it was captured."""
    made = await build.held()
    order_id = await payer.approved(made)
    operation, now = await intended(world, made, order_id)
    await capturing.ask(world, operation, now)
    await wait_for(timedelta(hours=7))
    await settling.settle(service, operation.id)
    assert await build.status(made) == "upcoming"
    assert len(await payer.asked("/capture", order_id)) == 1


async def test_scenario_2_an_order_that_was_never_captured_ends_and_the_days_go(build, payer, world, service, wait_for):
    made = await build.held(days=days_ahead(20, 2))
    order_id = await payer.approved(made)
    operation, _ = await intended(world, made, order_id)
    await wait_for(timedelta(hours=7))
    await settling.settle(service, operation.id)
    assert await results(build, made, "capture") == [("failed", "NEVER_CAPTURED")]
    assert await payer.asked("/capture", order_id) == []
    assert await build.value(
        "select bool_and(hold_expires_at < exodrive_private.now()) from car_availability where booking_id = $1", made.id
    )
    other = await build.held(await _same_car(build, made.order.car_id), made.order.days)
    assert (await build.status(made), await build.status(other)) == ("expired", "pending")


async def test_a_pending_payment_keeps_the_days_until_it_completes(build, payer, world, service, paypal, wait_for):
    made = await build.held(days=days_ahead(20, 2))
    order_id = await payer.approved(made, funding="pending")
    assert (await pay.capture(world, order_id, patience=0)).step is Step.CHECKING
    await wait_for(timedelta(hours=2))
    await settling.settle_open(service)
    assert await build.status(made) == "pending"
    assert await build.value("select bool_and(hold_expires_at = 'infinity') from car_availability where booking_id = $1", made.id)
    [capture] = await payer.captures(order_id)
    await paypal.control("POST", f"captures/{capture['id']}/settle", {"act": "complete"})
    await wait_for(timedelta(hours=2))
    await settling.settle_open(service)
    assert await build.status(made) == "upcoming"
    assert (await build.history(made)).count("payment_pending") == 1


async def test_a_pending_payment_that_is_declined_frees_the_days(build, payer, world, service, paypal, wait_for):
    made = await build.held(days=days_ahead(20, 2))
    order_id = await payer.approved(made, funding="pending")
    await pay.capture(world, order_id, patience=0)
    [capture] = await payer.captures(order_id)
    await paypal.control("POST", f"captures/{capture['id']}/settle", {"act": "decline"})
    await wait_for(timedelta(hours=7))
    await settling.settle_open(service)
    assert [outcome for outcome, _ in await results(build, made, "capture")][-1] == "declined"
    left = await build.value("select min(hold_expires_at) - exodrive_private.now() from car_availability where booking_id = $1", made.id)
    assert left <= timedelta(minutes=10)
    assert await build.status(made) == "pending"


async def test_a_refund_cut_short_is_given_once(build, payer, world, service, wait_for):
    made, operation_id = await _cancelled(build, payer, world)
    async with service.door.scope() as db:
        operation, now = await payments.operation(db, operation_id), await read(db, made.id)
    from exodrive.flows.checkout import refunding

    await refunding.ask(service, operation, now)
    await asyncio.gather(*(settling.settle(service, operation_id) for _ in range(3)))
    [capture] = await payer.captures(now.order_id)
    assert capture["refunded"] == made.held.total.text
    assert await build.rows("select status, refunded_amount from payments where booking_id = $1", made.id) == [
        ("refunded", made.held.total.amount)
    ]
    assert (await build.history(made)).count("refunded") == 1


async def test_a_refund_after_45_days_is_read_not_repeated(build, payer, world, service, wait_for):
    made, operation_id = await _cancelled(build, payer, world)
    async with service.door.scope() as db:
        operation, now = await payments.operation(db, operation_id), await read(db, made.id)
    from exodrive.flows.checkout import refunding

    await refunding.ask(service, operation, now)
    await wait_for(timedelta(days=46))
    await settling.settle(service, operation_id)
    assert await build.value("select status from payments where booking_id = $1", made.id) == "refunded"
    assert len(await payer.asked("/refund", now.capture_id)) == 1


async def _cancelled(build, payer, world):
    """A paid booking that staff cancelled, and the refund that was promised with it."""
    from tests.flows.test_cancel import staff_door

    made = await build.held()
    assert (await pay.capture(world, await payer.approved(made))).step is Step.PAID
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", made.id)
    return made, operation_id


async def captured(world, build, payer):
    """A booking whose money PayPal took; its maker died before noting it."""
    made = await build.held(days=days_ahead(10, 3))
    order_id = await payer.approved(made)
    operation, now = await intended(world, made, order_id)
    await capturing.ask(world, operation, now)
    return made, operation


async def take_away(build, made, *, block):
    """A hand in the database takes the last day from under a payment."""
    async with build.doors.service().scope() as db:
        await db.execute("delete from car_availability where booking_id = $1 and date = $2", made.id, made.order.end)
        if block:
            await db.execute(
                "insert into car_availability (car_id, date, status) values ($1, $2, 'blocked')", made.order.car_id, made.order.end
            )


async def test_a_day_that_was_lost_under_a_payment_and_is_free_is_taken_back(build, payer, world, service):
    made, operation = await captured(world, build, payer)
    await take_away(build, made, block=False)
    await settling.settle(service, operation.id)
    assert (await build.status(made), [status for _, status in await build.days_of(made)]) == ("upcoming", ["booked"] * 3)


async def test_money_without_the_days_is_kept_in_doubt_until_they_are_back(build, payer, world, service, caplog):
    """It must never happen; then nothing is booked silently, and it does not come first at each look for ever."""
    made, operation = await captured(world, build, payer)
    await take_away(build, made, block=True)
    for _ in range(2):
        await settling.settle(service, operation.id)
    assert await build.status(made) == "pending"
    assert await results(build, made, "capture") == [("unknown", "DAYS_MISSING")] * 2
    assert (await build.history(made))[-1] == "paid_without_days"
    assert (await build.history(made)).count("paid_without_days") == 1
    assert "captured without the days" in caplog.messages
    async with build.doors.service().scope() as db:
        await db.execute("delete from car_availability where car_id = $1 and status = 'blocked'", made.order.car_id)
    await settling.settle(service, operation.id)
    assert await build.status(made) == "upcoming"


async def test_an_intent_that_raises_is_put_off_and_does_not_stand_before_younger_ones(build, payer, world, service, wait_for):
    """What was kept with it cannot be read, as a bug of ours might leave it: each look raises."""
    broken = await build.held()
    async with service.door.scope() as db:
        troubled = await payments.intend(db, broken.id, Kind.CREATE_ORDER, broken.held.total, request={"description": 7})
    await wait_for(timedelta(seconds=20))
    made = await build.held()
    young, _ = await intended(world, made, await payer.order(made))
    await wait_for(timedelta(seconds=30))
    await settling.settle_open(service)
    assert await results(build, broken, "create_order") == [("unknown", "TROUBLE")]
    async with service.door.scope() as db:
        assert troubled not in await payments.unsettled(db, settling.AT_WORK, settling.SLOWEST, 10_000)
    await wait_for(MINUTE)
    async with service.door.scope() as db:
        due = await payments.unsettled(db, settling.AT_WORK, settling.SLOWEST, 10_000)
    assert due.index(young.id) < due.index(troubled)
