"""The invoices of a booking on its file: where each stands, what it says, and what staff may do about it now."""

import msgspec

from exodrive.charges.model import Charge
from exodrive.charges.states import ChargeStatus
from exodrive.charges.words import title
from exodrive.flows.invoicing.decide import REMINDERS
from exodrive.flows.invoicing.words import item_rows, method_words, problem_words, request_words, state_words
from exodrive.gateways.paypal.invoicing import Method
from exodrive.invoices.model import Invoice, Request
from exodrive.invoices.states import Wanted
from exodrive.kit.money import Money
from exodrive.pricing.words import money


class InvoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice in words; ``left`` is what is still due, as it is typed."""

    invoice: Invoice
    state: str
    items: list[tuple[str, str, str]]
    total: str
    tax: str
    paid: str
    refunded: str
    problem: str
    left: str
    asked: list[tuple[Request, str]]
    may_send: bool
    may_remind: bool
    may_cancel: bool
    may_record: bool
    may_retry: bool


class InvoicesView(msgspec.Struct, frozen=True, kw_only=True):
    """All invoices of a booking, and what is open: its charges with their ids, names and sums."""

    lines: list[InvoiceLine]
    open: list[tuple[str, str, str]]
    methods: list[tuple[str, str]]
    reminders: int = REMINDERS


def invoices_view(found: list[Invoice], asked: list[Request], charges: list[Charge], *, manages: bool) -> InvoicesView:
    """Return the invoices of a booking in words; only who ``manages`` writes and decides."""
    due = [one for one in charges if one.status is ChargeStatus.DUE] if manages else []
    return InvoicesView(
        lines=[_line(one, [request for request in asked if request.invoice_id == one.id], manages=manages) for one in found],
        open=[(str(one.id), title(one.kind), money(one.left, one.currency)) for one in due],
        methods=[(method.value, method_words(method)) for method in Method],
    )


def _line(invoice: Invoice, asked: list[Request], *, manages: bool) -> InvoiceLine:
    def in_words(amount: Money) -> str:
        return money(amount.amount, amount.currency) if amount.amount else ""

    is_draft = invoice.wanted is Wanted.DRAFT and invoice.ended_at is None
    return InvoiceLine(
        invoice=invoice,
        state=state_words(invoice),
        items=item_rows(invoice.items, invoice.currency),
        total=money(invoice.total, invoice.currency),
        tax=in_words(Money(invoice.tax, invoice.currency)),
        paid=in_words(Money(invoice.paid, invoice.currency)),
        refunded=in_words(Money(invoice.refunded, invoice.currency)),
        problem=problem_words(invoice.problem) if invoice.problem else "",
        left=Money(invoice.due, invoice.currency).text,
        asked=[(one, request_words(one, invoice.currency)) for one in asked],
        may_send=manages and is_draft and not invoice.problem,
        may_remind=manages and invoice.is_payable,
        may_cancel=manages and invoice.is_cancellable,
        may_record=manages and invoice.is_payable,
        may_retry=manages and invoice.problem is not None,
    )
