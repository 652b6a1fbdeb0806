"""Webhook events: what happened, in PayPal's envelope, queued for every listener that asked for it."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.clock import stamp, stamp_ms
from exodrive_emulators.kit.faults import use_up
from exodrive_emulators.paypal.model import Delivery, Event, Rule, Webhook
from exodrive_emulators.paypal.states import DeliveryStatus, Mode, Trick
from exodrive_emulators.paypal.world import PayPal

ORDER_APPROVED = "CHECKOUT.ORDER.APPROVED"
CAPTURE_COMPLETED = "PAYMENT.CAPTURE.COMPLETED"
CAPTURE_PENDING = "PAYMENT.CAPTURE.PENDING"
CAPTURE_DECLINED = "PAYMENT.CAPTURE.DECLINED"
CAPTURE_DENIED = "PAYMENT.CAPTURE.DENIED"
CAPTURE_REVERSED = "PAYMENT.CAPTURE.REVERSED"
CAPTURE_REFUNDED = "PAYMENT.CAPTURE.REFUNDED"
AUTHORIZATION_CREATED = "PAYMENT.AUTHORIZATION.CREATED"
AUTHORIZATION_VOIDED = "PAYMENT.AUTHORIZATION.VOIDED"
ON_THE_WAY = {Trick.TAMPER, Trick.WRONG_ID, Trick.EXPIRED, Trick.FOREIGN}
KINDS = {  # event type: resource type, summary
    ORDER_APPROVED: ("checkout-order", "An order has been approved by buyer"),
    CAPTURE_COMPLETED: ("capture", "Payment completed for {value} {currency_code}"),
    CAPTURE_PENDING: ("capture", "Payment pending for {value} {currency_code}"),
    CAPTURE_DECLINED: ("capture", "Payment declined for {value} {currency_code}"),
    CAPTURE_DENIED: ("capture", "Payment denied for {value} {currency_code}"),
    CAPTURE_REVERSED: ("refund", "A {value} {currency_code} capture payment was reversed"),
    AUTHORIZATION_CREATED: ("authorization", "A payment authorization was created for {value} {currency_code}"),
    AUTHORIZATION_VOIDED: ("authorization", "A payment authorization was voided"),
    CAPTURE_REFUNDED: ("refund", "A {value} {currency_code} capture payment was refunded"),
    "VAULT.PAYMENT-TOKEN.CREATED": ("payment_token", "A payment token has been created."),
    "VAULT.PAYMENT-TOKEN.DELETED": ("payment_token", "A payment token has been deleted."),
    "VAULT.PAYMENT-TOKEN.DELETION-INITIATED": ("payment_token", "A request to delete a payment token has been submitted."),
    "INVOICING.INVOICE.CREATED": ("invoices", "An invoice is created"),
    "INVOICING.INVOICE.UPDATED": ("invoices", "An invoice is updated"),
    "INVOICING.INVOICE.SCHEDULED": ("invoices", "An invoice is scheduled"),
    "INVOICING.INVOICE.PAID": ("invoices", "An invoice is paid, partially paid, or payment is made and is pending."),
    "INVOICING.INVOICE.CANCELLED": ("invoices", "An invoice is cancelled"),
    "INVOICING.INVOICE.REFUNDED": ("invoices", "An invoice is refunded"),
}


# What a listener may also ask for, as at PayPal, though nothing here makes it happen.
ELSEWHERE = frozenset(
    {
        "CHECKOUT.ORDER.COMPLETED",
        "CHECKOUT.PAYMENT-APPROVAL.REVERSED",
        *(f"CUSTOMER.DISPUTE.{end}" for end in ("CREATED", "UPDATED", "RESOLVED")),
    }
)


def publish(world: PayPal, event_type: str, resource: dict[str, Any], *transactions: str) -> None:
    """Keep the event and queue its deliveries; `transactions` are the ids by which it can be looked up."""
    event = make(world, event_type, resource, *transactions)
    world.events.put(event.id, event)
    for webhook in world.webhooks:
        if wants(webhook, event):
            queue(world, event, webhook, rule=_rule(world, event, webhook))
    world.post_due.set()


def make(world: PayPal, event_type: str, resource: dict[str, Any], *transactions: str) -> Event:
    """An event in its envelope."""
    now, event_id = world.clock.now(), ids.event_id()
    resource_type, summary = KINDS[event_type]
    base = f"{world.url}/v1/notifications/webhooks-events/{event_id}"
    body = {
        "id": event_id,
        "event_version": "1.0",
        "create_time": stamp_ms(now),
        "resource_type": resource_type,
        "resource_version": "3.0" if resource_type == "payment_token" else "2.0",
        "event_type": event_type,
        "summary": summary.format(**resource.get("amount", {})),
        "resource": resource,
        "links": [
            {"href": base, "rel": "self", "method": "GET"},
            {"href": f"{base}/resend", "rel": "resend", "method": "POST"},
        ],
    }
    return Event(event_id, event_type, now, body, list(transactions))


def wants(webhook: Webhook, event: Event) -> bool:
    """Whether this listener asked for such events."""
    return bool({"*", event.event_type} & set(webhook.event_types))


def certificate_url(world: PayPal, name: str = "") -> str:
    """Where a certificate is found; ours when no other is named."""
    return f"{world.url}/v1/notifications/certs/{name or world.chain.name}"


def queue(world: PayPal, event: Event, webhook: Webhook, *, rule: Rule | None = None, url: str = "") -> None:
    """One delivery to one listener, or what its switch or a rule makes of it."""
    trick = rule.trick if rule else None
    dropped = webhook.mode is Mode.DROP or trick is Trick.DROP
    first = _delivery(world, event, webhook, DeliveryStatus.DROPPED if dropped else DeliveryStatus.PENDING)
    first.url, first.trick = url, trick if trick in ON_THE_WAY else None
    if rule and trick in (Trick.DELAY, Trick.REORDER):
        first.due += timedelta(seconds=rule.delay)
    _release(world, webhook, first)
    if trick is Trick.REORDER:
        world.held_back.put(webhook.id, first.id)
    if webhook.mode is Mode.DUPLICATE or trick is Trick.DUPLICATE:
        _delivery(world, event, webhook, first.status).url = url


def _delivery(world: PayPal, event: Event, webhook: Webhook, status: DeliveryStatus) -> Delivery:
    now = world.clock.now()
    delivery = Delivery(str(uuid4()), event.id, event.event_type, webhook.id, stamp(now), now, status)
    if status is DeliveryStatus.PENDING:
        world.to_deliver[delivery.id] = delivery
    return world.deliveries.put(delivery.id, delivery)


def _release(world: PayPal, webhook: Webhook, after: Delivery) -> None:
    """What was held back for this listener, and whose time has not come anyway, goes out as soon as `after` has."""
    held, now = world.deliveries.get(world.held_back.get(webhook.id) or ""), world.clock.now()
    world.held_back.drop(webhook.id)
    if held and held.status is DeliveryStatus.PENDING and held.due > now:
        held.behind, held.due = after.id, now
        world.deliveries.put(held.id, held)


def _rule(world: PayPal, event: Event, webhook: Webhook) -> Rule | None:
    """The first rule that fits, used up by it."""
    for key, rule in world.rules.items():
        if rule.webhook_id in ("", webhook.id) and re.search(rule.event_type, event.event_type):
            use_up(world.rules, key, rule)
            return rule
    return None
