"""What a paper says, in the language of the present task: made once, on the day of issue, and never made again."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from exodrive.flows.receipts.model import Facts
from exodrive.kit.money import round_money
from exodrive.kit.words import _
from exodrive.pricing import engine
from exodrive.pricing import words as prices
from exodrive.pricing.model import Price
from exodrive.receipts.model import Books, Content, Receipt, TaxShare

Rows = tuple[tuple[str, str], ...]


def receipt(facts: Facts, books: Books, earlier: Sequence[Receipt]) -> Content:
    """Say what was paid: the whole price with its taxes, what was paid before, and this payment. ``earlier`` are the booking's receipts."""
    price = engine.read(facts.price_snapshot)
    return write(
        facts,
        books,
        title=_("Receipt"),
        about=_("Thank you. We received this payment through PayPal."),
        rows=tuple(prices.price_rows(price)),
        sums=_sums(price, facts, earlier),
        amount_label=_("Paid"),
        moved_label=_("Paid on"),
        taxes=tuple(_shares(price, facts, earlier)),
        notes=(),
    )


def credit_note(facts: Facts, books: Books, earlier: Sequence[Receipt], receipts: Sequence[Receipt]) -> Content:
    """Say what was given back. ``earlier`` are the booking's credit notes, ``receipts`` the papers of what was paid."""
    price = engine.read(facts.price_snapshot)
    numbers = ", ".join(paper.code for paper in receipts)
    notes = (_("This credit note refers to receipt {numbers}.").format(numbers=numbers),) if receipts else ()
    return write(
        facts,
        books,
        title=_("Credit note"),
        about=_("We gave this amount back through PayPal, to the account it was paid from."),
        rows=((_("Refund for booking {reference}").format(reference=facts.reference), prices.money(facts.amount, facts.currency)),),
        sums=(),
        amount_label=_("Paid back"),
        moved_label=_("Paid back on"),
        taxes=tuple(_shares(price, facts, earlier)),
        notes=notes,
    )


def write(
    facts: Facts,
    books: Books,
    *,
    title: str,
    about: str,
    rows: Rows,
    sums: Rows,
    amount_label: str,
    moved_label: str,
    taxes: tuple[TaxShare, ...],
    notes: tuple[str, ...],
) -> Content:
    """Return the paper with what all papers say alike."""
    return Content(
        title=title,
        number_label=_("Number"),
        date_label=_("Date of issue"),
        company=books.company,
        sender=_sender(books),
        about=about,
        facts=_facts(facts, (moved_label, prices.day(facts.moved_at.astimezone(ZoneInfo(books.time_zone)).date(), "long"))),
        rows=rows,
        sums=sums,
        amount_label=amount_label,
        amount=prices.money(facts.amount, facts.currency),
        taxes_label=_("Contained in this amount"),
        taxes=taxes,
        notes=notes,
    )


def _sender(books: Books) -> tuple[str, ...]:
    tax_id = _("Tax number: {number}").format(number=books.tax_id) if books.tax_id else ""
    return tuple(filter(None, (books.address, books.email, books.phone, tax_id)))


def _facts(facts: Facts, moved: tuple[str, str]) -> Rows:
    days = _("{range} ({days})").format(range=prices.days_range(facts.days), days=prices.day_count(len(facts.days)))
    told = [
        (_("Renter"), f"{facts.first_name} {facts.last_name}"),
        (_("E-mail"), facts.email),
        (_("Booking"), facts.reference),
        (_("Car"), facts.car),
        (_("Days"), days),
        moved,
    ]
    return (*told, (_("PayPal transaction"), facts.transaction)) if facts.transaction else tuple(told)


def _sums(price: Price, facts: Facts, earlier: Iterable[Receipt]) -> Rows:
    """How the price and what was paid of it add up; what is still open when this is not the last payment."""
    before = sum((paper.amount for paper in earlier), Decimal(0))
    left = price.total - before - facts.amount - facts.waived
    told = [(_("Total"), prices.money(price.total, facts.currency))]
    if before:
        told.append((_("Paid before"), prices.money(before, facts.currency)))
    if facts.waived:
        told.append((_("Waived"), prices.money(facts.waived, facts.currency)))
    if left > 0:
        told.append((_("Still to be paid"), prices.money(left, facts.currency)))
    return tuple(told)


def _shares(price: Price, facts: Facts, earlier: Sequence[Receipt]) -> Iterable[TaxShare]:
    """Return what of the amount is tax, for each tax of the price."""
    return shares(prices.tax_texts(price), price.total, facts, earlier)


def shares(taxes: Iterable[tuple[str, Decimal]], total: Decimal, facts: Facts, earlier: Sequence[Receipt]) -> Iterable[TaxShare]:
    """Return what of the amount is tax when so much of a total is; over all papers about it the shares add up to the tax itself."""
    if not total:
        return
    so_far = sum((paper.amount for paper in earlier), facts.amount)
    for words, tax in taxes:
        yield from share(words, round_money(tax * min(so_far, total) / total, facts.currency), facts, earlier)


def share(words: str, due: Decimal, facts: Facts, earlier: Sequence[Receipt]) -> Iterable[TaxShare]:
    """Return a tax's share of the amount when so much of it is due by now: what earlier papers told of it is taken off."""
    told = sum((share.amount for paper in earlier for share in paper.content.taxes if share.words == words), Decimal(0))
    left = min(max(due - told, Decimal(0)), facts.amount)
    if left:
        yield TaxShare(words, left, prices.money(left, facts.currency))
