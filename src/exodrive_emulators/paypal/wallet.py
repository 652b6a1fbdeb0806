"""Reading what an order says of the payer's wallet: that it is to be kept once it has paid, or was kept before."""

import re
from typing import Any

import msgspec

from exodrive_emulators.paypal.errors import Refused, refused
from exodrive_emulators.paypal.model import Unit, VaultWish

OPERATION = "orders.create"
FIELD = "/payment_source/paypal"
PATTERNS = {
    *("IMMEDIATE", "DEFERRED", "RECURRING_PREPAID", "RECURRING_POSTPAID", "THRESHOLD_PREPAID", "THRESHOLD_POSTPAID"),
    *("SUBSCRIPTION_PREPAID", "SUBSCRIPTION_POSTPAID", "UNSCHEDULED_PREPAID", "UNSCHEDULED_POSTPAID"),
    *("INSTALLMENT_PREPAID", "INSTALLMENT_POSTPAID"),
}
WISHES = {"store_in_vault": {"ON_SUCCESS"}, "usage_type": {"MERCHANT", "PLATFORM"}, "usage_pattern": PATTERNS}
STORED = {"payment_initiator": {"CUSTOMER", "MERCHANT"}, "usage": {"FIRST", "SUBSEQUENT", "DERIVED"}, "usage_pattern": PATTERNS}
CUSTOMER = {"id": re.compile(r"[0-9a-zA-Z_-]{1,22}"), "merchant_customer_id": re.compile(r"[0-9a-zA-Z\-_.^*$@#]{1,64}")}
TOKEN = re.compile(r"[0-9a-zA-Z_-]{1,255}")


class Wallet(msgspec.Struct):
    """What was said of it; empty when it is neither to be kept nor was kept."""

    wish: VaultWish | None = None
    vault_id: str = ""
    stored: dict[str, str] = {}


def read(body: dict[str, Any]) -> Wallet:
    """What an order, whose source was read already, says of the wallet; raises Refused."""
    wallet = (body.get("payment_source") or {}).get("paypal") or {}
    stored = _choices(wallet.get("stored_credential") or {}, STORED, f"{FIELD}/stored_credential")
    if stored and "payment_initiator" not in stored:
        raise _no("MISSING_REQUIRED_PARAMETER", f"{FIELD}/stored_credential/payment_initiator")
    vault_id = wallet.get("vault_id", "")
    if "vault_id" in wallet and not (isinstance(vault_id, str) and TOKEN.fullmatch(vault_id)):
        raise _no("INVALID_PARAMETER_SYNTAX", f"{FIELD}/vault_id", vault_id)
    return Wallet(_wish(wallet.get("attributes") or {}), vault_id, stored)


def check_units(wallet: Wallet, units: list[Unit]) -> None:
    """A kept wallet pays one unit; raises Refused."""
    if wallet.vault_id and len(units) > 1:
        merchant = wallet.stored.get("payment_initiator") == "MERCHANT"
        issue = (
            "MERCHANT_INITIATED_WITH_MULTIPLE_PURCHASE_UNITS" if merchant else "MULTIPLE_PURCHASE_UNITS_NOT_SUPPORTED_FOR_PAYMENT_SOURCE"
        )
        raise _no(issue, "/purchase_units")


def _wish(attributes: Any) -> VaultWish | None:
    field = f"{FIELD}/attributes"
    if not isinstance(attributes, dict):
        raise _no("INVALID_PARAMETER_SYNTAX", field)
    customer, vault = attributes.get("customer") or {}, attributes.get("vault")
    _check_customer(customer, f"{field}/customer")
    if vault is None:
        return None
    chosen = _choices(vault, WISHES, f"{field}/vault")
    if "store_in_vault" not in chosen:
        raise _no("VAULT_INSTRUCTION_REQUIRED", f"{field}/vault/store_in_vault")
    if "usage_type" not in chosen:
        raise _no("MISSING_REQUIRED_PARAMETER", f"{field}/vault/usage_type")
    text = vault.get("description", "")
    if not isinstance(text, str) or not isinstance(vault.get("permit_multiple_payment_tokens", False), bool):
        raise _no("INVALID_PARAMETER_SYNTAX", f"{field}/vault")
    if "description" in vault and not 1 <= len(text) <= 128:
        raise _no("INVALID_STRING_LENGTH", f"{field}/vault/description", text)
    names = (customer.get("id", ""), customer.get("merchant_customer_id", ""))
    return VaultWish(chosen["usage_type"], chosen.get("usage_pattern", ""), text, *names)


def _check_customer(customer: Any, field: str) -> None:
    if not isinstance(customer, dict):
        raise _no("INVALID_PARAMETER_SYNTAX", field)
    for name, pattern in CUSTOMER.items():
        text = customer.get(name, "-")
        if not isinstance(text, str) or not pattern.fullmatch(text):
            raise _no("INVALID_PARAMETER_SYNTAX", f"{field}/{name}", text)


def _choices(raw: Any, known: dict[str, set[str]], field: str) -> dict[str, str]:
    """The fields that have a choice of words."""
    if not isinstance(raw, dict):
        raise _no("INVALID_PARAMETER_SYNTAX", field)
    for name, words in known.items():
        if name in raw and (not isinstance(raw[name], str) or raw[name] not in words):
            raise _no("INVALID_PARAMETER_VALUE", f"{field}/{name}", raw[name])
    return {name: raw[name] for name in known if name in raw}


def _no(issue: str, field: str, value: Any = "") -> Refused:
    return refused(OPERATION, issue, field=field, value=str(value), location="body")
