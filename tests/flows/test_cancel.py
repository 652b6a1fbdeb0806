"""Cancelling on the company's behalf."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from exodrive.bookings.endings import Ending, How
from exodrive.bookings.model import Actor
from exodrive.bookings.tiers import share_of
from exodrive.flows import cancel, refund
from exodrive.flows.cancel import NotCancellable
from exodrive.flows.checkout import capturing, pay
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.standing import read
from exodrive.kit.errors import BadInput
from exodrive.kit.idempotency import KeyReused
from exodrive.kit.ids import StaffId, new_id
from exodrive.kit.money import Money
from tests.builders import Build, days_ahead, new_key
from tests.flows.ending import (
    at_paypal,
    money_of,
    paid_at_paypal,
    pick_up_in,
    refunds,
    send_ended,
    settle_refunds,
    share,
    shown,
    staff_of,
    total,
)


async def staff_door(build: Build):
    """A member of staff's own door, and who they are."""
    staff = StaffId(new_id())
    async with build.doors.service().scope() as db:
        await db.execute("insert into staff (id, email, name, role) values ($1, $2, 'Sam', 'manager')", staff, f"{staff}@shop.example")
    return build.doors.admin(staff), Actor("admin", str(staff), "Sam")


async def test_a_pending_booking_is_cancelled_and_its_days_are_free(build):
    car = await build.car()
    made = await build.held(car, days_ahead(10, 2))
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, actor, "asked by telephone")
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])
    assert await build.rows(
        "select event_type, actor_type, actor_id, actor_name, reason from booking_events where booking_id = $1 order by id desc limit 1",
        made.id,
    ) == [("cancelled", "admin", actor.id, "Sam", "asked by telephone")]
    assert await build.value("select status from payments where booking_id = $1", made.id) == "voided"
    await build.held(car, days_ahead(10, 2))


async def test_a_paid_booking_is_cancelled_and_all_of_it_promised_back(build):
    made = await build.paid(days=days_ahead(10, 2))
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, actor, "the car broke down")
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])
    [(operation_id, amount, reason)] = await build.rows(
        "select id, amount, reason from payment_operations where booking_id = $1 and kind = 'refund'", made.id
    )
    assert (amount, reason) == (made.held.total.amount, "the car broke down")
    promised = "select count(*) from outbox where topic = 'payments.settle' and payload ->> 'operation_id' = $1"
    assert await build.value(promised, str(operation_id)) == 1


async def test_while_a_payment_is_on_its_way_nothing_is_cancelled(build):
    made = await build.held()
    order_id = await build.opened(made)
    async with build.world.door.scope() as db:
        now = await read(db, made.id)
    await capturing.intend(build.world, order_id, now, capturing.SYSTEM)
    door, actor = await staff_door(build)
    with pytest.raises(PaymentUnderWay):
        await cancel.by_staff(build.world, door, made.id, actor, "too late")
    assert await build.status(made) == "pending"


async def test_a_cancelled_booking_cannot_be_cancelled_or_paid(build):
    made = await build.held()
    order_id = await build.opened(made)
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, actor, "asked by telephone")
    with pytest.raises(NotCancellable):
        await cancel.by_staff(build.world, door, made.id, actor, "again")
    assert (await pay.capture(build.world, order_id)).step.value == "gone"


@pytest.mark.parametrize("reason", ["", "   "])
async def test_a_reason_is_asked_for(build, reason):
    made = await build.held()
    door, actor = await staff_door(build)
    with pytest.raises(BadInput):
        await cancel.by_staff(build.world, door, made.id, actor, reason)
    assert await build.status(made) == "pending"


async def test_a_lapsed_booking_can_be_cancelled_too(build):
    made = await build.held()
    await build.lapse(made, timedelta(hours=1))
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, actor, "tidying up")
    assert await build.status(made) == "cancelled"
    assert isinstance(made.id, UUID)


async def test_by_the_tiers_goes_back_what_they_say_and_no_more(build, payer, world, service):
    made, sam = await paid_at_paypal(build, payer, world), await staff_of(build)
    await pick_up_in(build, made, timedelta(hours=30))
    told = await cancel.by_staff(world, sam.door, made.id, sam.actor, "asked by telephone", how=How.TIERS)
    assert (told.how, told.percent, told.paid, told.refund) == (How.TIERS, 50, total(made), share(made, 50))
    await settle_refunds(build, service, made)
    assert await at_paypal(build, payer, made) == share(made, 50)
    assert await money_of(build, made) == ("partly_refunded", total(made), share(made, 50))
    columns = "how, percent, paid, refund, currency, reason"
    [ended] = await build.rows(f"select {columns} from booking_endings where booking_id = $1", made.id)
    assert ended == ("tiers", 50, total(made), share(made, 50), "USD", "asked by telephone")


@pytest.mark.parametrize("percent", [0, 33, 100])
async def test_staff_may_give_back_another_share(build, percent):
    made, sam = await build.paid(), await staff_of(build)
    told = await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "a good guest", how=How.PERCENT, percent=percent)
    assert told.refund == share(made, percent)
    assert [amount for amount, _end in await refunds(build, made)] == ([told.refund] if percent else [])


async def test_what_went_back_before_is_not_counted_again(build):
    made, sam = await build.paid(), await staff_of(build)
    await refund.by_staff(build.world, sam.door, made.id, Money(Decimal(1000), "USD"), sam.actor, "the roof leaked")
    told = await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "and then it broke", how=How.PERCENT, percent=50)
    assert (told.paid, told.refund) == (total(made) - 1000, share_of(Money(total(made) - 1000, "USD"), 50).amount)


@pytest.mark.parametrize(
    ("how", "percent", "field"),
    [
        (How.PERCENT, None, "percent"),
        (How.PERCENT, 101, "percent"),
        (How.PERCENT, -1, "percent"),
        (How.RENTER, None, "how"),
        (How.NO_SHOW, None, "how"),
    ],
)
async def test_a_share_that_cannot_be_is_refused(build, how, percent, field):
    made, sam = await build.paid(), await staff_of(build)
    with pytest.raises(BadInput) as refused:
        await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "wrongly", how=how, percent=percent)
    assert list(refused.value.fields) == [field]
    assert await build.status(made) == "upcoming"


async def test_the_same_key_cancels_once_and_answers_the_same(build):
    made, sam, key = await build.paid(), await staff_of(build), new_key()

    async def ask(reason: str = "engine trouble") -> Ending:
        return await cancel.by_staff(build.world, sam.door, made.id, sam.actor, reason, key=key)

    told = await asyncio.gather(*(ask() for _ in range(4)))
    assert {(one.how, one.refund) for one in told} == {(How.COMPANY, total(made))}
    assert len(await refunds(build, made)) == len(await sam.noted(build)) == 1
    with pytest.raises(KeyReused):
        await ask("another reason")


async def test_a_rental_that_began_by_the_clock_alone_can_be_cancelled_and_one_with_the_key_out_cannot(build):
    sam = await staff_of(build)
    begun, out = await build.paid(), await build.paid()
    async with build.doors.service().scope() as db:
        await db.execute("update bookings set status = 'active' where id = any($1::uuid[])", [begun.id, out.id])
        await db.execute("update bookings set handed_over_at = exodrive_private.now() where id = $1", out.id)
    await cancel.by_staff(build.world, sam.door, begun.id, sam.actor, "never handed over")
    assert (await build.status(begun), await build.days_of(begun)) == ("cancelled", [])
    with pytest.raises(NotCancellable):
        await cancel.by_staff(build.world, sam.door, out.id, sam.actor, "too late")
    for end in ("status = 'no_show'", "status = 'cancelled', cancelled_at = exodrive_private.now()"):
        with pytest.raises(asyncpg.CheckViolationError, match="bookings_not_begun"):
            await build.value(f"update bookings set {end} where id = $1 returning true", out.id)


async def test_what_is_noted_is_done_and_what_cannot_be_noted_is_not(build):
    """Under somebody else's name nothing is noted, and so nothing is cancelled: one transaction, the summary of the money with it."""
    sam, eve = await staff_of(build), await staff_of(build)
    for made in (await build.held(), await build.paid()):
        before = await money_of(build, made), await build.status(made), await build.history(made)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await cancel.by_staff(build.world, sam.door, made.id, eve.actor, "in another's name")
        assert (await money_of(build, made), await build.status(made), await build.history(made)) == before


async def test_the_letter_says_who_cancelled_and_what_goes_back(build, office, resend):
    sam, told = await staff_of(build), {}
    for how in (How.COMPANY, How.TIERS, How.PERCENT):
        made = await build.paid()
        await pick_up_in(build, made, timedelta(hours=30))
        await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "between us", how=how, percent=0)
        await send_ended(build, office, made)
        [mail] = [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]
        assert mail["subject"].startswith("Cancelled: Test Car, ")
        assert f"/booking/{made.token}" in mail["text"]
        assert "between us" not in mail["text"]
        told[how] = " ".join(mail["text"].split())
    assert "We had to cancel this booking, and we are sorry." in told[How.COMPANY]
    whole, half = shown(total(made)), shown(share(made, 50))
    assert f"Everything goes back the way you paid, within a few days: {whole}." in told[How.COMPANY]
    assert f"50% of {whole} goes back the way you paid, within a few days: {half}." in told[How.TIERS]
    assert "Nothing of what you paid goes back." in told[How.PERCENT]


async def test_who_held_the_car_unpaid_is_told_that_nothing_was_charged(build, office, resend):
    made, sam = await build.held(), await staff_of(build)
    await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "a double booking")
    await send_ended(build, office, made)
    [mail] = [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]
    assert "This booking is cancelled. Nothing was charged." in mail["text"]
