"""Delivery of webhooks: who gets what, how often, and when again."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

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


def test_one_long_jump_makes_all_25_tries_each_at_its_moment_and_the_delivery_has_failed(
    merchant: Merchant, receiver: Receiver, webhook: Json
):
    receiver.statuses = [503] * 30
    merchant.approve(merchant.order()["id"])
    until(lambda: receiver.got)
    merchant.paypal.advance(days=10)
    until(lambda: statuses(merchant.paypal) == ["FAILED"])
    tries = merchant.paypal.control("deliveries")[0]["tries"]
    assert [one["outcome"] for one in tries] == ["503"] * 25
    assert len(receiver.got) == 25
    moments = [datetime.fromisoformat(one["at"]) for one in tries]
    pauses = [round((later - sooner).total_seconds()) for sooner, later in pairwise(moments)]
    assert pauses == [1, 2, 5, 15, 30, 60, 120, 300, 600, 1800, *[18_250] * 14]


def test_what_one_long_jump_made_happen_arrives_in_that_order(merchant: Merchant, receiver: Receiver, webhook: Json):
    held = merchant.held()["id"]
    days = {merchant.paid(funding="pending")["id"]: day for day in (11, 3, 35, 7, 1, 5, 30)}
    for taken, day in days.items():
        merchant.paypal.control(f"captures/{taken}/settle", {"act": "complete", "after": day * 86_400})
    until(lambda: delivered(merchant.paypal, 2 + 2 * len(days)))
    receiver.got.clear()
    receiver.statuses = [500]  # tried again a second after, which comes before all the others
    merchant.paypal.advance(days=40)
    until(lambda: delivered(merchant.paypal, 3 + 3 * len(days)))
    expected = [taken for _, taken in sorted((day, taken) for taken, day in (days | {held: 29}).items())]
    assert [got.event["resource"]["id"] for got in receiver.got] == [expected[0], *expected]


def test_a_slow_listener_is_told_one_thing_at_a_time_and_keeps_nobody_else_waiting(merchant: Merchant, receiver: Receiver, webhook: Json):
    with Receiver() as slow:
        other = merchant.paypal.control("webhooks", {"url": slow.url})
        slow.pause = 0.3
        merchant.paid()
        until(lambda: len(receiver.got) == 2)
        assert len(slow.got) <= 1
        until(lambda: len(slow.got) == 2)
        until(lambda: delivered(merchant.paypal, 4))
        merchant.paypal.control(f"webhooks/{other['id']}", method="DELETE")
    assert slow.types() == receiver.types() == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"]
    assert slow.at_once == 1


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
    merchant.paypal.advance(days=10)
    assert statuses(merchant.paypal) == ["PENDING", "PENDING"]
    receiver.statuses = [500]
    switch(merchant.paypal, webhook, "deliver")
    until(lambda: delivered(merchant.paypal, 2))
    assert receiver.types() == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.APPROVED"]


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
