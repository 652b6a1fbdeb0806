"""Captures and refunds: taking money, settling what is pending, giving money back."""

from decimal import Decimal
from typing import Any

from exodrive_emulators.kit import ids
from exodrive_emulators.paypal import events, money, texts, views
from exodrive_emulators.paypal.errors import Refused, refused
from exodrive_emulators.paypal.model import Amount, Capture, Order, Refund, Unit
from exodrive_emulators.paypal.order_request import names
from exodrive_emulators.paypal.states import Act, CaptureStatus, Case, Funding, IllegalMove, RefundStatus, capture_after
from exodrive_emulators.paypal.world import PayPal

REFUND = "captures.refund"
TEXTS = {"invoice_id": 127, "custom_id": 127, "note_to_payer": 255}
EVENTS = {
    CaptureStatus.COMPLETED: events.CAPTURE_COMPLETED,
    CaptureStatus.PENDING: events.CAPTURE_PENDING,
    CaptureStatus.DECLINED: events.CAPTURE_DECLINED,
}


def check_invoice_ids(world: PayPal, operation: str, units: list[Unit]) -> None:
    """An invoice id that has paid once cannot pay again; raises Refused."""
    wanted = names(units, "invoice_id")
    for invoice_id in wanted:
        if invoice_id in world.invoices or wanted.count(invoice_id) > 1:
            raise refused(operation, "DUPLICATE_INVOICE_ID", field="/purchase_units/invoice_id", value=invoice_id, location="body")


def take(world: PayPal, order: Order, unit: Unit) -> Capture:
    """Take the money of one unit, at once or pending, as the payer's funding source has it."""
    names = {"invoice_id": unit.field("invoice_id"), "custom_id": unit.field("custom_id")}
    return book(world, order.id, unit.amount, pending=order.funding is Funding.PENDING, **names)


def book(world: PayPal, order_id: str, amount: Amount, *, pending: bool, invoice_id: str, custom_id: str) -> Capture:
    """A new capture."""
    now = world.clock.now()
    capture = Capture(
        id=ids.paypal_id(),
        order_id=order_id,
        status=CaptureStatus.PENDING if pending else CaptureStatus.COMPLETED,
        amount=amount,
        fee=money.fee(amount),
        invoice_id=invoice_id,
        custom_id=custom_id,
        created=now,
        updated=now,
    )
    world.invoices.add(capture.invoice_id)
    return world.captures.put(capture.id, capture)


def announce(world: PayPal, capture_id: str, event_type: str = "") -> None:
    """Tell the listeners the state of a capture."""
    capture = world.captures.get(capture_id)
    assert capture
    linked = [it for it in (capture.id, capture.order_id, capture.authorization_id) if it]
    events.publish(world, event_type or EVENTS[capture.status], views.capture(world, capture), *linked)


def settle(world: PayPal, capture: Capture, act: Act) -> None:
    """A pending capture completes or is declined; raises IllegalMove."""
    capture.status, capture.updated = capture_after(capture.status, act), world.clock.now()
    world.captures.put(capture.id, capture)
    if capture.status is CaptureStatus.DECLINED and not capture.authorization_id:
        world.invoices.discard(capture.invoice_id)
    if capture.bill:
        world.money_moved(capture, None)
    else:
        announce(world, capture.id, events.CAPTURE_DENIED if act is Act.DENY else "")


def open_case(world: PayPal, capture: Capture, case: Case) -> None:
    """The payer opens a case or takes it back; a chargeback is told as a reversal, which looks like a refund."""
    capture.case, capture.updated = case, world.clock.now()
    world.captures.put(capture.id, capture)
    if case is Case.CHARGEBACK:
        reversal = world.refunds.put(made := ids.paypal_id(), _reversal(capture, made))
        events.publish(world, events.CAPTURE_REVERSED, views.refund(world, reversal), reversal.id, capture.id)


def _reversal(capture: Capture, made: str) -> Refund:
    """Of all that was not given back before. It can be read, but is no refund of the shop's: neither capture nor ledger count it."""
    amount = Amount(capture.amount.value - capture.refunded, capture.amount.currency)
    return Refund(made, capture.id, amount, capture.amount.value, "", capture.custom_id, "Payment reversed", capture.updated)


def find(world: PayPal, operation: str, capture_id: str) -> Capture:
    """Raises Refused (404)."""
    if capture := world.captures.get(capture_id):
        return capture
    raise refused(operation, "INVALID_RESOURCE_ID", field="capture_id", value=capture_id, location="path")


def find_refund(world: PayPal, refund_id: str) -> Refund:
    """Raises Refused (404)."""
    if refund := world.refunds.get(refund_id):
        return refund
    raise refused("refunds.get", "INVALID_RESOURCE_ID", field="refund_id", value=refund_id, location="path")


def give_back(world: PayPal, capture: Capture, body: dict[str, Any]) -> Refund:
    """Refund a part, or without an amount all that is left; raises Refused."""
    asked = texts.read(REFUND, body, TEXTS)
    amount = _amount(world, capture, body)
    part = capture.refunded + amount.value < capture.amount.value
    after = _after(capture, Act.REFUND_PART if part else Act.REFUND_REST)
    if capture.case is Case.CHARGEBACK:
        raise _no("REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK", "")
    if capture.case is Case.DISPUTE and amount.value < capture.amount.value - capture.refunded:
        raise _no("TRANSACTION_DISPUTED", "")
    if amount.value > capture.amount.value - capture.refunded:
        raise _no("REFUND_AMOUNT_EXCEEDED", "/amount/value", amount.value)
    if asked["invoice_id"] and asked["invoice_id"] in {given.invoice_id for given in world.refunds}:
        raise _no("DUPLICATE_INVOICE_ID", "/invoice_id", asked["invoice_id"])
    return _book(world, capture, after, amount, asked)


def settle_refund(world: PayPal, refund: Refund, act: Act) -> None:
    """A pending refund completes, or fails and the capture has its money again; raises IllegalMove."""
    capture = world.captures.get(refund.capture_id)
    if refund.status is not RefundStatus.PENDING or act not in (Act.COMPLETE, Act.FAIL) or not capture:
        raise IllegalMove("")
    refund.status = RefundStatus.COMPLETED if act is Act.COMPLETE else RefundStatus.FAILED
    refund.updated = world.clock.now()
    world.refunds.put(refund.id, refund)
    if act is Act.FAIL:
        capture.refunded -= refund.amount.value
        capture.status = CaptureStatus.PARTIALLY_REFUNDED if capture.refunded else CaptureStatus.COMPLETED
        world.captures.put(capture.id, capture)
        return
    _announce_refund(world, refund)


def _announce_refund(world: PayPal, refund: Refund) -> None:
    taken = world.captures.get(refund.capture_id)
    if taken and taken.bill:
        world.money_moved(taken, refund)
    events.publish(world, events.CAPTURE_REFUNDED, views.refund(world, refund), refund.id, refund.capture_id)


def _book(world: PayPal, capture: Capture, after: CaptureStatus, amount: Amount, asked: dict[str, str]) -> Refund:
    now, total = world.clock.now(), capture.refunded + amount.value
    refund = Refund(
        id=ids.paypal_id(),
        capture_id=capture.id,
        amount=amount,
        total=total,
        invoice_id=asked["invoice_id"] or capture.invoice_id,
        custom_id=asked["custom_id"] or capture.custom_id,
        note=asked["note_to_payer"],
        created=now,
        status=RefundStatus.PENDING if world.account.refunds_pending else RefundStatus.COMPLETED,
    )
    capture.status, capture.refunded, capture.updated = after, total, now
    capture.refund_ids.append(refund.id)
    world.captures.put(capture.id, capture)
    world.refunds.put(refund.id, refund)
    if refund.status is RefundStatus.COMPLETED:
        _announce_refund(world, refund)
    return refund


def _amount(world: PayPal, capture: Capture, body: dict[str, Any]) -> Amount:
    """How much is asked for, with the checks that come before any sum."""
    if world.clock.now() > capture.created + views.REFUNDABLE_FOR:
        raise _no("REFUND_TIME_LIMIT_EXCEEDED", "")
    if body.get("amount") is None:
        return Amount(capture.amount.value - capture.refunded, capture.amount.currency)
    amount = money.read(REFUND, body["amount"], "/amount")
    if amount.currency != capture.amount.currency:
        raise _no("REFUND_CAPTURE_CURRENCY_MISMATCH", "/amount/currency_code", amount.currency)
    return amount


def _after(capture: Capture, act: Act) -> CaptureStatus:
    try:
        return capture_after(capture.status, act)
    except IllegalMove as wrong:
        raise _no(wrong.issue, "") from wrong


def _no(issue: str, field: str, value: str | Decimal = "") -> Refused:
    return refused(REFUND, issue, field=field, value=str(value), location="body" if field else "")
