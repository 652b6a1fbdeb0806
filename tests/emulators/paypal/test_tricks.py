"""The post misbehaves as ordered: for one event, for some, or for all until it is told to stop."""

from collections.abc import Iterator

import pytest

from tests.emulators.merchant import Json, Merchant
from tests.emulators.paypal.test_signing import InvalidSignature, VerificationError, leaf_of, verify
from tests.emulators.receiver import Got, Receiver
from tests.emulators.running import Running, until


@pytest.fixture
def webhook(paypal: Running, receiver: Receiver) -> Iterator[Json]:
    webhook = paypal.control("webhooks", {"url": receiver.url})
    yield webhook
    paypal.control(f"webhooks/{webhook['id']}", method="DELETE")


def rule(merchant: Merchant, trick: str, **more: object) -> None:
    merchant.paypal.control("webhook-rules", {"trick": trick, **more})


def check(paypal: Running, got: Got, webhook: Json) -> None:
    """Raises where a listener has to refuse."""
    pem = paypal.http.get(got.headers["paypal-cert-url"]).content
    leaf = leaf_of(pem, paypal.http.get("/control/root.pem").content)
    verify(leaf, got.headers, webhook["id"], got.body)


@pytest.mark.parametrize(
    ("trick", "refusal"),
    [
        ("tamper", InvalidSignature),
        ("wrong_id", InvalidSignature),
        ("expired_certificate", VerificationError),
        ("foreign_certificate", VerificationError),
    ],
)
def test_a_transmission_that_must_be_refused_is_followed_by_a_genuine_one(
    merchant: Merchant, receiver: Receiver, webhook: Json, trick: str, refusal: type[Exception]
):
    rule(merchant, trick)
    receiver.statuses = [400]
    merchant.approve(merchant.order()["id"])
    until(lambda: len(receiver.got) == 2)
    with pytest.raises(refusal):
        check(merchant.paypal, receiver.got[0], webhook)
    check(merchant.paypal, receiver.got[1], webhook)
    assert merchant.paypal.control("webhook-rules") == []


def test_a_reordered_event_arrives_after_the_next_one(merchant: Merchant, receiver: Receiver, webhook: Json):
    rule(merchant, "reorder", event_type="CAPTURE.COMPLETED$")
    taken = merchant.paid()["id"]
    until(lambda: receiver.types() == ["CHECKOUT.ORDER.APPROVED"])
    merchant.refund(taken)
    until(lambda: len(receiver.got) == 3)
    assert receiver.types()[1:] == ["PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.COMPLETED"]


def test_a_reordered_event_that_stays_the_last_arrives_late(merchant: Merchant, receiver: Receiver, webhook: Json):
    rule(merchant, "reorder", delay=600)
    merchant.approve(merchant.order()["id"])
    merchant.paypal.advance(seconds=601)
    until(lambda: receiver.got)


def test_a_reordered_event_whose_time_came_on_the_way_of_a_jump_is_not_held_back_further(
    merchant: Merchant, receiver: Receiver, webhook: Json
):
    rule(merchant, "reorder", event_type="CAPTURE.PENDING$", delay=600)
    taken = merchant.paid(funding="pending")["id"]
    merchant.paypal.control(f"captures/{taken}/settle", {"act": "complete", "after": 86_400})
    merchant.paypal.advance(days=2)
    until(lambda: len(receiver.got) == 3)
    assert receiver.types() == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.COMPLETED"]


def test_a_delayed_event_arrives_when_its_time_has_come(merchant: Merchant, receiver: Receiver, webhook: Json):
    rule(merchant, "delay", event_type="APPROVED", delay=7200)
    merchant.paid()
    until(lambda: receiver.got)
    assert receiver.types() == ["PAYMENT.CAPTURE.COMPLETED"]
    merchant.paypal.advance(hours=2)
    until(lambda: len(receiver.got) == 2)


def test_a_script_drops_one_event_and_doubles_the_next(merchant: Merchant, receiver: Receiver, webhook: Json):
    merchant.paypal.control("webhook-rules", [{"trick": "drop"}, {"trick": "duplicate", "event_type": "CAPTURE"}])
    merchant.paid()
    until(lambda: len(receiver.got) == 2)
    assert receiver.types() == ["PAYMENT.CAPTURE.COMPLETED"] * 2


def test_a_standing_rule_holds_until_it_is_withdrawn(merchant: Merchant, receiver: Receiver, webhook: Json):
    rule(merchant, "drop", times=None)
    merchant.paid()
    merchant.paypal.control("webhook-rules", method="DELETE")
    merchant.approve(merchant.order()["id"])
    until(lambda: [it["status"] for it in merchant.paypal.control("deliveries")] == ["DROPPED", "DROPPED", "SUCCESS"])
    assert receiver.types() == ["CHECKOUT.ORDER.APPROVED"]


def test_a_rule_can_be_for_another_listener(merchant: Merchant, receiver: Receiver, webhook: Json):
    rule(merchant, "drop", webhook_id="ANOTHER")
    merchant.approve(merchant.order()["id"])
    until(lambda: receiver.got)


@pytest.mark.parametrize(
    "body",
    [{"trick": "magic"}, {"trick": "drop", "event_type": "("}, {"trick": "drop", "typo": 1}, {"trick": "drop", "times": 0}],
)
def test_a_rule_that_makes_no_sense_is_refused(paypal: Running, body: object):
    assert paypal.http.post("/control/webhook-rules", json=body).status_code == 422
    assert paypal.control("webhook-rules") == []
