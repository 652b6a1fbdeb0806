"""An invoice from what is open to paid, at a real PayPal: drafted once, sent once, and its payment settles charges and nothing else."""

from datetime import timedelta
from decimal import Decimal

import pytest

from exodrive.flows.invoicing import decide, look
from exodrive.flows.invoicing.draft import draft, preview
from exodrive.flows.invoicing.drive import drive
from exodrive.flows.invoicing.errors import InvoiceMoved, NothingOpen, UnknownInvoice
from exodrive.gateways.paypal.invoicing import InvoiceStatus
from exodrive.invoices.states import Wanted
from exodrive.kit.errors import BadInput
from exodrive.overview.money_check import differences
from tests.builders import new_key
from tests.flows.invoicing.bill import at_paypal, drafted, hear, kept, owed, owing, pays, sent, wish
from tests.flows.test_webhooks import notice, outcome, take_in

FULL = [("settled", Decimal("300.00")), ("settled", Decimal("180.50"))]
OPEN = [("due", Decimal(0)), ("due", Decimal(0))]


async def test_from_what_is_open_to_paid_and_no_sum_of_the_rental_counts_it(build, payer, world, service):
    made, sam, told = await drafted(build, service)
    assert (await kept(build, told)).status is InvoiceStatus.DRAFT
    assert await build.value("select sent_at from paypal_invoices where id = $1", told.id) is None, "nobody was asked for anything"
    await decide.send(sam.door, made.id, told.number, sam.actor)
    await drive(service, told.id)
    there = await kept(build, told)
    assert (there.status, there.has_picture, there.due) == (InvoiceStatus.SHARED, True, Decimal("480.50"))
    assert there.url.startswith(payer.paypal.url)
    assert await owed(build, made) == [("invoiced", Decimal(0)), ("invoiced", Decimal(0))]
    await pays(payer, told)
    [one] = await at_paypal(payer, told)
    paid = notice("INVOICING.INVOICE.PAID", {"invoice": {"id": one["id"], "status": "CANCELLED"}})
    await take_in(world, service, paid)
    after = await kept(build, told)
    assert (after.status, after.paid, after.due, await owed(build, made)) == (InvoiceStatus.PAID, Decimal("480.50"), Decimal(0), FULL)
    assert after.ended_at
    assert await outcome(build, paid) == "read", "the notice was a hint: what it said of the state was not believed"
    captured = await build.value("select captured_amount from payments where booking_id = $1", made.id)
    assert captured == made.held.total.amount
    async with build.doors.service().scope() as db:
        assert await differences(db, made.reference) == []
    assert (await build.history(made))[-4:] == ["invoice_drafted", "invoice_to_send", "invoice_sent", "invoice_paid"]
    topics = await build.rows("select topic from outbox where payload ->> 'invoice_id' = $1 and topic like 'mail%'", str(told.id))
    assert topics == [("mail.invoice",)]


async def test_a_preview_shows_the_very_lines_and_their_sum_and_asks_nobody(build, payer, world, service):
    made, sam = await owing(build, "300")
    shown = await preview(sam.door, made.id, wish(note="sorry"))
    assert [(one.name, one.description, one.amount) for one in shown.lines] == [("Damage", "a scratch of 300", Decimal("300.00"))]
    assert (shown.total, shown.tax, shown.note) == (Decimal("300.00"), Decimal(0), "sorry")
    told = await draft(sam.door, made.id, wish(), sam.actor)
    await drive(service, told.id)
    [one] = await at_paypal(payer, told)
    assert ([item["name"] for item in one["items"]], one["amount"]["value"]) == (["Damage"], "300.00")


async def test_fee_and_tax_are_lines_of_their_own_and_the_sum_is_ours_to_the_cent(build, payer, service):
    made, sam = await owing(build)
    query = """insert into booking_charges (id, booking_id, number, kind, status, amount, fee, tax, currency, reason, due_at)
               values (gen_random_uuid(), $1, 1, 'toll', 'due', 12.35, 35, 3.07, 'USD', 'a bridge', exodrive_private.now())"""
    async with build.doors.service().scope() as db:
        await db.execute(query, made.id)
    told = await draft(sam.door, made.id, wish(), sam.actor)
    await drive(service, told.id)
    [one] = await at_paypal(payer, told)
    assert [(item["name"], item["unit_amount"]["value"]) for item in one["items"]] == [
        ("Toll", "12.35"),
        ("Toll: handling", "35.00"),
        ("Toll: tax", "3.07"),
    ]
    assert (one["amount"]["value"], told.total, told.tax) == ("50.42", Decimal("50.42"), Decimal("3.07"))
    assert (await kept(build, told)).problem is None


async def test_staff_choose_charges_and_the_others_stay_open_for_another_invoice(build, service):
    made, sam = await owing(build, "300", "180.50")
    first_id = await build.value("select id from booking_charges where booking_id = $1 and number = 1", made.id)
    first = await draft(sam.door, made.id, wish(charges=(first_id,)), sam.actor)
    assert (first.number, first.total) == (f"{made.reference}-V1", Decimal("300.00"))
    with pytest.raises(BadInput) as twice:
        await draft(sam.door, made.id, wish(charges=(first_id,)), sam.actor)
    assert "charges" in twice.value.fields
    second = await draft(sam.door, made.id, wish(), sam.actor)
    assert (second.number, second.total) == (f"{made.reference}-V2", Decimal("180.50"))
    with pytest.raises(NothingOpen):
        await draft(sam.door, made.id, wish(), sam.actor)


async def test_asked_again_with_the_same_key_it_is_drafted_once(build, service):
    made, sam = await owing(build, "300")
    key, want = new_key(), wish()
    assert await draft(sam.door, made.id, want, sam.actor, key=key) == await draft(sam.door, made.id, want, sam.actor, key=key)
    assert await build.value("select count(*) from paypal_invoices where booking_id = $1", made.id) == 1


@pytest.mark.parametrize("days", [-2, 400])
async def test_it_is_due_on_a_day_from_today_on_within_a_year(build, days):
    made, sam = await owing(build, "300")
    with pytest.raises(BadInput) as wrong:
        await preview(sam.door, made.id, wish(days))
    assert set(wrong.value.fields) == {"due_on"}


async def test_cancelled_its_charges_are_due_again_and_the_renter_is_told(build, payer, service):
    made, sam, told = await sent(build, service)
    assert (await decide.cancel(sam.door, made.id, told.number, sam.actor, "a mistake")).wanted is Wanted.VOID
    await drive(service, told.id)
    assert ((await kept(build, told)).status, await owed(build, made)) == (InvoiceStatus.CANCELLED, OPEN)
    [one] = await at_paypal(payer, told)
    assert one["status"] == "CANCELLED"
    assert (
        await build.value("select count(*) from outbox where topic = 'mail.invoice_ended' and payload ->> 'invoice_id' = $1", str(told.id))
        == 1
    )
    again = await draft(sam.door, made.id, wish(), sam.actor)
    assert again.number.endswith("-V2")
    with pytest.raises(InvoiceMoved):
        await decide.cancel(sam.door, made.id, told.number, sam.actor, "once more")


async def test_a_draft_is_cancelled_too_and_one_that_paypal_was_never_asked_for_at_once(build, payer, service):
    made, sam, told = await drafted(build, service)
    await decide.cancel(sam.door, made.id, told.number, sam.actor, "a mistake")
    await drive(service, told.id)
    assert ((await kept(build, told)).status, await owed(build, made)) == (InvoiceStatus.CANCELLED, OPEN)
    never = await draft(sam.door, made.id, wish(), sam.actor)
    await decide.cancel(sam.door, made.id, never.number, sam.actor, "a mistake")
    assert (await kept(build, never)).ended_at
    await drive(service, never.id)
    assert (await at_paypal(payer, never), await owed(build, made)) == ([], OPEN)


async def test_paid_while_it_is_cancelled_it_is_paid(build, payer, service):
    made, sam, told = await sent(build, service)
    await pays(payer, told)
    await decide.cancel(sam.door, made.id, told.number, sam.actor, "a mistake")
    await drive(service, told.id)
    after = await kept(build, told)
    assert (after.status, after.problem, await owed(build, made)) == (InvoiceStatus.PAID, None, FULL)


async def test_cancelled_or_sent_at_paypals_own_site_it_is_followed(build, payer, service):
    made, _sam, told = await drafted(build, service)
    await service.invoices.issue((await kept(build, told)).paypal_invoice_id, by_paypal=False)
    await hear(service, told)
    there = await kept(build, told)
    assert (there.wanted, there.status, there.is_payable) == (Wanted.SENT, InvoiceStatus.SHARED, True)
    await payer.paypal.control("POST", f"invoices/{there.paypal_invoice_id}/lapse", {})
    await hear(service, told)
    after = await kept(build, told)
    assert (after.wanted, after.status, await owed(build, made)) == (Wanted.VOID, InvoiceStatus.AUTO_CANCELLED, OPEN)
    assert (await build.history(made))[-1] == "invoice_cancelled_elsewhere"


async def test_money_that_goes_back_at_paypal_is_shown_and_the_charges_stay_paid(build, payer, service):
    made, _sam, told = await sent(build, service)
    taken = await pays(payer, told)
    await hear(service, told)
    await service.paypal.ask(
        bytes, "POST", f"/v2/payments/captures/{taken['id']}/refund", {"amount": {"value": "100.00", "currency_code": "USD"}}
    )
    await hear(service, told)
    after = await kept(build, told)
    assert (after.status, after.refunded, await owed(build, made)) == (InvoiceStatus.PARTIALLY_REFUNDED, Decimal("100.00"), FULL)
    assert (await build.history(made))[-1] == "invoice_refunded"


async def test_a_payment_that_paypal_still_looks_at_settles_nothing_yet(build, payer, service):
    made, sam, told = await sent(build, service)
    taken = await pays(payer, told, funding="pending")
    await hear(service, told)
    after = await kept(build, told)
    assert (after.status, after.paid, after.is_payable) == (InvoiceStatus.PAYMENT_PENDING, Decimal(0), False)
    with pytest.raises(InvoiceMoved):
        await decide.cancel(sam.door, made.id, told.number, sam.actor, "a mistake")
    await payer.paypal.control("POST", f"captures/{taken['id']}/settle", {"act": "complete"})
    await hear(service, told)
    assert await owed(build, made) == FULL


async def test_one_of_another_booking_is_unknown(build, service):
    made, sam = await owing(build, "300")
    with pytest.raises(UnknownInvoice):
        await decide.send(sam.door, made.id, "NOBODYS-V1", sam.actor)


async def test_the_clock_reads_what_no_notice_told_of(build, payer, service, wait_for):
    made, _sam, told = await sent(build, service)
    await pays(payer, told)
    await look.look_at_all(service)
    assert (await kept(build, told)).status is InvoiceStatus.SHARED, "it was read a moment ago"
    await wait_for(timedelta(minutes=16))
    await look.look_at_all(service)
    assert await owed(build, made) == FULL
