"""Refunds, and captures that stay pending."""

import pytest

from tests.emulators.merchant import Json, Merchant, issue, link, money, order_body, rels, unit


def status(merchant: Merchant, capture_id: str) -> str:
    return str(merchant.show(f"/v2/payments/captures/{capture_id}").json()["status"])


def test_parts_are_given_back_until_nothing_is_left(merchant: Merchant):
    taken = merchant.paid()["id"]
    part = merchant.refund(taken, {"amount": money("200.00")})
    assert part.status_code == 201
    assert status(merchant, taken) == "PARTIALLY_REFUNDED"
    rest = merchant.refund(taken).json()
    assert rest["amount"] == money("1000.00")
    assert rest["seller_payable_breakdown"]["total_refunded_amount"] == money("1200.00")
    assert status(merchant, taken) == "REFUNDED"
    assert issue(merchant.refund(taken)) == (422, "CAPTURE_FULLY_REFUNDED")


def test_an_empty_body_without_a_byte_is_a_full_refund(merchant: Merchant):
    taken = merchant.paid()["id"]
    answer = merchant.call("POST", f"/v2/payments/captures/{taken}/refund", b"")
    assert answer.json()["amount"] == money("1200.00")


def test_a_refund_can_be_read_and_leads_to_its_capture(merchant: Merchant):
    taken = merchant.paid()["id"]
    given = merchant.refund(taken, {"amount": money("5.00"), "invoice_id": "R-1", "custom_id": "b", "note_to_payer": "Sorry"}).json()
    shown = merchant.show(f"/v2/payments/refunds/{given['id']}").json()
    assert shown == given
    assert link(shown, "up").endswith(f"/v2/payments/captures/{taken}")
    assert (shown["invoice_id"], shown["custom_id"], shown["note_to_payer"]) == ("R-1", "b", "Sorry")
    order_id = merchant.show(f"/v2/payments/captures/{taken}").json()["supplementary_data"]["related_ids"]["order_id"]
    payments = merchant.show(f"/v2/checkout/orders/{order_id}").json()["purchase_units"][0]["payments"]
    assert [one["id"] for one in payments["refunds"]] == [given["id"]]


@pytest.mark.parametrize(
    ("body", "status_code", "code"),
    [
        ({"amount": money("1200.01")}, 422, "REFUND_AMOUNT_EXCEEDED"),
        ({"amount": money("10", "EUR")}, 422, "REFUND_CAPTURE_CURRENCY_MISMATCH"),
        ({"amount": money("0")}, 422, "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ({"amount": money("1.234")}, 422, "DECIMAL_PRECISION"),
        ({"amount": money("1.5", "JPY")}, 422, "DECIMALS_NOT_SUPPORTED"),
        ({"amount": money("1", "XTS")}, 422, "INVALID_CURRENCY_CODE"),
        ({"amount": {"value": "1"}}, 400, "MISSING_REQUIRED_PARAMETER"),
        ({"amount": money("one")}, 400, "INVALID_PARAMETER_SYNTAX"),
        ({"note_to_payer": "x" * 256}, 400, "INVALID_STRING_LENGTH"),
    ],
)
def test_a_wrong_refund_gives_nothing_back(merchant: Merchant, body: Json, status_code: int, code: str):
    taken = merchant.paid()["id"]
    assert issue(merchant.refund(taken, body)) == (status_code, code)
    assert merchant.paypal.control("ledger")["sums"]["USD"]["refunded"] == "0.00"


def test_many_parts_never_exceed_the_capture(merchant: Merchant):
    taken = merchant.paid(order_body(unit("100.00")))["id"]
    answers = [merchant.refund(taken, {"amount": money("30.00")}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [201, 201, 201, 422, 422]
    assert issue(answers[3]) == (422, "REFUND_AMOUNT_EXCEEDED")
    assert merchant.paypal.control("ledger")["sums"]["USD"]["refunded"] == "90.00"


def test_a_refunds_invoice_id_is_used_once(merchant: Merchant):
    taken = merchant.paid()["id"]
    assert merchant.refund(taken, {"amount": money("1"), "invoice_id": "R-1"}).status_code == 201
    assert issue(merchant.refund(taken, {"amount": money("1"), "invoice_id": "R-1"})) == (422, "DUPLICATE_INVOICE_ID")


def test_a_refund_is_refused_after_180_days_and_not_offered_either(merchant: Merchant):
    taken = merchant.paid()["id"]
    merchant.paypal.advance(days=180.1)
    assert rels(merchant.show(f"/v2/payments/captures/{taken}").json()) == ["self", "up"]
    assert issue(merchant.refund(taken)) == (422, "REFUND_TIME_LIMIT_EXCEEDED")


def test_a_pending_capture_completes_later_and_only_then_can_be_refunded(merchant: Merchant):
    taken = merchant.paid(funding="pending")
    assert (taken["status"], taken["status_details"]["reason"]) == ("PENDING", "PENDING_REVIEW")
    assert issue(merchant.refund(taken["id"])) == (422, "PENDING_CAPTURE")
    assert merchant.paypal.control("ledger")["sums"]["USD"] == {
        "captured": "0.00",
        "refunded": "0.00",
        "fees": "0.00",
        "net": "0.00",
        "pending": "1200.00",
    }
    merchant.paypal.control(f"captures/{taken['id']}/settle", {"act": "complete"})
    assert status(merchant, taken["id"]) == "COMPLETED"
    assert merchant.refund(taken["id"]).status_code == 201


def test_a_pending_capture_may_be_declined_and_frees_its_invoice_id(merchant: Merchant):
    body = order_body(unit(invoice_id="EX-9"))
    taken = merchant.paid(body, funding="pending")["id"]
    assert issue(merchant.create(body)) == (422, "DUPLICATE_INVOICE_ID")
    merchant.paypal.control(f"captures/{taken}/settle", {"act": "decline"})
    assert status(merchant, taken) == "DECLINED"
    assert issue(merchant.refund(taken)) == (422, "REFUND_NOT_ALLOWED")
    assert merchant.create(body).status_code == 201


def test_whole_currencies_are_written_without_decimals(merchant: Merchant):
    taken = merchant.paid(order_body(unit("120000", "JPY")))
    assert taken["amount"] == money("120000", "JPY")
    assert taken["seller_receivable_breakdown"]["paypal_fee"] == money("4228", "JPY")
