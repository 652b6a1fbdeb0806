"""Rental and deposit approved at once: one sum is held, the rental is taken out of it, and nothing is left behind when that cannot be."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from exodrive.deposits import store as deposits
from exodrive.deposits.model import DepositRules, Way
from exodrive.deposits.states import HoldStatus
from exodrive.flows import cancel, deciding, home, unheard
from exodrive.flows.checkout import authorising, capturing, pay, settling, standing
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Step
from exodrive.flows.comparison import booking as comparison
from exodrive.flows.deposit import asking, look, placing
from exodrive.kit.money import Money
from exodrive.overview.money_check import differences
from exodrive.payments import store as payments
from exodrive.payments.decisions import store as decisions
from exodrive.payments.decisions.model import Decision
from exodrive.payments.differences.model import Gap, Thing
from exodrive.payments.model import End, Kind, Result
from tests.builders import days_ahead
from tests.flows.conftest import order_in
from tests.flows.ending import staff_of
from tests.flows.test_webhooks import notice, take_in
from tests.site import Site

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
RULES = DepositRules(one_order=True)
DEPOSIT = Decimal(5000)


@pytest.fixture
def world(world):
    """A house whose account at PayPal takes several captures of one hold."""
    return replace(world, deposits=RULES)


async def near(build, pickup=20 * HOUR, back=44 * HOUR, **changes):
    """A held booking, its pick-up and return so far from now."""
    made = await build.held(days=days_ahead(1, 2), **changes)
    db = await asyncpg.connect(build.superuser_url)
    times = "update bookings set pickup_at = exodrive_private.now() + $2, return_due_at = exodrive_private.now() + $3 where id = $1"
    await db.execute(times, made.id, pickup, back)
    await db.close()
    return made


async def paid(build, payer, world, **changes):
    """A booking that was paid for together with its deposit."""
    made = await near(build, **changes)
    order_id = await payer.approved(made)
    assert (await pay.capture(world, order_id)).step is Step.PAID
    return made, order_id


async def holds(world, made):
    async with world.doors.service().scope() as db:
        return await deposits.of_booking(db, made.id)


async def asked(build, made):
    """Every intent of a booking with what came of it, in order."""
    return await build.rows(
        """select o.kind, o.amount, (select r.outcome from payment_results r where r.operation_id = o.id order by r.id desc limit 1)
           from payment_operations o where o.booking_id = $1 order by o.created_at, o.id""",
        made.id,
    )


async def at_paypal(payer, made):
    """What PayPal holds of a booking: the sum of each hold, and its state."""
    ledger = await payer.paypal.control("GET", f"ledger?of={made.id}")
    return [(Decimal(row["amount"]["value"]), row["status"]) for row in ledger["authorizations"]]


async def work(service, made):
    """What the worker does: look at the deposit, and bring every open intent to its end."""
    await look.look_at(service, made.id)
    opened = """select o.id from payment_operations o where o.booking_id = $1
                and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)"""
    for (operation_id,) in [tuple(row) for row in await rows(service, opened, made.id)]:
        await settling.settle(service, operation_id)


async def rows(service, query, *values):
    async with service.door.scope() as db:
        return await db.fetch(query, *values)


async def agree(service, made):
    """Nothing in our book differs from PayPal's, and the summary is what the book says."""
    assert (await comparison.compare(service, made.id)).findings == ()
    async with service.door.scope() as db:
        assert await differences(db, made.reference) == []


async def test_one_approval_takes_the_rental_and_leaves_the_deposit_held(build, payer, world, service):
    made, order_id = await paid(build, payer, world)
    rental = made.held.total.amount
    assert await build.status(made) == "upcoming"
    kinds = [("create_order", rental + DEPOSIT), ("hold", rental + DEPOSIT), ("capture", rental)]
    assert await asked(build, made) == [(*one, "succeeded") for one in kinds]
    [hold] = await holds(world, made)
    assert (hold.way, hold.status, hold.amount, hold.order_id) == (Way.ONE_ORDER, HoldStatus.HELD, DEPOSIT, order_id)
    assert (hold.covered_until - hold.authorized_at, hold.guaranteed_until - hold.authorized_at) == (29 * DAY, 3 * DAY)
    assert await at_paypal(payer, made) == [(rental + DEPOSIT, "PARTIALLY_CAPTURED")]
    assert (await home.look(world, order_id)).outcome.step is Step.PAID
    assert {status for _day, status in await build.days_of(made)} <= {"booked", "turnaround"}
    with pytest.raises(asking.NoHoldWanted):
        await asking.begin(world, made.id)
    await agree(service, made)


async def test_the_payer_reads_both_parts_and_what_is_charged(build, payer, world):
    made = await near(build)
    order_id = await payer.order(made)
    [order] = [one for one in await payer.paypal.control("GET", "orders") if one["id"] == order_id]
    [unit] = order["purchase_units"]
    items = [(one["name"], Decimal(one["unit_amount"]["value"])) for one in unit["items"]]
    assert items == [("Rental: charged now", made.held.total.amount), ("Security deposit: held, not charged", DEPOSIT)]
    assert order["intent"] == "AUTHORIZE"


@pytest.mark.parametrize(
    ("pickup", "back"), [(25 * HOUR, 40 * HOUR), (20 * HOUR, 61 * HOUR), (-HOUR, 40 * HOUR)], ids=["too far", "too long", "begun"]
)
async def test_a_rental_beyond_a_day_or_the_honor_period_is_paid_for_alone(build, world, pickup, back):
    made = await near(build, pickup, back)
    await pay.begin(world, made.id)
    assert await asked(build, made) == [("create_order", made.held.total.amount, "succeeded")]


async def test_without_the_setting_without_a_deposit_and_for_cars_we_answer_for_it_is_paid_for_alone(build, world):
    for house, changes in ((DepositRules(), {}), (RULES, {"price": {"deposit_amount": 0}}), (RULES, {"requires_approval": True})):
        made = await near(build, car=await build.car(**changes))
        await pay.begin(replace(world, deposits=house), made.id)
        assert await asked(build, made) == [("create_order", made.held.total.amount, "succeeded")]


async def test_a_paypal_that_opens_no_such_order_opens_one_for_the_rental(build, payer, world):
    made = await near(build)
    await payer.paypal.fault(kind="refused", issue="PAYEE_ACCOUNT_RESTRICTED", match={"path_regex": "/orders$"}, times=1)
    assert order_in(await pay.begin(world, made.id))
    rental = made.held.total.amount
    assert await asked(build, made) == [("create_order", rental + DEPOSIT, "failed"), ("create_order", rental, "succeeded")]


async def test_declined_nothing_is_held_and_the_rental_is_paid_for_alone(build, payer, world, service):
    made = await near(build)
    order_id = await payer.approved(made, "declined")
    assert (await pay.capture(world, order_id)).step is Step.DECLINED
    assert (await pay.capture(world, order_id)).step is Step.DECLINED
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.DROPPED]
    await agree(service, made)
    assert (await pay.capture(world, await payer.approved(made))).step is Step.PAID
    assert [kind for kind, *_ in await asked(build, made)] == ["create_order", "hold", "create_order", "capture"]
    order = order_in(await asking.begin(world, made.id))
    await payer.approve(order)
    assert (await home.capture(world, order)).is_deposit
    await agree(service, made)


async def test_a_rental_that_cannot_be_taken_leaves_no_hold_behind(build, payer, world, service):
    made = await near(build)
    order_id = await payer.approved(made)
    await payer.paypal.fault(kind="refused", issue="TRANSACTION_REFUSED", match={"path_regex": "/authorizations/.*/capture$"}, times=1)
    assert (await pay.capture(world, order_id)).step is Step.DECLINED
    assert (await pay.capture(world, order_id)).step is Step.DECLINED
    await work(service, made)
    assert [state for _sum, state in await at_paypal(payer, made)] == ["VOIDED"]
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.DROPPED]
    await agree(service, made)
    assert (await pay.capture(world, await payer.approved(made))).step is Step.PAID
    assert order_in(await asking.begin(world, made.id)), "the deposit is asked for as ever"


@pytest.mark.parametrize("lost", ["/authorize$", "/authorizations/.*/capture$"], ids=["the hold's", "the rental's"])
async def test_an_answer_that_got_lost_is_found_again(build, payer, world, service, wait_for, lost):
    made = await near(build)
    order_id = await payer.approved(made)
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": lost}, times=3)
    assert (await pay.capture(world, order_id, patience=0)).step is Step.CHECKING
    assert (await pay.look(world, order_id)).step is Step.CHECKING
    with pytest.raises(PaymentUnderWay):
        await pay.begin(world, made.id)
    sam = await staff_of(build)
    with pytest.raises(PaymentUnderWay):
        await cancel.by_staff(world, sam.door, made.id, sam.actor, "a mistake")
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert await build.status(made) == "upcoming"
    assert await at_paypal(payer, made) == [(made.held.total.amount + DEPOSIT, "PARTIALLY_CAPTURED")]
    await agree(service, made)


async def test_forgotten_by_paypal_both_are_read_and_not_asked_for_again(build, payer, world, service, wait_for):
    made = await near(build)
    order_id = await payer.approved(made)
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": "/authorize$"}, times=3)
    await pay.capture(world, order_id, patience=0)
    await wait_for(7 * HOUR)
    await settling.settle_open(service)
    assert await build.status(made) == "upcoming"
    assert len([call for call in await payer.asked("/authorize", order_id) if call["status"] == 201]) <= 1


async def test_a_renter_who_comes_back_after_a_crash_goes_on_where_it_stopped(build, payer, world, wait_for):
    made = await near(build)
    order_id = await payer.approved(made)
    intent, _now = await intended(world, made, order_id)
    assert (intent.kind, intent.is_joint_hold) == (Kind.HOLD, True)
    await wait_for(MINUTE)
    assert (await pay.capture(world, order_id)).step is Step.PAID


async def test_days_that_went_before_the_approval_are_never_held_for(build, payer, world):
    made = await near(build)
    order_id = await payer.approved(made)
    await build.lapse(made)
    await build.held(build_car(made), days=made.order.days)
    assert (await pay.capture(world, order_id)).step is Step.GONE
    assert await at_paypal(payer, made) == []


def build_car(made):
    """The car of a booking."""
    return type("Car", (), {"id": made.order.car_id, "location_id": made.order.pickup.location_id})()


async def test_under_review_the_days_stay_and_a_denial_frees_them(build, payer, world, service, wait_for):
    made = await near(build)
    order_id = await payer.approved(made, "pending")
    assert (await pay.capture(world, order_id, patience=0)).step is Step.CHECKING
    [hold] = (await payer.paypal.control("GET", f"ledger?of={made.id}"))["authorizations"]
    await payer.paypal.control("POST", f"authorizations/{hold['id']}/settle", {"act": "deny"})
    await wait_for(HOUR)
    await settling.settle_open(service)
    assert (await pay.look(world, order_id)).step is Step.DECLINED
    assert [one.status for one in await holds(world, made)] == [HoldStatus.DROPPED]


async def test_reviewed_and_made_the_rental_is_taken(build, payer, world, service, wait_for):
    made = await near(build)
    order_id = await payer.approved(made, "pending")
    await pay.capture(world, order_id, patience=0)
    [hold] = (await payer.paypal.control("GET", f"ledger?of={made.id}"))["authorizations"]
    await payer.paypal.control("POST", f"authorizations/{hold['id']}/settle", {"act": "complete"})
    await wait_for(HOUR)
    await settling.settle_open(service)
    assert await build.status(made) == "upcoming"


async def test_cancelled_the_rental_goes_back_by_the_tiers_and_the_rest_is_let_go(build, payer, world, service):
    made, _order = await paid(build, payer, world)
    sam = await staff_of(build)
    ending = await cancel.by_staff(world, sam.door, made.id, sam.actor, "engine trouble")
    await work(service, made)
    assert ending.refund == made.held.total.amount
    assert [state for _sum, state in await at_paypal(payer, made)] == ["VOIDED"]
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.RELEASED]
    await agree(service, made)


async def test_a_crash_between_hold_and_rental_is_settled(build, payer, world, service, wait_for):
    made = await near(build)
    operation, now = await intended(world, made, await payer.approved(made))
    taking = await authorising.record(world, operation, await placing.ask(world, operation, now))
    assert taking.kind is Kind.CAPTURE
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert await build.status(made) == "upcoming"
    await agree(service, made)


async def intended(world, made, order_id):
    """The intent to hold both, with nobody at it."""
    async with world.door.scope() as db:
        now = await standing.read(db, made.id)
    return await capturing.intend(world, order_id, now, capturing.SYSTEM), now


async def test_days_lost_between_the_approval_and_the_hold_are_let_go_of_and_nothing_is_charged(build, payer, world, service):
    made = await near(build)
    order_id = await payer.approved(made)
    operation, now = await intended(world, made, order_id)
    async with build.doors.service().scope() as db:
        await db.execute("delete from car_availability where booking_id = $1 and date = $2", made.id, made.order.end)
        block = "insert into car_availability (car_id, date, status) values ($1, $2, 'blocked')"
        await db.execute(block, made.order.car_id, made.order.end)
    told = await authorising.go_on(world, operation, now, capturing.SYSTEM)
    assert (told.step, await build.status(made)) == (Step.GONE, "expired")
    await work(service, made)
    assert [kind for kind, *_ in await asked(build, made)] == ["create_order", "hold", "release"]
    assert [state for _sum, state in await at_paypal(payer, made)] == ["VOIDED"]
    await agree(service, made)


async def test_voided_at_paypals_own_site_before_the_rental_was_taken_nothing_is_charged(build, payer, world, service):
    made = await near(build)
    operation, now = await intended(world, made, await payer.approved(made))
    taking = await authorising.record(world, operation, await placing.ask(world, operation, now))
    await Site(payer.paypal).let_go(taking.authorization)
    assert (await authorising.go_on(world, taking, now, capturing.SYSTEM)).step is Step.NOT_PAID
    await work(service, made)
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.DROPPED]
    await agree(service, made)


@pytest.mark.parametrize(("act", "ends"), [("complete", "upcoming"), ("decline", "pending")])
async def test_a_rental_that_is_pending_keeps_the_days_until_paypal_decides(build, payer, world, service, wait_for, act, ends):
    made = await near(build)
    operation, now = await intended(world, made, await payer.approved(made))
    taking = await authorising.record(world, operation, await placing.ask(world, operation, now))
    await payer.paypal.control("POST", f"authorizations/{taking.authorization}/funds", {"funds": "pending"})
    assert (await authorising.go_on(world, taking, now, capturing.SYSTEM)).step is Step.CHECKING
    [capture] = await payer.captures(taking.target_id)
    await payer.paypal.control("POST", f"captures/{capture['id']}/settle", {"act": act})
    await wait_for(20 * MINUTE)
    await settling.settle_open(service)
    await work(service, made)
    assert await build.status(made) == ends
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.HELD if ends == "upcoming" else HoldStatus.DROPPED]
    await agree(service, made)


async def test_a_notice_of_the_hold_brings_the_whole_payment_to_its_end(build, payer, world, service, wait_for):
    made = await near(build)
    order_id = await payer.approved(made)
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": "/authorize$"}, times=3)
    await pay.capture(world, order_id, patience=0)
    await wait_for(MINUTE)
    [hold] = (await payer.paypal.control("GET", f"ledger?of={made.id}"))["authorizations"]
    related = {"supplementary_data": {"related_ids": {"order_id": order_id}}}
    await take_in(world, service, notice("PAYMENT.AUTHORIZATION.CREATED", {"id": hold["id"], **related}))
    assert await build.status(made) == "upcoming"


async def test_an_approval_that_nobody_told_of_is_gone_on_with(build, payer, world, service):
    made = await near(build)
    order_id = await payer.approved(made)
    await unheard.look_at(service, order_id)
    assert await build.status(made) == "upcoming"


async def test_another_sum_than_was_asked_for_waits_for_a_person_who_closes_it(build, payer, world, service):
    made, sam = await near(build), await staff_of(build)
    order_id = await payer.approved(made)
    operation, now = await intended(world, made, order_id)
    odd = {"end": End.UNKNOWN, "issue": "MISMATCH", "money": Money(Decimal(12), "USD")}
    held = msgspec.structs.replace(await placing.ask(world, operation, now), **odd)
    assert (await authorising.record(world, operation, held)).step is Step.CHECKING
    async with service.door.scope() as db:
        [doubt] = await decisions.doubts(db, made.id)
    assert (doubt.waits(now.now), doubt.choices) == (True, (Decision.CLOSE,))
    await Site(payer.paypal).let_go(held.provider_id)
    await deciding.by_staff(sam.door, made.id, operation.id, Decision.CLOSE, sam.actor, "voided at PayPal")
    await deciding.act(service, operation.id)
    assert [hold.status for hold in await holds(world, made)] == [HoldStatus.DROPPED]
    assert order_in(await pay.begin(world, made.id)) != order_id
    assert [kind for kind, *_ in await asked(build, made)] == ["create_order", "hold", "create_order"]


async def test_a_hold_that_nobody_here_knows_of_is_listed_until_it_is_gone(build, payer, world, service):
    """As if PayPal had said no, and placed it all the same."""
    made = await near(build)
    operation, now = await intended(world, made, await payer.approved(made))
    held = await placing.ask(world, operation, now)
    assert (await comparison.compare(service, made.id)).findings == (), "it is being placed"
    await authorising.record(world, operation, Result(end=End.FAILED, issue="INTERNAL"))
    [found] = (await comparison.compare(service, made.id)).findings
    assert (found.thing, found.object_id, found.gap) == (Thing.AUTHORIZATION, held.provider_id, Gap.STATUS)
    await Site(payer.paypal).let_go(held.provider_id)
    await agree(service, made)
    still = "select count(*) from money_differences where booking_id = $1 and resolved_at is null"
    assert await build.value(still, made.id) == 0


async def test_the_database_lets_nothing_but_the_rental_be_taken_out_of_such_a_hold(build, payer, world):
    made, order_id = await paid(build, payer, world)
    [hold] = await holds(world, made)
    more, out_of = Money(made.held.total.amount + 1, "USD"), {"authorization": hold.authorization_id}
    async with world.door.scope() as db:
        with pytest.raises(asyncpg.CheckViolationError, match="so much is not to be taken"):
            await payments.intend(db, made.id, Kind.CAPTURE, more, target_id=order_id, request=out_of)
        await db.execute("rollback")
