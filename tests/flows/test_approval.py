"""Cars that require approval: paid, then accepted by staff in time, or refused, or ended by the clock with everything going back."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from exodrive.bookings.endings import How
from exodrive.flows import cancel, letters, no_show
from exodrive.flows.approval import answer, due, letter
from exodrive.flows.approval.errors import NotAccepted, NotAwaited
from exodrive.flows.approval.words import left_words
from exodrive.flows.change import propose
from exodrive.flows.change.model import Wish
from exodrive.flows.deposit import asking
from exodrive.flows.deposit.errors import NoHoldWanted
from exodrive.flows.rental.hand_over import hand_over
from exodrive.handovers.model import Reading
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput
from exodrive.kit.idempotency import KeyReused
from exodrive.kit.links import hash_of
from exodrive.mail.model import House
from tests.builders import days_ahead, new_key, replace
from tests.flows.ending import at_paypal, money_of, paid_at_paypal, pick_up_in, refunds, send_ended, settle_refunds, staff_of, total

HOUR, MINUTE, A_DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(hours=24)


async def waiting(build, days=None):
    """A paid booking of a car that requires approval."""
    return await build.paid(await build.car(requires_approval=True), days)


async def answered(build, made):
    """When a booking was accepted."""
    return await build.value("select approved_at from bookings where id = $1", made.id)


async def promised(build, made, topic):
    """How many letters of a kind were promised about a booking."""
    query = "select count(*) from outbox where topic = $1 and payload ->> 'booking_id' = $2"
    return await build.value(query, topic, str(made.id))


async def time_to_answer(build, made):
    """How long staff have had from the payment on."""
    columns = "b.approval_due_at - p.captured_at, b.pickup_at - b.approval_due_at, b.approval_remind_at - p.captured_at"
    [row] = await build.rows(f"select {columns} from bookings b join payments p on p.booking_id = b.id where b.id = $1", made.id)
    return row


def near(span, wanted):
    return abs(span - wanted) < MINUTE


async def test_what_is_paid_waits_for_our_answer_and_nothing_is_confirmed(build):
    made = await waiting(build)
    given, _left, reminded = await time_to_answer(build, made)
    assert near(given, A_DAY)
    assert near(reminded, A_DAY / 2)
    assert (await build.status(made), len(await build.days_of(made)), await answered(build, made)) == ("upcoming", 3, None)
    topics = ("mail.awaits_answer", "mail.to_answer", "mail.confirmation")
    assert [await promised(build, made, topic) for topic in topics] == [1, 1, 0]


async def test_a_car_that_needs_no_answer_is_theirs_with_the_payment(build):
    made, sam = await build.paid(), await staff_of(build)
    assert await build.rows("select approval_hours, approval_due_at from bookings where id = $1", made.id) == [(None, None)]
    assert await promised(build, made, "mail.confirmation") == 1
    for ask in (answer.accept(sam.door, made.id, sam.actor), answer.refuse(sam.door, made.id, sam.actor, "no")):
        with pytest.raises(NotAwaited):
            await ask


async def test_what_was_said_at_the_purchase_counts_whatever_the_car_requires_later(build):
    car = await build.car(requires_approval=True)
    made, free = await build.held(car), await build.held(other := await build.car())
    for changed in (car, other):
        await build.value("update cars set requires_approval = not requires_approval where id = $1 returning true", changed.id)
    await build.pay(made)
    await build.pay(free)
    assert await build.value("select approval_due_at is not null from bookings where id = $1", made.id)
    assert await build.value("select approval_due_at is null from bookings where id = $1", free.id)


@pytest.mark.parametrize(("ahead", "given"), [(30, 24), (25, 23), (11, 9), (4, 2), (3, 1.5), (0.5, 0.25), (-1, 0)])
async def test_the_renter_knows_two_hours_before_the_pick_up_or_half_way_to_a_nearer_one(build, ahead, given):
    made = await build.held(await build.car(requires_approval=True))
    await pick_up_in(build, made, ahead * HOUR)
    await build.pay(made)
    assert near((await time_to_answer(build, made))[0], given * HOUR)


async def test_accepted_the_car_is_theirs_once(build, wait_for):
    made, sam, key = await waiting(build), await staff_of(build), new_key()
    first = await answer.accept(sam.door, made.id, sam.actor, key=key)
    told = await asyncio.gather(*(answer.accept(sam.door, made.id, sam.actor, key=key) for _ in range(3)))
    await wait_for(2 * A_DAY)
    told.append(await answer.accept(sam.door, made.id, sam.actor))
    assert {one.approved_at for one in told} == {first.approved_at} == {await answered(build, made)}
    assert (await build.history(made)).count("accepted") == 1
    assert await build.value("select approval_remind_at from bookings where id = $1", made.id) is None
    assert [action for action, _details in await sam.noted(build)] == ["booking_accepted"]
    assert await promised(build, made, "mail.confirmation") == 1
    with pytest.raises(NotAwaited):
        await answer.refuse(sam.door, made.id, sam.actor, "too late")


async def test_accepted_nothing_ends_by_the_clock(build, service, wait_for):
    made, sam = await waiting(build), await staff_of(build)
    await answer.accept(sam.door, made.id, sam.actor)
    await wait_for(A_DAY + MINUTE)
    await due.settle_due(service)
    assert await due.remind(service) == 0
    assert (await build.status(made), len(await build.days_of(made))) == ("upcoming", 3)


async def test_refused_everything_goes_back_once_and_the_days_are_free(build, payer, world, service):
    car = await build.car(requires_approval=True)
    made = await paid_at_paypal(build, payer, world, await build.held(car, days_ahead(10, 2)))
    sam, key = await staff_of(build), new_key()
    ask = [answer.refuse(sam.door, made.id, sam.actor, "too young", key=key) for _ in range(3)]
    told = [*await asyncio.gather(*ask), await answer.refuse(sam.door, made.id, sam.actor, "again")]
    assert {(one.how, one.percent, one.refund) for one in told} == {(How.REFUSED, 100, total(made))}
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])
    await settle_refunds(build, service, made)
    assert await at_paypal(build, payer, made) == total(made)
    assert await money_of(build, made) == ("refunded", total(made), total(made))
    assert (await build.history(made)).count("refused") == 1
    assert [action for action, _details in await sam.noted(build)] == ["booking_refused"]
    with pytest.raises(NotAwaited):
        await answer.accept(sam.door, made.id, sam.actor)
    await build.held(car, days_ahead(10, 2))
    with pytest.raises(KeyReused):
        await answer.refuse(sam.door, made.id, sam.actor, "for another reason", key=key)


async def test_a_refusal_says_why(build):
    made, sam = await waiting(build), await staff_of(build)
    with pytest.raises(BadInput):
        await answer.refuse(sam.door, made.id, sam.actor, " ")


async def test_not_answered_in_time_everything_goes_back_once(build, payer, world, service, wait_for):
    made = await paid_at_paypal(build, payer, world, await build.held(await build.car(requires_approval=True)))
    await wait_for(A_DAY - MINUTE)
    await due.settle_due(service)
    assert not await due._settle(service, made.id), "looked at too early, it is left alone"
    assert await build.status(made) == "upcoming"
    await wait_for(2 * MINUTE)
    await asyncio.gather(*(due.settle_due(service) for _ in range(4)))
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])
    assert await refunds(build, made) == [(total(made), None)]
    await settle_refunds(build, service, made)
    assert await at_paypal(build, payer, made) == total(made)
    assert await build.value("select how from booking_endings where booking_id = $1", made.id) == How.UNANSWERED
    assert (await build.history(made)).count("unanswered") == 1


async def test_when_the_time_is_over_nobody_accepts_any_more(build, service, wait_for):
    """Even before the clock's job has looked: in the same second one of them is right, and the database says which."""
    made, sam = await waiting(build), await staff_of(build)
    await wait_for(A_DAY + MINUTE)
    with pytest.raises(NotAwaited):
        await answer.accept(sam.door, made.id, sam.actor)
    with pytest.raises(asyncpg.CheckViolationError, match="bookings_accepted_in_time"):
        await _as_staff(sam.door, "update bookings set approved_at = now() where id = $1", made)
    await due.settle_due(service)
    assert await build.status(made) == "cancelled"


async def test_in_the_same_second_one_of_them_decides(build, service, wait_for):
    sam, all_made = await staff_of(build), [await waiting(build) for _ in range(4)]
    await wait_for(A_DAY - timedelta(seconds=0.6))
    late = asyncio.create_task(_go_on(service, all_made, build))
    told = []
    for made in all_made:
        await asyncio.sleep(0.2)
        told.append(await asyncio.gather(answer.accept(sam.door, made.id, sam.actor), return_exceptions=True))
    await late
    for made, [said] in zip(all_made, told, strict=True):
        stands = ("upcoming", []) if not isinstance(said, Exception) else ("cancelled", [(total(made), None)])
        assert (await build.status(made), await refunds(build, made)) == stands
    assert {type(said).__name__ for [said] in told} <= {"Accepted", "NotAwaited"}


async def _go_on(service, all_made, build):
    """The worker looks again and again, until every booking that is late has ended."""
    for _ in range(30):
        await due.settle_due(service)
        await asyncio.sleep(0.05)


async def test_what_waits_does_not_begin(build):
    made = await waiting(build)
    for begun in ("status = 'active'", "handed_over_at = exodrive_private.now()", "status = 'no_show'"):
        with pytest.raises(asyncpg.CheckViolationError, match="bookings_accepted"):
            await build.value(f"update bookings set {begun} where id = $1 returning true", made.id)
    sam = await staff_of(build)
    await answer.accept(sam.door, made.id, sam.actor)
    await build.value(
        "update bookings set status = 'active', handed_over_at = exodrive_private.now() where id = $1 returning true", made.id
    )


async def test_no_key_goes_out_for_what_we_did_not_accept(build, wait_for):
    car = await build.car(requires_approval=True, price={"deposit_amount": 0})
    made, sam = await build.paid(car, days_ahead(1, 3)), await staff_of(build)
    await wait_for(A_DAY)
    with pytest.raises(NotAccepted):
        await hand_over(sam.door, made.id, Reading(8412, 100), sam.actor)
    assert await build.value("select count(*) from handovers where booking_id = $1", made.id) == 0


async def test_nobody_has_failed_to_come_for_what_we_did_not_accept(build):
    made, sam = await waiting(build), await staff_of(build)
    await pick_up_in(build, made, -HOUR)
    with pytest.raises(NotAccepted):
        await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited")


async def test_no_deposit_is_asked_for_before_we_accept(build, payer, world, service):
    made, sam = await waiting(build), await staff_of(build)
    await pick_up_in(build, made, 26 * HOUR)
    with pytest.raises(NoHoldWanted):
        await asking.begin(world, made.id)
    await answer.accept(sam.door, made.id, sam.actor)
    assert await asking.begin(world, made.id)


async def test_a_renter_may_go_any_time_before_we_accept_and_pays_nothing(build):
    made = await waiting(build)
    await pick_up_in(build, made, 3 * HOUR)
    assert (await cancel.preview(build.world, made.id)).percent == 100
    told = await cancel.by_renter(build.world, made.id)
    assert (told.how, told.percent, told.refund) == (How.RENTER, 100, total(made))
    assert await refunds(build, made) == [(total(made), None)]


async def test_accepted_the_tiers_count_again(build):
    made, sam = await waiting(build), await staff_of(build)
    await answer.accept(sam.door, made.id, sam.actor)
    await pick_up_in(build, made, 30 * HOUR)
    with pytest.raises(cancel.CancelClosed):
        await cancel.by_renter(build.world, made.id)
    assert (await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "ill", how=How.TIERS)).percent == 50


async def test_staff_keep_nothing_of_what_they_did_not_accept(build):
    made, sam = await waiting(build), await staff_of(build)
    await pick_up_in(build, made, 3 * HOUR)
    with pytest.raises(BadInput) as refused:
        await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "ill", how=How.PERCENT, percent=50)
    assert set(refused.value.fields) == {"percent"}
    assert (await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "ill", how=How.TIERS)).refund == total(made)


async def test_what_waits_is_not_changed(build):
    made = await waiting(build)
    holder = build.doors.token(hash_of(made.token))
    with pytest.raises(NotAccepted):
        await propose.preview(build.world, holder, made.reference, Wish(additional_drivers=1))


async def _as_staff(door: Door, query: str, made) -> None:
    async with door.scope() as db:
        await db.execute(query, made.id)


ENDING = "insert into booking_endings (booking_id, how, percent, paid, refund, currency) values ($1, '{}', {}, 100, {}, 'USD')"


@pytest.mark.parametrize(
    ("how", "percent", "accepted"), [("unanswered", 100, False), ("renter", 50, False), ("percent", 0, False), ("refused", 100, True)]
)
async def test_the_database_lets_nobody_end_it_otherwise(build, how, percent, accepted):
    made, sam = await waiting(build), await staff_of(build)
    if accepted:
        await answer.accept(sam.door, made.id, sam.actor)
    with pytest.raises(asyncpg.CheckViolationError, match=r"refused|tiers"):
        await build.value(ENDING.format(how, percent, percent), made.id)


async def test_the_database_lets_nobody_but_staff_accept_and_only_once(build):
    made, sam = await waiting(build), await staff_of(build)
    accepting = "update bookings set approved_at = exodrive_private.now() where id = $1"
    for door in (build.doors.service(), build.doors.checkout(), build.doors.token(hash_of(made.token))):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await _as_staff(door, accepting, made)
    await _as_staff(sam.door, accepting, made)
    for again in (accepting, "update bookings set approved_at = null where id = $1"):
        with pytest.raises(asyncpg.CheckViolationError, match="waits for an answer"):
            await _as_staff(sam.door, again, made)


async def test_the_database_changes_nothing_that_we_are_asked_to_accept(build):
    made = await waiting(build)
    proposed = """insert into booking_changes (id, booking_id, number, status, before_price, after_price, before, after, difference,
                  currency, expires_at) values (gen_random_uuid(), $1, 1, 'pending', '{}', '{}', '{}', '{}', 0, 'USD', 'infinity')"""
    with pytest.raises(asyncpg.CheckViolationError, match="is not changed"):
        await build.value(proposed, made.id)


async def test_staff_are_reminded_once_at_half_time(build, service, wait_for):
    made = await waiting(build)
    await wait_for(A_DAY / 2 - MINUTE)
    await due.remind(service)
    assert await promised(build, made, "mail.answer_reminder") == 0
    await wait_for(2 * MINUTE)
    await asyncio.gather(*(due.remind(service) for _ in range(3)))
    assert await promised(build, made, "mail.answer_reminder") == 1


async def _mails(resend, to):
    return [mail for mail in await resend.control("GET", "mails") if mail["to"] == [to]]


async def _work(build, made, topic):
    [(work,)] = await build.rows("select id from outbox where topic = $1 and payload ->> 'booking_id' = $2", topic, str(made.id))
    return work


async def test_renter_and_staff_are_told_that_an_answer_is_waited_for(build, office, resend, wait_for):
    made, desk = await waiting(build), replace(office, house=House(company="Test Cars", support_email="desk@shop.example"))
    await letter.send(desk, await _work(build, made, "mail.awaits_answer"), made.id)
    await letter.send_to_staff(desk, await _work(build, made, "mail.to_answer"), made.id)
    await wait_for(A_DAY / 2 + MINUTE)
    await due.remind(desk)
    await letter.send_to_staff(desk, await _work(build, made, "mail.answer_reminder"), made.id, is_reminder=True)
    [asked] = await _mails(resend, made.order.email)
    assert asked["subject"].startswith("Paid, our answer follows: Test Car, ")
    assert "You have our answer by" in asked["text"]
    assert "everything you paid goes back" in asked["text"]
    assert made.token in asked["text"]
    told = sorted(await _mails(resend, "desk@shop.example"), key=lambda mail: mail["subject"])
    assert [mail["subject"].partition(":")[0].partition(" by ")[0] for mail in told] == ["Answer", "Half of the time is over"]
    assert all(f"/admin/bookings/{made.reference}" in mail["text"] and made.token not in mail["text"] for mail in told)


async def test_what_was_answered_before_the_letters_left_needs_none(build, office, resend):
    made, sam = await waiting(build), await staff_of(build)
    desk = replace(office, house=House(company="Test Cars", support_email="desk@shop.example"))
    await answer.accept(sam.door, made.id, sam.actor)
    await letter.send(desk, await _work(build, made, "mail.awaits_answer"), made.id)
    await letter.send_to_staff(desk, await _work(build, made, "mail.to_answer"), made.id)
    assert await resend.control("GET", "mails") == []


async def test_whose_time_is_over_before_the_letters_left_hears_of_the_end_alone(build, office, resend, wait_for):
    made, desk = await waiting(build), replace(office, house=House(company="Test Cars", support_email="desk@shop.example"))
    await wait_for(A_DAY + MINUTE)
    await letter.send(desk, await _work(build, made, "mail.awaits_answer"), made.id)
    await letter.send_to_staff(desk, await _work(build, made, "mail.to_answer"), made.id)
    assert await resend.control("GET", "mails") == []


async def test_the_confirmation_says_that_we_have_accepted(build, office, resend):
    made, other, sam = await waiting(build), await build.paid(), await staff_of(build)
    await answer.accept(sam.door, made.id, sam.actor)
    for one in (made, other):
        await letters.send_confirmation(office, await _work(build, one, "mail.confirmation"), one.id)
    said = ["We have accepted your booking" in (await _mails(resend, one.order.email))[0]["text"] for one in (made, other)]
    assert said == [True, False]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(hours=23, minutes=59, seconds=59), "23 h 59 min left"),
        (timedelta(hours=1), "1 h 0 min left"),
        (timedelta(minutes=59, seconds=59), "59 min left"),
        (timedelta(seconds=59), "Less than a minute left"),
        (timedelta(0), "The time is over"),
        (timedelta(hours=-5), "The time is over"),
    ],
)
def test_the_time_left_is_never_rounded_up(left, said):
    assert left_words(left) == said


@pytest.mark.parametrize("how", ["refused", "unanswered"])
async def test_the_renter_is_told_of_the_end_and_not_why(build, office, resend, wait_for, how):
    made, sam = await waiting(build), await staff_of(build)
    if how == "refused":
        await answer.refuse(sam.door, made.id, sam.actor, "between us")
    else:
        await wait_for(A_DAY + MINUTE)
        await due.settle_due(office)
    await send_ended(build, office, made)
    [mail] = await _mails(resend, made.order.email)
    said = {"refused": "We cannot accept this booking", "unanswered": "We did not accept this booking in time"}
    assert said[how] in mail["text"]
    assert "Everything goes back the way you paid" in mail["text"]
    assert "between us" not in mail["text"]
    assert await build.value("select refund from booking_endings where booking_id = $1", made.id) == total(made) > Decimal(0)
