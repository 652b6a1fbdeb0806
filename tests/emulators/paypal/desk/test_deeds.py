"""The desk's buttons, pressed as plain forms."""

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from tests.emulators.merchant import Merchant
from tests.emulators.running import Running


def press(paypal: Running, deed: str, thing: str = "new", **form: Any) -> str:
    """What the page says after a button was pressed."""
    answer = paypal.http.post(f"/desk/{deed}/{thing}", data={"back": "/", **form})
    assert answer.status_code == 303, answer.text
    return unquote(answer.headers["location"].partition("?said=")[2])


def sample(paypal: Running, kind: str) -> str:
    """A sample order, approved; its id."""
    order_id = paypal.http.post(f"/desk/create/{kind}").headers["location"][8:25]
    paypal.control(f"orders/{order_id}/approve", {})
    return order_id


def page(paypal: Running, path: str) -> str:
    answer = paypal.http.get(path)
    assert answer.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_rental_is_ordered_captured_and_partly_given_back(paypal: Running):
    order_id = sample(paypal, "rental")
    assert press(paypal, "capture", order_id) == "Captured."
    capture = paypal.control("ledger")["captures"][0]["id"]
    assert press(paypal, "refund", capture, value="290.00") == "Refunded."
    assert press(paypal, "refund", capture, value="5000") == "PayPal refuses: REFUND_AMOUNT_EXCEEDED"
    assert "1,290.00 USD, 290.00 given back" in page(paypal, f"/orders/{order_id}")
    assert paypal.control("ledger")["sums"]["USD"]["refunded"] == "290.00"


def test_a_hold_is_captured_renewed_and_let_go(paypal: Running):
    order_id = sample(paypal, "hold")
    assert press(paypal, "authorize", order_id).startswith("Authorized")
    held = paypal.control("ledger")["authorizations"][0]["id"]
    assert press(paypal, "renew", held) == "PayPal refuses: REAUTHORIZATION_TOO_SOON"
    assert press(paypal, "clock", "on", seconds="259200").startswith("The clock was moved")
    assert press(paypal, "renew", held).startswith("Renewed")
    assert press(paypal, "void", held).startswith("Voided")
    assert [it["status"] for it in paypal.control("ledger")["authorizations"]] == ["VOIDED", "VOIDED"]
    assert "Nothing is planned" not in page(paypal, "/clock")


def test_fate_is_played_by_hand(merchant: Merchant):
    pending, taken, held = merchant.paid(funding="pending")["id"], merchant.paid()["id"], merchant.held()["id"]
    assert press(merchant.paypal, "settle", pending, act="deny") == "Settled."
    assert press(merchant.paypal, "settle", pending, act="deny").startswith("This is not possible")
    assert press(merchant.paypal, "case", taken, case="dispute") == "Noted."
    assert press(merchant.paypal, "refund", taken, value="1") == "PayPal refuses: TRANSACTION_DISPUTED"
    assert press(merchant.paypal, "funds", held, funds="pending").startswith("Noted")
    assert press(merchant.paypal, "capture-hold", held, value="10", final="1").startswith("Captured")
    assert merchant.hold(held)["status"] == "CAPTURED"


def test_faults_tricks_and_the_account_are_ordered_and_withdrawn(merchant: Merchant):
    merchant.order()
    assert press(merchant.paypal, "fault", kind="status", path="/orders$", status="429", times="1") == "Ordered."
    assert merchant.create().headers["retry-after"] == "3"
    press(merchant.paypal, "fault", kind="reset", times="always")
    press(merchant.paypal, "rule", trick="tamper", event_type="CAPTURE", times="3")
    assert "the connection is reset" in page(merchant.paypal, "/faults")
    assert "tamper: CAPTURE, 3 more" in page(merchant.paypal, "/deliveries")
    press(merchant.paypal, "rule", trick="delay", delay="5400")
    assert merchant.paypal.control("webhook-rules")[-1]["delay"] == 5400
    assert "delay: any event, 1 more, by 1 h 30 min" in page(merchant.paypal, "/deliveries")
    press(merchant.paypal, "no-faults", "all")
    press(merchant.paypal, "no-rules", "all")
    press(merchant.paypal, "account", "merchant", captures="2", pending="1", vaulting="1")
    assert merchant.paypal.control("faults") == merchant.paypal.control("webhook-rules") == []
    account = merchant.paypal.control("account")
    assert (account["captures_per_hold"], account["refunds_pending"], account["vaulting"], account["external_states"]) == (
        2,
        True,
        True,
        False,
    )


def test_a_listener_is_switched_and_an_event_sent_again(merchant: Merchant):
    webhook = merchant.paypal.control("webhooks", {"url": "http://127.0.0.1:9/"})["id"]
    assert press(merchant.paypal, "switch", webhook, mode="drop") == "Switched."
    merchant.approve(merchant.order()["id"])
    event = merchant.paypal.control("deliveries")[0]["event_id"]
    assert press(merchant.paypal, "resend", event) == "Sent again."
    assert len(merchant.paypal.control("deliveries")) == 2
    merchant.paypal.control(f"webhooks/{webhook}", method="DELETE")


def test_the_clock_is_set_and_put_right(paypal: Running):
    press(paypal, "clock", "to", moment="2030-01-01T12:00")
    assert "12:0" in page(paypal, "/clock")
    assert "2030" in page(paypal, "/")
    press(paypal, "clock", "real")
    assert paypal.control("clock")["shift"] == 0


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        ("clock/on", {"seconds": "soon"}),
        ("clock/on", {"seconds": "inf"}),
        ("clock/to", {"moment": "tomorrow"}),
        ("fault/new", {"kind": "earthquake"}),
        ("fault/new", {"kind": "reset", "times": "often"}),
        ("fault/new", {"kind": "reset", "times": "0"}),
        ("fault/new", {"kind": "refused", "issue": "PAYER_CANOT_PAY"}),
        ("rule/new", {"trick": "magic"}),
        ("rule/new", {"trick": "drop", "event_type": "("}),
        ("rule/new", {"trick": "delay", "delay": "later"}),
        ("settle/NONE", {"act": "wait"}),
        ("account/merchant", {"captures": "many"}),
    ],
)
def test_what_cannot_be_read_is_told(paypal: Running, deed: str, form: dict[str, str]):
    assert press(paypal, *deed.split("/"), **form).startswith("That cannot be read")
    assert paypal.control("faults") == paypal.control("webhook-rules") == []


@pytest.mark.parametrize("headers", [{"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_sites_form_is_refused(paypal: Running, headers: dict[str, str]):
    assert paypal.http.post("/desk/create/rental", headers=headers).status_code == 403
    assert paypal.control("orders") == []


def test_a_form_leads_nowhere_else(paypal: Running):
    for back in ("//elsewhere.example", "https://elsewhere.example"):
        assert paypal.http.post("/desk/no-faults/all", data={"back": back}).headers["location"].startswith("/?said=")
    assert paypal.http.post("/desk/magic/x").status_code == 404


def test_the_page_of_an_order_shows_what_the_payer_wrote_as_text(merchant: Merchant):
    body = {
        "intent": "CAPTURE",
        "purchase_units": [{"amount": {"currency_code": "USD", "value": "1"}, "description": "<script>x</script>"}],
    }
    order_id = merchant.create(body).json()["id"]
    answer: httpx.Response = merchant.paypal.http.get(f"/orders/{order_id}?said=<b>")
    assert "<script>" not in answer.text
    assert "&lt;b&gt;" in answer.text
    assert merchant.paypal.http.get("/orders/NONE").status_code == 404
