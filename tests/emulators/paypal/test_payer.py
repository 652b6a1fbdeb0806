"""The approval page, as a browser without a script uses it."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.emulators.merchant import CANCEL, RETURN, Merchant, order_body, unit
from tests.emulators.running import Running


def press(paypal: Running, order_id: str, choice: str) -> str:
    """The address a button leads to; the page's text when it leads nowhere."""
    answer = paypal.http.post("/checkoutnow", data={"token": order_id, "choice": choice})
    assert answer.status_code in (200, 303)
    return answer.headers.get("location") or answer.text


def state(merchant: Merchant, order_id: str) -> str:
    return str(merchant.show(f"/v2/checkout/orders/{order_id}").json()["status"])


def test_the_page_shows_merchant_amount_and_purpose(merchant: Merchant):
    body = order_body(unit("1234.50", "EUR", description="Ferrari <296>", invoice_id="EX-1"), brand_name="Exo & Co")
    page = merchant.paypal.http.get("/checkoutnow", params={"token": merchant.order(body)["id"]})
    assert page.status_code == 200
    for text in ("Exo &amp; Co", "1,234.50", "EUR", "Ferrari &lt;296&gt;", "EX-1", "Stand-in for testing"):
        assert text in page.text
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_approving_returns_to_the_shop_with_token_and_payer(merchant: Merchant):
    order_id = merchant.order()["id"]
    address = press(merchant.paypal, order_id, "approve")
    assert address.startswith(RETURN)
    query = parse_qs(urlsplit(address).query)
    assert query["token"] == [order_id]
    assert re.fullmatch("[2-9A-HJ-NP-Z]{13}", query["PayerID"][0])
    assert query["b"] == ["1"]
    assert state(merchant, order_id) == "APPROVED"


def test_cancelling_returns_to_the_shop_and_changes_nothing(merchant: Merchant):
    order_id = merchant.order()["id"]
    assert press(merchant.paypal, order_id, "cancel") == f"{CANCEL}?token={order_id}"
    assert state(merchant, order_id) == "PAYER_ACTION_REQUIRED"


def test_declined_funding_returns_and_fails_the_capture_and_the_page_says_so(merchant: Merchant):
    order_id = merchant.order()["id"]
    assert press(merchant.paypal, order_id, "decline").startswith(RETURN)
    assert merchant.capture(order_id).status_code == 422
    assert "was declined" in merchant.paypal.http.get(f"/checkoutnow?token={order_id}").text
    press(merchant.paypal, order_id, "approve")
    assert merchant.capture(order_id).status_code == 201


def test_walking_away_after_approving_leaves_an_approved_order(merchant: Merchant):
    order_id = merchant.order()["id"]
    assert "went away without returning" in press(merchant.paypal, order_id, "leave")
    assert state(merchant, order_id) == "APPROVED"


def test_walking_away_without_approving_leaves_the_order_open(merchant: Merchant):
    order_id = merchant.order()["id"]
    assert "can still be approved" in press(merchant.paypal, order_id, "close")
    assert state(merchant, order_id) == "PAYER_ACTION_REQUIRED"


def test_a_payment_may_stay_pending_unless_the_shop_wants_it_at_once(merchant: Merchant):
    slow, at_once = merchant.order()["id"], merchant.order(order_body(payment_method_preference="IMMEDIATE_PAYMENT_REQUIRED"))["id"]
    assert "stays pending" in merchant.paypal.http.get(f"/checkoutnow?token={slow}").text
    assert "stays pending" not in merchant.paypal.http.get(f"/checkoutnow?token={at_once}").text
    press(merchant.paypal, slow, "pending")
    taken = merchant.capture(slow).json()["purchase_units"][0]["payments"]["captures"][0]
    assert taken["status"] == "PENDING"


def test_a_paid_order_cannot_be_approved_again(merchant: Merchant):
    order_id = merchant.order()["id"]
    press(merchant.paypal, order_id, "approve")
    merchant.capture(order_id)
    assert "is paid" in merchant.paypal.http.get(f"/checkoutnow?token={order_id}").text
    assert "is paid" in press(merchant.paypal, order_id, "approve")
    assert state(merchant, order_id) == "COMPLETED"


def test_an_order_without_a_return_address_stays_on_the_page(merchant: Merchant):
    order_id = merchant.order(order_body(wallet=False))["id"]
    assert "Approved" in press(merchant.paypal, order_id, "approve")


@pytest.mark.parametrize("token", ["", "NONE", "expired"])
def test_an_order_that_is_gone_is_told_so(merchant: Merchant, token: str):
    if token == "expired":
        token = merchant.order()["id"]
        merchant.paypal.advance(hours=7)
    assert merchant.paypal.http.get("/checkoutnow", params={"token": token}).status_code == 404
    assert merchant.paypal.http.post("/checkoutnow", data={"token": token, "choice": "approve"}).status_code == 404


def test_home_lists_every_order_with_its_state(merchant: Merchant):
    assert "No order yet" in merchant.paypal.http.get("/").text
    capture, open_one = merchant.paid(order_body(unit("55.00"))), merchant.order()["id"]
    merchant.refund(capture["id"])
    paid = merchant.show(f"/v2/payments/captures/{capture['id']}").json()["supplementary_data"]["related_ids"]["order_id"]
    page = merchant.paypal.http.get("/").text
    for text in (paid, open_one, ">completed<", ">payer action required<", ">refunded<", "refunded 55.00"):
        assert text in page
    assert page.index(open_one) < page.index(paid)


def test_the_style_sheet_is_served_and_nothing_else_from_disk(paypal: Running):
    assert paypal.http.get("/static/style.css").headers["content-type"].startswith("text/css")
    for path in ("/static/README.md", "/static/..%2Fissues.json", "/static/%2Fetc%2Fpasswd"):
        assert paypal.http.get(path).status_code == 404
