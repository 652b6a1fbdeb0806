"""Invoices in words: where one stands, for its renter and for staff, and what the letters about it say."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from exodrive.gateways.paypal.invoicing import InvoiceStatus, Method
from exodrive.invoices.model import Invoice, Item, Request
from exodrive.invoices.states import GONE, RequestKind, RequestStatus, Wanted
from exodrive.kit.words import _
from exodrive.pricing.words import day, money


def status_words(status: InvoiceStatus | None) -> str:
    """Return where an invoice stands."""
    return {
        None: _("Being written at PayPal"),
        InvoiceStatus.DRAFT: _("Draft"),
        InvoiceStatus.SCHEDULED: _("To be sent later"),
        InvoiceStatus.SENT: _("To be paid"),
        InvoiceStatus.SHARED: _("To be paid"),
        InvoiceStatus.UNPAID: _("To be paid"),
        InvoiceStatus.PAYMENT_PENDING: _("Payment under way"),
        InvoiceStatus.PARTIALLY_PAID: _("Paid in part"),
        InvoiceStatus.PAID: _("Paid"),
        InvoiceStatus.MARKED_AS_PAID: _("Paid another way"),
        InvoiceStatus.PAID_EXTERNAL: _("Paid another way"),
        InvoiceStatus.PARTIALLY_REFUNDED: _("Paid back in part"),
        InvoiceStatus.REFUNDED: _("Paid back"),
        InvoiceStatus.MARKED_AS_REFUNDED: _("Paid back another way"),
        InvoiceStatus.REFUNDED_EXTERNAL: _("Paid back another way"),
        InvoiceStatus.CANCELLED: _("Cancelled"),
        InvoiceStatus.AUTO_CANCELLED: _("Cancelled by PayPal"),
    }[status]


def state_words(invoice: Invoice) -> str:
    """Return where an invoice stands, for staff: with what the worker is about to do."""
    if invoice.wanted is Wanted.VOID and invoice.ended_at is None:
        return _("Being cancelled")
    if invoice.wanted is Wanted.VOID and invoice.status not in GONE and not invoice.paid:
        return _("Given up")
    if invoice.wanted is Wanted.SENT and invoice.status in (None, InvoiceStatus.DRAFT):
        return _("Being sent")
    return status_words(invoice.status)


def method_words(method: Method) -> str:
    """Return how an invoice was paid elsewhere."""
    return {
        Method.BANK_TRANSFER: _("Bank transfer"),
        Method.CASH: _("Cash"),
        Method.CHECK: _("Check"),
        Method.CREDIT_CARD: _("Credit card"),
        Method.DEBIT_CARD: _("Debit card"),
        Method.PAYPAL: _("PayPal"),
        Method.WIRE_TRANSFER: _("Wire transfer"),
        Method.OTHER: _("Another way"),
    }[method]


def item_rows(items: Iterable[Item], currency: str) -> list[tuple[str, str, str]]:
    """Return the lines of an invoice: what each is for, why, and its sum."""
    return [(one.name, one.description, money(one.amount, currency)) for one in items]


def due_words(due: Decimal, currency: str, until: date) -> str:
    """Return what is to be paid until when."""
    told = {"amount": money(due, currency), "day": day(until, "long")}
    return _("Please pay %(amount)s by %(day)s.") % told


def letter_words(invoice: Invoice, *, is_reminder: bool) -> tuple[str, ...]:
    """Return what a letter with an invoice says: its lines, their sum, and how it is paid."""
    began = (
        _("This is a reminder: invoice %(number)s is not paid yet.") if is_reminder else _("Here is invoice %(number)s for your rental.")
    ) % {"number": invoice.number}
    note = (invoice.note,) if invoice.note and not is_reminder else ()
    total = _("Total: %(amount)s") % {"amount": money(invoice.total, invoice.currency)}
    lines = (f"{name}: {amount}" for name, _why, amount in item_rows(invoice.items, invoice.currency))
    how = _("You pay on PayPal’s own page. The button for it is on your booking’s page.")
    return (began, *note, *lines, total, due_words(invoice.due, invoice.currency, invoice.due_date), how)


def sent_subject(number: str, car: str, days: str, *, is_reminder: bool) -> str:
    """Return the subject of a letter with an invoice."""
    told = {"number": number, "car": car, "days": days}
    if is_reminder:
        return _("Reminder of invoice %(number)s: %(car)s, %(days)s") % told
    return _("Invoice %(number)s: %(car)s, %(days)s") % told


def cancelled_words(number: str) -> tuple[str, ...]:
    """Return what a renter is told of an invoice that was cancelled."""
    return (_("Invoice %(number)s is cancelled. You need not pay it.") % {"number": number},)


def cancelled_subject(number: str, car: str, days: str) -> str:
    """Return the subject of that letter."""
    return _("Invoice %(number)s is cancelled: %(car)s, %(days)s") % {"number": number, "car": car, "days": days}


def problem_words(problem: str) -> str:
    """Return why an invoice does not go on by itself."""
    told = {
        "DIFFERS_AT_PAYPAL": _("PayPal has another sum or number for it than we wrote. Look at PayPal’s site."),
        "PAYMENT_TAKEN_BACK": _("A payment that was noted is gone at PayPal. The charges stay settled here: look whether that is right."),
        "CHARGED_BACK": _("The payer’s bank or PayPal took its payment back. Answer it at PayPal’s site."),
        "PAID_LESS_THAN_ASKED": _("PayPal calls it paid, and less came than the charges are. What is missing is due again."),
    }
    return told.get(problem) or _("PayPal refused it: %(issue)s") % {"issue": problem}


def request_words(request: Request, currency: str) -> str:
    """Return what staff asked for besides, and what came of it."""
    if request.kind is RequestKind.REMINDER:
        return _("Reminded")
    assert request.amount is not None
    assert request.method is not None
    told = {"amount": money(request.amount, currency), "method": method_words(request.method), "issue": request.issue}
    return {
        RequestStatus.ASKED: _("%(amount)s, %(method)s: being noted at PayPal"),
        RequestStatus.DONE: _("%(amount)s, %(method)s: noted at PayPal"),
        RequestStatus.REFUSED: _("%(amount)s, %(method)s: PayPal did not note it (%(issue)s)"),
    }[request.status] % told
