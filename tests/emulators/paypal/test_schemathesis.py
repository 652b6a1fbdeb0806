"""Whatever is sent to this PayPal is answered as the official documents describe: no failure of ours, no odd status, type or body."""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.emulators.fuzz import Document, asked, check_answers, document, know
from tests.emulators.merchant import Merchant

# Calls that are not served: paying by other means than the wallet, tracking of parcels, PayPal's own calls, platforms.
NOT_SERVED = "/confirm-payment-source", "/track", "/order-update-callback", "/webhooks-lookup"
LISTENER = {"url": "http://127.0.0.1:9/", "id": "1JE4291016473214C", "event_types": ["*"]}


@pytest.fixture
def _nobody_listens_afterwards(merchant: Merchant) -> Iterator[None]:
    yield
    forget_listeners(merchant)


def forget_listeners(merchant: Merchant) -> None:
    for it in merchant.paypal.control("webhooks"):
        merchant.paypal.control(f"webhooks/{it['id']}", method="DELETE")


def listen(merchant: Merchant) -> None:
    """One listener, who is told nothing."""
    forget_listeners(merchant)
    merchant.paypal.control("webhooks", LISTENER)
    merchant.paypal.control(f"webhooks/{LISTENER['id']}", {"mode": "pause"}, "PATCH")


def known_ids(merchant: Merchant) -> dict[str, str]:
    """One of everything."""
    order_id, hold = merchant.order()["id"], merchant.held("900000.00")["id"]
    merchant.approve(order_id)
    capture = merchant.paid()["id"]
    refund = merchant.refund(capture, {"amount": {"currency_code": "USD", "value": "1.00"}}).json()["id"]
    event = merchant.show("/v1/notifications/webhooks-events").json()["events"][0]["id"]
    ids = {"authorization_id": hold, "capture_id": capture, "refund_id": refund, "event_id": event}
    return ids | {"id": order_id, "webhook_id": str(LISTENER["id"])}


def served(name: str) -> Document:
    """The official document, cut to what is served; where any text may stand though few mean something, these are likely."""
    whole = document(f"paypal/{name}", lambda _, path: not any(part in path for part in NOT_SERVED))
    schemas = asked(whole)
    for schema in schemas.values():
        if "paypal" in schema.get("properties", {}):  # a payer's means: only the wallet is served, and the others take long to make up
            schema["properties"] = {"paypal": schema["properties"]["paypal"]}
    if "event_type" in schemas:
        types = ["*", "PAYMENT.CAPTURE.COMPLETED", "CHECKOUT.ORDER.APPROVED", "PAYMENT.SALE"]
        schemas["event_type"]["properties"] = {"name": {"type": "string", "enum": types}}
    return whole


@pytest.mark.usefixtures("_nobody_listens_afterwards")
@pytest.mark.parametrize(
    ("name", "examples", "wanted"),  # of right and of wrong requests for each call
    [
        ("checkout_orders_v2.json", 2, {200, 201, 400, 404, 422}),
        ("payments_payment_v2.json", 4, {200, 201, 400, 404, 422}),
        ("notifications_webhooks_v1.json", 2, {200, 201, 202, 204, 400, 404}),
    ],
)
def test_random_requests_are_answered_as_documented(merchant: Merchant, name: str, examples: int, wanted: set[int]):
    whole = served(name)
    know(whole, known_ids(merchant))
    token = {"Authorization": f"Bearer {merchant.token}"}
    before = partial(listen, merchant) if "webhooks" in name else None
    check_answers(whole, merchant.paypal.url, token, examples=examples, wanted=wanted, before=before)
