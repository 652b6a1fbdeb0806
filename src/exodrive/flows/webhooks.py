"""Callbacks of PayPal: kept once, and worked on later by reading the resource again. A message is a hint, never a fact."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from uuid import UUID

import msgspec

from exodrive.bookings.model import PAYPAL
from exodrive.flows import hearing, home
from exodrive.flows.checkout import pay
from exodrive.flows.deposit import hearing as holds
from exodrive.flows.invoicing import look as invoices
from exodrive.flows.wallet import hearing as wallets
from exodrive.flows.world import World
from exodrive.gateways.paypal import Flaw, Forged, Notice
from exodrive.kit import outbox
from exodrive.kit.db import Door
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import new_id
from exodrive.webhooks import store as webhooks
from exodrive.webhooks.model import KeptEvent

log = logging.getLogger(__name__)


async def receive(world: World, notice: Notice) -> bool:
    """Keep a verified message and promise to work on it; False for a repeat. Raises Forged as ``take`` does."""
    return await take(world.door, notice)


@commits("notice.keep")
async def take(door: Door, notice: Notice, *, is_signed: bool = True) -> bool:
    """Keep a verified message and promise to work on it; False for a repeat, which changes nothing.

    Raises Forged when this very delivery brought something else before: its headers sign no more than a CRC32. What we read ourselves is
    not signed and cannot be forged so.
    """
    event, event_id = notice.event, new_id()
    resource_id = event.resource.get("id")
    digest = hashlib.sha256(msgspec.json.encode(event, order="deterministic")).digest()
    delivery = {"source": "paypal", "transmission": notice.transmission_id, "event": event.id}
    async with door.scope() as db:
        if is_signed and not await webhooks.deliver(db, **delivery, digest=digest):
            raise Forged(Flaw.REPLAY, "a known delivery with other contents")
        kept = await webhooks.keep(
            db,
            event_id,
            source="paypal",
            event=event.id,
            transmission=notice.transmission_id,
            kind=event.event_type,
            resource_id=resource_id if isinstance(resource_id, str) else None,
            payload=msgspec.to_builtins(event),
        )
        if kept:
            await outbox.enqueue(db, "webhooks.handle", event_id=event_id)
    return kept


@commits("notice.handle")
async def handle(world: World, event_id: UUID) -> None:
    """Work on a kept message; safe to run any number of times. Raises Unavailable when PayPal must be asked and does not answer."""
    async with world.door.scope() as db:
        event = await webhooks.find(db, event_id)
    if event is None or event.is_handled:
        return
    work = _WORK.get(event.event_type)
    outcome = await work(world, event) if work else "ignored"
    async with world.door.scope() as db:
        await webhooks.handled(db, event_id, outcome)


async def _approved(world: World, event: KeptEvent) -> str:
    """The payer approved an order: take the money if the renter did not come back to let us."""
    try:
        told = await home.capture(world, event.resource_id or "", actor=PAYPAL, patience=0)
    except pay.UnknownOrder:
        return "not ours"
    return told.outcome.step.value


_WORK: dict[str, Callable[[World, KeptEvent], Awaitable[str]]] = {
    "CHECKOUT.ORDER.APPROVED": _approved,
    "PAYMENT.AUTHORIZATION.CREATED": holds.changed,
    "PAYMENT.AUTHORIZATION.VOIDED": holds.changed,
    "PAYMENT.CAPTURE.COMPLETED": hearing.captured,
    "PAYMENT.CAPTURE.PENDING": hearing.captured,
    "PAYMENT.CAPTURE.DENIED": hearing.captured,
    "PAYMENT.CAPTURE.DECLINED": hearing.captured,
    "PAYMENT.CAPTURE.REFUNDED": hearing.refunded,
    "PAYMENT.CAPTURE.REVERSED": hearing.reversed_,
    "INVOICING.INVOICE.CREATED": invoices.changed,
    "INVOICING.INVOICE.UPDATED": invoices.changed,
    "INVOICING.INVOICE.SCHEDULED": invoices.changed,
    "INVOICING.INVOICE.PAID": invoices.changed,
    "INVOICING.INVOICE.CANCELLED": invoices.changed,
    "INVOICING.INVOICE.REFUNDED": invoices.changed,
    "VAULT.PAYMENT-TOKEN.CREATED": wallets.created,
    "VAULT.PAYMENT-TOKEN.DELETED": wallets.deleted,
}

#: The kinds of events we want to hear of.
EVENTS = tuple(sorted(_WORK))
