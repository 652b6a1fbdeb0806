"""PayPal's JSON on the way out."""

from decimal import Decimal
from typing import Any

from exodrive.gateways.paypal.model import Item, Keep, NewClaim, NewOrder, NewRefund
from exodrive.gateways.paypal.states import Intent
from exodrive.kit.money import Money

# PayPal takes no decimals in these, whatever their own country does.
_WHOLE = frozenset({"HUF", "JPY", "TWD"})
_LONGEST_TEXT = 127
_LONGEST_NOTE = 255
_PATTERN = "UNSCHEDULED_POSTPAID"  # a deposit: not by a plan, and after what it is for has begun


def amount(money: Money) -> dict[str, str]:
    """Write an amount; raises ValueError when PayPal cannot take it to the last digit."""
    digits = 0 if money.currency in _WHOLE else 2
    exact = money.amount.quantize(Decimal(1).scaleb(-digits))
    if exact != money.amount or exact < 0:
        raise ValueError(f"PayPal cannot take {money.amount} {money.currency}")
    return {"currency_code": money.currency, "value": f"{exact:f}"}


def order(new: NewOrder) -> dict[str, Any]:
    """Write an order; raises ValueError when its lines do not add up."""
    return {
        "intent": new.intent,
        "purchase_units": [_unit(new)],
        "payment_source": {"paypal": _wallet(new)},
    }


def refund(new: NewRefund) -> dict[str, Any]:
    """Write a refund; without an amount it is all that is left."""
    body: dict[str, Any] = {"invoice_id": new.invoice_id, "custom_id": new.custom_id}
    if new.amount is not None:
        body["amount"] = amount(new.amount)
    if new.note:
        body["note_to_payer"] = new.note[:_LONGEST_NOTE]
    return body


def claim(new: NewClaim) -> dict[str, Any]:
    """Write what is taken out of a hold."""
    body: dict[str, Any] = {"amount": amount(new.amount), "invoice_id": new.invoice_id, "final_capture": new.final}
    if new.note:
        body["note_to_payer"] = new.note[:_LONGEST_NOTE]
    return body


def _wallet(new: NewOrder) -> dict[str, Any]:
    """Whose wallet pays: a kept one by itself, or the payer's, who is shown the way."""
    if new.wallet_id:
        by_us = {"payment_initiator": "MERCHANT", "usage": "SUBSEQUENT", "usage_pattern": _PATTERN}
        return {"vault_id": new.wallet_id, "stored_credential": by_us}
    shown = {"experience_context": _experience(new)}
    return shown | {"attributes": _kept(new.keep)} if new.keep else shown


def _kept(keep: Keep) -> dict[str, Any]:
    wish = {"store_in_vault": "ON_SUCCESS", "usage_type": "MERCHANT", "usage_pattern": _PATTERN, "description": keep.text[:_LONGEST_TEXT]}
    return {"customer": {"merchant_customer_id": keep.owner}, "vault": wish}


def _unit(new: NewOrder) -> dict[str, Any]:
    tax = new.tax or Money(Decimal(0), new.amount.currency)
    net = new.amount - tax
    breakdown = {"item_total": amount(net), "tax_total": amount(tax)}
    unit: dict[str, Any] = {
        "reference_id": new.reference_id,
        "invoice_id": new.invoice_id,
        "custom_id": new.custom_id,
        "description": new.description[:_LONGEST_TEXT],
        "amount": {**amount(new.amount), "breakdown": breakdown},
    }
    if new.items:
        if sum(item.unit_price.amount * item.quantity for item in new.items) != net.amount:
            raise ValueError("the lines of an order must add up to its amount without tax")
        unit["items"] = [_item(item) for item in new.items]
    return unit


def _item(item: Item) -> dict[str, Any]:
    return {
        "name": item.name[:_LONGEST_TEXT],
        "unit_amount": amount(item.unit_price),
        "quantity": str(item.quantity),
    }


def _experience(new: NewOrder) -> dict[str, str]:
    words = {
        "brand_name": new.brand_name[:_LONGEST_TEXT],
        "locale": new.locale.replace("_", "-"),
        "return_url": new.return_url,
        "cancel_url": new.cancel_url,
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
        "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
    }
    pays_now = new.intent is Intent.CAPTURE or new.takes_now
    return words if pays_now else words | {"user_action": "CONTINUE"}  # a hold is not paid now
