"""A renter cancels: until the cut-off, by the tiers the booking was sold with, once, and the database lets this door do nothing else."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from exodrive.bookings.endings import How
from exodrive.bookings.model import CUSTOMER, BookingStatus, Tier
from exodrive.bookings.store import move
from exodrive.flows import cancel
from exodrive.flows.cancel import CancelClosed, RefundChanged
from exodrive.flows.checkout import capturing, standing
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.kit.ids import BookingId, new_id
from exodrive.kit.money import Money
from exodrive.payments import store as payments
from exodrive.payments.model import Kind
from tests.builders import days_ahead
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

HOUR = timedelta(hours=1)


def ruled(world, **changes):
    """The same world with other rules of the house."""
    return replace(world, rules=msgspec.structs.replace(world.rules, **changes))


async def test_before_the_cut_off_everything_goes_back_and_the_days_are_free(build, payer, world, service, office, resend):
    car = await build.car()
    made = await paid_at_paypal(build, payer, world, await build.held(car, days_ahead(10, 2)))
    would = await cancel.preview(world, made.id)
    assert (would.percent, would.refund) == (100, total(made))
    told = await cancel.by_renter(world, made.id, would.money)
    assert (told.how, told.percent, told.paid, told.refund) == (How.RENTER, 100, total(made), total(made))
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])
    await settle_refunds(build, service, made)
    assert await at_paypal(build, payer, made) == total(made)
    assert await money_of(build, made) == ("refunded", total(made), total(made))
    columns = "actor_type, before, after, details"
    [told] = await build.rows(f"select {columns} from booking_events where booking_id = $1 and event_type = 'cancelled'", made.id)
    assert told == (
        "customer",
        "upcoming",
        "cancelled",
        {"how": "renter", "percent": 100, "refund": made.held.total.text, "currency": "USD"},
    )
    await send_ended(build, office, made)
    [mail] = [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]
    assert "You cancelled this booking." in mail["text"]
    assert f"Everything goes back the way you paid, within a few days: {shown(total(made))}." in " ".join(mail["text"].split())
    await build.held(car, days_ahead(10, 2))


async def test_the_cut_off_is_kept_to_the_minute(build):
    made = await build.paid()
    await pick_up_in(build, made, 48 * HOUR - timedelta(seconds=1))
    for ask in (cancel.preview, cancel.by_renter):
        with pytest.raises(CancelClosed):
            await ask(build.world, made.id)
    assert (await build.status(made), await refunds(build, made)) == ("upcoming", [])
    await pick_up_in(build, made, 48 * HOUR + timedelta(minutes=2))
    assert (await cancel.by_renter(build.world, made.id)).percent == 100


async def test_where_the_house_lets_renters_cancel_later_the_tiers_say_what_goes_back(build):
    late = ruled(build.world, cancel_hours=0)
    for hours, percent in ((30, 50), (1, 0)):
        made = await build.paid()
        await pick_up_in(build, made, hours * HOUR)
        told = await cancel.by_renter(late, made.id)
        assert (told.percent, told.refund) == (percent, share(made, percent))
        assert [amount for amount, _end in await refunds(build, made)] == ([told.refund] if percent else [])
        assert await build.days_of(made) == []


async def test_from_the_pick_up_on_nobody_cancels_by_themselves(build):
    made = await build.paid()
    await pick_up_in(build, made, -HOUR)
    with pytest.raises(CancelClosed):
        await cancel.by_renter(ruled(build.world, cancel_hours=0), made.id)


async def test_the_tiers_are_those_of_the_day_of_purchase(build):
    made = await build.paid()
    changed = ruled(build.world, cancellation_tiers=(Tier(0, 10),))
    assert (await cancel.preview(changed, made.id)).percent == 100
    assert (await cancel.by_renter(changed, made.id)).refund == total(made)


async def test_asked_again_what_was_decided_is_told_again(build):
    made = await build.paid()
    told = await asyncio.gather(*(cancel.by_renter(build.world, made.id) for _ in range(5)))
    assert len({(one.how, one.refund) for one in told}) == 1
    assert await refunds(build, made) == [(total(made), None)]
    assert (await build.history(made)).count("cancelled") == 1
    assert await build.value("select count(*) from outbox where topic = 'mail.ended' and payload ->> 'booking_id' = $1", str(made.id)) == 1


async def test_what_was_shown_is_what_goes_back_or_nothing_is_done(build):
    made = await build.paid()
    would = await cancel.preview(build.world, made.id)
    await pick_up_in(build, made, 30 * HOUR)
    with pytest.raises(RefundChanged) as changed:
        await cancel.by_renter(ruled(build.world, cancel_hours=0), made.id, would.money)
    assert changed.value.extra == {"refund": f"{share(made, 50)}", "currency": "USD"}
    assert await build.status(made) == "upcoming"


async def test_a_booking_that_is_not_paid_is_given_up(build):
    car = await build.car()
    made = await build.held(car)
    assert (await cancel.preview(build.world, made.id)).how is None
    told = await cancel.by_renter(build.world, made.id)
    assert (told.how, told.refund) == (None, Decimal(0))
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])
    assert (await money_of(build, made))[0] == "voided"
    await build.held(car)


async def test_while_paypal_decides_about_a_payment_nothing_is_given_up(build):
    made = await build.held()
    order_id = await build.opened(made)
    async with build.world.door.scope() as db:
        now = await standing.read(db, made.id)
    await capturing.intend(build.world, order_id, now, capturing.SYSTEM)
    with pytest.raises(PaymentUnderWay):
        await cancel.by_renter(build.world, made.id)
    assert await build.status(made) == "pending"


async def test_renter_and_staff_at_once_end_it_once(build, payer, world, service):
    for _ in range(3):
        made, sam = await paid_at_paypal(build, payer, world), await staff_of(build)
        both = (
            cancel.by_renter(world, made.id),
            cancel.by_staff(world, sam.door, made.id, sam.actor, "engine trouble"),
            cancel.by_renter(service, made.id),
        )
        done = [one for one in await asyncio.gather(*both, return_exceptions=True) if not isinstance(one, Exception)]
        assert 1 <= len(done) <= 2, "the renter's two requests are one"
        await settle_refunds(build, service, made)
        assert await refunds(build, made) == [(total(made), "succeeded")]
        assert await at_paypal(build, payer, made) == total(made)
        assert (await build.history(made)).count("cancelled") == 1


# --- what the checkout's door may do, and nothing beside ---------------------------------------------------------------------


async def test_the_checkout_ends_no_paid_booking_without_its_renters_decision(build):
    made = await build.paid()
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="what a renter ended"):
        async with build.world.door.scope() as db:
            await move(db, [made.id], BookingStatus.UPCOMING, BookingStatus.CANCELLED, "cancelled", CUSTOMER)
    async with build.world.door.scope() as db:
        assert await db.fetch("delete from car_availability where booking_id = $1 returning date", made.id) == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with build.world.door.scope() as db:
            await payments.intend(db, made.id, Kind.REFUND, Money(Decimal(1), "USD"), target_id="X")


ENDING = "insert into booking_endings (booking_id, how, percent, paid, refund, currency) values ($1, $2, $3, 3000, $4, 'USD')"


@pytest.mark.parametrize(
    ("how", "percent", "refund", "wrong"),
    [
        ("company", 100, 3000, asyncpg.InsufficientPrivilegeError),
        ("percent", 50, 1500, asyncpg.InsufficientPrivilegeError),
        ("no_show", 0, 0, asyncpg.InsufficientPrivilegeError),
        ("renter", 50, 1500, asyncpg.CheckViolationError),
        ("renter", 0, 0, asyncpg.CheckViolationError),
        ("renter", 100, 2999, asyncpg.CheckViolationError),
    ],
)
async def test_the_checkout_writes_no_other_decision_than_the_tiers(build, how, percent, refund, wrong):
    made = await build.paid()
    with pytest.raises(wrong):
        async with build.world.door.scope() as db:
            await db.execute(ENDING, made.id, how, percent, Decimal(refund))


async def test_the_checkout_gives_back_no_cent_more_than_was_decided(build):
    made = await build.paid()
    await pick_up_in(build, made, 30 * HOUR)
    await cancel.by_renter(ruled(build.world, cancel_hours=0), made.id)
    with pytest.raises(asyncpg.CheckViolationError, match="so much was not decided"):
        async with build.world.door.scope() as db:
            await payments.intend(db, made.id, Kind.REFUND, Money(Decimal("0.01"), "USD"), target_id="X")


async def test_a_decision_is_written_once_and_never_changed(build):
    made = await build.paid()
    await cancel.by_renter(build.world, made.id)
    for door in (build.doors.checkout(), build.doors.service(), build.doors.admin(BookingId(new_id()))):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with door.scope() as db:
                await db.execute("update booking_endings set refund = 0 where booking_id = $1", made.id)
