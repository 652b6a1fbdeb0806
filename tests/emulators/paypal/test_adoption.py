"""Payments that this PayPal takes over from a shop with a past."""

from pathlib import Path
from typing import Any

import pytest

from tests.emulators.merchant import Merchant, issue, money
from tests.emulators.running import Running

PAID: dict[str, Any] = {
    "order_id": "5O190127TN364715T",
    "capture_id": "3C679366HH908993F",
    "invoice_id": "ABCD1234-1",
    "custom_id": "0198c5a2-7d1e-7c31-9d0c-5d3e8b1f2a44",
    "description": "Averno V10",
    "value": "1290.00",
    "currency": "USD",
    "ordered_at": "2026-05-01T10:00:00Z",
    "captured_at": "2026-05-01T10:04:00Z",
}
BACK = {"id": "1JU08902781691411", "value": "645.00", "invoice_id": "ABCD1234-R1", "at": "2026-05-02T09:00:00Z"}
ORDER, CAPTURE = f"/v2/checkout/orders/{PAID['order_id']}", f"/v2/payments/captures/{PAID['capture_id']}"


@pytest.fixture
def adopted(merchant: Merchant) -> Merchant:
    """A PayPal, soon after, that took over one payment."""
    merchant.paypal.control("clock", {"now": "2026-05-20T10:00:00Z"})
    assert merchant.paypal.control("adopt", [PAID]) == {"adopted": 1, "known": 0}
    return merchant


def test_an_adopted_payment_reads_like_one_made_here(adopted: Merchant):
    mine = adopted.paid()
    order, capture = adopted.show(ORDER).json(), adopted.show(CAPTURE).json()
    assert (order["status"], capture["status"]) == ("COMPLETED", "COMPLETED")
    assert order["purchase_units"][0]["payments"]["captures"][0]["id"] == PAID["capture_id"]
    assert (capture["amount"], capture["custom_id"]) == (money("1290.00"), PAID["custom_id"])
    assert capture["create_time"] == "2026-05-01T10:04:00Z"
    made = adopted.show(f"/v2/payments/captures/{mine['id']}").json()
    assert capture.keys() == made.keys()
    assert order.keys() == adopted.show(f"/v2/checkout/orders/{_order_of(made)}").json().keys()


def test_an_adopted_payment_can_be_refunded_once(adopted: Merchant):
    assert adopted.refund(PAID["capture_id"], {"invoice_id": "ABCD1234-R1"}).json()["status"] == "COMPLETED"
    assert adopted.show(CAPTURE).json()["status"] == "REFUNDED"
    assert issue(adopted.refund(PAID["capture_id"])) == (422, "CAPTURE_FULLY_REFUNDED")


def test_what_was_given_back_before_is_in_the_book(merchant: Merchant):
    merchant.paypal.control("clock", {"now": "2026-05-20T10:00:00Z"})
    merchant.paypal.control("adopt", [PAID | {"refunds": [BACK]}])
    assert merchant.show(CAPTURE).json()["status"] == "PARTIALLY_REFUNDED"
    assert merchant.show(f"/v2/payments/refunds/{BACK['id']}").json()["amount"] == money("645.00")
    assert merchant.paypal.control("ledger")["sums"]["USD"]["refunded"] == "645.00"
    assert issue(merchant.refund(PAID["capture_id"], {"amount": money("645.01")})) == (422, "REFUND_AMOUNT_EXCEEDED")
    assert merchant.refund(PAID["capture_id"]).json()["amount"] == money("645.00")


def test_adopting_again_leaves_what_happened_since(adopted: Merchant):
    adopted.refund(PAID["capture_id"])
    assert adopted.paypal.control("adopt", [PAID]) == {"adopted": 0, "known": 1}
    assert adopted.show(CAPTURE).json()["status"] == "REFUNDED"
    assert len(adopted.paypal.control("orders")) == 1


def test_an_adopted_payment_cannot_be_paid_again_and_its_number_neither(adopted: Merchant):
    assert issue(adopted.capture(PAID["order_id"])) == (422, "ORDER_ALREADY_CAPTURED")
    body = {"intent": "CAPTURE", "purchase_units": [{"amount": money("1.00"), "invoice_id": PAID["invoice_id"]}]}
    assert issue(adopted.create(body)) == (422, "DUPLICATE_INVOICE_ID")


def test_nobody_is_told_of_an_adopted_payment(adopted: Merchant):
    assert adopted.paypal.control("deliveries") == []


@pytest.mark.parametrize("wrong", [{"captured_at": "2026-05-01T10:04:00"}, {"value": "much"}, {"typo": 1}])
def test_a_payment_that_makes_no_sense_is_refused_and_nothing_adopted(paypal: Running, wrong: dict[str, Any]):
    assert paypal.http.post("/control/adopt", json=[PAID | {"order_id": "OTHER", "capture_id": "OTHER"}, PAID | wrong]).status_code == 422
    assert paypal.control("orders") == []


def test_adopted_payments_survive_a_kill(tmp_path: Path):
    first = Running("paypal", "--state", str(tmp_path))
    first.control("adopt", [PAID | {"refunds": [BACK]}])
    first.process.kill()
    first.stop()
    second = Running("paypal", "--state", str(tmp_path))
    assert second.control("adopt", [PAID]) == {"adopted": 0, "known": 1}
    assert second.control("ledger")["sums"]["USD"]["refunded"] == "645.00"
    assert second.stop() == 0


def _order_of(capture: dict[str, Any]) -> str:
    return str(capture["supplementary_data"]["related_ids"]["order_id"])
