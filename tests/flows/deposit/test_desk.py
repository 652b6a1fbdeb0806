"""What staff do about a deposit: asked for once more, given back before its time; each once per key, and never from under a car."""

import asyncio
from datetime import timedelta

import pytest

from exodrive.deposits.model import DepositRules
from exodrive.deposits.states import HoldStatus
from exodrive.flows import home
from exodrive.flows.deposit import desk, look, placing
from exodrive.flows.deposit.errors import NoHoldWanted, NothingHeld, StillOut
from exodrive.kit.errors import BadInput
from exodrive.kit.idempotency import KeyReused
from tests.builders import days_ahead, new_key
from tests.flows.deposit.test_hold import approved, at_paypal, hand_over, held, holds, near, settle, take_back
from tests.flows.deposit.test_letters import before_pickup, promised, sent, topics
from tests.flows.ending import staff_of

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RULES = DepositRules()


async def test_given_back_early_it_is_voided_once_and_both_books_say_why(build, payer, world, service):
    made, sam, key = await near(build), await staff_of(build), new_key()
    hold = await held(world, payer, made)
    told = [await desk.give_back(sam.door, made.id, sam.actor, "Paid in cash", key=key) for _ in range(2)]
    assert told[0] == told[1] == desk.GivenBack(hold.amount, "USD")
    with pytest.raises(NothingHeld):
        await desk.give_back(sam.door, made.id, sam.actor, "Once more", key=new_key())
    await settle(service, made)
    assert (await holds(world, made))[0].status is HoldStatus.RELEASED
    assert await at_paypal(payer, hold) == {hold.authorization_id: "VOIDED"}
    history = "select reason, actor_type from booking_events where booking_id = $1 and event_type = 'deposit_release_promised'"
    assert await build.rows(history, made.id) == [("Paid in cash", "admin")]
    assert [(action, details["reason"]) for action, details in await sam.noted(build)] == [("deposit_given_back", "Paid in cash")]
    asked = await build.value("select count(*) from payment_operations where booking_id = $1 and kind = 'release'", made.id)
    assert asked == 1


async def test_a_reason_is_needed_and_a_key_is_not_used_for_another(build, payer, world):
    made, sam, key = await near(build), await staff_of(build), new_key()
    await held(world, payer, made)
    with pytest.raises(BadInput):
        await desk.give_back(sam.door, made.id, sam.actor, " ")
    await desk.give_back(sam.door, made.id, sam.actor, "Paid in cash", key=key)
    with pytest.raises(KeyReused):
        await desk.give_back(sam.door, made.id, sam.actor, "Another reason", key=key)


async def test_while_the_renter_has_the_car_it_stays_and_after_the_return_it_goes(build, payer, world, service):
    made, sam = await near(build), await staff_of(build)
    await held(world, payer, made)
    await hand_over(build, made)
    with pytest.raises(StillOut):
        await desk.give_back(sam.door, made.id, sam.actor, "A regular")
    await take_back(build, made)
    await desk.give_back(sam.door, made.id, sam.actor, "All is well")
    await settle(service, made)
    assert (await holds(world, made))[0].status is HoldStatus.RELEASED


async def test_two_at_once_give_it_back_once(build, payer, world):
    made, sam = await near(build), await staff_of(build)
    await held(world, payer, made)
    both = (desk.give_back(sam.door, made.id, sam.actor, "Paid in cash") for _ in range(2))
    told = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in told) == ["GivenBack", "NothingHeld"]


async def test_nothing_is_given_back_where_nothing_is_held(build):
    made, sam = await near(build), await staff_of(build)
    with pytest.raises(NothingHeld):
        await desk.give_back(sam.door, made.id, sam.actor, "By mistake")


async def test_asked_again_the_letter_goes_once_per_key_and_the_clock_counts_it(build, office, resend, wait_for):
    made, sam, key = await build.paid(days=days_ahead(5, 3)), await staff_of(build), new_key()
    with pytest.raises(NoHoldWanted):
        await desk.ask_again(RULES, sam.door, made.id, sam.actor, key=new_key())
    await before_pickup(build, made, wait_for, 30 * HOUR)
    told = [await desk.ask_again(RULES, sam.door, made.id, sam.actor, key=key) for _ in range(2)]
    assert told[0] == told[1]
    await look.look_at(office, made.id)
    assert await topics(build, made) == ["mail.deposit"], "the clock does not ask a second time"
    assert (await sent(build, office, resend, made))["subject"].startswith("Please hold the deposit: ")
    await before_pickup(build, made, wait_for, 23 * HOUR)
    await look.look_at(office, made.id)
    assert len(await promised(build, made)) == 1, "and reminds nobody within hours"
    await desk.ask_again(RULES, sam.door, made.id, sam.actor, key=new_key())
    assert len(await promised(build, made)) == 2
    assert [action for action, _details in await sam.noted(build)] == ["deposit_asked_again"] * 2


async def test_asked_again_about_a_hold_that_was_declined_the_clock_does_not_write_of_it_too(build, payer, world, office, wait_for):
    made, sam = await near(build), await staff_of(build)
    await home.capture(world, await approved(world, payer, made, "declined"))
    await desk.ask_again(RULES, sam.door, made.id, sam.actor)
    await wait_for(20 * MINUTE)
    await look.look_at(office, made.id)
    assert await topics(build, made) == ["mail.deposit"]


@pytest.mark.parametrize("how", ["held", "being placed", "free"])
async def test_who_need_not_hold_anything_is_not_asked_again(build, payer, world, how):
    sam = await staff_of(build)
    car = await build.car(**({"price": {"deposit_amount": 0}} if how == "free" else {}))
    made = await build.paid(car, days_ahead(1, 3))
    if how == "held":
        await held(world, payer, made)
    elif how == "being placed":
        order_id = await approved(world, payer, made)
        assert await placing.intend(world, (await holds(world, made))[0], order_id, placing.CUSTOMER)
    with pytest.raises(NoHoldWanted):
        await desk.ask_again(RULES, sam.door, made.id, sam.actor)
    assert await topics(build, made) == []
