"""What an invoice comes to: items, discounts, taxes, shipping and the rest, rounded line by line."""

from decimal import ROUND_HALF_UP, Decimal

import msgspec

from exodrive_emulators.paypal import money
from exodrive_emulators.paypal.invoicing.shapes import Breakdown, Configuration, Discount, Draft, Item, Money, Nothing, Tax

HUNDRED = Decimal(100)


class Wrong(Exception):
    """An amount cannot be: in another currency, with too many decimals, below zero."""


class Sums(msgspec.Struct):
    """The parts of the sum, in the invoice's currency; `taxes` are those of the items, in their order."""

    currency: str
    items: Decimal
    item_discount: Decimal
    invoice_discount: Decimal
    taxes: list[Decimal]
    shipping: Decimal
    shipping_tax: Decimal
    custom: Decimal
    inclusive: bool

    @property
    def tax(self) -> Decimal:
        """All taxes."""
        return sum(self.taxes, self.shipping_tax)

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        taxes = self.shipping_tax if self.inclusive else self.tax
        return self.items - self.item_discount - self.invoice_discount + taxes + self.shipping + self.custom


def reckon(draft: Draft) -> Sums:
    """The sums of an invoice; raises Wrong."""
    code, config = draft.detail.currency_code, draft.configuration or Configuration()
    if code not in money.CURRENCIES:
        raise Wrong("currency_code")
    lines = [_line(item, code) for item in draft.items]
    off = [_discount(item.discount, line, code) for item, line in zip(draft.items, lines, strict=True)]
    top = (draft.amount.breakdown if draft.amount else None) or Breakdown()
    after = sum(lines, Decimal(0)) - sum(off, Decimal(0))
    whole = _discount(top.discount.invoice_discount if top.discount else None, after, code)
    left = 1 - whole / after if after and config.tax_calculated_after_discount else Decimal(1)
    bases = [(line - less) * left if config.tax_calculated_after_discount else line for line, less in zip(lines, off, strict=True)]
    taxes = [_tax(item.tax, base, code, inclusive=config.tax_inclusive) for item, base in zip(draft.items, bases, strict=True)]
    shipping = _value(top.shipping.amount, code) if top.shipping else Decimal(0)
    shipping_tax = _tax(top.shipping.tax, shipping, code, inclusive=False) if top.shipping else Decimal(0)
    custom = _value(top.custom.amount, code, negative=True) if top.custom else Decimal(0)
    sums = Sums(code, sum(lines, Decimal(0)), sum(off, Decimal(0)), whole, taxes, shipping, shipping_tax, custom, config.tax_inclusive)
    if not 0 <= sums.total <= money.MOST:
        raise Wrong("amount")
    return sums


def read(amount: Money, code: str) -> Decimal:
    """An amount in this currency, not below zero; raises Wrong."""
    return _value(amount, code)


def _line(item: Item, code: str) -> Decimal:
    return rounded(Decimal(item.quantity) * _value(item.unit_amount, code), code)


def _discount(discount: Discount | Nothing | None, base: Decimal, code: str) -> Decimal:
    if not discount:
        return Decimal(0)
    percent = rounded(base * _percent(discount.percent) / HUNDRED, code) if discount.percent else Decimal(0)
    less = percent + (_value(discount.amount, code) if discount.amount else 0)
    if less > base:
        raise Wrong("discount")
    return less


def _tax(tax: Tax | Nothing, base: Decimal, code: str, *, inclusive: bool) -> Decimal:
    if not tax:
        return Decimal(0)
    rate = _percent(tax.percent)
    return rounded(base * rate / (HUNDRED + rate if inclusive else HUNDRED), code)


def _percent(text: str) -> Decimal:
    rate = Decimal(text)
    if not 0 <= rate <= HUNDRED:
        raise Wrong("percent")
    return rate


def _value(amount: Money | Nothing, code: str, *, negative: bool = False) -> Decimal:
    if not amount:
        return Decimal(0)
    value, digits = Decimal(amount.value), len(amount.value.partition(".")[2])
    if amount.currency_code != code or digits > (0 if code in money.ZERO_DECIMALS else 2) or (value < 0 and not negative):
        raise Wrong("amount")
    return value


def rounded(value: Decimal, code: str) -> Decimal:
    """To the decimals of the currency."""
    return value.quantize(Decimal(1) if code in money.ZERO_DECIMALS else Decimal("0.01"), ROUND_HALF_UP)
