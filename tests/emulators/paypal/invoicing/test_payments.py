"""Money for invoices: paid on their page, recorded, given back."""

import pytest

from tests.emulators.merchant import Json, issue, money, rels
from tests.emulators.paypal.invoicing.billing import Bills, body

PARTS = {"configuration": {"partial_payment": {"allow_partial_payment": True, "minimum_amount_due": money("50.00")}}}


def in_cash(value: str = "", currency: str = "USD") -> Json:
    return {"method": "CASH"} | ({"amount": money(value, currency)} if value else {})


def test_a_payer_pays_it_and_it_can_be_given_back(bills: Bills):
    bill = bills.sent(body(invoice_number="EX-1"))
    taken = bills.pay(bill)
    shown = bills.show(bill)
    [paid] = shown["payments"]["transactions"]
    assert (shown["status"], shown["due_amount"], shown["payments"]["paid_amount"]) == ("PAID", money("0.00"), money("180.00"))
    assert (paid["type"], paid["method"], paid["payment_id"], taken["invoice_id"]) == ("PAYPAL", "PAYPAL", taken["id"], "EX-1")
    assert bills.merchant.show(f"/v2/payments/captures/{taken['id']}").json()["status"] == "COMPLETED"
    assert bills.merchant.refund(taken["id"], {"amount": money("80.00")}).status_code == 201
    assert bills.status(bill) == "PARTIALLY_REFUNDED"
    bills.merchant.refund(taken["id"])
    assert (bills.status(bill), bills.show(bill)["refunds"]["refund_amount"]) == ("REFUNDED", money("180.00"))
    assert issue(bills.act(bill, "cancel")) == (422, "CANNOT_CANCEL_REFUNDED_INVOICE")
    told = [it for it in bills.events() if not it.startswith("PAYMENT")]
    assert told == ["CREATED", "UPDATED", "PAID", "REFUNDED", "REFUNDED"]
    sums = bills.merchant.paypal.control("ledger")["sums"]["USD"]
    assert (sums["captured"], sums["refunded"]) == ("180.00", "180.00")


def test_a_part_is_paid_only_where_parts_may_be_and_not_too_small_a_one(bills: Bills):
    whole, parts = bills.sent(), bills.sent(body() | PARTS)
    for bill, value in ((whole, "100.00"), (parts, "49.99"), (parts, "180.01")):
        assert bills.merchant.paypal.http.post(f"/control/invoices/{bill}/pay", json={"value": value}).status_code == 409
    bills.pay(parts, value="50.00")
    assert (bills.status(parts), bills.show(parts)["due_amount"]) == ("PARTIALLY_PAID", money("130.00"))
    bills.pay(parts, value="100.00")
    bills.pay(parts)  # less than the least, but all that is left
    assert bills.status(parts) == "PAID"


def test_a_payment_can_be_pending_and_then_come_or_not(bills: Bills):
    comes, fails = bills.sent(), bills.sent()
    for bill, act in ((comes, "complete"), (fails, "decline")):
        taken = bills.pay(bill, funding="pending")["id"]
        assert (bills.status(bill), bills.show(bill)["due_amount"]) == ("PAYMENT_PENDING", money("180.00"))
        bills.merchant.paypal.control(f"captures/{taken}/settle", {"act": act})
    assert (bills.status(comes), bills.status(fails)) == ("PAID", "UNPAID")
    assert bills.act(fails, "remind").status_code == 204
    assert bills.pay(fails, funding="declined") == {}
    assert bills.pay(fails)["status"] == "COMPLETED"


def test_payments_elsewhere_are_recorded_in_part_and_in_full(bills: Bills):
    bill = bills.sent()
    first = bills.act(bill, "payments", {"method": "CASH", "amount": money("80.00"), "payment_date": "2026-05-01", "note": "At the desk"})
    assert (bills.status(bill), rels(bills.show(bill))) == (
        "PARTIALLY_PAID",
        ["self", "payer-view", "replace", "remind", "record-payment", "record-refund", "qr-code"],
    )
    [shown] = bills.show(bill)["payments"]["transactions"]
    assert (shown["payment_id"], shown["type"], shown["payment_date"]) == (first.json()["payment_id"], "EXTERNAL", "2026-05-01")
    assert bills.act(bill, "payments", in_cash()).status_code == 200
    assert (bills.status(bill), bills.show(bill)["payments"]["paid_amount"]) == ("MARKED_AS_PAID", money("180.00"))
    assert issue(bills.act(bill, "payments", in_cash("1.00"))) == (422, "CANNOT_PROCESS_PAYMENTS")
    assert bills.delete(bill, f"/payments/{first.json()['payment_id']}").status_code == 204
    assert bills.status(bill) == "PARTIALLY_PAID"
    [left] = bills.show(bill)["payments"]["transactions"]
    assert bills.delete(bill, f"/payments/{left['payment_id']}").status_code == 204
    assert bills.status(bill) == "UNPAID"
    assert bills.delete(bill, f"/payments/{left['payment_id']}").status_code == 404


def test_refunds_elsewhere_are_recorded_of_what_was_recorded(bills: Bills):
    bill = bills.sent()
    paid = bills.act(bill, "payments", in_cash()).json()["payment_id"]
    back = bills.act(bill, "refunds", in_cash("100.00")).json()["refund_id"]
    assert bills.status(bill) == "PARTIALLY_REFUNDED"
    assert issue(bills.act(bill, "refunds", in_cash("80.01"))) == (422, "INVALID_REFUND_AMOUNT")
    assert issue(bills.delete(bill, f"/payments/{paid}")) == (422, "CANNOT_DELETE_EXTERNAL_PAYMENT")
    bills.act(bill, "refunds", in_cash())
    assert bills.status(bill) == "MARKED_AS_REFUNDED"
    assert bills.delete(bill, f"/refunds/{back}").status_code == 204
    assert bills.status(bill) == "PARTIALLY_REFUNDED"
    assert bills.delete(bill, f"/refunds/{back}").status_code == 404
    assert issue(bills.act(bills.sent(), "refunds", in_cash())) == (422, "CANNOT_PROCESS_REFUNDS")
    through_paypal = bills.sent()
    bills.pay(through_paypal)
    assert issue(bills.act(through_paypal, "refunds", in_cash("1.00"))) == (422, "INVALID_REFUND_AMOUNT")
    [paid_there] = bills.show(through_paypal)["payments"]["transactions"]
    assert bills.delete(through_paypal, f"/payments/{paid_there['payment_id']}").status_code == 404


def test_an_account_may_call_what_was_recorded_external(bills: Bills):
    bills.merchant.paypal.control("account", {"external_states": True})
    bill = bills.sent()
    bills.act(bill, "payments", in_cash())
    assert bills.status(bill) == "PAID_EXTERNAL"
    bills.act(bill, "refunds", in_cash())
    assert bills.status(bill) == "REFUNDED_EXTERNAL"


@pytest.mark.parametrize("deed", ["payments", "refunds"])
@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({}, "MISSING_REQUIRED_PARAMETER"),
        ({"method": "SHELLS"}, "INVALID_{}_METHOD"),
        ({"method": "CASH", "amount": {"currency_code": "USD"}}, "MISSING_REQUIRED_PARAMETER"),
        ({"method": "CASH", "amount": {"currency_code": "US", "value": "1"}}, "INVALID_STRING_LENGTH"),
        ({"method": "CASH", "amount": money("1", "EUR")}, "NOT_SUPPORTED"),
        ({"method": "CASH", "amount": money("much")}, "INVALID_PARAMETER_SYNTAX"),
        ({"method": "CASH", "amount": money("0.00")}, "VALUE_CANNOT_BE_ZERO"),
        ({"method": "CASH", "amount": money("1.001")}, "INVALID_DECIMAL_VALUE"),
        ({"method": "CASH", "amount": money("-1")}, "INVALID_DECIMAL_VALUE"),
        ({"method": "CASH", "amount": money("1" * 33)}, "INVALID_STRING_MAX_LENGTH"),
        ({"method": "CASH", "note": 5}, ""),
        ({"method": "CASH", "amount": "5"}, ""),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(bills: Bills, deed: str, told: Json, code: str):
    bill = bills.sent()
    bills.act(bill, "payments", in_cash("50.00"))
    assert issue(bills.act(bill, deed, told)) == (400, code.format(deed[:-1].upper()))
    assert len(bills.show(bill)["payments"]["transactions"]) == 1


def test_more_than_is_due_cannot_be_recorded_and_no_fraction_of_a_yen(bills: Bills):
    assert issue(bills.act(bills.sent(), "payments", in_cash("180.01"))) == (422, "PAYMENT_AMOUNT_GREATER_THAN_AMOUNT_DUE")
    yen = body() | {"detail": {"currency_code": "JPY"}, "items": [{"name": "Toll", "quantity": "1", "unit_amount": money("1200", "JPY")}]}
    bill = bills.sent(yen)
    assert issue(bills.act(bill, "payments", in_cash("1.5", "JPY"))) == (400, "INVALID_INTEGER_VALUE")
    assert bills.pay(bill)["amount"] == money("1200", "JPY")


def test_it_is_not_made_smaller_than_what_was_paid(bills: Bills):
    bill = bills.sent()
    bills.act(bill, "payments", in_cash("100.00"))
    assert bills.replace(bill, body("99.99")).status_code == 422
    assert bills.replace(bill, body("200.00")).json()["due_amount"] == money("100.00")
