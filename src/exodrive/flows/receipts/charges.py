"""What a paper about charges says: what a claim took out of the deposit or came for an invoice, and what of it went back."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from exodrive.charges.model import Charge
from exodrive.charges.words import explained, title
from exodrive.flows.receipts.content import Rows, share, shares, write
from exodrive.flows.receipts.model import Debt, Facts
from exodrive.kit.money import round_money
from exodrive.kit.words import _
from exodrive.pricing.words import money
from exodrive.receipts.model import Books, Content, Receipt, TaxShare


def receipt(facts: Facts, books: Books, earlier: Sequence[Receipt], debt: Debt) -> Content:
    """Say what was paid: the charges that were asked for, what was paid of them before, and this payment. ``earlier`` are its receipts."""
    if facts.invoice_id:
        about = _("Thank you. We received this payment of invoice %(number)s.") % {"number": facts.invoice}
        labels = (_("Paid"), _("Paid on"))
    else:
        about = _("We took this amount out of the deposit that was held through PayPal, for the charges below.")
        labels = (_("Taken from the deposit"), _("Taken on"))
    return write(
        facts,
        books,
        title=_("Receipt"),
        about=about,
        rows=tuple((_line(one.charge), money(one.amount, facts.currency)) for one in debt.owed),
        sums=_sums(facts, earlier, debt),
        amount_label=labels[0],
        moved_label=labels[1],
        taxes=tuple(_taxes(facts, earlier, debt)),
        notes=(),
    )


def credit_note(facts: Facts, books: Books, earlier: Sequence[Receipt], receipts: Sequence[Receipt]) -> Content:
    """Say what was given back. ``earlier`` are the credit notes about the same, ``receipts`` the papers of what was paid."""
    numbers = ", ".join(paper.code for paper in receipts)
    notes = (_("This credit note refers to receipt {numbers}.").format(numbers=numbers),) if receipts else ()
    if facts.invoice_id:
        about = _("We gave this amount back of what was paid of invoice %(number)s.") % {"number": facts.invoice}
        row = _("Back from invoice %(number)s") % {"number": facts.invoice}
    else:
        about = _("We gave this amount back through PayPal, to the account it was paid from.")
        row = _("Back from what was taken out of the deposit of booking %(reference)s") % {"reference": facts.reference}
    return write(
        facts,
        books,
        title=_("Credit note"),
        about=about,
        rows=((row, money(facts.amount, facts.currency)),),
        sums=(),
        amount_label=_("Paid back"),
        moved_label=_("Paid back on"),
        taxes=tuple(shares(_taxed(receipts), sum((paper.amount for paper in receipts), Decimal(0)), facts, earlier)),
        notes=notes,
    )


def _line(charge: Charge) -> str:
    """What a charge is for, and why, in one line."""
    why = " ".join((explained(charge.kind, charge.facts, charge.currency) or charge.reason).split())
    return _("%(charge)s: %(why)s") % {"charge": title(charge.kind), "why": why} if why else title(charge.kind)


def _sums(facts: Facts, earlier: Iterable[Receipt], debt: Debt) -> Rows:
    total = sum((one.amount for one in debt.owed), Decimal(0))
    before = sum((paper.amount for paper in earlier), debt.before)
    told = [(_("Total"), money(total, facts.currency))]
    if before:
        told.append((_("Paid before"), money(before, facts.currency)))
    if (left := total - before - facts.amount) > 0:
        told.append((_("Still to be paid"), money(left, facts.currency)))
    return tuple(told)


def _taxes(facts: Facts, earlier: Sequence[Receipt], debt: Debt) -> Iterable[TaxShare]:
    """Return what of the amount is tax: charges are paid one after the other, and not all of them are taxed."""
    so_far = sum((paper.amount for paper in earlier), facts.amount)
    due = _tax_in(debt, debt.before + so_far) - _tax_in(debt, debt.before)
    return share(_("Tax"), due, facts, earlier)


def _tax_in(debt: Debt, paid: Decimal) -> Decimal:
    """Return what of the first so much that is paid of the charges is tax."""
    tax = Decimal(0)
    for one in debt.owed:
        part = min(paid, one.amount)
        tax += round_money(one.charge.tax * part / one.charge.total, one.charge.currency)
        paid -= part
    return tax


def _taxed(receipts: Iterable[Receipt]) -> list[tuple[str, Decimal]]:
    taxes: dict[str, Decimal] = {}
    for found in (tax for paper in receipts for tax in paper.content.taxes):
        taxes[found.words] = taxes.get(found.words, Decimal(0)) + found.amount
    return list(taxes.items())
