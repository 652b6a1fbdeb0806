"""Invoices on a booking's page: what each is for, where it stands, and where it is paid."""

import msgspec

from exodrive.flows.invoicing.words import due_words, item_rows, status_words
from exodrive.invoices.states import PAYABLE
from exodrive.kit.words import _
from exodrive.overview.own_charges import OwnInvoice
from exodrive.pricing.words import money


class InvoiceView(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice in words; ``url`` is PayPal's page while it may be paid there, ``paid`` what came and went back, where anything did."""

    number: str
    state: str
    total: str
    tax: str
    items: list[tuple[str, str, str]]
    note: str
    pay: str
    due: str
    url: str
    has_picture: bool
    paid: tuple[str, ...]


def invoice_views(invoices: tuple[OwnInvoice, ...]) -> tuple[InvoiceView, ...]:
    """Return invoices as their renter reads them."""
    return tuple(map(_view, invoices))


def _view(one: OwnInvoice) -> InvoiceView:
    is_payable = one.status in PAYABLE
    return InvoiceView(
        number=one.number,
        state=status_words(one.status),
        total=money(one.total, one.currency),
        tax=_("%(amount)s of it is tax.") % {"amount": money(one.tax, one.currency)} if one.tax else "",
        items=item_rows(one.items, one.currency),
        note=one.note,
        pay=money(one.due, one.currency),
        due=due_words(one.due, one.currency, one.due_date) if is_payable else "",
        url=(one.url or "") if is_payable else "",
        has_picture=is_payable and one.has_picture,
        paid=tuple(_moved(one)),
    )


def _moved(one: OwnInvoice) -> list[str]:
    told = []
    if one.paid:
        told.append(_("%(amount)s is paid.") % {"amount": money(one.paid, one.currency)})
    if one.refunded:
        told.append(_("%(amount)s went back to you.") % {"amount": money(one.refunded, one.currency)})
    return told
