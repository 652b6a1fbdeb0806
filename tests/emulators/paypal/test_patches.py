"""Orders changed before they are paid."""

from typing import Any

import pytest

from tests.emulators.merchant import Json, Merchant, issue, money, order_body, unit

UNIT = "/purchase_units/@reference_id=='default'"


def patch(op: str, path: str, value: Any = None) -> Json:
    return {"op": op, "path": path} | ({} if value is None else {"value": value})


def send(merchant: Merchant, order_id: str, *patches: Json) -> Any:
    return merchant.call("PATCH", f"/v2/checkout/orders/{order_id}", list(patches))  # type: ignore[arg-type]


def shown(merchant: Merchant, order_id: str) -> Json:
    return dict(merchant.show(f"/v2/checkout/orders/{order_id}").json()["purchase_units"][0])


def test_amount_and_texts_are_changed_and_captured_as_changed(merchant: Merchant):
    order_id = merchant.order(order_body(unit("10.00", description="Two days")))["id"]
    changes = [patch("replace", f"{UNIT}/amount", money("15.00")), patch("add", f"{UNIT}/custom_id", "b-1")]
    answer = send(merchant, order_id, *changes, patch("remove", f"{UNIT}/description"))
    assert (answer.status_code, answer.content) == (204, b"")
    now = shown(merchant, order_id)
    assert (now["amount"], now["custom_id"], "description" in now) == (money("15.00"), "b-1", False)
    merchant.approve(order_id)
    assert merchant.capture(order_id).json()["purchase_units"][0]["payments"]["captures"][0]["amount"] == money("15.00")


def test_a_whole_unit_can_be_replaced(merchant: Merchant):
    order_id = merchant.order(order_body(unit("10.00")))["id"]
    assert send(merchant, order_id, patch("replace", UNIT, unit("12.00", invoice_id="EX-1"))).status_code == 204
    assert shown(merchant, order_id)["invoice_id"] == "EX-1"


def test_an_approved_amount_stays_and_a_paid_order_too(merchant: Merchant):
    order_id = merchant.order(order_body(unit("10.00")))["id"]
    merchant.approve(order_id)
    assert issue(send(merchant, order_id, patch("replace", f"{UNIT}/amount", money("9")))) == (422, "AMOUNT_CHANGE_NOT_ALLOWED")
    assert send(merchant, order_id, patch("add", f"{UNIT}/invoice_id", "EX-5")).status_code == 204
    merchant.capture(order_id)
    assert issue(send(merchant, order_id, patch("add", f"{UNIT}/description", "x"))) == (422, "ORDER_ALREADY_COMPLETED")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (patch("replace", "/intent", "AUTHORIZE"), 422, "CANNOT_MODIFY_INTENT"),
        (patch("replace", "/payer", {}), 422, "NOT_PATCHABLE"),
        (patch("replace", f"{UNIT}/payee", {}), 422, "NOT_PATCHABLE"),
        (patch("replace", "amount", money("1")), 422, "INVALID_JSON_POINTER_FORMAT"),
        (patch("replace", "/purchase_units/@reference_id=='x'/amount", money("1")), 422, "REFERENCE_ID_NOT_FOUND"),
        (patch("replace", f"{UNIT}/amount"), 422, "PATCH_VALUE_REQUIRED"),
        ({"op": "replace", "value": 1}, 422, "PATCH_PATH_REQUIRED"),
        ({"path": "/intent"}, 400, "MISSING_REQUIRED_PARAMETER"),
        (patch("test", f"{UNIT}/amount", 1), 400, "INVALID_PARAMETER_VALUE"),
        (patch("remove", f"{UNIT}/amount"), 400, "INVALID_PATCH_OPERATION"),
        (patch("replace", f"{UNIT}/soft_descriptor", "x"), 400, "INVALID_PATCH_OPERATION"),
        (patch("replace", f"{UNIT}/amount", money("1.001")), 422, "DECIMAL_PRECISION"),
        (patch("replace", UNIT, "all"), 400, "INVALID_PARAMETER_SYNTAX"),
    ],
)
def test_a_wrong_patch_changes_nothing_not_even_with_a_right_one_before_it(merchant: Merchant, change: Json, status: int, code: str):
    order_id = merchant.order(order_body(unit("10.00")))["id"]
    before = shown(merchant, order_id)
    assert issue(send(merchant, order_id, patch("add", f"{UNIT}/custom_id", "c"), change)) == (status, code)
    assert shown(merchant, order_id) == before


def test_a_body_that_is_no_list_is_refused(merchant: Merchant):
    order_id = merchant.order()["id"]
    assert issue(merchant.call("PATCH", f"/v2/checkout/orders/{order_id}", {"op": "add"})) == (400, "MALFORMED_REQUEST_JSON")
    assert issue(send(merchant, "NONE")) == (404, "INVALID_RESOURCE_ID")
