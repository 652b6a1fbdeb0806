"""Orders: create, show, approve, capture."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from exodrive_emulators.kit import ids
from exodrive_emulators.paypal import authorizations, captures, events, order_request, vault, views
from exodrive_emulators.paypal.errors import refused
from exodrive_emulators.paypal.model import KeptWallet, Order, Unit
from exodrive_emulators.paypal.states import Act, Funding, IllegalMove, Intent, OrderStatus, order_after
from exodrive_emulators.paypal.wallet import Wallet, check_units
from exodrive_emulators.paypal.wallet import read as read_wallet
from exodrive_emulators.paypal.world import PayPal

APPROVAL = timedelta(hours=6)  # to approve after creation, and again to capture after approval


def create(world: PayPal, body: dict[str, Any], request_id: str = "") -> Order:
    """A new order, paid at once when a kept wallet pays it; raises Refused."""
    units = order_request.read_units(body)
    intent = order_request.read_intent(body, units)
    has_wallet, context = order_request.read_context(body)
    wallet = read_wallet(body)
    check_units(wallet, units)
    captures.check_invoice_ids(world, "orders.create", units)
    kept = vault.check(world, wallet, request_id)
    order = _made(world, units, intent, context, wallet, has_wallet=has_wallet)
    return _paid_by(world, order, kept) if kept and not kept.asks else order


def _paid_by(world: PayPal, order: Order, kept: KeptWallet) -> Order:
    """The payer agreed long ago."""
    order.status, order.funding = OrderStatus.APPROVED, kept.funding
    return capture(world, order) if order.intent is Intent.CAPTURE else authorize(world, order)


def _made(world: PayPal, units: list[Unit], intent: Intent, context: dict[str, str], wallet: Wallet, *, has_wallet: bool) -> Order:
    now = world.clock.now()
    order = Order(
        id=ids.paypal_id(),
        status=OrderStatus.PAYER_ACTION_REQUIRED if has_wallet else OrderStatus.CREATED,
        units=units,
        wallet=has_wallet,
        brand=context.get("brand_name", ""),
        return_url=context.get("return_url", ""),
        cancel_url=context.get("cancel_url", ""),
        created=now,
        updated=now,
        expires=now + APPROVAL,
        immediate=context.get("payment_method_preference") == "IMMEDIATE_PAYMENT_REQUIRED",
        intent=intent,
        wish=wallet.wish,
        stored=wallet.stored if wallet.vault_id else {},
    )
    return world.orders.put(order.id, order)


def alive(world: PayPal, order_id: str) -> Order | None:
    """The order, unless it was never there or its time ran out before it was paid."""
    order = world.orders.get(order_id)
    if order and (order.status is OrderStatus.COMPLETED or order.expires > world.clock.now()):
        return order
    return None


def find(world: PayPal, operation: str, order_id: str) -> Order:
    """The same; raises Refused (404)."""
    if order := alive(world, order_id):
        return order
    raise refused(operation, "INVALID_RESOURCE_ID", field="order_id", value=order_id, location="path")


def approve(world: PayPal, order: Order, funding: Funding) -> None:
    """The payer agrees; `funding` decides what a capture will meet. Raises IllegalMove."""
    order.status = order_after(order.status, Act.APPROVE)
    order.funding, order.updated, order.expires = funding, world.clock.now(), world.clock.after(APPROVAL)
    world.orders.put(order.id, order)
    events.publish(world, events.ORDER_APPROVED, views.order(world, order, full=True), order.id)


def capture(world: PayPal, order: Order) -> Order:
    """Take the money of every unit; raises Refused and then nothing was taken."""
    _finish(world, order, Act.CAPTURE, "orders.capture")
    for unit in order.units:
        unit.capture_id = captures.take(world, order, unit).id
    world.orders.put(order.id, order)
    vault.keep(world, order)
    for unit in order.units:
        captures.announce(world, unit.capture_id)
    return order


def authorize(world: PayPal, order: Order) -> Order:
    """Hold the money of the one unit; raises Refused and then nothing is held."""
    _finish(world, order, Act.AUTHORIZE, "orders.authorize")
    held = authorizations.hold(world, order, order.units[0])
    order.units[0].authorization_id = held.id
    world.orders.put(order.id, order)
    vault.keep(world, order)
    authorizations.announce(world, held)
    return order


def _finish(world: PayPal, order: Order, act: Act, operation: str) -> None:
    """The order is completed, if the payer, the intent and the funding source allow it."""
    if order.intent != act.name:
        raise refused(operation, "ACTION_DOES_NOT_MATCH_INTENT")
    try:
        after = order_after(order.status, act)
    except IllegalMove as wrong:
        raise refused(operation, wrong.issue) from wrong
    captures.check_invoice_ids(world, operation, order.units)
    if order.funding is Funding.DECLINED:
        raise refused(operation, "INSTRUMENT_DECLINED", links=other_funding(world, order.id))
    order.status, order.updated = after, world.clock.now()


def other_funding(world: PayPal, order_id: str) -> list[dict[str, str]]:
    """Where the payer chooses another funding source."""
    return [{"href": f"{world.url}/checkoutnow?token={order_id}", "rel": "redirect", "method": "GET"}]


def total(units: list[Unit]) -> Decimal:
    """The sum over all units."""
    return sum((unit.amount.value for unit in units), Decimal(0))
