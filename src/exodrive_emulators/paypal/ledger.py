"""The sums of this PayPal, by currency."""

from collections import defaultdict
from decimal import Decimal

from exodrive_emulators.paypal import authorizations, money
from exodrive_emulators.paypal.states import CaptureStatus
from exodrive_emulators.paypal.world import PayPal

PAID = {CaptureStatus.COMPLETED, CaptureStatus.PARTIALLY_REFUNDED, CaptureStatus.REFUNDED}
COLUMNS = ("captured", "refunded", "fees", "net", "pending")
Sums = dict[str, dict[str, str]]


def sums(world: PayPal) -> Sums:
    """What was captured, given back, kept as a fee, is left, and is pending (no part of what was captured)."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for it in world.captures:
        column = found[it.amount.currency]
        if it.status in PAID:
            column["captured"] += it.amount.value
            column["fees"] += it.fee
            column["refunded"] += it.refunded
        elif it.status is CaptureStatus.PENDING:
            column["pending"] += it.amount.value
    return {code: _written(column, code) for code, column in found.items()}


def held(world: PayPal) -> dict[str, str]:
    """What is held and not captured."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for it in world.authorizations:
        found[it.amount.currency] += authorizations.left(it)
    return {code: money.text(value, code) for code, value in found.items() if value}


def _written(column: dict[str, Decimal], currency: str) -> dict[str, str]:
    column["net"] = column["captured"] - column["fees"] - column["refunded"]
    return {name: money.text(column[name], currency) for name in COLUMNS}
