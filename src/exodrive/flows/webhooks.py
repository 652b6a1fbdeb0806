"""Callbacks of PayPal: kept once, and worked on later by reading the resource again. A message is a hint, never a fact."""

import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import PAYPAL
from exodrive.flows import home
from exodrive.flows.change import store as changes
from exodrive.flows.checkout import pay, settling, store
from exodrive.flows.world import World
from exodrive.gateways.paypal import Flaw, Forged, Notice
from exodrive.kit import outbox
from exodrive.kit.db import Door
from exodrive.kit.failpoints import commits
from exodrive.kit.ids import BookingId, OperationId, new_id
from exodrive.payments import store as payments
from exodrive.payments.model import Kind
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


async def _captured(world: World, event: KeptEvent) -> str:
    """Something happened to a capture: read what became of our open intent."""
    order_id = _related(event.payload, "order_id")
    if order_id and (operation_id := await _of_change(world, order_id)):
        await settling.settle(world, operation_id, actor=PAYPAL, only_read=True)
        return "settled"
    return await _settle(world, await _booking(world, order_id, event.resource_id), Kind.CAPTURE)


async def _of_change(world: World, order_id: str) -> OperationId | None:
    """The open capture of a change that this order pays for."""
    async with world.door.scope() as db:
        change = await changes.of_order(db, order_id)
        operation = await payments.open_for_change(db, change.id, Kind.CAPTURE) if change else None
    return operation.id if operation else None


async def _refunded(world: World, event: KeptEvent) -> str:
    """Money went back; if nobody here asked for it, it was done at PayPal's own site, and a person should know."""
    booking_id = await _booking(world, None, _capture_of_refund(event.payload))
    settled = await _settle(world, booking_id, Kind.REFUND)
    if booking_id is None or settled == "settled":
        return settled
    async with world.door.scope() as db:
        last = await payments.last_asked(db, booking_id, Kind.REFUND)
        if last is not None and last.provider_id == event.resource_id:
            return "known"
        await bookings.tell(db, booking_id, "refunded_elsewhere", PAYPAL, refund=event.resource_id)
    log.critical("money went back that nobody here gave back", extra={"event": event.event_id})
    return "external"


async def _settle(world: World, booking_id: BookingId | None, kind: Kind) -> str:
    if booking_id is None:
        return "not ours"
    async with world.door.scope() as db:
        operation = await payments.open_operation(db, booking_id, kind)
    if operation is None:
        return "nothing open"
    await settling.settle(world, operation.id, actor=PAYPAL, only_read=True)
    return "settled"


async def _booking(world: World, order_id: str | None, capture_id: str | None) -> BookingId | None:
    async with world.door.scope() as db:
        by_order = await store.booking_of_order(db, order_id) if order_id else None
        return by_order or (await store.booking_of_capture(db, capture_id) if capture_id else None)


def _related(payload: Mapping[str, Any], name: str) -> str | None:
    found: Any = payload
    for key in ("resource", "supplementary_data", "related_ids", name):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else None


def _capture_of_refund(payload: Mapping[str, Any]) -> str | None:
    links = payload.get("resource", {}).get("links", [])
    up = [link.get("href", "") for link in links if isinstance(link, dict) and link.get("rel") == "up"] if isinstance(links, list) else []
    return str(up[0]).rpartition("/")[2] if up else None


_WORK: dict[str, Callable[[World, KeptEvent], Awaitable[str]]] = {
    "CHECKOUT.ORDER.APPROVED": _approved,
    "PAYMENT.CAPTURE.COMPLETED": _captured,
    "PAYMENT.CAPTURE.PENDING": _captured,
    "PAYMENT.CAPTURE.DENIED": _captured,
    "PAYMENT.CAPTURE.DECLINED": _captured,
    "PAYMENT.CAPTURE.REFUNDED": _refunded,
    "PAYMENT.CAPTURE.REVERSED": _refunded,
}

#: The kinds of events we want to hear of.
EVENTS = tuple(sorted(_WORK))
