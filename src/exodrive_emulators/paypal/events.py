"""Webhook events: what happened, in PayPal's envelope, queued for every listener that asked for it."""

from typing import Any
from uuid import uuid4

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.clock import stamp, stamp_ms
from exodrive_emulators.paypal.model import Delivery, Event, Webhook
from exodrive_emulators.paypal.states import DeliveryStatus, Mode
from exodrive_emulators.paypal.world import PayPal

ORDER_APPROVED = "CHECKOUT.ORDER.APPROVED"
CAPTURE_COMPLETED = "PAYMENT.CAPTURE.COMPLETED"
CAPTURE_PENDING = "PAYMENT.CAPTURE.PENDING"
CAPTURE_DECLINED = "PAYMENT.CAPTURE.DECLINED"
CAPTURE_REFUNDED = "PAYMENT.CAPTURE.REFUNDED"
KINDS = {  # event type: resource type, summary
    ORDER_APPROVED: ("checkout-order", "An order has been approved by buyer"),
    CAPTURE_COMPLETED: ("capture", "Payment completed for {value} {currency_code}"),
    CAPTURE_PENDING: ("capture", "Payment pending for {value} {currency_code}"),
    CAPTURE_DECLINED: ("capture", "Payment declined for {value} {currency_code}"),
    CAPTURE_REFUNDED: ("refund", "A {value} {currency_code} capture payment was refunded"),
}


def publish(world: PayPal, event_type: str, resource: dict[str, Any], *transactions: str) -> None:
    """Keep the event and queue its deliveries; `transactions` are the ids by which it can be looked up."""
    now, event_id = world.clock.now(), ids.event_id()
    resource_type, summary = KINDS[event_type]
    base = f"{world.url}/v1/notifications/webhooks-events/{event_id}"
    body = {
        "id": event_id,
        "event_version": "1.0",
        "create_time": stamp_ms(now),
        "resource_type": resource_type,
        "resource_version": "2.0",
        "event_type": event_type,
        "summary": summary.format(**resource.get("amount", {})),
        "resource": resource,
        "links": [
            {"href": base, "rel": "self", "method": "GET"},
            {"href": f"{base}/resend", "rel": "resend", "method": "POST"},
        ],
    }
    event = world.events.put(event_id, Event(event_id, event_type, now, body, list(transactions)))
    for webhook in world.webhooks:
        if {"*", event_type} & set(webhook.event_types):
            _queue(world, event, webhook)
    world.post_due.set()


def _queue(world: PayPal, event: Event, webhook: Webhook) -> None:
    now = world.clock.now()
    status = DeliveryStatus.DROPPED if webhook.mode is Mode.DROP else DeliveryStatus.PENDING
    for _ in range(2 if webhook.mode is Mode.DUPLICATE else 1):
        delivery = Delivery(str(uuid4()), event.id, event.event_type, webhook.id, stamp(now), now, status)
        world.deliveries.put(delivery.id, delivery)
        if status is DeliveryStatus.PENDING:
            world.to_deliver[delivery.id] = delivery
