"""Whatever is sent to this PayPal is answered as the official documents describe: no failure of ours, no odd status, type or body."""

import json
from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from tests.emulators.merchant import Merchant
from tests.gateways.contracts import FOLDER

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Calls that are not served: paying by other means than the wallet, tracking of parcels, PayPal's own calls, platforms.
NOT_SERVED = "/confirm-payment-source", "/track", "/order-update-callback", "/webhooks-lookup"


def document(name: str, known: dict[str, str]) -> dict[str, Any]:
    """The official document, cut to what is served, with ids that exist as examples. Skips where there is none."""
    file = FOLDER / "paypal" / name
    if not file.exists():
        pytest.skip(f"no official API documents at {FOLDER}: set EXODRIVE_CONTRACTS")
    whole: dict[str, Any] = json.loads(file.read_text())
    whole["paths"] = {path: it for path, it in whole["paths"].items() if not any(part in path for part in NOT_SERVED)}
    for schema in whole["components"]["schemas"].values():
        if "paypal" in schema.get("properties", {}):  # a payer's means: only the wallet is served, and the others take long to make up
            schema["properties"] = {"paypal": schema["properties"]["paypal"]}
    for parameters in _parameters(whole):
        if parameters.get("name") in known and parameters.get("in") == "path":
            parameters["schema"] = {"type": "string", "enum": [known[parameters["name"]], "NONE"]}
    return whole


def _parameters(whole: dict[str, Any]) -> list[dict[str, Any]]:
    shared = list(whole["components"].get("parameters", {}).values())
    return shared + [it for path in whole["paths"].values() for call in path.values() for it in call.get("parameters", [])]


def known_ids(merchant: Merchant) -> dict[str, str]:
    """One of everything, and nobody who listens."""
    order_id, hold = merchant.order()["id"], merchant.held("900000.00")["id"]
    merchant.approve(order_id)
    capture = merchant.paid()["id"]
    refund = merchant.refund(capture, {"amount": {"currency_code": "USD", "value": "1.00"}}).json()["id"]
    event = merchant.show("/v1/notifications/webhooks-events").json()["events"][0]["id"]
    return {"id": order_id, "authorization_id": hold, "capture_id": capture, "refund_id": refund, "event_id": event, "webhook_id": "NONE"}


def answers(merchant: Merchant, whole: dict[str, Any], mode: GenerationMode, examples: int) -> Counter[int]:
    """How often each status was answered to made-up requests, right ones or wrong ones; fails at the first answer out of order."""
    seen: Counter[int] = Counter()
    schema = schemathesis.openapi.from_dict(whole)
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not operation.body and not operation.query:
            continue  # nothing in it can be wrong
        _try_out(operation, mode, merchant, seen, examples)
    return seen


def _try_out(operation: Any, mode: GenerationMode, merchant: Merchant, seen: Counter[int], examples: int) -> None:
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Any) -> None:
        token = {"Authorization": f"Bearer {merchant.token}"}
        answer = case.call(base_url=merchant.paypal.url, headers=token)
        seen[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    run()


@pytest.mark.parametrize(
    ("name", "examples", "wanted"),  # of right and of wrong requests for each call
    [
        ("checkout_orders_v2.json", 5, {200, 201, 400, 404, 422}),
        ("payments_payment_v2.json", 8, {200, 201, 400, 404, 422}),
        ("notifications_webhooks_v1.json", 4, {200, 202, 400, 404}),
    ],
)
def test_random_requests_are_answered_as_documented(merchant: Merchant, name: str, examples: int, wanted: set[int]):
    whole = document(name, known_ids(merchant))
    right, wrong = (answers(merchant, whole, mode, examples) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
    assert wanted <= set(right + wrong), (right, wrong)
    assert sum((right + wrong).values()) > 30
