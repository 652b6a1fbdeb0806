"""An invoice when answers get lost, PayPal is away, or says no: never two at PayPal, never one forgotten, and what is odd is cried out."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from exodrive.flows.invoicing import decide, look
from exodrive.flows.invoicing.draft import draft
from exodrive.flows.invoicing.drive import drive
from exodrive.flows.invoicing.errors import InvoiceMoved
from exodrive.flows.invoicing.following import DIFFERS
from exodrive.gateways.paypal.invoicing import InvoiceStatus
from exodrive.invoices.states import MOVES, IllegalMove, Wanted, check_move
from exodrive.kit.money import Money
from tests.flows.deposit.test_hold import alarms
from tests.flows.invoicing.bill import CANCEL, CREATE, RECORD, SEND, at_paypal, drafted, hear, kept, owed, owing, sent, wish

MINUTE = timedelta(minutes=1)
OPEN = [("due", Decimal(0))]


async def wanted(build):
    """An invoice that PayPal was not asked for yet, and its booking."""
    made, sam = await owing(build, "300")
    return made, sam, await draft(sam.door, made.id, wish(), sam.actor)


async def lose(payer, service, call, times=9):
    """PayPal does what is asked, and its answers get lost; asked before with a token that is fresh."""
    await service.invoices.find("nothing")
    await payer.paypal.fault(kind="lost_after_commit", match=call, times=times)


async def test_drafted_without_an_answer_it_is_found_by_our_number(build, payer, service):
    _made, _sam, told = await wanted(build)
    await lose(payer, service, CREATE, times=1)
    await payer.paypal.fault(kind="status", status=503, match=CREATE, times=9)
    await drive(service, told.id)
    assert (await kept(build, told)).paypal_invoice_id is None
    await payer.paypal.control("DELETE", "faults")
    await look.look_at_all(service)
    assert ((await kept(build, told)).status, len(await at_paypal(payer, told))) == (InvoiceStatus.DRAFT, 1)


async def test_sent_without_an_answer_it_is_sent_once_and_its_letter_promised_once(build, payer, service):
    made, sam, told = await drafted(build, service, "300")
    await decide.send(sam.door, made.id, told.number, sam.actor)
    await lose(payer, service, SEND)
    await drive(service, told.id)
    assert (await kept(build, told)).sent_at is None, "nobody knows yet"
    await payer.paypal.control("DELETE", "faults")
    await look.look_at_all(service)
    await drive(service, told.id)
    assert (await kept(build, told)).status is InvoiceStatus.SHARED
    promised = "select count(*) from outbox where topic = 'mail.invoice' and payload ->> 'invoice_id' = $1"
    assert await build.value(promised, str(told.id)) == 1


async def test_cancelled_without_an_answer_it_is_cancelled(build, payer, service):
    made, sam, told = await sent(build, service, "300")
    await decide.cancel(sam.door, made.id, told.number, sam.actor, "a mistake")
    await lose(payer, service, CANCEL, times=1)
    await payer.paypal.fault(kind="status", status=503, match=CANCEL, times=9)
    await drive(service, told.id)
    assert await owed(build, made) == [("invoiced", Decimal(0))]
    await payer.paypal.control("DELETE", "faults")
    await look.look_at_all(service)
    assert await owed(build, made) == OPEN


async def test_with_paypal_away_it_waits_and_a_cancelled_one_is_over_once_nothing_can_come_of_it(build, payer, service, wait_for):
    made, sam, told = await wanted(build)
    await payer.paypal.fault(kind="status", status=503, match=CREATE, times=9)
    await drive(service, told.id)
    await decide.cancel(sam.door, made.id, told.number, sam.actor, "a mistake")
    await drive(service, told.id)
    assert (await kept(build, told)).ended_at is None, "the call of a moment ago may still be at work"
    await wait_for(11 * MINUTE)
    await look.look_at_all(service)
    assert ((await kept(build, told)).wanted, await owed(build, made)) == (Wanted.VOID, OPEN)


async def test_cancelled_while_its_draft_was_not_heard_of_it_is_found_and_cancelled(build, payer, service):
    made, sam, told = await wanted(build)
    await lose(payer, service, CREATE, times=1)
    await payer.paypal.fault(kind="status", status=503, match=CREATE, times=9)
    await drive(service, told.id)
    await payer.paypal.control("DELETE", "faults")
    await decide.cancel(sam.door, made.id, told.number, sam.actor, "a mistake")
    await drive(service, told.id)
    [one] = await at_paypal(payer, told)
    assert (one["status"], await owed(build, made)) == ("CANCELLED", OPEN)


async def test_what_paypal_refuses_for_good_is_shown_and_cried_out_and_can_be_tried_again(build, payer, service):
    made, sam, told = await wanted(build)
    await payer.paypal.fault(kind="refused", issue="USER_NOT_FOUND", match=CREATE, times=1)
    await drive(service, told.id)
    assert ((await kept(build, told)).problem, await alarms(build, made)) == ("USER_NOT_FOUND", ["invoice"])
    await drive(service, told.id)
    assert await at_paypal(payer, told) == [], "it waits for a person"
    await decide.try_again(sam.door, made.id, told.number, sam.actor)
    await drive(service, told.id)
    there = await kept(build, told)
    assert (there.status, there.problem, await alarms(build, made)) == (InvoiceStatus.DRAFT, None, [])
    with pytest.raises(InvoiceMoved):
        await decide.try_again(sam.door, made.id, told.number, sam.actor)


async def test_a_number_that_stands_for_something_else_is_never_sent(build, payer, service):
    made, sam, told = await wanted(build)
    other = {"detail": {"invoice_number": told.number, "currency_code": "USD"}}
    item = {"name": "x", "quantity": "1", "unit_amount": {"currency_code": "USD", "value": "7.00"}}
    await service.paypal.ask(bytes, "POST", "/v2/invoicing/invoices", other | {"items": [item]})
    await drive(service, told.id)
    with pytest.raises(InvoiceMoved):
        await decide.send(sam.door, made.id, told.number, sam.actor)
    await decide.try_again(sam.door, made.id, told.number, sam.actor)
    await drive(service, told.id)
    [one] = await at_paypal(payer, told)
    assert (one["status"], (await kept(build, told)).problem, await alarms(build, made)) == ("DRAFT", DIFFERS, ["invoice"])


async def test_a_draft_that_was_deleted_at_paypal_is_over(build, service):
    made, _sam, told = await drafted(build, service, "300")
    await service.paypal.ask(bytes, "DELETE", f"/v2/invoicing/invoices/{(await kept(build, told)).paypal_invoice_id}")
    await hear(service, told)
    assert ((await kept(build, told)).wanted, await owed(build, made)) == (Wanted.VOID, OPEN)


async def test_many_workers_at_once_note_a_payment_once(build, payer, service):
    """PayPal would note it as often as it is asked: a part of what is due leaves room for more."""
    made, sam, told = await sent(build, service, "300")
    paid = decide.PaidOtherwise(amount=Decimal(50), method="CASH", day=wish(0).due_on)
    await decide.record(sam.door, made.id, told.number, paid, sam.actor)
    await payer.paypal.fault(kind="slow_body", delay=0.2, match={"method": "GET", "path_regex": "/invoicing/invoices/"}, times=4)
    await asyncio.gather(*(drive(service, told.id) for _ in range(4)))
    [one] = await at_paypal(payer, told)
    assert [row["amount"]["value"] for row in one["payments"]["transactions"]] == ["50.00"]
    there = await kept(build, told)
    assert (there.status, there.due, there.is_payable) == (InvoiceStatus.PARTIALLY_PAID, Decimal(250), True)
    assert await owed(build, made) == [("invoiced", Decimal(50))]


async def test_who_died_at_it_keeps_others_away_for_a_while_only(build, service, wait_for):
    _made, _sam, told = await wanted(build)
    async with build.doors.service().scope() as db:
        taken = "update paypal_invoices set taken_until = exodrive_private.now() + interval '90 seconds' where id = $1"
        await db.execute(taken, told.id)
    await drive(service, told.id)
    assert (await kept(build, told)).status is None
    await wait_for(2 * MINUTE)
    await look.look_at_all(service)
    assert (await kept(build, told)).status is InvoiceStatus.DRAFT


async def test_a_charge_is_never_in_two_invoices_nor_in_a_claim_and_the_database_knows(build, service):
    made, _sam, _told = await drafted(build, service, "300")
    charge_id = await build.value("select id from booking_charges where booking_id = $1", made.id)
    for query in (
        "update booking_charges set status = 'claimed' where id = $1",
        "update booking_charges set status = 'withdrawn', withdrawn_because = 'x', ended_at = exodrive_private.now() where id = $1",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            async with build.doors.service().scope() as db:
                await db.execute(query, charge_id)


async def test_what_is_wanted_only_goes_on(build, service):
    _made, _sam, told = await sent(build, service, "300")
    for old in Wanted:
        for new in set(Wanted) - {old} - MOVES.get(old, frozenset()):
            with pytest.raises(IllegalMove):
                check_move(old, new)
    with pytest.raises(asyncpg.CheckViolationError):
        async with build.doors.service().scope() as db:
            await db.execute("update paypal_invoices set wanted = 'draft' where id = $1", told.id)


async def test_a_payment_that_is_taken_from_the_books_at_paypal_is_for_a_person_to_look_at(build, payer, service):
    made, sam, told = await sent(build, service, "300")
    paid = decide.PaidOtherwise(amount=Decimal(300), method="CASH", day=wish(0).due_on)
    await decide.record(sam.door, made.id, told.number, paid, sam.actor)
    await drive(service, told.id)
    [one] = await at_paypal(payer, told)
    payment_id = one["payments"]["transactions"][0]["payment_id"]
    await service.paypal.ask(bytes, "DELETE", f"/v2/invoicing/invoices/{one['id']}/payments/{payment_id}")
    await hear(service, told)
    after = await kept(build, told)
    assert (after.problem, after.paid, await alarms(build, made)) == ("PAYMENT_TAKEN_BACK", Decimal(0), ["invoice"])
    assert Money(after.due, "USD").text == "300.00"


async def test_a_payment_whose_answer_is_lost_is_noted_once(build, payer, service):
    made, sam, told = await sent(build, service, "300")
    paid = decide.PaidOtherwise(amount=Decimal(300), method="CASH", day=wish(0).due_on)
    await decide.record(sam.door, made.id, told.number, paid, sam.actor)
    await lose(payer, service, RECORD, times=1)
    await drive(service, told.id)
    await look.look_at_all(service)
    [one] = await at_paypal(payer, told)
    assert [row["amount"]["value"] for row in one["payments"]["transactions"]] == ["300.00"]
    assert (await kept(build, told)).status is InvoiceStatus.MARKED_AS_PAID
    assert await owed(build, made) == [("settled", Decimal("300.00"))]
    assert await build.value("select status from paypal_invoice_requests where invoice_id = $1", told.id) == "done"
