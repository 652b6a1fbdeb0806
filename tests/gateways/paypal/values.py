"""Orders and captures as PayPal writes them, for the odd server."""

from decimal import Decimal
from typing import Any

from exodrive.gateways.paypal import Item, NewClaim, NewOrder, NewRefund
from exodrive.kit.money import Money

ORDER_ID = "5O190127TN364715T"
HOLD_ID = "0VF52814937998046"
CAPTURE_ID = "3C679366HH908993F"
WALLET_ID = "8kk8451t"


def usd(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


def new_order(**changed: Any) -> NewOrder:
    values: dict[str, Any] = {
        "amount": usd("1080.00"),
        "tax": usd("80.00"),
        "reference_id": "rental",
        "invoice_id": "7K3M9QXD-rental-1",
        "custom_id": "0192f0c1-booking",
        "description": "Averno V10, 1 to 3 June 2026",
        "return_url": "https://shop.example/paypal/return",
        "cancel_url": "https://shop.example/paypal/cancel",
        "brand_name": "Exodrive",
    }
    return NewOrder(**{**values, **changed})


def new_refund(**changed: Any) -> NewRefund:
    values = {"amount": usd("80.00"), "invoice_id": "7K3M9QXD-refund-1", "custom_id": "0192f0c1-booking"}
    return NewRefund(**{**values, **changed})


def two_lines() -> tuple[Item, ...]:
    return Item(name="Rental", unit_price=usd("450.00"), quantity=2), Item(name="Delivery", unit_price=usd("100.00"))


def new_claim(**changed: Any) -> NewClaim:
    values = {"amount": usd("80.00"), "invoice_id": "7K3M9QXD-claim-1"}
    return NewClaim(**{**values, **changed})


def order_json(status: str = "CREATED", **changed: Any) -> dict[str, Any]:
    unit = {
        "reference_id": "rental",
        "amount": {"currency_code": "USD", "value": "1080.00", "breakdown": {}},
        "payee": {"email_address": "shop@example.com", "merchant_id": "MERCHANT42"},
        "invoice_id": "7K3M9QXD-rental-1",
        "custom_id": "0192f0c1-booking",
        **changed.pop("unit", {}),
    }
    links = [{"href": "https://paypal.example/checkoutnow?token=X", "rel": "payer-action", "method": "GET"}]
    return {"id": ORDER_ID, "status": status, "intent": "CAPTURE", "purchase_units": [unit], "links": links, **changed}


def hold_json(status: str = "CREATED", **changed: Any) -> dict[str, Any]:
    return {**capture_json(status), "id": HOLD_ID, "expiration_time": "2026-12-28T12:00:00Z", **changed}


def capture_json(status: str = "COMPLETED", **changed: Any) -> dict[str, Any]:
    return {
        "id": CAPTURE_ID,
        "status": status,
        "amount": {"currency_code": "USD", "value": "1080.00"},
        "invoice_id": "7K3M9QXD-rental-1",
        "custom_id": "0192f0c1-booking",
        "create_time": "2026-05-01T10:00:00Z",
        "supplementary_data": {"related_ids": {"order_id": ORDER_ID}},
        **changed,
    }


def refund_json(status: str = "COMPLETED", **changed: Any) -> dict[str, Any]:
    return {
        "id": "1JU08902781691411",
        "status": status,
        "amount": {"currency_code": "USD", "value": "80.00"},
        "invoice_id": "7K3M9QXD-refund-1",
        "links": [{"href": f"https://api.example/v2/payments/captures/{CAPTURE_ID}", "rel": "up"}],
        **changed,
    }


def captured_json(*captures: dict[str, Any], refunds: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    payments = {"captures": list(captures) or [capture_json()], "refunds": list(refunds)}
    return order_json("COMPLETED", unit={"payments": payments}, links=[])


def error_json(issue: str, name: str = "UNPROCESSABLE_ENTITY", **changed: Any) -> dict[str, Any]:
    return {
        "name": name,
        "message": "The requested action could not be performed.",
        "debug_id": "f1a2b3",
        "details": [{"issue": issue, "description": "may change at any time"}],
        **changed,
    }
