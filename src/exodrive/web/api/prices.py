"""Prices and what can be chosen, as the JSON API tells them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import msgspec

from exodrive.pricing.model import Inputs, Price
from exodrive.pricing.offers import Offers, left_of
from exodrive.pricing.words import coded_lines, line_words, tax_texts, why


class LineAnswer(msgspec.Struct, frozen=True):
    """One line of the price, in words and as an amount; ``reason`` is the rule behind it in one word, ``why`` in a sentence."""

    kind: str
    text: str
    amount: Decimal
    reason: str
    why: str


class TaxAnswer(msgspec.Struct, frozen=True):
    """One tax of the price, in words and as an amount."""

    text: str
    amount: Decimal


class PriceAnswer(msgspec.Struct, frozen=True):
    """The whole price of the range; ``quote`` is its signed promise, to be sent back with the booking.

    ``due_now`` is paid with the booking, ``due_later`` until ``due_on``. ``included_distance`` is for the whole rental, null for no limit;
    ``excess`` is what the renter bears of a damage, null where nothing is said of it. The deposit is held, never part of the total.
    """

    currency: str
    lines: list[LineAnswer]
    taxes: list[TaxAnswer]
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    due_now: Decimal
    due_later: Decimal
    due_on: date | None
    deposit: Decimal
    included_distance: int | None
    price_per_extra_distance: Decimal | None
    distance_unit: str
    excess: Decimal | None
    quote: str


class ExtraAnswer(msgspec.Struct, frozen=True):
    """Something to choose by its ``code``: what one costs for these days before tax, and how many may be had (0: all are out)."""

    code: str
    name: str
    description: str
    total: Decimal
    most: int


class WaiverAnswer(msgspec.Struct, frozen=True):
    """A cover to choose by its ``code``: what it costs for these days before tax, and what the renter bears of a damage with it."""

    code: str
    name: str
    description: str
    total: Decimal
    excess: Decimal


class ChoicesAnswer(msgspec.Struct, frozen=True):
    """What can be chosen beside the days. ``part_payment_percent`` of the total are due now when a part payment may be asked for."""

    extras: list[ExtraAnswer]
    waivers: list[WaiverAnswer]
    additional_drivers: int
    part_payment_percent: Decimal | None


# long: each line one field of the answer
def price_answer(price: Price, quote: str) -> PriceAnswer:
    """Return a price with every line and its reason."""
    inputs = price.inputs
    return PriceAnswer(
        currency=inputs.currency,
        lines=_lines(price),
        taxes=[TaxAnswer(*tax) for tax in tax_texts(price)],
        subtotal=price.subtotal,
        tax=price.tax,
        total=price.total,
        due_now=price.due_now,
        due_later=price.due_later,
        due_on=price.due_on,
        deposit=price.deposit,
        included_distance=inputs.included_distance,
        price_per_extra_distance=inputs.price_per_extra_distance,
        distance_unit=inputs.distance_unit,
        excess=inputs.excess if isinstance(inputs, Inputs) else None,
        quote=quote,
    )


def _lines(price: Price) -> list[LineAnswer]:
    currency = price.inputs.currency
    return [
        LineAnswer(line.kind, line_words(line, currency, code), line.amount, line.reason, why(line)) for line, code in coded_lines(price)
    ]


def choices_answer(offers: Offers, taken: Mapping[str, int]) -> ChoicesAnswer:
    """Return what can be chosen; ``taken`` is how many of each extra are out on the days."""
    extras = [(extra, left_of(extra, taken)) for extra in offers.extras]
    return ChoicesAnswer(
        extras=[
            ExtraAnswer(extra.code, extra.name, extra.description, extra.total, extra.most if left is None else min(left, extra.most))
            for extra, left in extras
        ],
        waivers=[
            WaiverAnswer(offer.code, offer.name, offer.description, offer.total, offer.excess or Decimal(0)) for offer in offers.waivers
        ],
        additional_drivers=offers.additional_driver.most if offers.additional_driver else 0,
        part_payment_percent=offers.part.percent if offers.part else None,
    )
