"""The second part of a price: due from the first payment on, paid once by an order of its own, whatever is lost on the way."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from exodrive.flows import cancel, home, receipts
from exodrive.flows.approval import answer
from exodrive.flows.approval.errors import NotAccepted
from exodrive.flows.checkout import opening as checkout
from exodrive.flows.checkout import settling
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.opening import PayPalAway
from exodrive.flows.instalment import capturing, opening, pay
from exodrive.flows.instalment.errors import NoRest, UnknownRest
from exodrive.overview.money_check import differences
from exodrive.payments import store as payments
from exodrive.payments.instalments.model import InstalmentStatus
from exodrive.payments.model import End, Kind
from tests import ledger
from tests.flows.conftest import Late, order_in
from tests.flows.ending import staff_of

MINUTE = timedelta(minutes=1)


async def agree(ada, service):
    """Our book says what PayPal's says, and the summary what the book says."""
    async with service.door.scope() as db:
        assert await differences(db, ada.made.reference) == []
        ours = await ledger.ours(db, [ada.made.id])
    shown = ledger.theirs(await ada.payer.paypal.control("GET", "ledger"))
    assert ledger.disagreements(*ours, shown) == []


async def asked(build, ada, kind):
    return await build.rows(
        """select (select r.outcome from payment_results r where r.operation_id = o.id order by r.id desc limit 1)
           from payment_operations o where o.instalment_id = $1 and o.kind = $2 order by o.attempt""",
        (await ada.rest()).id,
        kind,
    )


async def open_capture(ada, service):
    rest = await ada.rest()
    async with service.door.scope() as db:
        return await payments.open_for_instalment(db, rest.id, Kind.CAPTURE)


async def test_what_is_due_later_is_written_down_with_the_first_payment(owing):
    ada = await owing()
    rest, price = await ada.rest(), await ada.price()
    assert (rest.status, rest.amount, rest.due_on) == (InstalmentStatus.OPEN, price.due_later, price.due_on)
    assert rest.amount > 0
    assert await ada.money() == (price.due_now, Decimal(0))


async def test_a_booking_paid_in_one_owes_nothing(build, world, payer):
    made = await build.held()
    await home.capture(world, await payer.approved(made))
    assert await build.rows("select 1 from booking_instalments where booking_id = $1", made.id) == []
    with pytest.raises(NoRest):
        await pay.begin(world, made.id)


async def test_the_rest_is_paid_by_an_order_of_its_own(build, owing, payer, world, service):
    ada = await owing()
    order_id = await ada.approved()
    told = await home.capture(world, order_id)
    assert (told.outcome.step, told.outcome.reference, told.is_rest) == (Step.PAID, ada.made.reference, True)
    rest, price = await ada.rest(), await ada.price()
    [capture] = await payer.captures(order_id)
    assert Decimal(capture["amount"]["value"]) == rest.amount == price.due_later
    assert (rest.status, rest.is_paying, rest.remind_at) == (InstalmentStatus.PAID, False, None)
    assert rest.settled_at
    assert await ada.money() == (price.total, Decimal(0))
    assert (await build.history(ada.made))[-3:] == ["instalment_opened", "instalment_capture_intended", "instalment_paid"]
    with pytest.raises(NoRest):
        await ada.order()
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    assert len(await payer.captures(order_id)) == 1
    await agree(ada, service)


async def issued(build, ada, office):
    """Let the worker issue the papers that are promised; the amounts, and the sums on each."""
    works = await build.rows(
        """select w.id, o.id from outbox w join payment_operations o on o.id = (w.payload ->> 'operation_id')::uuid
           where w.topic = 'receipts.issue' and o.booking_id = $1 order by o.attempt""",
        ada.made.id,
    )
    for outbox_id, operation_id in works:
        await receipts.issue_and_send(office, outbox_id, operation_id)
    papers = await build.rows("select amount, content from receipts where booking_id = $1 order by number", ada.made.id)
    return [(amount, str(content["sums"])) for amount, content in papers]


async def test_its_receipt_says_what_was_paid_before_and_nothing_is_open(build, owing, office):
    ada = await owing()
    await ada.paid()
    price = await ada.price()
    (first, opening_sums), (second, sums) = await issued(build, ada, office)
    assert (first, second) == (price.due_now, price.due_later)
    assert ("Still to be paid" in opening_sums, "Still to be paid" in sums, "Paid before" in sums) == (True, False, True)


async def test_twenty_returns_and_notices_at_once_capture_once(build, owing, payer, world, service):
    ada = await owing()
    order_id = await ada.approved()
    told = await asyncio.gather(*(home.capture(side, order_id) for side in [world, service] * 10))
    assert {one.outcome.step for one in told} == {Step.PAID}
    assert len(await payer.asked("/capture", order_id)) == 1
    assert (await build.history(ada.made)).count("instalment_paid") == 1


async def test_pressed_many_times_at_once_one_order_is_opened(owing, world):
    ada = await owing()
    addresses = await asyncio.gather(*(pay.begin(world, ada.made.id) for _ in range(5)))
    assert len(set(addresses)) == 1


async def test_declined_it_is_due_as_before_and_may_be_paid_by_another_order(owing, payer, world, service):
    ada = await owing()
    order_id = await ada.approved("declined")
    assert (await home.capture(world, order_id)).outcome.step is Step.DECLINED
    rest = await ada.rest()
    assert (rest.is_open, rest.is_paying, rest.order_id) == (True, False, None)
    assert (await home.capture(world, order_id)).outcome.step is Step.DECLINED
    assert len(await payer.asked("/capture", order_id)) == 1
    again = await ada.approved()
    assert again != order_id
    assert (await home.capture(world, again)).outcome.step is Step.PAID
    await agree(ada, service)


async def test_declined_often_the_first_payment_is_no_less_paid(build, owing, world, service):
    """What is declined of the rest is none of the first payment's declines, nor is its order the booking's."""
    ada = await owing()
    for _ in range(5):
        assert (await home.capture(world, await ada.approved("declined"))).outcome.step is Step.DECLINED
    assert await build.status(ada.made) == "upcoming"
    await agree(ada, service)


async def test_coming_back_without_approving_is_not_paid(owing, world):
    ada = await owing()
    order_id = await ada.order()
    assert (await home.capture(world, order_id)).outcome.step is Step.NOT_PAID
    assert (await home.look(world, order_id)).is_rest
    assert await ada.order() == order_id


async def test_an_address_from_some_hours_ago_is_not_handed_out_again(owing, world, payer, wait_for):
    ada = await owing()
    old = await ada.order()
    await wait_for(opening.FRESH)
    new = await ada.approved()
    assert new != old
    assert (await home.capture(world, new)).outcome.step is Step.PAID


async def test_an_order_that_another_took_the_place_of_is_never_captured(owing, world, payer, wait_for):
    ada = await owing()
    old = await ada.approved()
    await wait_for(opening.FRESH)
    await ada.paid()
    assert (await home.capture(world, old)).outcome.step is Step.PAID  # the rest is, and not by this one
    assert await payer.asked("/capture", old) == []


async def test_an_order_that_another_took_the_place_of_meanwhile_is_not_intended_either(owing, world, wait_for):
    """It was the right one when its renter came back."""
    ada = await owing()
    old = await ada.approved()
    await wait_for(opening.FRESH)
    new = await ada.approved()
    assert await capturing.intend(world, ada.made.id, old, capturing.SYSTEM) is None
    assert await capturing.intend(world, ada.made.id, new, capturing.SYSTEM)


async def test_what_is_asked_for_the_rest_is_none_of_the_first_payment(build, owing, world, service):
    ada = await owing()
    order_id = await ada.approved()
    assert await capturing.intend(world, ada.made.id, order_id, capturing.SYSTEM)
    async with service.door.scope() as db:
        assert await payments.open_operation(db, ada.made.id, Kind.CAPTURE) is None
        assert (await payments.last_asked(db, ada.made.id, Kind.CAPTURE)).end is End.SUCCEEDED
        await db.execute("update payments set paypal_order_id = $2 where booking_id = $1", ada.made.id, order_id)
        assert [one.field for one in await differences(db, ada.made.reference)] == ["paypal_order_id"]
        [right] = await db.fetchrow(
            "select target_id from payment_operations where booking_id = $1 and kind = 'capture' and attempt = 1", ada.made.id
        )
        await db.execute("update payments set paypal_order_id = $2 where booking_id = $1", ada.made.id, right)
    await settling.settle(service, (await open_capture(ada, service)).id)


async def test_a_crash_before_the_capture_is_settled_by_the_worker(owing, payer, world, service, wait_for):
    ada = await owing()
    order_id = await ada.approved()
    operation = await capturing.intend(world, ada.made.id, order_id, capturing.SYSTEM)
    for refused in (ada.order(), cancel.by_renter(world, ada.made.id), ada.change(extras={ada.code: 1})):
        with pytest.raises(PaymentUnderWay):
            await refused
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert (await ada.rest()).status is InstalmentStatus.PAID
    [call] = await payer.asked("/capture", order_id)
    assert call["request_id"] == operation.request_id
    await agree(ada, service)


async def test_a_crash_after_the_capture_is_settled_with_the_same_request_id(build, owing, payer, world, service, wait_for):
    ada = await owing()
    order_id = await ada.approved()
    operation = await capturing.intend(world, ada.made.id, order_id, capturing.SYSTEM)
    async with world.door.scope() as db:
        now, _rest = await capturing.locked(db, ada.made.id)
    await capturing.ask(world, operation, now)
    assert (await ada.rest()).is_paying
    assert (await home.capture(world, order_id, patience=0)).outcome.step is Step.CHECKING
    await wait_for(MINUTE)
    await asyncio.gather(*(settling.settle(service, operation.id) for _ in range(3)))
    assert {call["request_id"] for call in await payer.asked("/capture", order_id)} == {operation.request_id}
    assert len(await payer.captures(order_id)) == 1
    assert (await build.history(ada.made)).count("instalment_paid") == 1


async def test_a_crashed_capture_is_also_finished_by_the_renter_who_reloads(owing, payer, world, wait_for):
    """With the worker stopped."""
    ada = await owing()
    order_id = await ada.approved()
    operation = await capturing.intend(world, ada.made.id, order_id, capturing.SYSTEM)
    async with world.door.scope() as db:
        now, _rest = await capturing.locked(db, ada.made.id)
    await capturing.ask(world, operation, now)
    await wait_for(MINUTE)
    assert (await home.capture(world, order_id, patience=0)).outcome.step is Step.PAID
    assert len(await payer.captures(order_id)) == 1


async def test_a_crash_while_the_order_is_opened_opens_no_second(owing, world, service, wait_for):
    ada = await owing()
    operation, now = await opening.intend(world, ada.made.id)
    lost = await checkout.ask(world, operation, now)
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert await ada.order() == lost.provider_id


async def test_an_answer_that_got_lost_is_found_again(owing, payer, world, paypal):
    ada = await owing()
    order_id = await ada.approved()
    await paypal.fault(kind="lost_after_commit", match={"path_regex": "/capture"})
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    assert len(await payer.captures(order_id)) == 1


async def test_silence_is_unknown_and_settled_later(build, owing, world, service, paypal):
    ada = await owing()
    order_id = await ada.approved()
    await paypal.fault(kind="status", status=500, match={"path_regex": "/capture"}, times=3)
    assert (await home.capture(world, order_id, patience=0)).outcome.step is Step.CHECKING
    assert (await ada.rest()).is_paying
    assert "instalment_unknown" in await build.history(ada.made)
    operation = await open_capture(ada, service)
    await settling.settle(service, operation.id)
    assert (await ada.rest()).status is InstalmentStatus.PAID


async def test_paypal_away_opens_nothing_and_says_so(owing, paypal):
    ada = await owing()
    await paypal.fault(kind="status", status=503, match={"path_regex": "/orders$"}, times=3)
    with pytest.raises(PayPalAway):
        await ada.order()
    assert await ada.paid()


async def test_money_that_is_pending_is_neither_paid_nor_asked_for_again(build, owing, payer, world, service):
    ada = await owing()
    order_id = await ada.approved("pending")
    assert (await home.capture(world, order_id, patience=0)).outcome.step is Step.CHECKING
    with pytest.raises(PaymentUnderWay):
        await ada.order()
    assert await asked(build, ada, "capture") == [("pending",)]
    [capture] = await payer.captures(order_id)
    await payer.paypal.control("POST", f"captures/{capture['id']}/settle", {"act": "complete"})
    operation = await open_capture(ada, service)
    await settling.settle(service, operation.id)
    assert (await ada.rest()).status is InstalmentStatus.PAID
    await agree(ada, service)


async def test_an_order_that_ended_takes_no_other_along(owing, world):
    """By the time PayPal says so, another was opened in its place."""
    ada = await owing()
    first = await ada.approved()

    rest = await ada.rest()

    async def overtake():
        async with world.door.scope() as db:
            await opening.instalments.forget_order(db, rest.id, first)
        return await pay.begin(world, ada.made.id)

    late = Late(world.paypal, overtake)
    assert (await home.capture(replace(world, paypal=late), first)).outcome.step is Step.NOT_PAID
    assert await ada.order() == order_in(late.address)


async def test_an_order_that_is_not_what_was_opened_is_never_captured(build, owing, payer, world):
    ada, eve = await owing(), await owing()
    mine, swapped = await ada.order(), await eve.approved()
    await build.value("update booking_instalments set paypal_order_id = null, approve_url = null where booking_id = $1", eve.made.id)
    await build.value("update booking_instalments set paypal_order_id = $2 where booking_id = $1", ada.made.id, swapped)
    assert (await home.capture(world, swapped)).outcome.step is Step.NOT_PAID
    assert await payer.asked("/capture", swapped) == []
    assert "payment_mismatch" in await build.history(ada.made)
    assert await ada.order() not in (mine, swapped)


async def test_an_order_of_another_thing_is_no_rest(build, owing, payer, world):
    ada = await owing()
    made = await build.held()
    for order_id in (await payer.order(made), "1AB"):
        with pytest.raises(UnknownRest):
            await pay.look(world, order_id)
    assert (await ada.rest()).is_open


async def test_a_rest_is_also_paid_when_the_rental_has_begun_and_nobody_has_the_key(build, owing, service):
    ada = await owing()
    await build.value("update bookings set status = 'active' where id = $1", ada.made.id)
    await ada.paid()
    assert (await ada.rest()).status is InstalmentStatus.PAID
    await agree(ada, service)


async def test_before_we_accept_the_booking_the_rest_is_neither_asked_for_nor_taken(build, owing):
    renter, sam = await owing(requires_approval=True), await staff_of(build)
    with pytest.raises(NotAccepted):
        await renter.order()
    await answer.accept(sam.door, renter.made.id, sam.actor)
    await renter.paid()
    assert not (await renter.rest()).is_open
