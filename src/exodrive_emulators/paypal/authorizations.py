"""Holds: made by authorizing an order, captured in parts, renewed once, voided, lapsed after 29 days."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from exodrive_emulators.kit import ids
from exodrive_emulators.paypal import captures, events, money, texts, views
from exodrive_emulators.paypal.errors import Refused, refused
from exodrive_emulators.paypal.model import Amount, Authorization, Capture, Due, Order, Unit
from exodrive_emulators.paypal.states import Act, AuthorizationStatus, Funding, Funds, IllegalMove, authorization_after
from exodrive_emulators.paypal.world import PayPal

HONORED, LIFE = timedelta(days=3), timedelta(days=29)
CAPTURE, RENEW, VOID = "authorizations.capture", "authorizations.reauthorize", "authorizations.void"
TEXTS = {"invoice_id": 127, "note_to_payer": 255, "soft_descriptor": 22}


def hold(world: PayPal, order: Order, unit: Unit) -> Authorization:
    """Hold the money of one unit, at once or after a review, as the payer's funding source has it."""
    now = world.clock.now()
    made = Authorization(
        id=ids.paypal_id(),
        order_id=order.id,
        status=AuthorizationStatus.PENDING if order.funding is Funding.PENDING else AuthorizationStatus.CREATED,
        amount=unit.amount,
        invoice_id=unit.field("invoice_id"),
        custom_id=unit.field("custom_id"),
        created=now,
        updated=now,
        honored=now + HONORED,
        expires=now + LIFE,
    )
    world.invoices.add(made.invoice_id)
    world.agenda.add(Due(made.expires, made.id, Act.VOID))
    return world.authorizations.put(made.id, made)


def find(world: PayPal, operation: str, authorization_id: str) -> Authorization:
    """Raises Refused (404)."""
    if it := world.authorizations.get(authorization_id):
        return it
    raise refused(operation, "INVALID_RESOURCE_ID", field="authorization_id", value=authorization_id, location="path")


def announce(world: PayPal, it: Authorization) -> None:
    """Tell the listeners that a hold was made or is no more; PayPal has no event for the states between."""
    kinds = {AuthorizationStatus.CREATED: events.AUTHORIZATION_CREATED, AuthorizationStatus.VOIDED: events.AUTHORIZATION_VOIDED}
    if it.status in kinds:
        events.publish(world, kinds[it.status], views.authorization(world, it), it.id, it.order_id)


def settle(world: PayPal, it: Authorization, act: Act) -> None:
    """A hold under review is made or denied; raises IllegalMove."""
    _keep(world, it, authorization_after(it.status, act))
    if it.status is AuthorizationStatus.DENIED:
        world.invoices.discard(it.invoice_id)
    announce(world, it)


def take(world: PayPal, it: Authorization, body: dict[str, Any]) -> Capture:
    """Capture all that is left of a hold, or a part; raises Refused and then nothing was taken."""
    asked = texts.read(CAPTURE, body, TEXTS)
    final = body.get("final_capture", False)
    if not isinstance(final, bool):
        raise refused(CAPTURE, "INVALID_PARAMETER_SYNTAX", field="/final_capture", value=str(final), location="body")
    amount = _part(it, body)
    rest = final or it.captured + amount.value >= it.amount.value
    after = _after(it, CAPTURE, Act.CAPTURE_REST if rest else Act.CAPTURE)
    _check_limits(world, it, amount)
    _check_invoice(world, it, asked["invoice_id"])
    return _book(world, it, after, amount, asked["invoice_id"] or it.invoice_id, final=rest)


def renew(world: PayPal, it: Authorization, body: dict[str, Any]) -> Authorization:
    """A new hold with a new honor period, never beyond the life of the first; raises Refused."""
    amount = money.read(RENEW, body["amount"], "/amount") if body.get("amount") is not None else it.amount
    after = _after(it, RENEW, Act.REAUTHORIZE)
    now = world.clock.now()
    for wrong, issue in (
        (it.parent or it.child, "REAUTHORIZATION_NOT_SUPPORTED"),
        (now < it.honored, "REAUTHORIZATION_TOO_SOON"),
        (amount.currency != it.amount.currency, "AUTH_CURRENCY_MISMATCH"),
        (amount.value > it.amount.value, "AUTHORIZATION_AMOUNT_EXCEEDED"),
        (it.funds is Funds.GONE, "PAYER_CANNOT_PAY"),
    ):
        if wrong:
            raise refused(RENEW, issue)
    names = {"order_id": it.order_id, "invoice_id": it.invoice_id, "custom_id": it.custom_id, "expires": it.expires}
    made = Authorization(
        id=ids.paypal_id(), status=after, amount=amount, created=now, updated=now,
        honored=min(now + HONORED, it.expires), parent=it.id, funds=it.funds, **names,  # type: ignore[arg-type]
    )  # fmt: skip
    world.authorizations.put(made.id, made)
    it.child = made.id
    _keep(world, it, it.status)
    announce(world, made)
    return made


def void(world: PayPal, it: Authorization) -> Authorization:
    """Let go of what is left of a hold, and of the one that renewed it; raises Refused."""
    after = _after(it, VOID, Act.VOID)
    if it.parent:
        raise refused(VOID, "CANNOT_BE_VOIDED")
    _end(world, it, after)
    return it


def lapse(world: PayPal, it: Authorization) -> None:
    """The 29 days are over: what is left goes back to the payer. Does nothing to a hold that has ended already."""
    try:
        _end(world, it, authorization_after(it.status, Act.VOID), lapsed=True)
    except IllegalMove:
        return


def _end(world: PayPal, it: Authorization, after: AuthorizationStatus, *, lapsed: bool = False) -> None:
    it.lapsed = lapsed
    _keep(world, it, after)
    announce(world, it)
    if child := world.authorizations.get(it.child):
        child.lapsed = lapsed
        _keep(world, child, after)
        announce(world, child)


def _part(it: Authorization, body: dict[str, Any]) -> Amount:
    if body.get("amount") is None:
        return Amount(it.amount.value - it.captured, it.amount.currency)
    amount = money.read(CAPTURE, body["amount"], "/amount")
    if amount.currency != it.amount.currency:
        raise refused(CAPTURE, "AUTH_CAPTURE_CURRENCY_MISMATCH", field="/amount/currency_code", value=amount.currency, location="body")
    return amount


def _after(it: Authorization, operation: str, act: Act) -> AuthorizationStatus:
    if it.lapsed and operation == CAPTURE:
        raise refused(operation, "AUTHORIZATION_EXPIRED")
    try:
        return authorization_after(it.status, act)
    except IllegalMove as wrong:
        raise refused(operation, wrong.issue) from wrong


def _check_limits(world: PayPal, it: Authorization, amount: Amount) -> None:
    for wrong, issue in (
        (it.child, "TRANSACTION_REFUSED"),  # the money is held by the hold that renewed this one
        (len(it.capture_ids) >= world.account.captures_per_hold, "MAX_CAPTURE_COUNT_EXCEEDED"),
        (it.captured + amount.value > it.amount.value, "MAX_CAPTURE_AMOUNT_EXCEEDED"),
        (it.funds is Funds.GONE and world.clock.now() >= it.honored, "PAYER_CANNOT_PAY"),
    ):
        if wrong:
            raise refused(CAPTURE, issue)


def _check_invoice(world: PayPal, it: Authorization, invoice_id: str) -> None:
    if invoice_id and invoice_id != it.invoice_id and invoice_id in world.invoices:
        raise _duplicate(invoice_id)
    if invoice_id and invoice_id in {taken.invoice_id for key in it.capture_ids if (taken := world.captures.get(key))}:
        raise _duplicate(invoice_id)


def _duplicate(invoice_id: str) -> Refused:
    return refused(CAPTURE, "DUPLICATE_INVOICE_ID", field="/invoice_id", value=invoice_id, location="body")


def _book(world: PayPal, it: Authorization, after: AuthorizationStatus, amount: Amount, invoice_id: str, *, final: bool) -> Capture:
    capture = captures.book(world, it.order_id, amount, pending=it.funds is Funds.PENDING, invoice_id=invoice_id, custom_id=it.custom_id)
    capture.authorization_id, capture.final = it.id, final
    it.captured += amount.value
    it.capture_ids = [*it.capture_ids, capture.id]
    _keep(world, it, after)
    if after is AuthorizationStatus.CAPTURED and (renewed := world.authorizations.get(it.parent)):
        _keep(world, renewed, after)  # nothing of it is left to be voided, or to lapse
    captures.announce(world, capture.id)
    return capture


def _keep(world: PayPal, it: Authorization, status: AuthorizationStatus) -> None:
    it.status, it.updated = status, world.clock.now()
    world.authorizations.put(it.id, it)


def left(it: Authorization) -> Decimal:
    """What is still held."""
    gone = it.status in (AuthorizationStatus.VOIDED, AuthorizationStatus.DENIED, AuthorizationStatus.CAPTURED)
    return Decimal(0) if gone or it.child else it.amount.value - it.captured
