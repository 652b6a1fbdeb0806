"""A change that costs more: in force only when paid, paid only while it can be made, once whatever is lost on the way."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from exodrive.flows import cancel, home, tidy
from exodrive.flows.change import capturing, make, pay, store
from exodrive.flows.change import opening as changing
from exodrive.flows.change.errors import ChangeOver
from exodrive.flows.checkout import opening, refunding, settling, standing
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Step
from exodrive.payments import store as payments
from exodrive.payments.model import Kind
from tests.flows.change.conftest import equip
from tests.flows.change.test_make import offer_too
from tests.flows.conftest import Late, order_in
from tests.flows.test_cancel import staff_door

MINUTE = timedelta(minutes=1)


async def approved(ada, payer, funding="instant", **wish):
    """Begin a change and approve its payment at PayPal; returns the change's id and the order's."""
    made = await ada.change(**(wish or {"extras": {ada.code: 1}}))
    order_id = order_in(made.approve_url)
    await payer.approve(order_id, funding)
    return made.change_id, order_id


async def operations(build, change_id, kind):
    return await build.rows(
        """select r.outcome from payment_operations o join payment_results r on r.operation_id = o.id
           where o.change_id = $1 and o.kind = $2 order by r.id""",
        change_id,
        kind,
    )


async def test_a_dearer_change_is_in_force_once_it_is_paid(build, renter, payer, world):
    ada = await renter()
    sold = await ada.price()
    change_id, order_id = await approved(ada, payer)
    assert (await ada.extras(), await ada.price()) == ({}, sold)
    told = await home.capture(world, order_id)
    assert (told.outcome.step, told.outcome.reference, told.is_change) == (Step.PAID, ada.made.reference, True)
    price = await ada.price()
    assert await ada.extras() == {ada.code: 1}
    assert await ada.changes() == [("applied", price.total - sold.total)]
    assert await ada.money() == (price.total, Decimal(0))
    [capture] = await payer.captures(order_id)
    assert Decimal(capture["amount"]["value"]) == price.total - sold.total
    assert (await build.history(ada.made))[-3:] == ["change_proposed", "change_capture_intended", "changed"]
    [details] = await build.rows("select details from booking_events where booking_id = $1 and event_type = 'changed'", ada.made.id)
    assert (details[0]["was"]["total"], details[0]["is"]["total"]) == (str(sold.total), str(price.total))
    assert await operations(build, change_id, "capture") == [("succeeded",)]


async def test_twenty_returns_and_notices_at_once_capture_once(build, renter, payer, world, service):
    ada = await renter()
    _change_id, order_id = await approved(ada, payer)
    told = await asyncio.gather(*(home.capture(side, order_id) for side in [world, service] * 10))
    assert {one.outcome.step for one in told} == {Step.PAID}
    assert len(await payer.asked("/capture", order_id)) == 1
    assert (await build.history(ada.made)).count("changed") == 1


async def test_declined_leaves_the_booking_as_it_is_and_may_be_paid_again(renter, payer, world):
    ada = await renter()
    change_id, order_id = await approved(ada, payer, "declined")
    assert (await home.capture(world, order_id)).outcome.step is Step.DECLINED
    assert await ada.extras() == {}
    again = order_in(await pay.begin(world, change_id))
    assert again != order_id
    await payer.approve(again)
    assert (await home.capture(world, again)).outcome.step is Step.PAID
    assert await ada.extras() == {ada.code: 1}


async def test_coming_back_without_approving_is_not_paid(renter, payer, world):
    ada = await renter()
    made = await ada.change(extras={ada.code: 1})
    assert (await home.capture(world, order_in(made.approve_url))).outcome.step is Step.NOT_PAID
    assert await pay.begin(world, made.change_id) == made.approve_url


async def test_scenario_2_a_crash_before_the_capture_is_settled_by_the_worker(build, renter, payer, world, service, wait_for):
    ada = await renter()
    change_id, order_id = await approved(ada, payer)
    operation = await capturing.intend(world, change_id, order_id, capturing.SYSTEM)
    with pytest.raises(PaymentUnderWay):
        await make.give_up(world, ada.made.id)
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert await ada.extras() == {ada.code: 1}
    [call] = await payer.asked("/capture", order_id)
    assert call["request_id"] == operation.request_id


async def test_scenario_1_a_crash_after_the_capture_is_settled_with_the_same_request_id(build, renter, payer, world, service, wait_for):
    ada = await renter()
    change_id, order_id = await approved(ada, payer)
    operation = await capturing.intend(world, change_id, order_id, capturing.SYSTEM)
    async with world.door.scope() as db:
        now, _change = await capturing.force.locked(db, change_id)
    await capturing.ask(world, operation, now)
    assert await ada.extras() == {}
    await wait_for(MINUTE)
    await asyncio.gather(*(settling.settle(service, operation.id) for _ in range(3)))
    assert await ada.extras() == {ada.code: 1}
    assert {call["request_id"] for call in await payer.asked("/capture", order_id)} == {operation.request_id}
    assert len(await payer.captures(order_id)) == 1
    assert (await build.history(ada.made)).count("changed") == 1


async def test_a_crashed_capture_is_also_finished_by_the_renter_who_reloads(renter, payer, world, wait_for):
    """With the worker stopped."""
    ada = await renter()
    change_id, order_id = await approved(ada, payer)
    operation = await capturing.intend(world, change_id, order_id, capturing.SYSTEM)
    async with world.door.scope() as db:
        now, _change = await capturing.force.locked(db, change_id)
    await capturing.ask(world, operation, now)
    assert (await home.capture(world, order_id, patience=0)).outcome.step is Step.CHECKING
    await wait_for(MINUTE)
    assert (await home.capture(world, order_id, patience=0)).outcome.step is Step.PAID
    assert await ada.extras() == {ada.code: 1}
    assert len(await payer.captures(order_id)) == 1


async def test_an_order_that_ended_takes_no_other_along(renter, payer, world):
    """By the time PayPal says so, another was opened in its place."""
    ada = await renter()
    change_id, first = await approved(ada, payer)

    async def overtake():
        async with world.door.scope() as db:
            await store.forget_order(db, change_id, first)
        return await pay.begin(world, change_id)

    late = Late(world.paypal, overtake)
    assert (await home.capture(replace(world, paypal=late), first)).outcome.step is Step.NOT_PAID
    assert await pay.begin(world, change_id) == late.address


async def test_an_answer_that_got_lost_is_found_again(renter, payer, world, paypal):
    ada = await renter()
    _change_id, order_id = await approved(ada, payer)
    await paypal.fault(kind="lost_after_commit", match={"path_regex": "/capture"})
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    assert len(await payer.captures(order_id)) == 1


async def test_silence_is_unknown_and_settled_later(build, renter, payer, world, service, paypal):
    ada = await renter()
    change_id, order_id = await approved(ada, payer)
    await paypal.fault(kind="status", status=500, match={"path_regex": "/capture"}, times=3)
    assert (await home.capture(world, order_id, patience=0)).outcome.step is Step.CHECKING
    assert await ada.extras() == {}
    async with service.door.scope() as db:
        operation = await payments.open_for_change(db, change_id, Kind.CAPTURE)
    await settling.settle(service, operation.id)
    assert await ada.extras() == {ada.code: 1}


async def test_a_crash_while_the_order_is_opened_opens_no_second(build, renter, payer, world, service, wait_for):
    ada = await renter()
    change_id = await make._write(world, await ada.preview(extras={ada.code: 1}))
    operation, now = await changing.intend(world, change_id)
    lost = await opening.ask(world, operation, now)
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert order_in(await pay.begin(world, change_id)) == lost.provider_id


async def test_approved_late_with_the_extra_gone_is_never_captured(build, renter, payer, world):
    car, other = await build.car(), await build.car()
    code, cover = await equip(build, car, stock=1, most=1)
    await offer_too(build, other, code)
    ada = await renter(car, equipped=(code, cover))
    change_id, order_id = await approved(ada, payer, extras={code: 1})
    await _lapse(build, change_id)
    await build.held(other, ada.made.order.days, extras={code: 1})
    assert (await home.capture(world, order_id)).outcome.step is Step.GONE
    assert await payer.asked("/capture", order_id) == []
    assert (await ada.extras(), [status for status, _ in await ada.changes()]) == ({}, ["dropped"])


async def test_approved_late_with_the_extra_still_left_is_captured(build, renter, payer, world):
    ada = await renter()
    change_id, order_id = await approved(ada, payer)
    await _lapse(build, change_id)
    with pytest.raises(ChangeOver):
        await pay.begin(world, change_id)
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID


async def _lapse(build, change_id):
    await build.value("update booking_changes set expires_at = exodrive_private.now() - interval '1 second' where id = $1", change_id)


async def test_cancelling_drops_a_change_that_waits_and_nothing_is_charged_for_it(build, renter, payer, world):
    ada = await renter()
    _change_id, order_id = await approved(ada, payer)
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, ada.made.id, actor, "the car broke down")
    assert (await home.capture(world, order_id)).outcome.step is Step.GONE
    assert await payer.asked("/capture", order_id) == []
    assert [status for status, _ in await ada.changes()] == ["dropped"]


async def test_cancelling_waits_for_a_payment_on_its_way(build, renter, payer, world):
    ada = await renter()
    change_id, order_id = await approved(ada, payer)
    await capturing.intend(world, change_id, order_id, capturing.SYSTEM)
    door, actor = await staff_door(build)
    with pytest.raises(PaymentUnderWay):
        await cancel.by_staff(world, door, ada.made.id, actor, "the car broke down")


async def test_cancelling_gives_back_what_was_paid_first_and_what_was_paid_for_the_change(build, renter, payer, world, service):
    ada = await renter()
    _change_id, order_id = await approved(ada, payer)
    await home.capture(world, order_id)
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, ada.made.id, actor, "the car broke down")
    for (operation_id,) in await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", ada.made.id):
        await settling.settle(service, operation_id)
    captured, refunded = await ada.money()
    assert captured == refunded == (await ada.price()).total
    ledger = await payer.paypal.control("GET", "ledger")
    ours = [row for row in ledger["captures"] if row.get("custom_id") == str(ada.made.id)]
    assert [row["refunded"] for row in ours] == [row["amount"]["value"] for row in ours]
    assert len(ours) == 2


async def test_paid_too_late_goes_back_at_once(build, renter, payer, world, service):
    """The key was handed over while PayPal thought about it."""
    ada = await renter()
    change_id, order_id = await approved(ada, payer)
    operation = await capturing.intend(world, change_id, order_id, capturing.SYSTEM)
    out = "update bookings set status = 'active', handed_over_at = exodrive_private.now() where id = $1"
    await build.value(out, ada.made.id)
    await settling.settle(service, operation.id)
    [(refund,)] = await build.rows("select id from payment_operations where change_id = $1 and kind = 'refund'", change_id)
    await settling.settle(service, refund)
    [capture] = await payer.captures(order_id)
    assert capture["refunded"] == capture["amount"]["value"]
    assert (await ada.extras(), [status for status, _ in await ada.changes()]) == ({}, ["dropped"])
    assert "change_paid_too_late" in await build.history(ada.made)


async def test_a_refund_of_what_a_change_saved_is_given_once(build, renter, payer, world, service):
    """The worker died after PayPal gave the money back; others ask for the same at once."""
    car = await build.car()
    code, cover = await equip(build, car)
    ada = await renter(car, equipped=(code, cover), extras={code: 2})
    made = await ada.change(extras={})
    [(operation_id,)] = await build.rows("select id from payment_operations where change_id = $1 and kind = 'refund'", made.change_id)
    async with service.door.scope() as db:
        operation, now = await payments.operation(db, operation_id), await standing.read(db, ada.made.id)
    await refunding.ask(service, operation, now)
    await asyncio.gather(*(settling.settle(service, operation_id) for _ in range(3)))
    [(_, difference)] = await ada.changes()
    [capture] = await payer.captures(now.order_id)
    assert Decimal(capture["refunded"]) == -difference == (await ada.money())[1]
    assert (await build.history(ada.made)).count("refunded") == 1


async def test_a_change_that_nobody_paid_for_is_dropped_in_the_end(build, renter, payer, world, service):
    ada = await renter()
    young, old = await renter(), ada
    made = [await who.change(extras={who.code: 1}) for who in (young, old)]
    await _lapse(build, made[0].change_id)
    await build.value(
        "update booking_changes set expires_at = exodrive_private.now() - interval '7 hours' where id = $1", made[1].change_id
    )
    await tidy.drop_lapsed(service)
    assert [(await who.changes())[0][0] for who in (young, old)] == ["pending", "dropped"]


async def test_an_order_that_is_not_what_was_opened_for_a_change_is_never_captured(build, renter, payer, world):
    ada, eve = await renter(), await renter()
    mine, _order_id = await approved(ada, payer)
    other = await eve.change(extras={eve.code: 2})
    swapped = order_in(other.approve_url)
    await payer.approve(swapped)
    await build.value("update booking_changes set paypal_order_id = null where id = $1", other.change_id)
    await build.value("update booking_changes set paypal_order_id = $2 where id = $1", mine, swapped)
    assert (await home.capture(world, swapped)).outcome.step is Step.NOT_PAID
    assert await payer.asked("/capture", swapped) == []
    assert "payment_mismatch" in await build.history(ada.made)
    assert order_in(await pay.begin(world, mine)) != swapped
