"""Money that paid charges gets its papers too: out of a deposit, for an invoice, and what went back of either."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from exodrive.charges.model import ChargeKind, Tariffs
from exodrive.flows import receipts as flow
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.claiming import repaying
from exodrive.flows.invoicing import decide
from exodrive.flows.invoicing.draft import draft
from exodrive.flows.invoicing.drive import drive
from exodrive.flows.jobs import JOBS
from exodrive.gateways.paypal.invoicing import Method
from exodrive.kit.money import Money
from exodrive.kit.outbox import store as promises
from exodrive.overview.money_check import differences
from exodrive.receipts import store
from exodrive.receipts.model import Books, Purpose, ReceiptKind
from tests.builders import today
from tests.flows.claiming.test_claims import work
from tests.flows.claiming.test_repaying import settled
from tests.flows.invoicing.bill import at_paypal, hear, owing, pays, sent, wish
from tests.garage import house_rules

BOOKS = Books(company="Test Cars", address="1 Road, Miami", time_zone="America/New_York")


@pytest.fixture
def desk(service):
    """The worker's world, with books to keep."""
    return replace(service, books=BOOKS)


async def issued(build, desk, made):
    """Let the worker issue what was promised of a booking's charges; their papers, credit notes last."""
    promised = """select w.id, w.topic, w.payload from outbox w where w.done_at is null and w.topic like 'receipts.%' and (
                  w.payload ->> 'operation_id' in (select id::text from payment_operations where booking_id = $1)
                  or w.payload ->> 'invoice_id' in (select id::text from paypal_invoices where booking_id = $1)) order by w.id"""
    async with desk.door.scope() as db:
        works = [promises.Work(*row) for row in await db.fetch(promised, made.id)]
    for one in works:
        await JOBS[one.topic](desk, one)
    invoices = [row[0] for row in await build.rows("select id from paypal_invoices where booking_id = $1", made.id)]
    about = [(Purpose.CLAIM, None), *((Purpose.INVOICE, invoice_id) for invoice_id in invoices)]
    async with desk.door.scope() as db:
        return [one for kind in ReceiptKind for purpose in about for one in await store.of_booking(db, made.id, kind, *purpose)]


async def numbers(build, kind):
    return [row[0] for row in await build.rows("select number from receipts where kind = $1 order by number", kind)]


async def test_what_is_taken_out_of_a_deposit_has_a_receipt_and_each_part_that_goes_back_a_credit_note(
    build, payer, world, desk, service, wait_for
):
    made, sam, kept = await settled(build, payer, world, service, wait_for)
    [paper] = await issued(build, desk, made)
    assert (paper.kind, paper.amount) == (ReceiptKind.RECEIPT, Decimal(300))
    assert paper.content.rows == (("Damage: a scratch of 300", "$300.00"),)
    assert (paper.content.amount_label, paper.content.sums) == ("Taken from the deposit", (("Total", "$300.00"),))
    assert paper.content.taxes == (), "damage is compensation, and no sale"
    for part in ("120", "180"):
        await repaying.by_staff(sam.door, made.id, kept.id, Money(Decimal(part), "USD"), sam.actor, "it cost less")
        await work(service, made)
    _receipt, *notes = await issued(build, desk, made)
    assert [(note.kind, note.amount) for note in notes] == [
        (ReceiptKind.CREDIT_NOTE, Decimal(120)),
        (ReceiptKind.CREDIT_NOTE, Decimal(180)),
    ]
    assert notes[0].content.notes == (f"This credit note refers to receipt {paper.code}.",)
    assert made.reference in notes[0].content.rows[0][0]
    taken = await numbers(build, "credit_note")
    assert taken == list(range(1, len(taken) + 1))
    letters = """select count(*) from outbox where topic = 'mail.receipt'
                 and payload ->> 'receipt_id' in (select id::text from receipts where booking_id = $1 and purpose = 'claim')"""
    assert await build.value(letters, made.id) == 3


async def test_each_payment_of_an_invoice_has_a_receipt_and_says_what_is_left(build, payer, desk, service):
    made, sam, told = await sent(build, service, "300", "180.50")
    in_cash = decide.PaidOtherwise(amount=Decimal(200), method=Method.CASH, day=today())
    await decide.record(sam.door, made.id, told.number, in_cash, sam.actor)
    await drive(service, told.id)
    await hear(service, told)
    [first] = await issued(build, desk, made)
    assert (first.amount, first.content.about) == (Decimal(200), f"Thank you. We received this payment of invoice {told.number}.")
    assert dict(first.content.sums) == {"Total": "$480.50", "Still to be paid": "$280.50"}
    await pays(payer, told)
    await hear(service, told)
    _first, second = await issued(build, desk, made)
    assert second.amount == Decimal("280.50")
    assert dict(second.content.sums) == {"Total": "$480.50", "Paid before": "$200.00"}
    await flow.issue_missing(desk)
    assert len(await issued(build, desk, made)) == 2


async def test_the_tax_in_the_papers_of_an_invoice_adds_up_to_the_cent_whatever_is_paid_first(build, payer, desk, service):
    await house_rules(build.doors)
    made, sam = await owing(build, "100")
    cleaning = Entry(kind=ChargeKind.CLEANING, amount=Decimal("99.99"), reason="sand")
    await charge(Tariffs(), sam.door, made.id, cleaning, sam.actor)
    tax = await build.value("select sum(tax) from booking_charges where booking_id = $1", made.id)
    assert tax > 0
    one = await draft(sam.door, made.id, wish(), sam.actor)
    paid = ["100", "33.33", str(one.total - Decimal("133.33"))]
    for so_far in range(1, 4):
        total = sum(map(Decimal, paid[:so_far]), Decimal(0))
        async with desk.door.scope() as db:
            await db.execute("update paypal_invoices set amount_paid = $2 where id = $1", one.id, total)
            await flow._issue_of_invoice(db, desk, one.id)
    async with desk.door.scope() as db:
        await db.execute("update paypal_invoices set amount_refunded = 50 where id = $1", one.id)
        await flow._issue_of_invoice(db, desk, one.id)
    *papers, note = await issued(build, desk, made)
    shares = [sum((share.amount for share in paper.content.taxes), Decimal(0)) for paper in papers]
    assert (shares[0], sum(shares)) == (0, tax), "the damage is paid first, and is not taxed"
    assert (note.kind, note.content.taxes[0].amount) == (ReceiptKind.CREDIT_NOTE, round(tax * 50 / one.total, 2))


async def test_the_database_takes_no_paper_for_more_than_was_paid_of_an_invoice(build, payer, desk, service):
    made, _sam, told = await sent(build, service, "300")
    await pays(payer, told)
    await hear(service, told)
    line = """insert into receipts (id, kind, purpose, booking_id, invoice_id, amount, currency, language, content, time_zone)
              values (gen_random_uuid(), $1, 'invoice', $2, $3, $4, 'USD', 'en_US', '{}', 'UTC')"""
    for kind, amount in (("receipt", "300.01"), ("credit_note", "0.01")):
        with pytest.raises(asyncpg.CheckViolationError, match="no money"):
            async with desk.door.scope() as db:
                await db.execute(line, kind, made.id, told.id, Decimal(amount))
    assert len(await issued(build, desk, made)) == 1
    with pytest.raises(asyncpg.CheckViolationError, match="no money"):
        async with desk.door.scope() as db:
            await db.execute(line, "receipt", made.id, told.id, Decimal("0.01"))
    assert len(await at_paypal(payer, told)) == 1


async def test_money_of_an_invoice_that_stays_without_a_paper_is_a_difference(build, payer, desk, service):
    made, _sam, told = await sent(build, service, "300")
    await pays(payer, told)
    await hear(service, told)

    async def found(days):
        async with desk.door.scope() as db:
            await db.execute("update paypal_invoices set looked_at = exodrive_private.now() - $2::interval where id = $1", told.id, days)
            return [one.field for one in await differences(db, made.reference) if "invoice" in one.field]

    assert await found(timedelta(days=1)) == [], "the worker may still be at it"
    assert await found(timedelta(days=3)) == [f"papers of invoice {told.number}, receipt"]
    await issued(build, desk, made)
    assert await found(timedelta(days=3)) == []
