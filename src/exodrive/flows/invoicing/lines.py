"""What an invoice says, in the renter's language: each charge, its fee and its tax in lines of their own: the sum is ours to the cent."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from exodrive.charges.model import Charge
from exodrive.charges.words import explained, title
from exodrive.invoices.model import Item
from exodrive.kit import words
from exodrive.kit.money import round_money
from exodrive.kit.words import _
from exodrive.pricing.words import money


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak another language for a while: staff write what a renter reads."""
    before = words.language()
    words.use(language)
    try:
        yield
    finally:
        words.use(before)


def items_of(charges: Iterable[Charge]) -> tuple[Item, ...]:
    """Return the lines of an invoice for what is open of these charges. A tax of ours is a sum by now: PayPal is not to round it anew."""
    return tuple(item for charge in charges for item in _items(charge))


def _items(charge: Charge) -> Iterator[Item]:
    name, why = title(charge.kind), " ".join((explained(charge.kind, charge.facts, charge.currency) or charge.reason).split())
    if charge.paid:
        told = {"total": money(charge.total, charge.currency), "paid": money(charge.paid, charge.currency)}
        left = _("What is left of %(total)s, of which %(paid)s is paid.") % told
        yield Item(name=name, amount=charge.left, description=f"{why} {left}".strip())
        return
    if charge.amount:
        yield Item(name=name, amount=charge.amount, description=why)
    if charge.fee:
        yield Item(name=_("%(charge)s: handling") % {"charge": name}, amount=charge.fee)
    if charge.tax:
        yield Item(name=_("%(charge)s: tax") % {"charge": name}, amount=charge.tax)


def tax_in(charges: Iterable[Charge]) -> Decimal:
    """Return what of the open sums is tax: of a charge that was paid in part, the same share."""
    return sum((round_money(one.tax * one.left / one.total, one.currency) for one in charges), Decimal(0))
