"""What tests ask this PayPal beside its API."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.emulators.merchant import Merchant, issue, money, order_body, unit
from tests.emulators.running import Running


def captures_sent(paypal: Running) -> list[int | None]:
    return [call["status"] for call in paypal.control("calls") if call["path"].endswith("/capture")]


def test_calls_are_listed_with_their_request_id_and_status(merchant: Merchant):
    merchant.order()
    merchant.paypal.control("calls", method="DELETE")
    order_id = merchant.create(PayPal_Request_Id="booking-1").json()["id"]
    merchant.capture(order_id, PayPal_Request_Id="capture-1")
    merchant.paypal.http.get("/")
    lines = [(call["method"], call["path"], call["request_id"], call["status"]) for call in merchant.paypal.control("calls")]
    assert lines == [
        ("POST", "/v2/checkout/orders", "booking-1", 201),
        ("POST", f"/v2/checkout/orders/{order_id}/capture", "capture-1", 422),
    ]


def test_an_answer_lost_after_the_commit_is_replayed_by_the_same_id(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    merchant.paypal.fault("lost_after_commit", "/capture$", "POST")
    with pytest.raises(httpx.RemoteProtocolError):
        merchant.capture(order_id, PayPal_Request_Id="capture-1")
    assert merchant.show(f"/v2/checkout/orders/{order_id}").json()["status"] == "COMPLETED"
    assert merchant.capture(order_id, PayPal_Request_Id="capture-1").status_code == 200
    assert captures_sent(merchant.paypal) == [None, 200]


def test_a_call_that_never_arrives_does_nothing(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    merchant.paypal.fault("timeout_before", "/capture$", delay=0.05)
    with pytest.raises(httpx.RemoteProtocolError):
        merchant.capture(order_id, PayPal_Request_Id="capture-1")
    assert merchant.show(f"/v2/checkout/orders/{order_id}").json()["status"] == "APPROVED"
    assert merchant.capture(order_id, PayPal_Request_Id="capture-1").status_code == 201


def test_a_held_call_outlasts_an_impatient_caller(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.paypal.fault("timeout_before", delay=2)
    with pytest.raises(httpx.ReadTimeout):
        merchant.paypal.http.get(f"/v2/checkout/orders/{order_id}", timeout=0.2)


def test_a_status_fault_answers_so_often_and_does_nothing(merchant: Merchant):
    merchant.order()
    merchant.paypal.fault("status", "/orders$", status=503, times=2)
    answers = [merchant.create().status_code for _ in range(3)]
    assert answers == [503, 503, 201]
    assert len(merchant.paypal.control("orders")) == 2
    assert merchant.paypal.control("faults") == []


def test_faults_only_meet_the_calls_they_are_meant_for(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.paypal.fault("status", "/capture$", "POST", status=500)
    assert merchant.show(f"/v2/checkout/orders/{order_id}").status_code == 200
    assert merchant.capture(order_id).status_code == 500
    merchant.paypal.fault("status", status=500)
    merchant.paypal.control("faults", method="DELETE")
    assert merchant.show(f"/v2/checkout/orders/{order_id}").status_code == 200


def test_a_connection_can_be_reset_before_anything_is_done(merchant: Merchant):
    merchant.order()
    merchant.paypal.fault("reset", "/orders$")
    with pytest.raises(httpx.ReadError):
        merchant.create()
    assert len(merchant.paypal.control("orders")) == 1


def test_a_slow_body_outlasts_an_impatient_reader_and_the_work_is_done(merchant: Merchant):
    merchant.order()
    merchant.paypal.fault("slow_body", "/orders$", delay=0.2)
    assert merchant.create().status_code == 201
    merchant.paypal.fault("slow_body", "/orders", delay=20)
    headers = {"authorization": f"Bearer {merchant.token}"}
    order_id = merchant.paypal.control("orders")[0]["id"]
    with pytest.raises(httpx.ReadTimeout):
        merchant.paypal.http.get(f"/v2/checkout/orders/{order_id}", headers=headers, timeout=0.3)


def test_a_body_can_be_cut_short_after_the_work(merchant: Merchant):
    merchant.order()
    merchant.paypal.fault("cut_body", "/orders$")
    with pytest.raises(httpx.RemoteProtocolError):
        merchant.create()
    assert len(merchant.paypal.control("orders")) == 2


def test_a_token_can_end_half_way(merchant: Merchant):
    order_id, token = merchant.order()["id"], merchant.token
    merchant.paypal.fault("token_expired", "/capture$")
    merchant.approve(order_id)
    assert merchant.call("POST", f"/v2/checkout/orders/{order_id}/capture", {}, Authorization=f"Bearer {token}").status_code == 401
    assert merchant.capture(order_id).status_code == 201
    assert merchant.token != token


def test_a_call_can_find_itself_in_progress(merchant: Merchant):
    taken = merchant.paid()["id"]
    merchant.paypal.fault("in_progress", "/refund$")
    assert issue(merchant.refund(taken)) == (409, "PREVIOUS_REQUEST_IN_PROGRESS")
    assert merchant.refund(taken).status_code == 201


def test_a_call_can_be_refused_with_an_issue_of_choice(merchant: Merchant):
    taken = merchant.paid()["id"]
    merchant.paypal.fault("refused", "/refund$", issue="REFUND_FAILED_INSUFFICIENT_FUNDS")
    assert issue(merchant.refund(taken)) == (422, "REFUND_FAILED_INSUFFICIENT_FUNDS")
    assert merchant.refund(taken).status_code == 201


def test_a_script_of_faults_is_played_in_order(merchant: Merchant):
    merchant.order()
    script = [{"kind": "status", "status": 500, "skip": 1}, {"kind": "status", "status": 429, "headers": {"retry-after": "3"}, "skip": 1}]
    merchant.paypal.control("faults", script)
    answers = [merchant.create() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [201, 500, 429, 201]
    assert answers[2].headers["retry-after"] == "3"


def test_a_standing_fault_holds_until_it_is_withdrawn(merchant: Merchant):
    merchant.order()
    merchant.paypal.fault("status", "/orders$", times=None)
    assert {merchant.create().status_code for _ in range(3)} == {503}
    merchant.paypal.control("faults", method="DELETE")
    assert merchant.create().status_code == 201


def test_a_refusal_passes_by_the_calls_that_know_no_such_issue(merchant: Merchant):
    taken = merchant.paid()["id"]
    merchant.paypal.fault("refused", issue="REFUND_FAILED_INSUFFICIENT_FUNDS")
    assert merchant.create().status_code == 201
    assert len(merchant.paypal.control("faults")) == 1
    assert issue(merchant.refund(taken)) == (422, "REFUND_FAILED_INSUFFICIENT_FUNDS")
    assert merchant.paypal.control("faults") == []


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "earthquake"},
        {"kind": "slow", "match": {"path_regex": "("}},
        {"kind": "slow", "typo": 1},
        {"kind": "refused", "issue": "PAYER_CANOT_PAY"},
        {"kind": "refused"},
        {"kind": "status", "times": 0},
        {"kind": "status", "skip": -1},
        [{"kind": "status"}, {"kind": "refused", "issue": "PAYER_CANOT_PAY"}],
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(paypal: Running, body: object):
    assert paypal.http.post("/control/faults", json=body).status_code == 422
    assert paypal.control("faults") == []


def test_the_clock_can_be_set_and_advanced_and_is_reset(paypal: Running):
    assert paypal.control("clock", {"now": "2030-01-01T12:00:00Z"})["now"].startswith("2030-01-01T12:00:0")
    assert paypal.control("clock", {"advance": 86_400})["now"].startswith("2030-01-02T12:00:0")
    assert paypal.http.post("/control/clock", json={"now": "2030-01-01T12:00:00"}).status_code == 422
    assert paypal.control("clock", {"shift": 3600})["shift"] == 3600
    paypal.reset()
    assert paypal.control("clock")["shift"] == 0


def test_new_orders_carry_the_time_of_the_clock(merchant: Merchant):
    merchant.paypal.control("clock", {"now": "2030-06-01T08:00:00Z"})
    assert merchant.order()["create_time"].startswith("2030-06-01T08:00")


def test_the_ledger_sums_by_currency(merchant: Merchant):
    dollars = merchant.paid(order_body(unit("100.00")))["id"]
    merchant.paid(order_body(unit("50.00")))
    merchant.paid(order_body(unit("9000", "JPY")))
    merchant.refund(dollars, {"amount": money("25.00")})
    ledger = merchant.paypal.control("ledger")
    assert ledger["sums"] == {
        "USD": {"captured": "150.00", "refunded": "25.00", "fees": "6.22", "net": "118.78", "pending": "0.00"},
        "JPY": {"captured": "9000", "refunded": "0", "fees": "354", "net": "8646", "pending": "0"},
    }
    assert [(row["amount"]["value"], row["status"]) for row in ledger["refunds"]] == [("25.00", "COMPLETED")]


def test_a_payer_cannot_approve_what_is_paid_or_gone(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    merchant.capture(order_id)
    assert merchant.paypal.http.post(f"/control/orders/{order_id}/approve").status_code == 409
    assert merchant.paypal.http.post("/control/orders/NONE/approve").status_code == 404
    assert merchant.paypal.http.post("/control/captures/NONE/settle", json={"act": "complete"}).status_code == 404


def test_declining_by_control_is_approving_with_a_bad_card(merchant: Merchant):
    order_id = merchant.order()["id"]
    merchant.paypal.control(f"orders/{order_id}/decline", {})
    assert merchant.capture(order_id).json()["details"][0]["issue"] == "INSTRUMENT_DECLINED"


def test_a_hundred_calls_at_once_are_all_answered(merchant: Merchant):
    merchant.order()
    with ThreadPoolExecutor(25) as threads:
        answers = list(threads.map(lambda number: merchant.create(PayPal_Request_Id=f"b-{number % 50}"), range(100)))
    assert {answer.status_code for answer in answers} == {200, 201}
    assert len(merchant.paypal.control("orders")) == 51
