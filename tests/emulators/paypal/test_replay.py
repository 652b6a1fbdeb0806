"""The same PayPal-Request-Id again."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.emulators.merchant import Merchant, issue, money, order_body


def test_the_same_id_creates_one_order_and_shows_its_newest_state(merchant: Merchant):
    body = order_body()
    first = merchant.create(body, PayPal_Request_Id="booking-1")
    merchant.approve(first.json()["id"])
    second = merchant.create(body, PayPal_Request_Id="booking-1")
    assert (first.status_code, second.status_code) == (201, 200)
    assert (second.json()["id"], second.json()["status"]) == (first.json()["id"], "APPROVED")
    assert len(merchant.paypal.control("orders")) == 1


def test_the_same_id_captures_once_and_answers_200_the_second_time(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    answers = [merchant.capture(order_id, PayPal_Request_Id="capture-1") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert answers[0].json() == answers[1].json() == answers[2].json()


def test_an_early_capture_is_not_held_against_the_id(merchant: Merchant):
    order_id = merchant.order()["id"]
    assert issue(merchant.capture(order_id, PayPal_Request_Id="capture-1")) == (422, "ORDER_NOT_APPROVED")
    merchant.approve(order_id)
    assert merchant.capture(order_id, PayPal_Request_Id="capture-1").status_code == 201


def test_orders_forget_an_id_after_six_hours(merchant: Merchant):
    first = merchant.create(PayPal_Request_Id="booking-1").json()["id"]
    merchant.paypal.advance(hours=5.9)
    assert merchant.create(PayPal_Request_Id="booking-1").json()["id"] == first
    merchant.paypal.advance(hours=0.2)
    assert merchant.create(PayPal_Request_Id="booking-1").json()["id"] != first


def test_payments_forget_an_id_after_45_days(merchant: Merchant):
    taken, body = merchant.paid()["id"], {"amount": money("10.00")}
    first = merchant.refund(taken, body, PayPal_Request_Id="refund-1").json()["id"]
    merchant.paypal.advance(days=44.9)
    again = merchant.refund(taken, body, PayPal_Request_Id="refund-1")
    assert (again.status_code, again.json()["id"]) == (200, first)
    merchant.paypal.advance(days=0.2)
    late = merchant.refund(taken, body, PayPal_Request_Id="refund-1")
    assert (late.status_code, late.json()["id"] != first) == (201, True)
    assert merchant.paypal.control("ledger")["sums"]["USD"]["refunded"] == "20.00"


def test_without_an_id_everything_happens_again(merchant: Merchant):
    body = order_body()
    assert merchant.create(body).json()["id"] != merchant.create(body).json()["id"]


def test_a_replay_with_another_body_is_noted(merchant: Merchant):
    taken = merchant.paid()["id"]
    merchant.refund(taken, {"amount": money("10.00")}, PayPal_Request_Id="refund-1")
    changed = merchant.refund(taken, {"amount": money("20.00")}, PayPal_Request_Id="refund-1")
    assert changed.json()["amount"]["value"] == "10.00"
    assert merchant.paypal.control("calls")[-1]["note"] == "replayed with another body"


def test_an_id_longer_than_108_letters_is_refused(merchant: Merchant):
    assert merchant.create(PayPal_Request_Id="x" * 108).status_code == 201
    assert issue(merchant.create(PayPal_Request_Id="x" * 109)) == (400, "INVALID_STRING_LENGTH")


@pytest.mark.parametrize("second", ["capture-1", "capture-2"])
def test_two_captures_of_one_order_at_once_are_a_conflict_and_one_payment(merchant: Merchant, second: str):
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    merchant.paypal.fault("slow", "/capture$", delay=0.6)
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(merchant.capture, order_id, PayPal_Request_Id="capture-1")
        while not any(call["fault"] == "slow" for call in merchant.paypal.control("calls")):
            pass
        early = merchant.capture(order_id, PayPal_Request_Id=second)
    assert issue(early) == (409, "PREVIOUS_REQUEST_IN_PROGRESS")
    assert slow.result().status_code == 201
    assert len(merchant.paypal.control("ledger")["captures"]) == 1


def test_two_creations_under_one_id_at_once_are_a_conflict_and_others_are_not(merchant: Merchant):
    merchant.order()
    merchant.paypal.fault("slow", "/orders$", delay=0.6)
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(merchant.create, None, PayPal_Request_Id="booking-1")
        while not any(call["fault"] == "slow" for call in merchant.paypal.control("calls")):
            pass
        assert issue(merchant.create(PayPal_Request_Id="booking-1")) == (409, "PREVIOUS_REQUEST_IN_PROGRESS")
        assert merchant.create(PayPal_Request_Id="booking-2").status_code == 201
    assert slow.result().status_code == 201
