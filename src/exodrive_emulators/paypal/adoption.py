"""Payments from before this PayPal was there: a shop whose books begin with a past tells it here what was paid and given back."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import msgspec

from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import money
from exodrive_emulators.paypal.model import Amount, Capture, Order, Refund, Unit
from exodrive_emulators.paypal.states import CaptureStatus, Funding, OrderStatus
from exodrive_emulators.paypal.world import PayPal

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class GivenBack(msgspec.Struct, forbid_unknown_fields=True):
    """A refund of an adopted payment, in the payment's currency."""

    id: str
    value: Decimal
    invoice_id: str
    at: Moment


class Paid(msgspec.Struct, forbid_unknown_fields=True):
    """An order that was captured, with what was given back of it since, oldest first."""

    order_id: str
    capture_id: str
    invoice_id: str
    custom_id: str
    description: str
    value: Decimal
    currency: str
    ordered_at: Moment
    captured_at: Moment
    refunds: list[GivenBack] = []


async def adopt(world: PayPal, request: Request) -> Answer:
    """POST /control/adopt: a list of payments; those known already stay as they are, and nobody is told."""
    told = msgspec.json.decode(request.body, type=list[Paid])
    new = [it for it in told if not world.orders.get(it.order_id) and not world.captures.get(it.capture_id)]
    for paid in new:
        _keep(world, paid)
    return json_answer(200, {"adopted": len(new), "known": len(told) - len(new)})


def _keep(world: PayPal, paid: Paid) -> None:
    amount = Amount(paid.value, paid.currency)
    world.orders.put(paid.order_id, _order(paid, amount))
    capture = world.captures.put(paid.capture_id, _capture(paid, amount))
    world.invoices.add(capture.invoice_id)
    for given in paid.refunds:
        _give_back(world, capture, given)


def _order(paid: Paid, amount: Amount) -> Order:
    names = {"description": paid.description, "invoice_id": paid.invoice_id, "custom_id": paid.custom_id}
    shown = {"reference_id": "default", "amount": money.shown(amount.value, amount.currency), **names}
    return Order(
        id=paid.order_id,
        status=OrderStatus.COMPLETED,
        units=[Unit(shown, amount, paid.capture_id)],
        wallet=True,
        brand="",
        return_url="",
        cancel_url="",
        created=paid.ordered_at,
        updated=paid.captured_at,
        expires=paid.captured_at,
        funding=Funding.INSTANT,
    )


def _capture(paid: Paid, amount: Amount) -> Capture:
    return Capture(
        id=paid.capture_id,
        order_id=paid.order_id,
        status=CaptureStatus.COMPLETED,
        amount=amount,
        fee=money.fee(amount),
        invoice_id=paid.invoice_id,
        custom_id=paid.custom_id,
        created=paid.captured_at,
        updated=paid.captured_at,
    )


def _give_back(world: PayPal, capture: Capture, given: GivenBack) -> None:
    capture.refunded += given.value
    whole = capture.refunded >= capture.amount.value
    capture.status = CaptureStatus.REFUNDED if whole else CaptureStatus.PARTIALLY_REFUNDED
    capture.updated = given.at
    capture.refund_ids = [*capture.refund_ids, given.id]
    refund = Refund(
        id=given.id,
        capture_id=capture.id,
        amount=Amount(given.value, capture.amount.currency),
        total=capture.refunded,
        invoice_id=given.invoice_id,
        custom_id=capture.custom_id,
        note="",
        created=given.at,
    )
    world.refunds.put(refund.id, refund)


LINES: list[Line[PayPal]] = [("POST", "/control/adopt", adopt)]
