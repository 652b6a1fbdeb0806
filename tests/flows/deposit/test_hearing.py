"""Notices about holds: they make us look, and are believed in nothing."""

from datetime import timedelta

from exodrive.deposits.states import HoldStatus
from exodrive.flows import home
from tests.builders import new_key
from tests.flows.deposit.test_hold import approved, held, holds, near
from tests.flows.test_webhooks import notice, outcome, take_in
from tests.site import Site

MINUTE = timedelta(minutes=1)


async def test_a_hold_whose_answer_got_lost_is_found_when_paypal_tells_of_it(build, payer, world, service, wait_for):
    made = await near(build)
    order_id = await approved(world, payer, made)
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": "/authorize$"}, times=3)
    await home.capture(world, order_id, patience=0)
    assert (await holds(world, made))[0].status is HoldStatus.ASKED
    await wait_for(MINUTE)
    ledger = await payer.paypal.control("GET", "ledger")
    [name] = [row["id"] for row in ledger["authorizations"] if row["custom_id"] == str(made.id)]
    told = notice("PAYMENT.AUTHORIZATION.CREATED", {"id": name, "supplementary_data": {"related_ids": {"order_id": order_id}}})
    await take_in(world, service, told)
    assert await outcome(build, told) == "settled"
    assert [(hold.status, hold.authorization_id) for hold in await holds(world, made)] == [(HoldStatus.HELD, name)]


async def test_a_hold_given_back_at_paypals_own_site_is_booked_when_paypal_tells_of_it(build, payer, world, service):
    made = await near(build)
    hold = await held(world, payer, made)
    await Site(payer.paypal).let_go(hold.authorization_id)
    told = notice("PAYMENT.AUTHORIZATION.VOIDED", {"id": hold.authorization_id, "status": "VOIDED"})
    await take_in(world, service, told)
    assert (await holds(world, made))[0].status is HoldStatus.RELEASED
    assert (await build.history(made))[-1] == "deposit_released_elsewhere"


async def test_that_a_hold_was_voided_is_not_believed_while_paypal_shows_it_alive(build, payer, world, service):
    made = await near(build)
    hold = await held(world, payer, made)
    told = notice("PAYMENT.AUTHORIZATION.VOIDED", {"id": hold.authorization_id, "status": "VOIDED"})
    await take_in(world, service, told)
    assert await outcome(build, told) == "nothing open"
    assert (await holds(world, made))[0].status is HoldStatus.HELD
    promised = "select count(*) from outbox where topic = 'deposits.look' and payload ->> 'booking_id' = $1 and done_at is null"
    assert await build.value(promised, str(made.id)) >= 1


async def test_a_hold_that_is_not_ours_is_left_alone(build, world, service):
    told = notice("PAYMENT.AUTHORIZATION.CREATED", {"id": f"A{new_key()}"})
    await take_in(world, service, told)
    assert await outcome(build, told) == "not ours"
