"""Invoices on their way to PayPal."""

from typing import Any

from exodrive.gateways.paypal.bodies import amount
from exodrive.gateways.paypal.invoicing.model import Line, NewInvoice, PaidElsewhere

_NAME, _DESCRIPTION, _PERSON, _TEXT, _REFERENCE = 200, 1000, 140, 4000, 120  # PayPal's limits, in characters


def draft(new: NewInvoice) -> dict[str, Any]:
    """Write an invoice; raises ValueError when it has no lines, or they are of several currencies."""
    currencies = {line.amount.currency for line in new.lines}
    if len(currencies) != 1:
        raise ValueError("an invoice has lines, all in one currency")
    detail: dict[str, Any] = {
        "invoice_number": new.number,
        "reference": new.reference[:_REFERENCE],
        "currency_code": currencies.pop(),
        "payment_term": {"term_type": "DUE_ON_DATE_SPECIFIED", "due_date": new.due_on.isoformat()},
    }
    detail |= {"note": new.note[:_TEXT]} if new.note else {}
    detail |= {"terms_and_conditions": new.terms[:_TEXT]} if new.terms else {}
    return {
        "detail": detail,
        "primary_recipients": [{"billing_info": _recipient(new)}],
        "items": [_item(line) for line in new.lines],
        "configuration": {"partial_payment": {"allow_partial_payment": False}, "allow_tip": False, "tax_inclusive": False},
    }


def notification(*, by_paypal: bool) -> dict[str, Any]:
    """Write whether PayPal mails the renter; where we do it ourselves, it only gives the link."""
    return {"send_to_recipient": by_paypal, "send_to_invoicer": False}


def payment(paid: PaidElsewhere) -> dict[str, Any]:
    """Write a payment that came another way."""
    return {"method": paid.method, "payment_date": paid.day.isoformat(), "amount": amount(paid.amount), "note": paid.mark}


def _recipient(new: NewInvoice) -> dict[str, Any]:
    name = {"given_name": new.first_name[:_PERSON], "surname": new.last_name[:_PERSON]}
    recipient: dict[str, Any] = {"email_address": new.email, "name": name}
    return recipient | ({"language": new.language.replace("_", "-")} if new.language else {})


def _item(line: Line) -> dict[str, Any]:
    item: dict[str, Any] = {"name": line.name[:_NAME], "quantity": "1", "unit_amount": amount(line.amount)}
    item |= {"description": line.description[:_DESCRIPTION]} if line.description else {}
    return item | ({"tax": {"name": line.tax_name, "percent": f"{line.tax_percent:f}"}} if line.tax_percent else {})
