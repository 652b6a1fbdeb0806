"""Invoices as we send them, and as PayPal tells them."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from exodrive.gateways.paypal.invoicing import Line, NewInvoice
from tests.gateways.paypal.values import usd

INVOICE_ID = "INV2-EHNV-LJ5S-A7DZ-V6NJ"
_numbers = count(1)


def new_invoice(**changed: Any) -> NewInvoice:
    values: dict[str, Any] = {
        "number": f"7K3M9QXD-I{next(_numbers)}",
        "reference": "7K3M9QXD",
        "lines": (
            Line(name="Cleaning", amount=usd("180.00"), description="Sand in the boot."),
            Line(name="Distance", amount=usd("100.00"), tax_name="Sales tax", tax_percent=Decimal("7.5")),
        ),
        "email": "renter@example.com",
        "first_name": "Robin",
        "last_name": "Renter",
        "due_on": date(2030, 12, 24),
    }
    return NewInvoice(**values | changed)


def invoice_json(status: str = "SENT", **changed: Any) -> dict[str, Any]:
    amount = {"currency_code": "USD", "value": "287.50"}
    detail = {"invoice_number": "7K3M9QXD-I0", "currency_code": "USD"}
    return {"id": INVOICE_ID, "status": status, "detail": detail, "amount": amount, "due_amount": amount} | changed
