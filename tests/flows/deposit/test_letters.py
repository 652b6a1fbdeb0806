"""Letters that ask for the deposit: when asking begins, near the pick-up, and when a hold came to nothing; each once, none in vain."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from exodrive.deposits.model import DepositRules
from exodrive.deposits.states import HoldStatus
from exodrive.flows import cancel, home
from exodrive.flows.deposit import asking, look, placing, reminding
from exodrive.kit import clock
from tests.builders import days_ahead
from tests.flows.deposit.test_hold import approved, hand_over, held, holds, near, settle, take_back
from tests.flows.test_cancel import staff_door

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TOPICS = ["mail.deposit", "mail.deposit_reminder"]


async def promised(build, made):
    """The letters about the deposit that were promised, the oldest first."""
    return await build.rows(
        "select topic, id from outbox where topic = any ($1) and payload ->> 'booking_id' = $2 order by created_at, id",
        TOPICS,
        str(made.id),
    )


async def topics(build, made):
    return [topic for topic, _id in await promised(build, made)]


async def before_pickup(build, made, wait_for, span):
    """Wait until so long before the pick-up."""
    at = await build.value("select pickup_at from bookings where id = $1", made.id)
    await wait_for(at - span - clock.now())


async def sent(build, office, resend, made):
    """Send the letter that was promised last; returns it, or None when none left."""
    topic, work = (await promised(build, made))[-1]
    await reminding.send(office, work, made.id, is_reminder=topic == "mail.deposit_reminder")
    mails = [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]
    return max(mails, key=lambda mail: mail["created"]) if mails else None


async def test_two_days_before_the_pick_up_it_is_asked_for_and_a_day_before_once_more(build, office, resend, wait_for):
    made = await build.paid(days=days_ahead(5, 3))
    await before_pickup(build, made, wait_for, 48 * HOUR + MINUTE)
    await look.look_at(office, made.id)
    assert await topics(build, made) == []
    await before_pickup(build, made, wait_for, 48 * HOUR - MINUTE)
    for _ in range(2):
        assert await look.look_at_all(office) >= 1
    assert await topics(build, made) == ["mail.deposit"]
    first = await sent(build, office, resend, made)
    await before_pickup(build, made, wait_for, 24 * HOUR + MINUTE)
    await look.look_at(office, made.id)
    assert await topics(build, made) == ["mail.deposit"]
    for span in (24 * HOUR - MINUTE, HOUR, -HOUR):
        await before_pickup(build, made, wait_for, span)
        await look.look_at(office, made.id)
    assert await topics(build, made) == TOPICS
    assert (await build.history(made)).count("deposit_letter_promised") == 2
    assert first["subject"].startswith("Please hold the deposit: ")
    for body in (first["text"], first["html"]):
        assert "$5,000.00" in body
        assert "reserved, not charged" in body
        assert "released by" in body
        assert "http://shop.test/booking/" in body


async def test_booked_late_it_is_asked_for_at_once_and_not_again_within_hours(build, office, resend, wait_for):
    made = await build.paid(days=days_ahead(3, 3))
    for span in (20 * HOUR, 9 * HOUR):
        await before_pickup(build, made, wait_for, span)
        await look.look_at(office, made.id)
        assert await topics(build, made) == ["mail.deposit"]
    await before_pickup(build, made, wait_for, 7 * HOUR)
    await look.look_at(office, made.id)
    assert await topics(build, made) == TOPICS
    mail = await sent(build, office, resend, made)
    assert mail["subject"].startswith("The deposit is not held yet: ")
    assert "is not held yet" in mail["text"]


async def test_the_house_says_how_long_before_the_pick_up_it_is_asked_for(build, world, office, wait_for):
    made = await build.paid(days=days_ahead(5, 3))
    await before_pickup(build, made, wait_for, 71 * HOUR)
    await look.look_at(office, made.id)
    assert await topics(build, made) == []
    early = DepositRules(ask_hours=72)
    await look.look_at(replace(office, deposits=early), made.id)
    assert await topics(build, made) == ["mail.deposit"]
    assert await asking.begin(replace(world, deposits=early), made.id)


async def test_given_back_on_purpose_no_letter_asks_for_it_again(build, payer, world, office, wait_for):
    made = await build.paid(days=days_ahead(3, 3))
    await before_pickup(build, made, wait_for, 40 * HOUR)
    hold = await held(world, payer, made)
    await build.rows("update deposit_holds set status = 'released', ended_at = exodrive_private.now() where id = $1 returning id", hold.id)
    await before_pickup(build, made, wait_for, HOUR)
    await look.look_at(office, made.id)
    assert await topics(build, made) == []


@pytest.mark.parametrize("how", ["held", "waits", "free", "cancelled", "unpaid"])
async def test_nobody_is_asked_who_need_not_hold_anything(build, payer, world, office, how):
    car = await build.car(**({"price": {"deposit_amount": 0}} if how == "free" else {"requires_approval": True} if how == "waits" else {}))
    made = await (build.held if how == "unpaid" else build.paid)(car, days_ahead(1, 3))
    if how == "held":
        await held(world, payer, made)
    elif how == "cancelled":
        door, actor = await staff_door(build)
        await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    await look.look_at(office, made.id)
    assert await topics(build, made) == []


@pytest.mark.parametrize("how", ["held", "cancelled", "being placed"])
async def test_no_letter_leaves_about_a_deposit_that_is_settled_meanwhile(build, payer, world, office, resend, how):
    made = await near(build)
    await look.look_at(office, made.id)
    if how == "held":
        await held(world, payer, made)
    elif how == "cancelled":
        door, actor = await staff_door(build)
        await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    else:
        order_id = await approved(world, payer, made)
        assert await placing.intend(world, (await holds(world, made))[0], order_id, placing.CUSTOMER)
    assert await sent(build, office, resend, made) is None


async def test_while_it_is_being_placed_no_letter_is_promised(build, payer, world, office):
    made = await near(build)
    order_id = await approved(world, payer, made)
    assert await placing.intend(world, (await holds(world, made))[0], order_id, placing.CUSTOMER)
    await look.look_at(office, made.id)
    assert await topics(build, made) == []


async def test_declined_and_not_tried_again_a_letter_asks_for_another_card_once(build, payer, world, office, resend, wait_for):
    made = await near(build)
    await home.capture(world, await approved(world, payer, made, "declined"))
    await look.look_at(office, made.id)
    assert await topics(build, made) == [], "the page has just said so"
    await wait_for(reminding.GRACE + MINUTE)
    for _ in range(2):
        await look.look_at(office, made.id)
    assert await topics(build, made) == ["mail.deposit"]
    mail = await sent(build, office, resend, made)
    assert "declined to hold the deposit" in mail["text"]
    assert "another card" in mail["text"]


async def test_a_hold_that_ends_too_soon_is_asked_for_anew_once(build, payer, world, office, resend, wait_for):
    made = await near(build, days=30)
    await held(world, payer, made)
    await hand_over(build, made)
    await wait_for(25 * DAY)
    await look.look_at(office, made.id)
    assert await topics(build, made) == []
    await wait_for(DAY + MINUTE)
    for _ in range(2):
        await look.look_at(office, made.id)
    assert await topics(build, made) == ["mail.deposit"]
    mail = await sent(build, office, resend, made)
    assert mail["subject"].startswith("Please hold the deposit once more: ")
    assert "ends on" in mail["text"]
    assert "key" not in mail["text"], "the renter has it"


async def test_a_hold_that_ran_out_unseen_is_asked_for_anew(build, payer, world, office, resend, wait_for):
    made = await near(build, days=30)
    await held(world, payer, made)
    await hand_over(build, made)
    await wait_for(29 * DAY + HOUR)
    await settle(office, made)
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.LAPSED]
    await wait_for(reminding.GRACE + MINUTE)
    await look.look_at(office, made.id)
    assert "has run out" in (await sent(build, office, resend, made))["text"]
    await take_back(build, made)
    assert len(await promised(build, made)) == 1


async def test_who_got_the_key_without_a_deposit_is_not_asked(build, office):
    made = await near(build)
    await hand_over(build, made)
    await look.look_at(office, made.id)
    assert await topics(build, made) == []


async def test_many_workers_promise_a_letter_once(build, office):
    made = await near(build)
    await asyncio.gather(*(look.look_at(office, made.id) for _ in range(5)))
    assert await topics(build, made) == ["mail.deposit"]
