"""Events sent again, checked by PayPal itself, and made up."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from tests.emulators.merchant import Json, Merchant, link
from tests.emulators.receiver import Got, Receiver
from tests.emulators.running import Running, until

BASE = "/v1/notifications"
VERIFY = f"{BASE}/verify-webhook-signature"


@pytest.fixture
def webhook(paypal: Running, receiver: Receiver) -> Iterator[Json]:
    webhook = paypal.control("webhooks", {"url": receiver.url})
    yield webhook
    paypal.control(f"webhooks/{webhook['id']}", method="DELETE")


def told(got: Got, webhook_id: str, event: bytes = b"") -> bytes:
    """What a listener sends back to have it checked, the event as the bytes it came in."""
    names = {"auth_algo": "auth-algo", "cert_url": "cert-url", "transmission_id": "transmission-id"}
    names |= {"transmission_sig": "transmission-sig", "transmission_time": "transmission-time"}
    fields: Any = {name: got.headers[f"paypal-{header}"] for name, header in names.items()}
    return msgspec.json.encode(fields | {"webhook_id": webhook_id, "webhook_event": msgspec.Raw(event or got.body)})


def verdict(merchant: Merchant, body: bytes) -> str:
    return str(merchant.call("POST", VERIFY, body).json()["verification_status"])


def test_a_genuine_transmission_is_confirmed_and_a_changed_one_is_not(merchant: Merchant, receiver: Receiver, webhook: Json):
    merchant.approve(merchant.order()["id"])
    until(lambda: receiver.got)
    got = receiver.got[0]
    assert verdict(merchant, told(got, webhook["id"])) == "SUCCESS"
    assert verdict(merchant, told(got, webhook["id"], got.body.replace(b"1200.00", b"1200.01"))) == "FAILURE"
    assert verdict(merchant, told(got, "0EH40505U7160970P")) == "FAILURE"
    for name, value in (("transmission-sig", "AAAA"), ("transmission-sig", "?"), ("cert-url", "https://x.example/c"), ("auth-algo", "MD5")):
        changed = Got({**got.headers, f"paypal-{name}": value}, got.body)
        assert verdict(merchant, told(changed, webhook["id"])) == "FAILURE"
    assert merchant.call("POST", VERIFY, b"{}").status_code == 400


def test_an_event_is_sent_again_as_a_new_transmission(merchant: Merchant, receiver: Receiver, webhook: Json):
    merchant.approve(merchant.order()["id"])
    until(lambda: receiver.got)
    event = receiver.got[0].event
    again = merchant.call("POST", link(event, "resend").removeprefix(merchant.paypal.url), {"webhook_ids": [webhook["id"]]})
    assert (again.status_code, again.json()["id"]) == (202, event["id"])
    until(lambda: len(receiver.got) == 2)
    assert receiver.got[1].body == receiver.got[0].body
    assert len({got.headers["paypal-transmission-id"] for got in receiver.got}) == 2


def test_an_event_is_only_sent_again_when_event_and_listener_are_there(merchant: Merchant, webhook: Json):
    merchant.approve(merchant.order()["id"])
    event = merchant.show(f"{BASE}/webhooks-events").json()["events"][0]
    assert merchant.call("POST", f"{BASE}/webhooks-events/{event['id']}/resend", {"webhook_ids": ["NONE"]}).status_code == 400
    assert merchant.call("POST", f"{BASE}/webhooks-events/WH-NONE/resend", {}).status_code == 404


def test_a_simulated_event_arrives_once_and_cannot_be_confirmed(merchant: Merchant, receiver: Receiver, webhook: Json):
    for event_type in ("PAYMENT.CAPTURE.COMPLETED", "PAYMENT.AUTHORIZATION.VOIDED", "CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.REFUNDED"):
        made = merchant.call("POST", f"{BASE}/simulate-event", {"url": receiver.url, "event_type": event_type})
        assert (made.status_code, made.json()["event_type"]) == (202, event_type)
    until(lambda: len(receiver.got) == 4)
    assert verdict(merchant, told(receiver.got[0], webhook["id"])) == "FAILURE"
    assert merchant.show(f"{BASE}/webhooks-events").json()["count"] == 0
    nowhere = {"url": "https://127.0.0.1:99999/", "event_type": "PAYMENT.CAPTURE.COMPLETED"}
    for wrong in ({"event_type": "PAYMENT.CAPTURE.COMPLETED"}, {"url": receiver.url, "event_type": "PAYMENT.SALE"}, nowhere, {}):
        assert merchant.call("POST", f"{BASE}/simulate-event", wrong).status_code == 400
