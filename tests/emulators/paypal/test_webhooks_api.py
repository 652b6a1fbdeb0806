"""Listeners, registered as a shop does it."""

from collections.abc import Iterator

import pytest

from tests.emulators.merchant import Json, Merchant, rels
from tests.emulators.receiver import Receiver
from tests.emulators.running import until

BASE = "/v1/notifications/webhooks"


@pytest.fixture(autouse=True)
def _none_left(merchant: Merchant) -> Iterator[None]:
    yield
    for one in merchant.show(BASE).json()["webhooks"]:
        merchant.call("DELETE", f"{BASE}/{one['id']}")


def register(merchant: Merchant, url: str, *names: str) -> Json:
    body = {"url": url, "event_types": [{"name": name} for name in names or ("*",)]}
    return dict(merchant.call("POST", BASE, body).json())


def test_a_registered_listener_hears_what_it_asked_for(merchant: Merchant, receiver: Receiver):
    made = register(merchant, receiver.url, "PAYMENT.CAPTURE.COMPLETED")
    assert (made["url"], rels(made)) == (receiver.url, ["self", "update", "delete"])
    merchant.paid()
    until(lambda: receiver.got)
    assert receiver.types() == ["PAYMENT.CAPTURE.COMPLETED"]


def test_a_listener_is_listed_shown_changed_and_removed(merchant: Merchant, receiver: Receiver):
    made = register(merchant, receiver.url)
    here = f"{BASE}/{made['id']}"
    assert merchant.show(BASE).json()["webhooks"] == [made]
    assert merchant.show(here).json() == made
    patches = [
        {"op": "replace", "path": "/url", "value": "https://shop.example/hook"},
        {"op": "replace", "path": "/event_types", "value": [{"name": "PAYMENT.CAPTURE.DENIED"}]},
    ]
    changed = merchant.call("PATCH", here, patches).json()  # type: ignore[arg-type]
    assert (changed["url"], [it["name"] for it in changed["event_types"]]) == ("https://shop.example/hook", ["PAYMENT.CAPTURE.DENIED"])
    assert merchant.show(f"{here}/event-types").json()["event_types"] == changed["event_types"]
    assert merchant.call("DELETE", here).status_code == 204
    assert [merchant.show(here).status_code, merchant.call("DELETE", here).status_code] == [404, 404]


@pytest.mark.parametrize(
    "body",
    [
        {"url": "ftp://shop.example", "event_types": [{"name": "*"}]},
        {"url": "nowhere", "event_types": [{"name": "*"}]},
        {"url": "https://[", "event_types": [{"name": "*"}]},
        {"url": "https://127.0.0.1:99999/x", "event_types": [{"name": "*"}]},
        {"url": "https://:443/x", "event_types": [{"name": "*"}]},
        {"url": "https://shop.example", "event_types": []},
        {"url": "https://shop.example", "event_types": [{"name": "PAYMENT.SALE"}]},
        {"url": "https://shop.example"},
        {"url": "https://shop.example/hook", "event_types": [{"name": "*"}] * 501},
    ],
)
def test_a_listener_that_makes_no_sense_is_refused(merchant: Merchant, body: Json):
    answer = merchant.call("POST", BASE, body)
    assert (answer.status_code, answer.json()["name"]) == (400, "VALIDATION_ERROR")
    assert merchant.show(BASE).json() == {"webhooks": []}


def test_one_address_and_ten_listeners_at_most(merchant: Merchant):
    for number in range(10):
        register(merchant, f"https://shop.example/{number}")
    for url in ("https://shop.example/0", "https://shop.example/10"):
        assert merchant.call("POST", BASE, {"url": url, "event_types": [{"name": "*"}]}).status_code == 400


def test_the_types_of_events_can_be_asked_for(merchant: Merchant):
    names = {it["name"] for it in merchant.show(f"{BASE}-event-types").json()["event_types"]}
    assert {"CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.DENIED", "PAYMENT.AUTHORIZATION.VOIDED"} <= names
