"""The client of invoices and PayPal's stand-in as two real processes: an invoice's life, and answers that are lost on the way."""

from datetime import timedelta

import msgspec
import pytest

from exodrive.gateways.paypal import PayPalClient, Refused, Unknown
from exodrive.gateways.paypal.invoicing import Invoices, InvoiceStatus, Method, PaidElsewhere
from exodrive.gateways.paypal.invoicing.wire import read_invoice
from exodrive.kit import clock
from exodrive.kit.days import day_at
from tests.gateways.paypal.invoicing.values import invoice_json, new_invoice
from tests.gateways.paypal.values import usd
from tests.product import Emulator


@pytest.fixture
def invoices(client: PayPalClient) -> Invoices:
    return Invoices(client)


def in_cash(mark: str = "op-1", amount: str = "287.50") -> PaidElsewhere:
    return PaidElsewhere(mark=mark, amount=usd(amount), day=day_at(clock.now(), "UTC"), method=Method.CASH)


async def how_many(paypal: Emulator) -> int:
    return len(await paypal.control("GET", "invoices"))


async def test_an_invoice_from_draft_to_paid_on_paypals_page(paypal: Emulator, invoices: Invoices) -> None:
    new = new_invoice()
    draft = await invoices.draft(new)
    assert (draft.status, draft.number, draft.reference) == (InvoiceStatus.DRAFT, new.number, new.reference)
    assert (draft.total, draft.due) == (usd("287.50"), usd("287.50")), "180 without tax, 100 with 7.5 %"
    sent = await invoices.issue(draft.id, by_paypal=True)
    assert sent.status is InvoiceStatus.SENT
    assert sent.pay_url.startswith(paypal.url)
    await paypal.control("POST", f"invoices/{draft.id}/pay", {})
    paid = await invoices.read(draft.id)
    assert (paid.status, paid.due.amount, [one.amount for one in paid.payments]) == (InvoiceStatus.PAID, 0, [usd("287.50")])
    assert not paid.payments[0].is_recorded
    with pytest.raises(Refused) as refusal:
        await invoices.cancel(draft.id)
    assert refusal.value.issue == "CANNOT_CANCEL_PAID_INVOICE"


async def test_one_whose_mail_is_ours_is_shared_by_its_link_alone(invoices: Invoices) -> None:
    sent = await invoices.issue((await invoices.draft(new_invoice())).id, by_paypal=False)
    assert sent.status in (InvoiceStatus.SHARED, InvoiceStatus.SENT)
    assert sent.pay_url


async def test_one_number_is_one_invoice(paypal: Emulator, invoices: Invoices) -> None:
    new = new_invoice()
    first = await invoices.draft(new)
    assert await invoices.draft(new) == first
    assert await how_many(paypal) == 1


async def test_a_number_that_is_a_part_of_another_is_not_taken_for_it(paypal: Emulator, invoices: Invoices) -> None:
    long = await invoices.draft(new_invoice(number="7K3M9QXD-X11"))
    short = await invoices.draft(new_invoice(number="7K3M9QXD-X1"))
    assert long.id != short.id
    assert await invoices.find("7K3M9QXD-X1") == await invoices.read(short.id)
    assert await invoices.find("7K3M9QXD-X") is None


async def test_a_draft_whose_answer_is_lost_is_found_again(paypal: Emulator, invoices: Invoices) -> None:
    await paypal.fault(kind="lost_after_commit", match={"method": "POST", "path_regex": "/invoicing/invoices$"}, times=1)
    draft = await invoices.draft(new_invoice())
    assert draft.status is InvoiceStatus.DRAFT
    assert await how_many(paypal) == 1


async def test_a_draft_of_which_nobody_heard_is_unknown_and_asked_again_is_the_same(paypal: Emulator, invoices: Invoices) -> None:
    new = new_invoice()
    await paypal.fault(kind="lost_after_commit", match={"method": "POST", "path_regex": "/invoicing/invoices$"}, times=1)
    await paypal.fault(kind="status", status=503, match={"method": "POST", "path_regex": "/invoicing/invoices$"}, times=2)
    with pytest.raises(Unknown):
        await invoices.draft(new)
    await paypal.control("DELETE", "faults")
    await invoices.draft(new)
    assert await how_many(paypal) == 1


async def test_what_was_cancelled_once_is_cancelled_and_a_draft_too(invoices: Invoices) -> None:
    draft, other = await invoices.draft(new_invoice()), await invoices.draft(new_invoice())
    await invoices.issue(draft.id, by_paypal=True)
    for invoice_id in (draft.id, draft.id, other.id):
        assert (await invoices.cancel(invoice_id)).status is InvoiceStatus.CANCELLED


async def test_the_third_reminder_of_a_day_is_refused(paypal: Emulator, invoices: Invoices) -> None:
    draft = await invoices.draft(new_invoice())
    await invoices.issue(draft.id, by_paypal=True)
    await paypal.move(timedelta(days=2).total_seconds())
    for _time in range(2):
        await invoices.remind(draft.id)
    with pytest.raises(Refused):
        await invoices.remind(draft.id)


async def test_cash_is_noted_once_whatever_becomes_of_the_answer(paypal: Emulator, invoices: Invoices) -> None:
    draft = await invoices.draft(new_invoice())
    await invoices.issue(draft.id, by_paypal=True)
    await paypal.fault(kind="lost_after_commit", match={"path_regex": "/payments$"}, times=1)
    with pytest.raises(Unknown):
        await invoices.record(draft.id, in_cash(amount="100.00"))
    noted = await invoices.record(draft.id, in_cash(amount="100.00"))
    assert (noted.status, noted.due) == (InvoiceStatus.PARTIALLY_PAID, usd("187.50"))
    assert [(one.is_recorded, one.note) for one in noted.payments] == [(True, "op-1")]
    rest = await invoices.record(draft.id, in_cash("op-2", "187.50"))
    assert rest.status is InvoiceStatus.MARKED_AS_PAID


async def test_the_picture_is_a_png_of_the_page(invoices: Invoices) -> None:
    draft = await invoices.draft(new_invoice())
    await invoices.issue(draft.id, by_paypal=True)
    assert (await invoices.picture(draft.id)).startswith(b"\x89PNG\r\n")


def test_a_state_that_nobody_ever_heard_of_is_no_invoice() -> None:
    with pytest.raises(msgspec.ValidationError):
        read_invoice(msgspec.json.encode(invoice_json("FROBNICATED")))
