"""Charges taken from a deposit: the renter is heard first, PayPal is asked once, and not a cent more than is held is taken."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from exodrive.charges import store as charges
from exodrive.charges.model import ChargeKind, Tariffs
from exodrive.charges.states import ChargeStatus
from exodrive.deposits import store as deposits
from exodrive.deposits.claims import store
from exodrive.deposits.claims.model import MOVES, Answer, ClaimStatus, IllegalMove, answer_until, check_move
from exodrive.deposits.model import DepositRules
from exodrive.deposits.states import HoldStatus
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.checkout import settling
from exodrive.flows.claiming import answer, letter, taking
from exodrive.flows.claiming.answer import decide
from exodrive.flows.claiming.errors import ClaimOpen, NoClaim, NothingHeld, NothingToClaim
from exodrive.flows.claiming.make import Claimed, claim
from exodrive.flows.comparison import booking as comparison
from exodrive.flows.deposit import look
from exodrive.flows.invoicing import drive
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit import clock
from exodrive.kit.errors import BadInput
from exodrive.mail.model import House
from exodrive.overview.money_check import differences
from tests.builders import days_ahead, new_key
from tests.flows.deposit.test_hold import alarms, held, operations
from tests.flows.ending import IP, paid_at_paypal, staff_of
from tests.flows.test_webhooks import notice, outcome, take_in

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
TARIFFS, RULES = Tariffs(), DepositRules()
_DRAFTED = """
    select i.id, i.number, i.total_amount, i.wanted, i.due_date - (exodrive_private.now() at time zone b.time_zone)::date, i.created_by
    from paypal_invoices i join bookings b on b.id = i.booking_id where b.id = $1"""


async def owing(build, payer, world, wait_for, *amounts, days=3):
    """A rental that is over, its deposit of $5,000 held, and damage charged for."""
    made, sam = await paid_at_paypal(build, payer, world, await build.held(days=days_ahead(1, days))), await staff_of(build)
    await held(world, payer, made)
    await wait_for(DAY)
    await hand_over(sam.door, made.id, Reading(1000, 100), sam.actor)
    await take_back(TARIFFS, sam.door, made.id, Reading(1000, 100), sam.actor)
    for amount in amounts:
        entry = Entry(kind=ChargeKind.DAMAGE, amount=Decimal(amount), reason=f"a scratch of {amount}")
        await charge(TARIFFS, sam.door, made.id, entry, sam.actor)
    return made, sam


async def state(build, made):
    """Where claims, hold and charges of a booking stand."""
    async with build.doors.service().scope() as db:
        claims, holds = await store.of_booking(db, made.id), await deposits.of_booking(db, made.id)
        owed = await charges.of_booking(db, made.id)
    return claims[-1], holds[-1], [(one.status, one.paid) for one in owed]


async def work(service, made):
    """What the worker does about a claim: the clock, and every open intent."""
    await answer.settle_due(service)
    async with service.door.scope() as db:
        opened = """select o.id from payment_operations o where o.booking_id = $1 and o.hold_id is not null
                    and not exists (select from payment_results r where r.operation_id = o.id and r.is_final)"""
        found = [row[0] for row in await db.fetch(opened, made.id)]
    for operation_id in found:
        await settling.settle(service, operation_id)


async def at_paypal(payer, made):
    """What was taken out of the booking's deposit, and the states of its holds."""
    ledger = await payer.paypal.control("GET", "ledger")
    holds = [row for row in ledger["authorizations"] if row.get("custom_id") == str(made.id)]
    out = [
        row
        for row in ledger["captures"]
        if row["supplementary_data"]["related_ids"].get("authorization_id") in {one["id"] for one in holds}
    ]
    return [Decimal(row["amount"]["value"]) for row in out], [row["status"] for row in holds]


async def lose_the_answer(payer, service, build, made):
    """PayPal takes what is claimed and its answers get lost; asked before with a token that is fresh."""
    await service.paypal.get_authorization((await state(build, made))[1].authorization_id)
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": "/authorizations/.*/capture$"}, times=3)


async def mailed(build, topic, claim_id):
    """The promise of a letter about a claim."""
    [(work,)] = await build.rows("select id from outbox where topic = $1 and payload ->> 'claim_id' = $2", topic, str(claim_id))
    return work


async def test_accepted_it_is_taken_the_rest_goes_back_and_no_sum_of_the_rental_counts_it(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300", "180.50")
    told = await claim(RULES, sam.door, made.id, sam.actor, ip=IP)
    assert (told.asked, told.amount) == (Decimal("480.50"), Decimal("480.50"))
    await work(service, made)
    assert await at_paypal(payer, made) == ([], ["CREATED"]), "the renter was not heard yet"
    await answer.accept(world, made.id)
    await answer.accept(world, made.id)
    await work(service, made)
    kept, hold, owed = await state(build, made)
    assert (kept.status, kept.answer, hold.status, hold.claimed_amount) == (
        ClaimStatus.SETTLED,
        Answer.ACCEPTED,
        HoldStatus.CLAIMED,
        Decimal("480.50"),
    )
    assert owed == [(ChargeStatus.SETTLED, Decimal("300.00")), (ChargeStatus.SETTLED, Decimal("180.50"))]
    assert await at_paypal(payer, made) == ([Decimal("480.50")], ["CAPTURED"])
    captured = await build.value("select captured_amount from payments where booking_id = $1", made.id)
    assert captured == made.held.total.amount
    async with build.doors.service().scope() as db:
        assert await differences(db, made.reference) == []
    looked = await comparison.look(service, made.id)
    assert looked.findings == ()
    assert (await build.history(made))[-4:] == ["claim_made", "claim_accepted", "claim_intended", "claim_settled"]
    assert ("deposit_claimed", IP) in await build.rows("select action, ip from audit_log where staff_id = $1", sam.actor.id)


async def test_who_does_not_answer_in_time_accepts_and_not_a_minute_before(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    told = await claim(RULES, sam.door, made.id, sam.actor)
    await wait_for(47 * HOUR)
    await work(service, made)
    assert (await state(build, made))[0].status is ClaimStatus.ASKED
    await wait_for(MINUTE + HOUR)
    assert told.answer_by
    await work(service, made)
    kept, _hold, owed = await state(build, made)
    assert (kept.status, kept.answer, owed) == (ClaimStatus.SETTLED, Answer.SILENT, [(ChargeStatus.SETTLED, Decimal("300.00"))])
    with pytest.raises(NoClaim):
        await answer.object_to(world, made.id, "too late")


async def test_while_a_claim_is_open_the_deposit_is_not_given_back(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    await wait_for(2 * DAY)
    await claim(RULES, sam.door, made.id, sam.actor)
    await answer.object_to(world, made.id, "It was there before")
    await wait_for(5 * DAY)
    await look.look_at(service, made.id)
    await work(service, made)
    kept, hold, _owed = await state(build, made)
    assert (kept.status, hold.status) == (ClaimStatus.OBJECTED, HoldStatus.HELD)
    await decide(sam.door, made.id, kept.id, sam.actor, "You are right", uphold=False)
    await look.look_at(service, made.id)
    await work(service, made)
    kept, hold, owed = await state(build, made)
    assert (kept.status, hold.status, owed) == (ClaimStatus.WITHDRAWN, HoldStatus.RELEASED, [(ChargeStatus.DUE, Decimal(0))])
    assert await at_paypal(payer, made) == ([], ["VOIDED", "VOIDED"]), "it was renewed meanwhile"


async def test_upheld_after_an_objection_it_is_taken_and_before_one_staff_cannot_take_it(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    told = await claim(RULES, sam.door, made.id, sam.actor)
    with pytest.raises(NoClaim):
        await decide(sam.door, made.id, told.id, sam.actor, "We are sure", uphold=True)
    with pytest.raises(asyncpg.CheckViolationError, match="not heard yet"):
        async with sam.door.scope() as db:
            await db.execute("update deposit_claims set status = 'accepted', answer = 'upheld' where id = $1", told.id)
    with pytest.raises(BadInput):
        await answer.object_to(world, made.id, " ")
    await answer.object_to(world, made.id, "It was there before")
    with pytest.raises(NoClaim):
        await answer.accept(world, made.id)
    key = new_key()
    for _twice in range(2):
        await decide(sam.door, made.id, told.id, sam.actor, "The photo of the pick-up shows none", uphold=True, key=key)
    await work(service, made)
    kept, _hold, owed = await state(build, made)
    assert (kept.status, kept.answer, kept.objection) == (ClaimStatus.SETTLED, Answer.UPHELD, "It was there before")
    assert owed == [(ChargeStatus.SETTLED, Decimal("300.00"))]


async def test_more_than_is_held_is_drafted_as_an_invoice_and_the_ceiling_is_the_deposit(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "4000", "1500")
    told = await claim(RULES, sam.door, made.id, sam.actor)
    assert (told.asked, told.amount) == (Decimal(5500), Decimal(5000))
    await answer.accept(world, made.id)
    await work(service, made)
    _kept, _hold, owed = await state(build, made)
    assert owed == [(ChargeStatus.SETTLED, Decimal("4000.00")), (ChargeStatus.INVOICED, Decimal("1000.00"))]
    assert await at_paypal(payer, made) == ([Decimal("5000.00")], ["CAPTURED"])
    [invoice] = await build.rows(_DRAFTED, made.id)
    assert tuple(invoice)[1:] == (f"{made.reference}-V1", Decimal("500.00"), "draft", world.tariffs.invoice_due_days, UUID(sam.actor.id))
    await drive.drive(service, invoice[0])
    drafted = "select status from paypal_invoices where booking_id = $1"
    assert await build.value(drafted, made.id) == "DRAFT", "nobody is asked for anything before staff send it"
    with pytest.raises(ClaimOpen):
        await claim(RULES, sam.door, made.id, sam.actor)


async def test_near_the_end_of_the_hold_it_is_claimed_at_once_with_an_alarm(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    superuser = await asyncpg.connect(build.superuser_url)
    await superuser.execute(
        "update deposit_holds set covered_until = exodrive_private.now() + interval '71 hours' where booking_id = $1", made.id
    )
    await superuser.close()
    told = await claim(RULES, sam.door, made.id, sam.actor)
    assert told.answer_by is None
    await taking.take(service, told.id)
    assert await alarms(build, made) == ["claim"]
    await work(service, made)
    kept, _hold, _owed = await state(build, made)
    assert (kept.status, kept.answer) == (ClaimStatus.SETTLED, Answer.AT_ONCE)
    assert await alarms(build, made) == []


async def test_an_objection_that_waits_near_the_end_of_the_hold_is_an_alarm(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    told = await claim(RULES, sam.door, made.id, sam.actor)
    await answer.object_to(world, made.id, "no thanks")
    await work(service, made)
    assert await alarms(build, made) == []
    await wait_for(27 * DAY + 2 * HOUR)
    await work(service, made)
    assert await alarms(build, made) == ["claim"]
    await look.look_at(service, made.id)
    assert await alarms(build, made) == ["claim"], "the planner does not close what is not its own"
    await decide(sam.door, made.id, told.id, sam.actor, "You are right", uphold=False)
    await taking.take(service, told.id)
    assert await alarms(build, made) == []


async def test_an_answer_that_got_lost_is_found_again_and_taken_once(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    await claim(RULES, sam.door, made.id, sam.actor)
    await answer.accept(world, made.id)
    await lose_the_answer(payer, service, build, made)
    await work(service, made)
    assert (await state(build, made))[0].status is ClaimStatus.TAKING
    await wait_for(DAY + HOUR)
    await work(service, made)
    assert (await state(build, made))[0].status is ClaimStatus.SETTLED
    assert await at_paypal(payer, made) == ([Decimal("300.00")], ["CAPTURED"])
    assert await operations(build, made, "claim") == ["unknown", "succeeded"]


async def test_paypals_notice_may_come_before_its_answer(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    await claim(RULES, sam.door, made.id, sam.actor)
    await answer.accept(world, made.id)
    await lose_the_answer(payer, service, build, made)
    await work(service, made)
    ledger = await payer.paypal.control("GET", "ledger")
    [taken] = [row for row in ledger["captures"] if row.get("custom_id") == str(made.id) and row["amount"]["value"] == "300.00"]
    told = notice("PAYMENT.CAPTURE.COMPLETED", taken)
    await take_in(world, service, told)
    assert await outcome(build, told) == "settled"
    assert (await state(build, made))[0].status is ClaimStatus.SETTLED


@pytest.mark.parametrize("issue", ["AUTHORIZATION_EXPIRED", "PAYER_CANNOT_PAY"])
async def test_refused_by_paypal_the_charges_stay_due_and_a_person_knows(build, payer, world, service, wait_for, issue):
    made, sam = await owing(build, payer, world, wait_for, "300")
    await claim(RULES, sam.door, made.id, sam.actor)
    await answer.accept(world, made.id)
    await payer.paypal.fault(kind="refused", issue=issue, match={"path_regex": "/authorizations/.*/capture$"}, times=2)
    await work(service, made)
    kept, hold, owed = await state(build, made)
    assert (kept.status, hold.status, owed) == (ClaimStatus.FAILED, HoldStatus.HELD, [(ChargeStatus.DUE, Decimal(0))])
    assert await alarms(build, made) == ["claim"]
    again = await claim(RULES, sam.door, made.id, sam.actor)
    await answer.accept(world, made.id)
    await work(service, made)
    assert (await state(build, made))[0].id == again.id
    assert (await state(build, made))[0].status is ClaimStatus.SETTLED


async def test_many_clicks_at_once_make_one_claim_and_one_capture(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    key = new_key()
    told = await asyncio.gather(*(claim(RULES, sam.door, made.id, sam.actor, key=key) for _ in range(4)))
    assert len({one.id for one in told}) == 1
    with pytest.raises(ClaimOpen):
        await claim(RULES, sam.door, made.id, sam.actor)
    await asyncio.gather(*(answer.accept(world, made.id) for _ in range(3)))
    await asyncio.gather(*(taking.take(service, told[0].id) for _ in range(3)))
    await asyncio.gather(*(work(service, made) for _ in range(3)))
    assert await at_paypal(payer, made) == ([Decimal("300.00")], ["CAPTURED"])


async def test_scenario_22_claimed_and_given_back_at_once_one_of_them_wins(build, payer, world, service, wait_for):
    won = set()
    for first in range(6):
        made, sam = await owing(build, payer, world, wait_for, "300")
        await wait_for(3 * DAY + MINUTE)

        async def late(doing, turn, made=made, first=first):
            await asyncio.sleep(0.05 * ((first + turn) % 2))
            return await doing

        both = (late(claim(RULES, sam.door, made.id, sam.actor), 0), late(look.look_at(service, made.id), 1))
        told, _looked = await asyncio.gather(*both, return_exceptions=True)
        await asyncio.gather(*(work(service, made) for _ in range(3)))
        if not isinstance(told, NothingHeld):
            await answer.accept(world, made.id)
            await asyncio.gather(look.look_at(service, made.id), *(work(service, made) for _ in range(3)))
        taken, states = await at_paypal(payer, made)
        won.add((type(told), *taken, *set(states)))
    assert won == {(NothingHeld, "VOIDED"), (Claimed, Decimal("300.00"), "CAPTURED")}


async def test_without_charges_a_hold_or_the_car_nothing_is_claimed(build, payer, world, service, wait_for):
    made, sam = await owing(build, payer, world, wait_for)
    with pytest.raises(NothingToClaim):
        await claim(RULES, sam.door, made.id, sam.actor)
    ahead = await build.paid(days=days_ahead(20, 2))
    with pytest.raises(NothingHeld):
        await claim(RULES, sam.door, ahead.id, sam.actor)
    entry = Entry(kind=ChargeKind.DAMAGE, amount=Decimal(10), reason="a scratch")
    await charge(TARIFFS, sam.door, made.id, entry, sam.actor)
    await wait_for(5 * DAY)
    await look.look_at(service, made.id)
    with pytest.raises(NothingHeld):
        await claim(RULES, sam.door, made.id, sam.actor)
    await work(service, made)
    with pytest.raises(NothingHeld):
        await claim(RULES, sam.door, made.id, sam.actor)


async def test_the_database_lets_nothing_out_of_a_hold_that_is_not_claimed(build, payer, world, wait_for):
    made, sam = await owing(build, payer, world, wait_for, "300")
    await claim(RULES, sam.door, made.id, sam.actor)
    line = """insert into payment_operations (id, booking_id, kind, attempt, request_id, amount, currency, hold_id)
              select gen_random_uuid(), $1, 'claim', 1, gen_random_uuid()::text, $2, 'USD', h.id
              from deposit_holds h where h.booking_id = $1"""
    for amount in (300, 5000):
        with pytest.raises(asyncpg.CheckViolationError, match="so much is not claimed"):
            async with build.doors.service().scope() as db:
                await db.execute(line, made.id, amount)


async def test_everybody_is_told(build, payer, world, office, resend, service, wait_for):
    office = replace(office, house=House(company="Test Cars", support_email="desk@cars.example"))
    made, sam = await owing(build, payer, world, wait_for, "300")
    told = await claim(RULES, sam.door, made.id, sam.actor)
    made_work = await mailed(build, "mail.claim_made", told.id)
    await letter.send_made(office, made_work, told.id)
    await answer.object_to(world, made.id, "It was there before")
    objected = await mailed(build, "mail.claim_objected", told.id)
    await letter.send_objected(office, objected, told.id)
    await decide(sam.door, made.id, told.id, sam.actor, "The photo shows none", uphold=True)
    await work(service, made)
    ended = await mailed(build, "mail.claim_ended", told.id)
    await letter.send_ended(office, ended, told.id)
    mails = [" ".join(mail["text"].split()) for mail in await resend.control("GET", "mails") if made.reference in mail["subject"]]
    said = " | ".join(mails)
    for words in (
        "We ask for $300.00 of your deposit. Until ",
        "Damage, $300.00: a scratch of 300",
        "objects to $300.00 claimed from the deposit",
        "It was there before",
        "$300.00 was taken from your deposit, and the rest of it was released.",
        "The photo shows none",
    ):
        assert words in said, words


def test_the_time_to_answer_never_reaches_into_the_margin_before_the_holds_end():
    now = clock.now()
    assert answer_until(now, now + 72 * HOUR, RULES) == now + 48 * HOUR
    assert answer_until(now, now + 72 * HOUR - MINUTE, RULES) is None


def test_only_legal_moves_are_made():
    for old in ClaimStatus:
        for new in ClaimStatus:
            if new not in MOVES.get(old, ()):
                with pytest.raises(IllegalMove):
                    check_move(old, new)
