"""The payer's page of an invoice and the shop's desk, pressed as plain forms."""

import pytest

from tests.emulators.paypal.desk.test_deeds import page, press
from tests.emulators.paypal.invoicing.billing import Bills, body


def choose(bills: Bills, bill: str, choice: str, value: str = "") -> str:
    """What the payer's page says after a button was pressed."""
    answer = bills.merchant.paypal.http.post(f"/invoice/p/{bill}", data={"choice": choice, "value": value})
    assert answer.status_code == 303
    return page(bills.merchant.paypal, answer.headers["location"])


def test_a_payer_sees_what_is_due_and_pays_it(bills: Bills):
    bill = bills.sent(body(note="For <b>cleaning</b>", invoice_number="EX-9"))
    seen = page(bills.merchant.paypal, f"/invoice/p/{bill}")
    assert "Invoice EX-9" in seen
    assert "180.00" in seen
    assert "For <b>cleaning</b>" in seen
    assert "Nothing was paid" in choose(bills, bill, "declined")
    assert "cannot be paid" in choose(bills, bill, "pay", "100.00")
    assert "cannot be paid" in choose(bills, bill, "pay", "much")
    assert "Thank you" in choose(bills, bill, "pay")
    assert "There is nothing to pay" in page(bills.merchant.paypal, f"/invoice/p/{bill}")
    assert bills.status(bill) == "PAID"


def test_a_payer_pays_a_part_and_the_rest_stays_pending(bills: Bills):
    bill = bills.sent(body() | {"configuration": {"partial_payment": {"allow_partial_payment": True}}})
    assert "Thank you" in choose(bills, bill, "pay", "80.00")
    assert "under way" in choose(bills, bill, "pending")
    assert bills.status(bill) == "PAYMENT_PENDING"


@pytest.mark.parametrize("bill", ["NONE", "draft"])
def test_nobody_sees_what_was_not_sent(bills: Bills, bill: str):
    way = f"/invoice/p/{bills.draft() if bill == 'draft' else bill}"
    assert bills.merchant.paypal.http.get(way).status_code == 404
    assert bills.merchant.paypal.http.post(way, data={"choice": "pay"}).status_code == 404


def test_the_shop_writes_sends_records_and_gives_back_at_the_desk(bills: Bills):
    paypal = bills.merchant.paypal
    bill = paypal.http.post("/desk/write/new").headers["location"].removeprefix("/invoices/").partition("?")[0]
    assert press(paypal, "send", bill) == "Sent."
    assert press(paypal, "remind", bill) == "Reminded."
    assert press(paypal, "record", bill, value="50.00") == "Recorded."
    assert press(paypal, "record-refund", bill, value="60.00") == "PayPal refuses: INVALID_REFUND_AMOUNT"
    assert press(paypal, "record-refund", bill) == "Recorded."
    assert press(paypal, "cancel", bill) == "PayPal refuses: CANNOT_CANCEL_REFUNDED_INVOICE"
    assert "INVOICING.INVOICE.REFUNDED" in page(paypal, f"/invoices/{bill}")
    assert "0001" in page(paypal, "/invoices")
    other = bills.sent()
    taken = bills.pay(other, funding="pending")["id"]
    assert press(paypal, "settle", taken, act="complete") == "Settled."
    assert press(paypal, "refund", taken, value="20.00") == "Refunded."
    assert "partially refunded" in page(paypal, f"/invoices/{other}")
    assert f'href="/invoices/{other}"' in paypal.http.get("/ledger").text
    given_up = bills.sent()
    assert press(paypal, "lapse", given_up) == "Cancelled by PayPal."
    assert press(paypal, "lapse", given_up).startswith("This is not possible")
    assert paypal.http.get("/invoices/NONE").status_code == 404


def test_a_scheduled_invoice_is_among_what_is_due(bills: Bills):
    bills.merchant.paypal.control("clock", {"now": "2027-03-01T10:00:00Z"})
    bill = bills.draft(body(invoice_date="2027-03-05"))
    assert press(bills.merchant.paypal, "send", bill).startswith("It will be sent")
    assert "2027-03-05 00:00 Invoice" in page(bills.merchant.paypal, "/clock")
