"""Money for an invoice: paid on its page, recorded by the invoicer, and given back."""

from decimal import Decimal
from typing import Any

from exodrive_emulators.kit import ids
from exodrive_emulators.paypal import captures
from exodrive_emulators.paypal.errors import Refused, refused
from exodrive_emulators.paypal.invoicing import records, telling
from exodrive_emulators.paypal.invoicing.model import Invoice, Movement
from exodrive_emulators.paypal.invoicing.service import keep
from exodrive_emulators.paypal.invoicing.states import OPEN, OUTSIDE, PAYABLE, REFUNDABLE, RETURNED_BY, SETTLED_BY, Kind, Status
from exodrive_emulators.paypal.model import Amount, Capture, Refund
from exodrive_emulators.paypal.states import CaptureStatus, IllegalMove
from exodrive_emulators.paypal.world import PayPal

PAY, GIVE_BACK, FORGET = "invoices.payments", "invoices.refunds", "invoices.payments-delete"


def pay(world: PayPal, it: Invoice, value: Decimal, *, pending: bool) -> Capture:
    """The payer pays all that is due, or a part where parts may be paid; raises IllegalMove."""
    if it.status not in PAYABLE or not least(it) <= value <= it.left:
        raise IllegalMove("")
    amount = Amount(value, it.sums.currency)
    taken = captures.book(world, "", amount, pending=pending, invoice_id=it.number, custom_id="")
    taken.bill = it.id
    world.captures.put(taken.id, taken)
    it.payments = [*it.payments, Movement(taken.id, Kind.PAYPAL, "PAYPAL", value, taken.created.date(), pending=pending)]
    _settle(world, it, telling.PAID)
    return taken


def least(it: Invoice) -> Decimal:
    """The smallest amount the payer may pay."""
    partial = it.draft.configuration.partial_payment if it.draft.configuration else None
    if not partial or not partial.allow_partial_payment:
        return it.left
    return min(it.left, Decimal(partial.minimum_amount_due.value) if partial.minimum_amount_due else Decimal("0.01"))


def money_moved(world: PayPal, taken: Capture, given: Refund | None) -> None:
    """A pending payment of an invoice has ended, or one was given back."""
    it = world.bills.get(taken.bill)
    if not it:
        return
    event_type = telling.PAID
    for paid in it.payments:
        paid.pending = paid.pending and paid.id != taken.id
    if given:
        back = Movement(given.id, Kind.PAYPAL, "PAYPAL", given.amount.value, given.created.date())
        it.refunds, event_type = [*it.refunds, back], telling.REFUNDED
    elif taken.status is CaptureStatus.DECLINED:
        it.payments, event_type = [paid for paid in it.payments if paid.id != taken.id], telling.UPDATED
    _settle(world, it, event_type)


def record(world: PayPal, it: Invoice, body: dict[str, Any]) -> Movement:
    """The invoicer was paid otherwise; raises Refused."""
    told = records.read(body, records.PAYMENT, it.sums.currency, world.clock.now().date())
    if it.status not in PAYABLE:
        raise refused(PAY, "CANNOT_PROCESS_PAYMENTS")
    value = it.left if told.value is None else told.value
    if value > it.left:
        raise refused(PAY, "PAYMENT_AMOUNT_GREATER_THAN_AMOUNT_DUE", field="/amount/value", value=str(value), location="body")
    made = Movement(f"EXTR-{ids.paypal_id()}", Kind.EXTERNAL, told.method, value, told.day, told.note)
    it.payments = [*it.payments, made]
    _settle(world, it, telling.PAID)
    return made


def record_refund(world: PayPal, it: Invoice, body: dict[str, Any]) -> Movement:
    """The invoicer gave back otherwise, of what was paid otherwise; raises Refused."""
    told = records.read(body, records.REFUND, it.sums.currency, world.clock.now().date())
    if it.status not in REFUNDABLE:
        raise refused(GIVE_BACK, "CANNOT_PROCESS_REFUNDS")
    rest = it.of(Kind.EXTERNAL, it.payments) - it.of(Kind.EXTERNAL, it.refunds)
    value = rest if told.value is None else told.value
    if not 0 < value <= rest:
        raise refused(GIVE_BACK, "INVALID_REFUND_AMOUNT", field="/amount/value", value=str(value), location="body")
    made = Movement(f"EXTR-{ids.paypal_id()}", Kind.EXTERNAL, told.method, value, told.day, told.note)
    it.refunds = [*it.refunds, made]
    _settle(world, it, telling.REFUNDED)
    return made


def forget_payment(world: PayPal, it: Invoice, movement_id: str) -> None:
    """A recorded payment was none; raises Refused."""
    gone = _external(it.payments, movement_id)
    if it.of(Kind.EXTERNAL, it.payments) - gone.value < it.of(Kind.EXTERNAL, it.refunds):
        raise refused(FORGET, "CANNOT_DELETE_EXTERNAL_PAYMENT")
    it.payments = [paid for paid in it.payments if paid.id != movement_id]
    _settle(world, it, telling.UPDATED)


def forget_refund(world: PayPal, it: Invoice, movement_id: str) -> None:
    """A recorded refund was none; raises Refused."""
    _external(it.refunds, movement_id)
    it.refunds = [back for back in it.refunds if back.id != movement_id]
    _settle(world, it, telling.UPDATED)


def _external(movements: list[Movement], movement_id: str) -> Movement:
    for it in movements:
        if it.id == movement_id and it.kind is Kind.EXTERNAL:
            return it
    raise Refused(404, [], [])


def _settle(world: PayPal, it: Invoice, event_type: str) -> None:
    status = _standing(it)
    keep(world, it, OUTSIDE.get(status, status) if world.account.external_states else status)
    telling.publish(world, it, event_type)


def _standing(it: Invoice) -> Status:
    """The state its money puts it in; through PayPal counts more than recorded."""
    if it.refunds:
        return Status.PARTIALLY_REFUNDED if it.returned < it.paid else RETURNED_BY[_kind(it.refunds)]
    if any(paid.pending for paid in it.payments):
        return Status.PAYMENT_PENDING
    if it.payments:
        return SETTLED_BY[_kind(it.payments)] if it.left <= 0 else Status.PARTIALLY_PAID
    return it.status if it.status in OPEN else Status.UNPAID


def _kind(movements: list[Movement]) -> Kind:
    return Kind.PAYPAL if any(it.kind is Kind.PAYPAL for it in movements) else Kind.EXTERNAL
