"""Requests and answers held against the providers' official documents."""

from typing import Any

import httpx
from openapi_core.testing import MockRequest, MockResponse

from tests.gateways.contracts import document

ORDERS, PAYMENTS = "paypal/checkout_orders_v2.json", "paypal/payments_payment_v2.json"
NOTIFICATIONS, RESEND = "paypal/notifications_webhooks_v1.json", "resend/resend.json"
SERVERS = {RESEND: "https://api.resend.com"}


def check(name: str, answer: httpx.Response, *, request_too: bool = True) -> None:
    """Raise unless the answer, and the request it belongs to, are what the document describes."""
    asked = _request(name, answer.request)
    if request_too:
        document(name).validate_request(asked)
    document(name).validate_response(asked, _response(answer.status_code, answer.content))


def check_resource(name: str, path: str, body: bytes) -> None:
    """Raise unless `body` is what GET `path` would answer: for resources that arrive inside events."""
    asked: Any = MockRequest(SERVERS.get(name, "https://api-m.sandbox.paypal.com"), "get", path)
    document(name).validate_response(asked, _response(200, body))


def _request(name: str, sent: httpx.Request) -> Any:
    headers = {key: value for key, value in sent.headers.items() if key != "host"}
    server = SERVERS.get(name, "https://api-m.sandbox.paypal.com")
    args = dict(sent.url.params)
    return MockRequest(server, sent.method, sent.url.path, args=args, headers=headers, data=sent.content, content_type="application/json")


def _response(status: int, body: bytes) -> Any:
    return MockResponse(body, status_code=status, content_type="application/json")
