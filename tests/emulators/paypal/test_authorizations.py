"""Holds: from the order to the last captured cent, and everything that ends them."""

import pytest

from tests.emulators.merchant import Json, Merchant, issue, link, money, order_body, rels, unit

HOLD = order_body() | {"intent": "AUTHORIZE"}


def approved(merchant: Merchant, funding: str = "instant") -> str:
    order_id = str(merchant.order(order_body(unit("2000.00")) | {"intent": "AUTHORIZE"})["id"])
    merchant.approve(order_id, funding)
    return order_id


def test_an_approved_order_is_authorized_once(merchant: Merchant):
    order_id = approved(merchant)
    assert rels(merchant.show(f"/v2/checkout/orders/{order_id}").json()) == ["self", "update", "authorize"]
    first = merchant.authorize(order_id, PayPal_Request_Id="hold-1")
    [held] = first.json()["purchase_units"][0]["payments"]["authorizations"]
    assert (first.json()["status"], first.json()["intent"], held["status"]) == ("COMPLETED", "AUTHORIZE", "CREATED")
    assert merchant.authorize(order_id, PayPal_Request_Id="hold-1").status_code == 200
    assert issue(merchant.authorize(order_id)) == (422, "ORDER_ALREADY_AUTHORIZED")


def test_a_hold_lives_29_days_and_leads_to_what_can_be_done(merchant: Merchant):
    merchant.paypal.control("clock", {"now": "2027-03-01T10:00:00Z"})
    held = merchant.held(custom_id="booking", invoice_id="EX-1-deposit-1")
    assert held["expiration_time"].startswith("2027-03-30T10:00:0")
    assert rels(held) == ["self", "capture", "void", "up"]
    shown = merchant.hold(held["id"])
    assert (shown["custom_id"], shown["invoice_id"]) == ("booking", "EX-1-deposit-1")
    assert link(shown, "up").endswith(f"/orders/{shown['supplementary_data']['related_ids']['order_id']}")
    merchant.paypal.advance(days=3)
    assert rels(merchant.hold(held["id"])) == ["self", "capture", "void", "reauthorize", "up"]


def test_intent_and_call_must_agree(merchant: Merchant):
    assert issue(merchant.capture(approved(merchant))) == (422, "ACTION_DOES_NOT_MATCH_INTENT")
    order_id = merchant.order()["id"]
    merchant.approve(order_id)
    assert issue(merchant.authorize(order_id)) == (422, "ACTION_DOES_NOT_MATCH_INTENT")


def test_nothing_is_held_before_the_payer_agrees_or_when_the_funding_is_declined(merchant: Merchant):
    assert issue(merchant.authorize(merchant.order(HOLD)["id"])) == (422, "ORDER_NOT_APPROVED")
    declined = merchant.authorize(approved(merchant, "declined"))
    assert issue(declined) == (422, "INSTRUMENT_DECLINED")
    assert "/checkoutnow?token=" in link(declined.json(), "redirect")


def test_a_hold_is_captured_in_parts_until_nothing_is_left(merchant: Merchant):
    held = merchant.held("2000.00")["id"]
    part = merchant.act(held, "capture", {"amount": money("300.00"), "invoice_id": "EX-9-damage-1", "note_to_payer": "A scratch"})
    assert (part.status_code, part.json()["final_capture"], part.json()["amount"]) == (201, False, money("300.00"))
    assert part.json()["supplementary_data"]["related_ids"]["authorization_id"] == held
    assert link(part.json(), "up").endswith(f"/authorizations/{held}")
    assert merchant.hold(held)["status"] == "PARTIALLY_CAPTURED"
    rest = merchant.act(held, "capture")
    assert (rest.json()["amount"], merchant.hold(held)["status"]) == (money("1700.00"), "CAPTURED")
    assert issue(merchant.act(held, "capture")) == (422, "AUTHORIZATION_ALREADY_CAPTURED")
    assert rels(merchant.hold(held)) == ["self", "up"]


def test_a_final_capture_ends_the_hold(merchant: Merchant):
    held = merchant.held()["id"]
    assert merchant.act(held, "capture", {"amount": money("1.00"), "final_capture": True}).status_code == 201
    assert merchant.hold(held)["status"] == "CAPTURED"
    assert issue(merchant.act(held, "void")) == (422, "PREVIOUSLY_CAPTURED")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"amount": money("2000.01")}, 422, "MAX_CAPTURE_AMOUNT_EXCEEDED"),
        ({"amount": money("10", "EUR")}, 422, "AUTH_CAPTURE_CURRENCY_MISMATCH"),
        ({"amount": money("0")}, 422, "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ({"amount": money("1.001")}, 422, "DECIMAL_PRECISION"),
        ({"amount": {"value": "1"}}, 400, "MISSING_REQUIRED_PARAMETER"),
        ({"final_capture": "yes"}, 400, "INVALID_PARAMETER_SYNTAX"),
        ({"invoice_id": "x" * 128}, 400, "INVALID_STRING_LENGTH"),
    ],
)
def test_a_wrong_capture_takes_nothing(merchant: Merchant, body: Json, status: int, code: str):
    held = merchant.held()["id"]
    assert issue(merchant.act(held, "capture", body)) == (status, code)
    assert merchant.hold(held)["status"] == "CREATED"


def test_an_invoice_id_pays_once(merchant: Merchant):
    merchant.paid(order_body(unit("5.00", invoice_id="EX-1")))
    held = merchant.held(invoice_id="EX-2")["id"]
    assert issue(merchant.act(held, "capture", {"invoice_id": "EX-1"})) == (422, "DUPLICATE_INVOICE_ID")
    body = {"amount": money("5"), "invoice_id": "EX-3"}
    assert merchant.act(held, "capture", body).status_code == 201
    assert issue(merchant.act(held, "capture", body)) == (422, "DUPLICATE_INVOICE_ID")
    assert issue(merchant.create(order_body(unit(invoice_id="EX-2")))) == (422, "DUPLICATE_INVOICE_ID")


def test_an_account_has_a_number_of_captures_for_a_hold(merchant: Merchant):
    merchant.paypal.control("account", {"captures_per_hold": 1})
    held = merchant.held()["id"]
    assert merchant.act(held, "capture", {"amount": money("1")}).status_code == 201
    assert issue(merchant.act(held, "capture", {"amount": money("1")})) == (422, "MAX_CAPTURE_COUNT_EXCEEDED")


def test_a_hold_is_voided_in_silence_or_in_full(merchant: Merchant):
    quiet, told = merchant.held()["id"], merchant.held()["id"]
    answer = merchant.act(quiet, "void", Prefer="return=minimal", PayPal_Request_Id="v")
    assert (answer.status_code, answer.content) == (204, b"")
    assert merchant.act(quiet, "void", Prefer="return=minimal", PayPal_Request_Id="v").status_code == 204
    assert merchant.act(told, "void").json()["status"] == "VOIDED"
    assert issue(merchant.act(told, "void")) == (422, "PREVIOUSLY_VOIDED")
    assert issue(merchant.act(told, "capture")) == (422, "AUTHORIZATION_VOIDED")


def test_voiding_after_a_part_was_taken_releases_the_rest_only(merchant: Merchant):
    held = merchant.held("2000.00")["id"]
    taken = merchant.act(held, "capture", {"amount": money("500")}).json()["id"]
    assert merchant.act(held, "void").json()["status"] == "VOIDED"
    assert merchant.show(f"/v2/payments/captures/{taken}").json()["status"] == "COMPLETED"
    assert merchant.refund(taken).json()["amount"] == money("500.00")


def test_a_hold_is_renewed_once_from_day_4_and_never_beyond_its_29_days(merchant: Merchant):
    held = merchant.held("2000.00")
    assert issue(merchant.act(held["id"], "reauthorize")) == (422, "REAUTHORIZATION_TOO_SOON")
    merchant.paypal.advance(days=5)
    assert issue(merchant.act(held["id"], "reauthorize", {"amount": money("2000.01")})) == (422, "AUTHORIZATION_AMOUNT_EXCEEDED")
    assert issue(merchant.act(held["id"], "reauthorize", {"amount": money("1", "EUR")})) == (422, "AUTH_CURRENCY_MISMATCH")
    renewed = merchant.act(held["id"], "reauthorize", {"amount": money("1500.00")}, PayPal_Request_Id="r")
    assert (renewed.status_code, renewed.json()["amount"]) == (201, money("1500.00"))
    assert renewed.json()["id"] != held["id"]
    assert renewed.json()["expiration_time"] == held["expiration_time"]
    assert merchant.act(held["id"], "reauthorize", PayPal_Request_Id="r").json()["id"] == renewed.json()["id"]
    for one in (held["id"], renewed.json()["id"]):
        assert issue(merchant.act(one, "reauthorize")) == (422, "REAUTHORIZATION_NOT_SUPPORTED")


def test_a_renewed_hold_is_captured_under_its_new_id_and_voided_under_its_old(merchant: Merchant):
    first, other = merchant.held()["id"], merchant.held()["id"]
    merchant.paypal.advance(days=5)
    renewed, kept = merchant.act(first, "reauthorize").json()["id"], merchant.act(other, "reauthorize").json()["id"]
    assert issue(merchant.act(first, "capture")) == (422, "TRANSACTION_REFUSED")
    assert issue(merchant.act(renewed, "void")) == (422, "CANNOT_BE_VOIDED")
    assert merchant.act(first, "void").status_code == 200
    assert merchant.hold(renewed)["status"] == "VOIDED"
    assert merchant.act(kept, "capture").status_code == 201


def test_what_a_renewed_hold_has_paid_out_is_neither_voided_nor_does_it_lapse(merchant: Merchant):
    first = merchant.held()["id"]
    merchant.paypal.advance(days=5)
    renewed = merchant.act(first, "reauthorize").json()["id"]
    assert "void" in rels(merchant.hold(first))
    merchant.act(renewed, "capture")
    assert rels(merchant.hold(first)) == ["self", "up"]
    assert issue(merchant.act(first, "void")) == (422, "PREVIOUSLY_CAPTURED")
    merchant.paypal.advance(days=29)
    assert (merchant.hold(first)["status"], merchant.hold(renewed)["status"]) == ("CAPTURED", "CAPTURED")
    events = merchant.show(f"/v1/notifications/webhooks-events?transaction_id={first}").json()["events"]
    assert [event["event_type"] for event in events] == ["PAYMENT.AUTHORIZATION.CREATED"]


def test_a_renewed_hold_meets_the_funds_of_the_first(merchant: Merchant):
    held = merchant.held()["id"]
    merchant.paypal.advance(days=5)
    merchant.paypal.control(f"authorizations/{held}/funds", {"funds": "pending"})
    renewed = merchant.act(held, "reauthorize").json()["id"]
    assert merchant.act(renewed, "capture").json()["status"] == "PENDING"


def test_a_hold_nobody_ended_lapses_and_says_so(merchant: Merchant):
    held = merchant.held()["id"]
    merchant.paypal.advance(days=29)
    assert merchant.hold(held)["status"] == "VOIDED"
    assert issue(merchant.act(held, "capture")) == (422, "AUTHORIZATION_EXPIRED")
    assert issue(merchant.act(held, "reauthorize")) == (422, "AUTHORIZATION_VOIDED")
    events = merchant.show(f"/v1/notifications/webhooks-events?transaction_id={held}").json()["events"]
    assert [event["event_type"] for event in events] == ["PAYMENT.AUTHORIZATION.VOIDED", "PAYMENT.AUTHORIZATION.CREATED"]


def test_a_hold_under_review_is_made_or_denied_later(merchant: Merchant):
    waiting, denied = merchant.held(funding="pending"), merchant.held(funding="pending", invoice_id="EX-1")["id"]
    assert (waiting["status"], waiting["status_details"]) == ("PENDING", {"reason": "PENDING_REVIEW"})
    assert issue(merchant.act(waiting["id"], "capture")) == (422, "TRANSACTION_REFUSED")
    merchant.paypal.control(f"authorizations/{waiting['id']}/settle", {"act": "complete"})
    merchant.paypal.control(f"authorizations/{denied}/settle", {"act": "deny"})
    assert (merchant.hold(waiting["id"])["status"], merchant.hold(denied)["status"]) == ("CREATED", "DENIED")
    assert issue(merchant.act(denied, "capture")) == (422, "AUTHORIZATION_DENIED")
    assert merchant.order(order_body(unit(invoice_id="EX-1")))


def test_funds_are_guaranteed_for_three_days_and_may_be_gone_after(merchant: Merchant):
    held = merchant.held()["id"]
    merchant.paypal.control(f"authorizations/{held}/funds", {"funds": "gone"})
    assert merchant.act(held, "capture", {"amount": money("1")}).status_code == 201
    merchant.paypal.advance(days=3)
    assert issue(merchant.act(held, "capture", {"amount": money("1")})) == (422, "PAYER_CANNOT_PAY")


def test_captures_of_a_hold_can_stay_pending(merchant: Merchant):
    held = merchant.held()["id"]
    merchant.paypal.control(f"authorizations/{held}/funds", {"funds": "pending"})
    assert merchant.act(held, "capture").json()["status"] == "PENDING"


def test_an_order_shows_its_holds_captures_and_refunds(merchant: Merchant):
    held = merchant.held()["id"]
    order_id = merchant.hold(held)["supplementary_data"]["related_ids"]["order_id"]
    taken = merchant.act(held, "capture", {"amount": money("10")}).json()["id"]
    merchant.refund(taken)
    payments = merchant.show(f"/v2/checkout/orders/{order_id}").json()["purchase_units"][0]["payments"]
    assert {name: len(things) for name, things in payments.items()} == {"authorizations": 1, "captures": 1, "refunds": 1}


def test_what_is_not_there_is_not_found(merchant: Merchant):
    assert issue(merchant.show("/v2/payments/authorizations/NONE")) == (404, "INVALID_RESOURCE_ID")
    for deed in ("capture", "reauthorize", "void"):
        assert issue(merchant.act("NONE", deed)) == (404, "INVALID_RESOURCE_ID")


def test_an_answer_can_be_mocked_for_a_hold(merchant: Merchant):
    held = merchant.held()["id"]
    mock = '{"mock_application_codes": "TRANSACTION_REFUSED"}'
    assert issue(merchant.act(held, "capture", PayPal_Mock_Response=mock)) == (422, "TRANSACTION_REFUSED")
    assert merchant.hold(held)["status"] == "CREATED"


def test_a_hold_is_renewed_from_its_fourth_day_to_the_end_of_its_29th(merchant: Merchant):
    early, late = merchant.held()["id"], merchant.held()["id"]
    merchant.paypal.advance(days=3, seconds=-5)
    assert issue(merchant.act(early, "reauthorize")) == (422, "REAUTHORIZATION_TOO_SOON")
    merchant.paypal.advance(seconds=10)
    assert merchant.act(early, "reauthorize").status_code == 201
    merchant.paypal.advance(days=26, seconds=-20)
    assert merchant.act(late, "reauthorize").json()["status"] == "CREATED"
    merchant.paypal.advance(seconds=30)
    assert merchant.hold(late)["status"] == "VOIDED"
    merchant.paypal.advance(days=1)
    for one in (early, late):
        assert issue(merchant.act(one, "reauthorize")) == (422, "AUTHORIZATION_VOIDED")
