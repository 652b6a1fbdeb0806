"""Money: an exact amount in one currency, rounded to what that currency can pay (CLDR digits)."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

import msgspec
from babel.core import get_global
from babel.numbers import get_currency_precision, get_territory_currencies

STORED_DECIMALS = 2  # of every amount in the database


@lru_cache(maxsize=256)
def quantum(currency: str) -> Decimal:
    """Return the smallest payable amount of a currency: 0.01 for USD, 1 for JPY."""
    return Decimal(1).scaleb(-get_currency_precision(currency))


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """Return the ISO 4217 codes of all currencies that are money somewhere today (CLDR)."""
    return frozenset(code for territory in get_global("territory_currencies") for code in get_territory_currencies(territory))


def is_storable(currency: str) -> bool:
    """Tell whether the database can hold every amount of a currency: a third decimal, as of the Kuwaiti dinar, it cannot."""
    return get_currency_precision(currency) <= STORED_DECIMALS


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's smallest unit: the one rounding rule of the house."""
    return amount.quantize(quantum(currency), rounding=ROUND_HALF_UP)


class Money(msgspec.Struct, frozen=True, order=True):
    """An amount in an ISO 4217 currency. Adding two currencies raises ValueError."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: int | Decimal) -> "Money":
        return Money(round_money(self.amount * factor, self.currency), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")
        return other.amount

    @property
    def text(self) -> str:
        """The amount as a provider wants it: ``1290.00``, or ``1290`` for a currency without decimals."""
        return str(self.amount.quantize(quantum(self.currency)))
