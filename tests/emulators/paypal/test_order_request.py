"""What PayPal does not take, and the words it uses."""

from typing import Any

import pytest

from tests.emulators.merchant import Json, Merchant, issue, itemised, money, order_body, unit


def without(body: Json, name: str) -> Json:
    return {key: value for key, value in body.items() if key != name}


def changed(body: Json, **more: Any) -> Json:
    return body | more


def split(**parts: str) -> Json:
    return unit(amount=money("1200.00") | {"breakdown": {name: money(value) for name, value in parts.items()}})


def items(total: str, *prices: str, tax: str | None = None, **parts: str) -> Json:
    lines = [{"name": "Line", "quantity": "1", "unit_amount": money(price)} for price in prices]
    if tax:
        lines[0]["tax"] = money(tax)
    split = {name: money(value) for name, value in parts.items()}
    return unit(amount=money("1200.00") | {"breakdown": split | {"item_total": money(total)}}, items=lines)


WRONG: list[tuple[Json | bytes, int, str, str]] = [
    (b"{", 400, "MALFORMED_REQUEST_JSON", ""),
    (b"[1]", 400, "MALFORMED_REQUEST_JSON", ""),
    (without(order_body(), "intent"), 400, "MISSING_REQUIRED_PARAMETER", "/intent"),
    (changed(order_body(), intent="SALE"), 400, "INVALID_PARAMETER_VALUE", "/intent"),
    (changed(order_body(unit(reference_id="a"), unit(reference_id="b")), intent="AUTHORIZE"), 422, "UNSUPPORTED_INTENT", "/intent"),
    (without(order_body(), "purchase_units"), 400, "MISSING_REQUIRED_PARAMETER", "/purchase_units"),
    (changed(order_body(), purchase_units=[]), 400, "INVALID_ARRAY_MIN_ITEMS", "/purchase_units"),
    (changed(order_body(), purchase_units=[unit()] * 11), 400, "INVALID_ARRAY_MAX_ITEMS", "/purchase_units"),
    (order_body({"description": "no amount"}), 400, "MISSING_REQUIRED_PARAMETER", "/amount"),
    (order_body({"amount": {"currency_code": "USD"}}), 400, "MISSING_REQUIRED_PARAMETER", "/amount/value"),
    (order_body({"amount": {"value": "1"}}), 400, "MISSING_REQUIRED_PARAMETER", "/amount/currency_code"),
    (order_body({"amount": {"value": 12, "currency_code": "USD"}}), 400, "INVALID_PARAMETER_SYNTAX", "/amount/value"),
    (order_body(unit("12,00")), 400, "INVALID_PARAMETER_SYNTAX", "/amount/value"),
    (order_body(unit("1" * 33)), 400, "INVALID_STRING_LENGTH", "/amount/value"),
    (order_body(unit("12.00", "US")), 400, "INVALID_STRING_LENGTH", "/amount/currency_code"),
    (order_body(unit("12.00", "XTS")), 422, "INVALID_CURRENCY_CODE", "/amount/currency_code"),
    (order_body(unit("0.00")), 422, "CANNOT_BE_ZERO_OR_NEGATIVE", "/amount/value"),
    (order_body(unit("-5")), 422, "CANNOT_BE_ZERO_OR_NEGATIVE", "/amount/value"),
    (order_body(unit("12.001")), 422, "DECIMAL_PRECISION", "/amount/value"),
    (order_body(unit("1200.50", "JPY")), 422, "DECIMAL_PRECISION", "/amount/value"),
    (order_body(unit("9999999999999999")), 422, "MAX_VALUE_EXCEEDED", "/amount/value"),
    (order_body(split(item_total="1100.00", tax_total="99.99")), 422, "AMOUNT_MISMATCH", "/amount/value"),
    (order_body(split(item_total="-1", tax_total="1201")), 422, "CANNOT_BE_NEGATIVE", "/item_total/value"),
    (order_body(items("1200.00", "700.00", "499.00")), 422, "ITEM_TOTAL_MISMATCH", "/item_total"),
    (order_body(unit(items=[{"name": "x", "quantity": "1", "unit_amount": money("1200")}])), 422, "ITEM_TOTAL_REQUIRED", "/item_total"),
    (order_body(items("1200.00", "1200.00", tax="5.00")), 422, "TAX_TOTAL_REQUIRED", "/tax_total"),
    (order_body(items("1194.00", "1194.00", tax="5.00", tax_total="6.00")), 422, "TAX_TOTAL_MISMATCH", "/tax_total"),
    (order_body(unit(items=[{"quantity": "1", "unit_amount": money("1")}])), 400, "MISSING_REQUIRED_PARAMETER", "/items/0/name"),
    (order_body(unit(items=[{"name": "x", "quantity": "0"}])), 400, "INVALID_PARAMETER_SYNTAX", "/items/0/quantity"),
    (order_body(unit(invoice_id="")), 400, "INVALID_STRING_LENGTH", "/invoice_id"),
    (order_body(unit(custom_id="x" * 256)), 400, "INVALID_STRING_LENGTH", "/custom_id"),
    (order_body(unit(description="x" * 128)), 400, "INVALID_STRING_LENGTH", "/description"),
    (order_body(unit(), unit()), 422, "REFERENCE_ID_REQUIRED", ""),
    (order_body(unit(reference_id="a"), unit(reference_id="a")), 422, "DUPLICATE_REFERENCE_ID", ""),
    (order_body(unit(reference_id="a"), unit("9", "EUR", reference_id="b")), 422, "MULTI_CURRENCY_ORDER", ""),
    (order_body(unit(amount=money("9") | {"breakdown": {"item_total": money("9", "EUR")}})), 422, "MULTI_CURRENCY_ORDER", ""),
    (order_body(shipping_preference="BY_HAND"), 400, "INVALID_PARAMETER_VALUE", "/shipping_preference"),
    (order_body(locale="en_US"), 400, "INVALID_PARAMETER_SYNTAX", "/locale"),
    (order_body(return_url="javascript:alert(1)"), 400, "INVALID_PARAMETER_SYNTAX", "/return_url"),
    (changed(order_body(), payment_source={"card": {}}), 422, "NOT_ENABLED_FOR_PAYMENT_SOURCE", "/payment_source"),
    (changed(order_body(), payment_source={"paypal": {"vault_id": "v"}}), 400, "PAYPAL_REQUEST_ID_REQUIRED", "Request-Id"),
    (
        changed(
            order_body(), payment_source={"paypal": {"attributes": {"vault": {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT"}}}}
        ),
        422,
        "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE",
        "/vault",
    ),
]


@pytest.mark.parametrize(("body", "status", "code", "field"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_a_wrong_order_is_refused_with_paypals_issue(merchant: Merchant, body: Json | bytes, status: int, code: str, field: str):
    answer = merchant.create(body)
    assert issue(answer) == (status, code)
    assert answer.json()["details"][0].get("field", "").endswith(field)
    assert merchant.paypal.control("orders") == []


@pytest.mark.parametrize(
    "body",
    [
        order_body(itemised()),
        order_body(unit("120000", "JPY")),
        order_body(unit("999999999999999.99", "EUR")),
        order_body(split(item_total="1300", discount="60", shipping_discount="40")),
        order_body(split(item_total="1200.00", tax_total="0.00")),
        order_body(unit("1", reference_id="a"), unit("2", reference_id="b")),
        order_body(unit(), wallet=False),
    ],
)
def test_a_right_order_is_taken_as_it_was_sent(merchant: Merchant, body: Json):
    answer = merchant.create(body)
    assert answer.status_code == 201, answer.text
    for sent, shown in zip(body["purchase_units"], answer.json()["purchase_units"], strict=True):
        assert {name: shown[name] for name in sent} == sent


def test_a_post_without_its_content_type_is_refused(merchant: Merchant):
    answer = merchant.call("POST", "/v2/checkout/orders", b"{}", Content_Type="text/plain")
    assert (answer.status_code, answer.json()["name"]) == (415, "UNSUPPORTED_MEDIA_TYPE")
