"""Delivery of webhooks: who gets what, how often, and when again."""

from collections.abc import Iterator

import pytest

from tests.emulators.merchant import Json, Merchant, link
from tests.emulators.receiver import Receiver
from tests.emulators.running import Running, until


@pytest.fixture
def webhook(paypal: Running, receiver: Receiver) -> Iterator[Json]:
    webhook = paypal.control("webhooks", {"url": receiver.url})
    yield webhook
    paypal.control(f"webhooks/{webhook['id']}", method="DELETE")


def switch(paypal: Running, webhook: Json, mode: str) -> None:
    paypal.control(f"webhooks/{webhook['id']}", {"mode": mode}, "PATCH")


def statuses(paypal: Running) -> list[str]:
    return [delivery["status"] for delivery in paypal.control("deliveries")]


def delivered(paypal: Running, count: int) -> bool:
    return statuses(paypal).count("SUCCESS") == count


def test_a_rental_paid_and_refunded_is_told_in_four_events(merchant: Merchant, receiver: Receiver, webhook: Json):
    taken = merchant.paid()["id"]
    refund = merchant.refund(taken).json()
    pending = merchant.paid(funding="pending")["id"]
    merchant.paypal.control(f"captures/{pending}/settle", {"act": "decline"})
    until(lambda: len(receiver.got) == 6)
    events = {got.event["event_type"]: got.event for got in receiver.got}
    assert set(events) == {
        "CHECKOUT.ORDER.APPROVED",
        "PAYMENT.CAPTURE.COMPLETED",
        "PAYMENT.CAPTURE.REFUNDED",
        "PAYMENT.CAPTURE.PENDING",
        "PAYMENT.CAPTURE.DECLINED",
    }
    completed = events["PAYMENT.CAPTURE.COMPLETED"]
    assert (completed["resource_type"], completed["resource"]["id"]) == ("capture", taken)
    assert completed["summary"] == "Payment completed for 1200.00 USD"
    assert completed["resource"]["supplementary_data"]["related_ids"]["order_id"]
    assert [one["rel"] for one in completed["links"]] == ["self", "resend"]
    assert events["PAYMENT.CAPTURE.REFUNDED"]["resource"] == refund


def test_a_listener_gets_only_what_it_asked_for(merchant: Merchant, receiver: Receiver):
    webhook = merchant.paypal.control("webhooks", {"url": receiver.url, "event_types": ["PAYMENT.CAPTURE.COMPLETED"]})
    merchant.paid()
    until(lambda: delivered(merchant.paypal, 1))
    merchant.paypal.control(f"webhooks/{webhook['id']}", method="DELETE")
    assert receiver.types() == ["PAYMENT.CAPTURE.COMPLETED"]


def test_a_refused_delivery_comes_again_as_the_same_transmission(merchant: Merchant, receiver: Receiver, webhook: Json):
    receiver.statuses = [500, 404]
    merchant.approve(merchant.order()["id"])
    until(lambda: delivered(merchant.paypal, 1))
    assert len(receiver.got) == 3
    assert len({got.headers["paypal-transmission-id"] for got in receiver.got}) == 1
    assert len({got.body for got in receiver.got}) == 1
    [delivery] = merchant.paypal.control("deliveries")
    assert [one["outcome"] for one in delivery["tries"]] == ["500", "404", "200"]


def test_after_25_tries_in_three_days_a_delivery_has_failed(merchant: Merchant, receiver: Receiver, webhook: Json):
    receiver.statuses = [503] * 30
    merchant.approve(merchant.order()["id"])
    while statuses(merchant.paypal) == ["PENDING"]:
        merchant.paypal.advance(seconds=18_251)
    tries = merchant.paypal.control("deliveries")[0]["tries"]
    assert statuses(merchant.paypal) == ["FAILED"]
    assert [one["outcome"] for one in tries] == ["503"] * 25
    assert len(receiver.got) == 25


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://127.0.0.1:9/", "ConnectError"),
        ("nowhere", "UnsupportedProtocol"),
        ("http://127.0.0.1:99999/", "ExceptionGroup"),
        ("http://xn--/", "IDNAError"),
    ],
)
def test_nobody_listening_is_tried_again(merchant: Merchant, url: str, outcome: str):
    webhook = merchant.paypal.control("webhooks", {"url": url})
    merchant.approve(merchant.order()["id"])
    until(lambda: merchant.paypal.control("deliveries")[0]["tries"])
    merchant.paypal.control(f"webhooks/{webhook['id']}", method="DELETE")
    [delivery] = merchant.paypal.control("deliveries")
    assert (delivery["status"], delivery["tries"][0]["outcome"]) == ("PENDING", outcome)


def test_a_paused_listener_gets_its_events_later(merchant: Merchant, receiver: Receiver, webhook: Json):
    switch(merchant.paypal, webhook, "pause")
    merchant.paid()
    assert statuses(merchant.paypal) == ["PENDING", "PENDING"]
    switch(merchant.paypal, webhook, "deliver")
    until(lambda: delivered(merchant.paypal, 2))
    assert sorted(receiver.types()) == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"]


def test_dropped_events_never_arrive_but_stay_in_the_list_of_events(merchant: Merchant, receiver: Receiver, webhook: Json):
    switch(merchant.paypal, webhook, "drop")
    merchant.paid()
    switch(merchant.paypal, webhook, "deliver")
    merchant.approve(merchant.order()["id"])
    until(lambda: delivered(merchant.paypal, 1))
    assert sorted(statuses(merchant.paypal)) == ["DROPPED", "DROPPED", "SUCCESS"]
    assert len(receiver.got) == 1
    assert merchant.show("/v1/notifications/webhooks-events").json()["count"] == 3


def test_duplicates_are_two_transmissions_of_one_event(merchant: Merchant, receiver: Receiver, webhook: Json):
    switch(merchant.paypal, webhook, "duplicate")
    merchant.approve(merchant.order()["id"])
    until(lambda: delivered(merchant.paypal, 2))
    assert len({got.event["id"] for got in receiver.got}) == 1
    assert len({got.headers["paypal-transmission-id"] for got in receiver.got}) == 2


def test_events_are_found_by_type_time_and_transaction(merchant: Merchant):
    first = merchant.paid()["id"]
    merchant.paypal.advance(days=2)
    merchant.paid()
    base = "/v1/notifications/webhooks-events"
    assert merchant.show(base).json()["count"] == 4
    by_type = merchant.show(f"{base}?event_type=PAYMENT.CAPTURE.COMPLETED").json()["events"]
    assert [event["event_type"] for event in by_type] == ["PAYMENT.CAPTURE.COMPLETED"] * 2
    late = merchant.paypal.control("clock")["now"][:10]
    assert merchant.show(f"{base}?start_time={late}T00:00:00Z").json()["count"] == 2
    assert merchant.show(f"{base}?end_time={late}T00:00:00Z").json()["count"] == 2
    [found] = merchant.show(f"{base}?transaction_id={first}").json()["events"]
    assert found["resource"]["id"] == first
    assert merchant.show(f"{base}?page_size=1").json()["count"] == 1
    first = merchant.show(f"{base}?page_size=3").json()
    second = merchant.show(link(first, "next").removeprefix(merchant.paypal.url)).json()
    assert (second["count"], second["links"]) == (1, [])
    assert len({event["id"] for event in first["events"] + second["events"]}) == 4
    for wrong in ("page_size=many", "start_time=yesterday", "start_time=2026-01-01"):
        assert merchant.show(f"{base}?{wrong}").status_code == 400


def test_a_listener_named_at_the_start_is_registered(receiver: Receiver):
    emulator = Running("paypal", "--webhook-url", receiver.url, "--webhook-id", "1JE4291016473214C")
    [webhook] = emulator.control("webhooks")
    emulator.stop()
    assert (webhook["id"], webhook["url"], webhook["mode"]) == ("1JE4291016473214C", receiver.url, "deliver")
