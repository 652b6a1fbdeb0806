"""Staff forgo the rest: with a reason, once, never while it is being paid; and no key is given while it is open."""

from datetime import timedelta

import asyncpg
import pytest

from exodrive.flows import cancel, home
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Step
from exodrive.flows.instalment import capturing, waive
from exodrive.flows.instalment.errors import ChangeFirst, NoRest, RestOpen
from exodrive.flows.rental.hand_over import hand_over
from exodrive.handovers.model import Reading
from exodrive.kit.errors import BadInput
from exodrive.payments.instalments.model import InstalmentStatus
from tests.flows.conftest import order_in
from tests.flows.ending import IP, staff_of
from tests.flows.instalment.test_pay import agree, issued

WHY = "the pool was not heated"


async def test_a_waived_rest_is_asked_for_no_more(build, owing, payer, world, service):
    ada, sam = await owing(), await staff_of(build)
    order_id = await ada.approved()
    told = await waive.by_staff(sam.door, ada.made.id, sam.actor, WHY, key="waive-this-1", ip=IP)
    assert told == await waive.by_staff(sam.door, ada.made.id, sam.actor, WHY, key="waive-this-1", ip=IP)
    rest = await ada.rest()
    assert (rest.status, told.amount, rest.remind_at) == (InstalmentStatus.WAIVED, rest.amount, None)
    assert (await home.capture(world, order_id)).outcome.step is Step.GONE
    assert await payer.asked("/capture", order_id) == []
    with pytest.raises(NoRest):
        await ada.order()
    assert (await build.history(ada.made)).count("instalment_waived") == 1
    [(action, details)] = await sam.noted(build)
    assert (action, details["reason"], details["amount"]) == ("instalment_waived", WHY, rest.money.text)
    await agree(ada, service)


async def test_there_must_be_a_reason_and_a_rest(build, owing):
    ada, sam = await owing(), await staff_of(build)
    with pytest.raises(BadInput):
        await waive.by_staff(sam.door, ada.made.id, sam.actor, "  ")
    await ada.paid()
    for booking_id in (ada.made.id, (await build.paid()).id):
        with pytest.raises(NoRest):
            await waive.by_staff(sam.door, booking_id, sam.actor, WHY)


async def test_not_while_it_is_paid_nor_while_a_change_waits(build, owing, world):
    ada, eve, sam = await owing(), await owing(), await staff_of(build)
    assert await capturing.intend(world, ada.made.id, await ada.approved(), capturing.SYSTEM)
    with pytest.raises(PaymentUnderWay):
        await waive.by_staff(sam.door, ada.made.id, sam.actor, WHY)
    await eve.change(extras={eve.code: 1})
    with pytest.raises(ChangeFirst):
        await waive.by_staff(sam.door, eve.made.id, sam.actor, WHY)


async def give_key(build, ada):
    await build.value("update bookings set handed_over_at = (select exodrive_private.now()) where id = $1", ada.made.id)


async def test_no_key_is_given_while_a_rest_is_open(build, owing):
    ada = await owing()
    with pytest.raises(asyncpg.CheckViolationError, match="the rest of the price"):
        await give_key(build, ada)
    await ada.paid()
    await give_key(build, ada)


async def test_the_key_is_given_once_the_rest_is_waived(build, owing):
    ada, sam = await owing(), await staff_of(build)
    await waive.by_staff(sam.door, ada.made.id, sam.actor, WHY)
    await give_key(build, ada)


async def test_the_database_lets_nobody_settle_it_twice_or_beside_a_payment(build, owing, world):
    ada = await owing()
    rest = await ada.rest()
    assert await capturing.intend(world, ada.made.id, await ada.approved(), capturing.SYSTEM)
    away = "settled_at = exodrive_private.now(), is_paying = false, remind_at = null"
    for wrong in (f"status = 'merged', {away}", f"status = 'dropped', {away}", "amount = amount - 1"):
        with pytest.raises(asyncpg.CheckViolationError, match="under way"):
            await build.value(f"update booking_instalments set {wrong} where id = $1", rest.id)
    await build.value("update booking_instalments set is_paying = false where id = $1", rest.id)
    with pytest.raises(asyncpg.CheckViolationError, match="sold with"):
        await build.value("update booking_instalments set amount = amount - 1 where id = $1", rest.id)
    await cancel.by_renter(world, ada.made.id)
    with pytest.raises(asyncpg.CheckViolationError, match="once and for all"):
        await build.value("update booking_instalments set status = 'open', settled_at = null where id = $1", rest.id)


async def test_a_car_is_handed_over_once_all_is_paid(build, owing, world, wait_for):
    ada, sam = await owing(ahead=8), await staff_of(build)
    await wait_for(timedelta(days=8))
    out = Reading(8412, 100)
    with pytest.raises(RestOpen):
        await hand_over(sam.door, ada.made.id, out, sam.actor, without_deposit="a regular")
    assert await build.status(ada.made) == "upcoming"
    await ada.paid()
    await hand_over(sam.door, ada.made.id, out, sam.actor, without_deposit="a regular")
    assert await build.status(ada.made) == "active"


async def test_what_was_waived_is_not_still_to_be_paid_on_a_later_receipt(build, owing, payer, world, office):
    ada, sam = await owing(), await staff_of(build)
    await waive.by_staff(sam.door, ada.made.id, sam.actor, WHY)
    made = await ada.change(extras={ada.code: 1})
    order_id = order_in(made.approve_url)
    await payer.approve(order_id)
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    _first, (_amount, sums) = await issued(build, ada, office)
    assert ("Still to be paid" in sums, "Waived" in sums) == (False, True)
