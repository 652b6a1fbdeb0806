"""Wallets that are kept: by the order they paid, for orders that nobody approves."""

from typing import Any

import pytest

from tests.emulators.contracts import ORDERS, check
from tests.emulators.fuzz import check_answers, document, know
from tests.emulators.merchant import EXPERIENCE, Json, Merchant, issue, link, order_body, rels, unit

VAULT = "paypal/vault_payment_tokens_v3.json"
BASE = "/v3/vault/payment-tokens"
WISH = {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT", "usage_pattern": "UNSCHEDULED_POSTPAID", "description": "Deposits"}
BY_US = {"payment_initiator": "MERCHANT", "usage": "SUBSEQUENT", "usage_pattern": "UNSCHEDULED_POSTPAID"}


@pytest.fixture
def keeper(merchant: Merchant) -> Merchant:
    """A merchant whose account may keep wallets."""
    merchant.paypal.control("account", {"vaulting": True})
    return merchant


def wishing(customer: Json | None = None, **wish: Any) -> Json:
    attributes = {"vault": WISH | wish, **({"customer": customer} if customer else {})}
    return order_body() | {"payment_source": {"paypal": {"experience_context": EXPERIENCE, "attributes": attributes}}}


def keep(merchant: Merchant, customer: Json | None = None) -> tuple[str, Json]:
    """A paid order, and what it says of the wallet."""
    order_id = merchant.order(wishing(customer))["id"]
    merchant.approve(order_id)
    answer = merchant.capture(order_id)
    check(ORDERS, answer)
    return order_id, dict(answer.json()["payment_source"]["paypal"]["attributes"]["vault"])


def again(merchant: Merchant, kept: str, *units: Json, intent: str = "AUTHORIZE", **headers: str) -> Any:
    body = order_body(*(units or (unit("2000.00"),)), wallet=False) | {"intent": intent}
    body["payment_source"] = {"paypal": {"vault_id": kept, "stored_credential": BY_US}}
    return merchant.create(body, **({"PayPal_Request_Id": f"{kept}-1"} | headers))


def events(merchant: Merchant) -> list[Json]:
    """Those of the vault, oldest first."""
    listed = merchant.show("/v1/notifications/webhooks-events?page_size=100").json()["events"]
    return [it for it in reversed(listed) if it["event_type"].startswith("VAULT.")]


def test_a_wallet_is_kept_by_the_order_it_paid(keeper: Merchant):
    order_id, kept = keep(keeper)
    assert (kept["status"], rels(kept)) == ("VAULTED", ["self", "delete", "up"])
    assert link(kept, "up").endswith(order_id)
    shown = keeper.show(f"{BASE}/{kept['id']}")
    check(VAULT, shown)
    assert (shown.json()["customer"]["id"], shown.json()["payment_source"]["paypal"]["usage_type"]) == (kept["customer"]["id"], "MERCHANT")
    [event] = events(keeper)
    assert (event["event_type"], event["resource_type"], event["resource_version"]) == (
        "VAULT.PAYMENT-TOKEN.CREATED",
        "payment_token",
        "3.0",
    )
    assert (event["resource"]["id"], event["resource"]["metadata"]) == (kept["id"], {"order_id": order_id})


def test_nothing_is_kept_before_money_has_come_or_of_an_order_that_did_not_ask(keeper: Merchant):
    order_id = keeper.order(wishing())["id"]
    keeper.approve(order_id, "declined")
    assert issue(keeper.capture(order_id)) == (422, "INSTRUMENT_DECLINED")
    keeper.paid()
    assert keeper.paypal.control("vault") == events(keeper) == []
    keeper.approve(order_id)
    assert keeper.capture(order_id).status_code == 201
    assert len(keeper.paypal.control("vault")) == 1


def test_a_kept_wallet_may_be_ready_only_later(merchant: Merchant):
    merchant.paypal.control("account", {"vaulting": True, "vault_delay": 3600})
    order_id, kept = keep(merchant)
    assert (kept["status"], "id" in kept) == ("APPROVED", False)
    token = merchant.paypal.control("vault")[0]["id"]
    assert merchant.show(f"{BASE}/{token}").status_code == 404
    assert issue(again(merchant, token)) == (422, "INVALID_VAULT_ID")
    assert events(merchant) == []
    merchant.paypal.advance(hours=1)
    assert [it["resource"]["metadata"]["order_id"] for it in events(merchant)] == [order_id]
    assert again(merchant, token, PayPal_Request_Id="later").status_code == 201


@pytest.mark.parametrize(("intent", "kind", "status"), [("AUTHORIZE", "authorizations", "CREATED"), ("CAPTURE", "captures", "COMPLETED")])
def test_a_kept_wallet_pays_or_holds_in_one_step(keeper: Merchant, intent: str, kind: str, status: str):
    _, kept = keep(keeper)
    made = again(keeper, kept["id"], intent=intent)
    check(ORDERS, made)
    [one] = made.json()["purchase_units"][0]["payments"][kind]
    assert (made.status_code, made.json()["status"], one["status"]) == (201, "COMPLETED", status)
    assert made.json()["payment_source"]["paypal"]["stored_credential"] == BY_US
    replayed = again(keeper, kept["id"], intent=intent)
    assert (replayed.status_code, replayed.json()["id"]) == (200, made.json()["id"])
    assert len(keeper.paypal.control("vault")) == 1


def test_an_order_by_a_kept_wallet_needs_a_request_id_one_unit_and_a_wallet(keeper: Merchant):
    _, kept = keep(keeper)
    without = {"intent": "CAPTURE", "purchase_units": [unit("5.00")], "payment_source": {"paypal": {"vault_id": kept["id"]}}}
    assert issue(keeper.create(without)) == (400, "PAYPAL_REQUEST_ID_REQUIRED")
    two = [unit("5.00", reference_id=name) for name in ("a", "b")]
    assert issue(again(keeper, kept["id"], *two, intent="CAPTURE")) == (422, "MERCHANT_INITIATED_WITH_MULTIPLE_PURCHASE_UNITS")
    assert issue(again(keeper, "nobody")) == (422, "INVALID_VAULT_ID")


def test_a_kept_wallet_may_decline_stay_pending_or_want_to_be_asked(keeper: Merchant):
    _, kept = keep(keeper)

    def meets(**backing: Any) -> Any:
        keeper.paypal.control(f"vault/{kept['id']}", backing)
        return again(keeper, kept["id"], PayPal_Request_Id=str(backing))

    assert issue(meets(funding="declined")) == (422, "INSTRUMENT_DECLINED")
    pending = meets(funding="pending").json()["purchase_units"][0]["payments"]["authorizations"][0]
    assert pending["status"] == "PENDING"
    asked = meets(asks=True).json()
    assert (asked["status"], rels(asked)) == ("PAYER_ACTION_REQUIRED", ["self", "payer-action"])
    keeper.approve(asked["id"])
    assert keeper.authorize(asked["id"]).status_code == 201


def test_a_kept_wallet_is_deleted_by_the_shop(keeper: Merchant):
    _, kept = keep(keeper)
    for _ in range(2):
        assert keeper.call("DELETE", f"{BASE}/{kept['id']}").status_code == 204
    assert [it["event_type"][20:] for it in events(keeper)] == ["CREATED", "DELETION-INITIATED", "DELETED"]
    assert events(keeper)[-1]["resource"]["id"] == kept["id"]
    gone = keeper.show(f"{BASE}/{kept['id']}")
    check(VAULT, gone)
    assert gone.status_code == 404
    assert issue(again(keeper, kept["id"])) == (422, "INVALID_VAULT_ID")


def test_a_payer_cancels_at_paypal(keeper: Merchant):
    _, kept = keep(keeper)
    keeper.paypal.control(f"vault/{kept['id']}/cancel", {})
    assert events(keeper)[-1]["event_type"] == "VAULT.PAYMENT-TOKEN.DELETED"
    assert issue(again(keeper, kept["id"])) == (422, "AGREEMENT_ALREADY_CANCELLED")
    assert keeper.show(f"{BASE}/{kept['id']}").status_code == 404
    for path, code in ((f"vault/{kept['id']}/cancel", 409), ("vault/NONE/cancel", 404), ("vault/NONE", 404)):
        assert keeper.paypal.http.post(f"/control/{path}").status_code == code


def test_the_wallets_of_a_customer_are_listed(keeper: Merchant):
    _, first = keep(keeper, {"merchant_customer_id": "renter-7"})
    _, second = keep(keeper, {"merchant_customer_id": "renter-7"})
    keep(keeper)
    assert first["customer"] == second["customer"]
    listed = keeper.show(f"{BASE}?customer_id={first['customer']['id']}&page_size=1&total_required=true")
    check(VAULT, listed)
    assert (listed.json()["total_items"], listed.json()["payment_tokens"][0]["id"]) == (2, first["id"])
    after = keeper.show(link(listed.json(), "next").removeprefix(keeper.paypal.url))
    assert after.json()["payment_tokens"][0]["id"] == second["id"]
    for wrong in ("", "?customer_id=x", "?customer_id=customer_1&page=0", "?customer_id=customer_1&page_size=6"):
        assert keeper.show(f"{BASE}{wrong}").status_code == 400


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (wishing(store_in_vault="ALWAYS"), (400, "INVALID_PARAMETER_VALUE")),
        (wishing(usage_type="FRIEND"), (400, "INVALID_PARAMETER_VALUE")),
        (wishing(usage_pattern=5), (400, "INVALID_PARAMETER_VALUE")),
        (wishing(description="x" * 129), (400, "INVALID_STRING_LENGTH")),
        (wishing(description=5), (400, "INVALID_PARAMETER_SYNTAX")),
        (wishing({"id": "x" * 23}), (400, "INVALID_PARAMETER_SYNTAX")),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(keeper: Merchant, body: Json, code: tuple[int, str]):
    answer = keeper.create(body)
    assert issue(answer) == code
    check(ORDERS, answer, request_too=False)


@pytest.mark.parametrize(
    ("lacking", "code"), [("store_in_vault", "VAULT_INSTRUCTION_REQUIRED"), ("usage_type", "MISSING_REQUIRED_PARAMETER")]
)
def test_a_wish_needs_its_words(keeper: Merchant, lacking: str, code: str):
    body = wishing()
    body["payment_source"]["paypal"]["attributes"]["vault"] = {name: text for name, text in WISH.items() if name != lacking}
    assert issue(keeper.create(body))[1] == code


def test_an_account_keeps_no_wallets_unless_it_was_let(merchant: Merchant):
    assert issue(merchant.create(wishing())) == (422, "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE")


@pytest.mark.parametrize("end", ["CREATED", "DELETED", "DELETION-INITIATED"])
def test_an_event_of_the_vault_can_be_simulated(merchant: Merchant, end: str):
    told = {"url": "http://127.0.0.1:9/", "event_type": f"VAULT.PAYMENT-TOKEN.{end}"}
    answer = merchant.call("POST", "/v1/notifications/simulate-event", told)
    assert (answer.status_code, answer.json()["resource"]["metadata"]["order_id"] != "") == (202, True)


def test_random_requests_are_answered_as_documented(keeper: Merchant):
    _, kept = keep(keeper)
    served = {("get", BASE), ("get", f"{BASE}/{{id}}"), ("delete", f"{BASE}/{{id}}")}
    whole = document(VAULT, lambda method, path: (method, path) in served)
    know(whole, {"id": kept["id"]})
    headers = {"Authorization": f"Bearer {keeper.token}"}
    check_answers(whole, keeper.paypal.url, headers, examples=3, wanted={200, 204, 400, 404})
