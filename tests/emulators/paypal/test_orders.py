"""An order's life."""

import re

import pytest

from tests.emulators.merchant import RETURN, Merchant, issue, link, order_body, unit


def test_an_order_with_a_wallet_waits_for_the_payer(merchant: Merchant):
    order = merchant.order()
    assert order["status"] == "PAYER_ACTION_REQUIRED"
    assert [one["rel"] for one in order["links"]] == ["self", "payer-action"]
    assert re.fullmatch("[A-Z0-9]{17}", order["id"])
    assert link(order, "payer-action") == f"{merchant.paypal.url}/checkoutnow?token={order['id']}"


def test_an_order_without_a_payment_source_is_created_and_to_be_approved(merchant: Merchant):
    order = merchant.order(order_body(wallet=False))
    assert order["status"] == "CREATED"
    assert [one["rel"] for one in order["links"]] == ["self", "approve", "update", "capture"]


def test_the_older_application_context_is_understood(merchant: Merchant):
    body = order_body(wallet=False) | {"application_context": {"return_url": RETURN}}
    approved = merchant.approve(merchant.order(body)["id"])
    assert approved["return_url"].startswith(f"{RETURN}&token=")


def test_the_answer_is_minimal_unless_asked_for_in_full(merchant: Merchant):
    assert set(merchant.create(Prefer="return=minimal").json()) == {"id", "status", "links"}
    assert "purchase_units" in merchant.create(Prefer="return=representation").json()


def test_an_approved_order_names_its_payer_and_can_be_captured(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    order = merchant.show(f"/v2/checkout/orders/{order_id}").json()
    assert order["status"] == "APPROVED"
    assert order["payer"]["payer_id"] == order["payment_source"]["paypal"]["account_id"]
    assert [one["rel"] for one in order["links"]] == ["self", "update", "capture"]


def test_a_capture_takes_the_whole_amount_and_tells_the_fee(merchant: Merchant):
    body = order_body(unit("1200.00", invoice_id="EX-77-rental-1", custom_id="booking-77"))
    taken = merchant.paid(body)
    assert taken["status"] == "COMPLETED"
    assert taken["final_capture"] is True
    parts = taken["seller_receivable_breakdown"]
    assert {name: part["value"] for name, part in parts.items()} == {
        "gross_amount": "1200.00",
        "paypal_fee": "42.37",
        "net_amount": "1157.63",
    }
    assert (taken["invoice_id"], taken["custom_id"]) == ("EX-77-rental-1", "booking-77")
    alone = merchant.show(f"/v2/payments/captures/{taken['id']}").json()
    assert alone["payee"]["merchant_id"]
    order_id = alone["supplementary_data"]["related_ids"]["order_id"]
    assert merchant.show(f"/v2/checkout/orders/{order_id}").json()["status"] == "COMPLETED"


def test_each_unit_of_an_order_becomes_a_capture(merchant: Merchant):
    order_id = merchant.order(order_body(unit("1", reference_id="a"), unit("2", reference_id="b")))["id"]
    merchant.approve(order_id)
    units = merchant.capture(order_id).json()["purchase_units"]
    assert [one["payments"]["captures"][0]["amount"]["value"] for one in units] == ["1.00", "2.00"]


@pytest.mark.parametrize("wallet", [True, False])
def test_an_order_nobody_approved_cannot_be_captured(merchant: Merchant, wallet: bool):
    order_id = merchant.order(order_body(wallet=wallet))["id"]
    assert issue(merchant.capture(order_id)) == (422, "ORDER_NOT_APPROVED")
    assert merchant.paypal.control("ledger")["captures"] == []


def test_an_order_is_captured_once(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    merchant.capture(order_id, PayPal_Request_Id="first")
    assert issue(merchant.capture(order_id, PayPal_Request_Id="second")) == (422, "ORDER_ALREADY_CAPTURED")
    assert len(merchant.paypal.control("ledger")["captures"]) == 1


def test_declined_funding_fails_the_capture_until_the_payer_approves_again(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.approve(order_id, "declined")
    declined = merchant.capture(order_id, PayPal_Request_Id="attempt-1")
    assert issue(declined) == (422, "INSTRUMENT_DECLINED")
    assert link(declined.json(), "redirect") == f"{merchant.paypal.url}/checkoutnow?token={order_id}"
    assert issue(merchant.capture(order_id, PayPal_Request_Id="attempt-2")) == (422, "INSTRUMENT_DECLINED")
    merchant.approve(order_id)
    assert issue(merchant.capture(order_id, PayPal_Request_Id="attempt-1")) == (422, "INSTRUMENT_DECLINED")
    assert merchant.capture(order_id, PayPal_Request_Id="attempt-3").status_code == 201
    assert merchant.paypal.control("ledger")["sums"]["USD"]["captured"] == "1200.00"


def test_an_invoice_id_pays_once(merchant: Merchant):
    first, second = (merchant.order(order_body(unit(invoice_id="EX-1-rental-1")))["id"] for _ in range(2))
    merchant.approve(first)
    merchant.approve(second)
    assert merchant.capture(first).status_code == 201
    assert issue(merchant.capture(second)) == (422, "DUPLICATE_INVOICE_ID")
    assert issue(merchant.create(order_body(unit(invoice_id="EX-1-rental-1")))) == (422, "DUPLICATE_INVOICE_ID")
    assert merchant.create(order_body(unit(invoice_id="EX-1-rental-2"))).status_code == 201


def test_an_order_is_gone_six_hours_after_nobody_approved_it(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.paypal.advance(hours=5.99)
    assert merchant.show(f"/v2/checkout/orders/{order_id}").status_code == 200
    merchant.paypal.advance(hours=0.02)
    assert issue(merchant.show(f"/v2/checkout/orders/{order_id}")) == (404, "INVALID_RESOURCE_ID")
    assert issue(merchant.capture(order_id)) == (404, "INVALID_RESOURCE_ID")


def test_approval_gives_six_more_hours_and_payment_lasts(merchant: Merchant):
    lapsed, paid = merchant.order()["id"], merchant.order()["id"]
    merchant.paypal.advance(hours=5)
    merchant.approve(lapsed)
    merchant.approve(paid)
    merchant.paypal.advance(hours=5)
    assert merchant.capture(paid).status_code == 201
    merchant.paypal.advance(hours=2)
    assert issue(merchant.capture(lapsed)) == (404, "INVALID_RESOURCE_ID")
    assert merchant.show(f"/v2/checkout/orders/{paid}").json()["status"] == "COMPLETED"


@pytest.mark.parametrize("path", ["/v2/checkout/orders/NONE", "/v2/payments/captures/NONE", "/v2/payments/refunds/NONE"])
def test_what_is_not_there_is_told_in_paypals_words(merchant: Merchant, path: str):
    answer = merchant.show(path)
    assert issue(answer) == (404, "INVALID_RESOURCE_ID")
    assert answer.json()["name"] == "RESOURCE_NOT_FOUND"


@pytest.mark.parametrize("code", ["INSTRUMENT_DECLINED", "PAYER_CANNOT_PAY", "TRANSACTION_REFUSED"])
def test_a_mocked_decline_changes_nothing(merchant: Merchant, code: str):
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    mock = f'{{"mock_application_codes": "{code}"}}'
    assert issue(merchant.capture(order_id, PayPal_Mock_Response=mock)) == (422, code)
    assert merchant.capture(order_id).status_code == 201


def test_a_mocked_error_of_the_whole_service_is_honoured(merchant: Merchant):
    answer = merchant.create(PayPal_Mock_Response='{"mock_application_codes": "INTERNAL_SERVER_ERROR"}')
    assert (answer.status_code, answer.json()["name"]) == (500, "INTERNAL_SERVER_ERROR")
