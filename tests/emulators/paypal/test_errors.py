"""Issues and sentences come from the official documents, word for word."""

import json

import pytest

from exodrive_emulators.paypal.errors import ISSUES
from tests.gateways.contracts import FOLDER

ORDERS, PAYMENTS = "checkout_orders_v2.json", "payments_payment_v2.json"
OPERATIONS = {
    "orders.create": (ORDERS, "/v2/checkout/orders", "post"),
    "orders.get": (ORDERS, "/v2/checkout/orders/{id}", "get"),
    "orders.patch": (ORDERS, "/v2/checkout/orders/{id}", "patch"),
    "orders.authorize": (ORDERS, "/v2/checkout/orders/{id}/authorize", "post"),
    "authorizations.get": (PAYMENTS, "/v2/payments/authorizations/{authorization_id}", "get"),
    "authorizations.capture": (PAYMENTS, "/v2/payments/authorizations/{authorization_id}/capture", "post"),
    "authorizations.reauthorize": (PAYMENTS, "/v2/payments/authorizations/{authorization_id}/reauthorize", "post"),
    "authorizations.void": (PAYMENTS, "/v2/payments/authorizations/{authorization_id}/void", "post"),
    "orders.capture": (ORDERS, "/v2/checkout/orders/{id}/capture", "post"),
    "captures.get": (PAYMENTS, "/v2/payments/captures/{capture_id}", "get"),
    "captures.refund": (PAYMENTS, "/v2/payments/captures/{capture_id}/refund", "post"),
    "refunds.get": (PAYMENTS, "/v2/payments/refunds/{refund_id}", "get"),
}


def documented(operation: str) -> dict[str, dict[str, str | None]]:
    """Issues by status; None where the document leaves the sentence open."""
    name, path, method = OPERATIONS[operation]
    file = FOLDER / "paypal" / name
    if not file.exists():
        pytest.skip(f"no official API documents at {FOLDER}: set EXODRIVE_CONTRACTS")
    document = json.loads(file.read_text())
    found: dict[str, dict[str, str | None]] = {}
    for status, response in document["paths"][path][method]["responses"].items():
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        for part in schema.get("allOf", [schema]):
            named = document["components"]["schemas"].get(part.get("$ref", "").rpartition("/")[2], {})
            for one in named.get("properties", {}).get("details", {}).get("items", {}).get("anyOf", []):
                fields = one["properties"]
                found.setdefault(status, {})[fields["issue"]["enum"][0]] = fields["description"].get("enum", [None])[0]
    return found


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_table_of_issues_equals_the_document(operation: str):
    wanted = documented(operation)
    assert {status: set(issues) for status, issues in ISSUES[operation].items()} == {
        status: set(issues) for status, issues in wanted.items()
    }
    for status, issues in wanted.items():
        for issue, sentence in issues.items():
            assert sentence in (None, ISSUES[operation][status][issue])


def test_the_table_has_no_other_operation():
    assert {name for name in ISSUES if not name.startswith("invoices.")} == set(OPERATIONS)  # invoices have a test of their own
