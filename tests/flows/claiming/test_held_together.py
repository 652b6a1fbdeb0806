"""A deposit that was held together with its rental: claimed from once, given back, and counted in no sum of what was earned."""

from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from exodrive.charges.model import ChargeKind, Tariffs
from exodrive.charges.states import ChargeStatus
from exodrive.deposits.claims.model import ClaimStatus
from exodrive.deposits.states import HoldStatus
from exodrive.flows import cancel, home
from exodrive.flows import receipts as papers
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.checkout import standing
from exodrive.flows.claiming import answer
from exodrive.flows.claiming.make import claim
from exodrive.flows.deposit import asking
from exodrive.flows.ending.money import money_left
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit.ids import OperationId
from exodrive.overview import staff_file, staff_list
from exodrive.overview.booking_page import booking_page
from exodrive.overview.letters import booking_facts
from exodrive.payments import store as payments
from tests.flows.checkout.test_together import DEPOSIT, RULES, agree, at_paypal, paid, work, world
from tests.flows.claiming.test_claims import state
from tests.flows.claiming.test_claims import work as take
from tests.flows.conftest import order_in
from tests.flows.deposit.test_hold import alarms
from tests.flows.ending import staff_of

__all__ = ["world"]

DAY, HOUR, TARIFFS = timedelta(days=1), timedelta(hours=1), Tariffs()


async def back_with_damage(build, payer, world, wait_for, amount="300"):
    """A car that is back, with damage charged for; its deposit was held with the rental."""
    made, _order = await paid(build, payer, world)
    sam = await staff_of(build)
    await wait_for(DAY)
    await hand_over(sam.door, made.id, Reading(1000, 100), sam.actor)
    await take_back(TARIFFS, sam.door, made.id, Reading(1000, 100), sam.actor)
    await charge(TARIFFS, sam.door, made.id, Entry(kind=ChargeKind.DAMAGE, amount=Decimal(amount), reason="a scratch"), sam.actor)
    return made, sam


async def test_a_claim_is_taken_out_of_what_the_rental_left_and_the_rest_goes_back(build, payer, world, service, wait_for):
    made, sam = await back_with_damage(build, payer, world, wait_for)
    await claim(RULES, sam.door, made.id, sam.actor)
    await answer.accept(world, made.id)
    await take(service, made)
    kept, hold, owed = await state(build, made)
    assert (kept.status, hold.status, hold.claimed_amount) == (ClaimStatus.SETTLED, HoldStatus.CLAIMED, Decimal(300))
    assert owed == [(ChargeStatus.SETTLED, Decimal(300))]
    assert [status for _sum, status in await at_paypal(payer, made)] == ["CAPTURED"]
    await agree(service, made)


async def test_an_account_that_takes_one_capture_only_takes_no_claim_and_staff_hear_of_it(build, payer, world, service, wait_for):
    account = {"captures_per_hold": 1, "refunds_pending": False}
    await payer.paypal.control("POST", "account", account)
    try:
        made, sam = await back_with_damage(build, payer, world, wait_for)
        await claim(RULES, sam.door, made.id, sam.actor)
        await answer.accept(world, made.id)
        await take(service, made)
    finally:
        await payer.paypal.control("POST", "account", account | {"captures_per_hold": 10})
    kept, hold, owed = await state(build, made)
    assert (kept.status, hold.status, owed) == (ClaimStatus.FAILED, HoldStatus.HELD, [(ChargeStatus.DUE, Decimal(0))])
    assert await alarms(build, made) == ["claim"]
    await agree(service, made)


async def test_three_days_after_the_return_what_is_left_is_let_go(build, payer, world, service, wait_for):
    made, _order = await paid(build, payer, world)
    sam = await staff_of(build)
    await wait_for(DAY)
    await hand_over(sam.door, made.id, Reading(1000, 100), sam.actor)
    await take_back(TARIFFS, sam.door, made.id, Reading(1000, 100), sam.actor)
    await issue(build, service, made)
    await wait_for(73 * HOUR)
    await work(service, made)
    assert [status for _sum, status in await at_paypal(payer, made)] == ["VOIDED"]
    assert (await staff_holds(service, made)) == ["released"]
    await agree(service, made)


async def staff_holds(service, made):
    async with service.door.scope() as db:
        return [row[0] for row in await db.fetch("select status from deposit_holds where booking_id = $1", made.id)]


@pytest.mark.parametrize("claimed", [False, True], ids=["held", "claimed from"])
async def test_no_sum_of_what_was_earned_counts_a_deposit(build, payer, world, service, wait_for, claimed):
    """Every place where money of a booking is told or added up says what the rental cost, whatever is held beside it."""
    made, sam = await back_with_damage(build, payer, world, wait_for)
    rental = made.held.total.amount
    if claimed:
        await claim(RULES, sam.door, made.id, sam.actor)
        await answer.accept(world, made.id)
        await take(service, made)
    summary = await build.rows("select amount, captured_amount, refunded_amount from payments where booking_id = $1", made.id)
    assert summary == [(rental, rental, Decimal(0))]
    await issue(build, service, made)
    assert await build.rows("select kind, amount from receipts where booking_id = $1", made.id) == [("receipt", rental)]
    async with service.door.scope() as db:
        assert [left for _capture, left in await payments.refundable(db, made.id)] == [rental]
        assert (await money_left(db, await standing.read(db, made.id))).amount == rental
        assert (await booking_facts(db, made.id)).captured == rental
        page = await booking_page(db, made.reference)
        assert (page.payment.amount, page.payment.captured, page.payment.refunded) == (rental, rental, Decimal(0))
        assert [paper.amount for paper in page.receipts] == [rental]
    async with sam.door.scope() as db:
        told = await staff_file.file(db, made.reference)
        assert (told.booking.total, told.booking.captured, told.left) == (rental, rental, rental)
        assert [(one.kind, one.amount) for one in told.operations][:3] == [
            ("create_order_both", rental + DEPOSIT),
            ("hold_both", rental + DEPOSIT),
            ("capture", rental),
        ]
        listed = await staff_list.page(db, status=None, search=made.reference, before=None)
        assert [(row.total, row.owes) for row in listed.rows] == [(rental, None)]
    await agree(service, made)


async def issue(build, service, made):
    """What the worker does for the papers of a booking."""
    query = "select o.id from payment_operations o where o.booking_id = $1 and o.kind in ('capture', 'refund')"
    for (operation_id,) in await build.rows(query, made.id):
        await papers.issue(service, OperationId(operation_id))


async def test_cancelled_the_credit_note_is_for_the_rental_alone(build, payer, world, service):
    made, _order = await paid(build, payer, world)
    sam, rental = await staff_of(build), made.held.total.amount
    assert (await cancel.by_staff(world, sam.door, made.id, sam.actor, "engine trouble")).paid == rental
    await work(service, made)
    await issue(build, service, made)
    notes = await build.rows("select kind, amount from receipts where booking_id = $1 order by kind", made.id)
    assert [amount for _kind, amount in notes] == [rental, rental]
    assert DEPOSIT not in [amount for _kind, amount in notes]


async def test_out_for_longer_than_its_money_is_certain_it_is_renewed_or_staff_hear_that_it_is_not(build, payer, world, service, wait_for):
    """PayPal's stand-in renews no hold of which a part was taken; before its 29 days are over another takes its place."""
    made, _order = await paid(build, payer, world)
    sam = await staff_of(build)
    await wait_for(DAY)
    await hand_over(sam.door, made.id, Reading(1000, 100), sam.actor)
    await put_off(build, made, 40 * DAY)
    await wait_for(5 * DAY)
    await work(service, made)
    assert await asked_for(build, made, "renew") == []
    await wait_for(20 * DAY + 12 * HOUR)
    await work(service, made)
    assert (await asked_for(build, made, "renew"), await alarms(build, made)) == (["failed"], ["renewal_refused"])
    second = order_in(await asking.begin(world, made.id))
    await payer.approve(second)
    assert (await home.capture(world, second)).is_deposit
    await work(service, made)
    assert await staff_holds(service, made) == ["released", "held"]
    assert [state for _sum, state in await at_paypal(payer, made)] == ["VOIDED", "CREATED"]


async def put_off(build, made, span):
    """The car is due back so much later."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("update bookings set return_due_at = return_due_at + $2 where id = $1", made.id, span)
    await db.close()


async def asked_for(build, made, kind):
    """What came of every intent of a kind."""
    query = """select r.outcome from payment_operations o join payment_results r on r.operation_id = o.id
               where o.booking_id = $1 and o.kind = $2 order by r.id"""
    return [row[0] for row in await build.rows(query, made.id, kind)]
