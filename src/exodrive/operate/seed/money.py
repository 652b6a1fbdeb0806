"""The money of a demo booking: the summary people see, and under it what was asked of PayPal and what it answered, sums agreeing."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

from exodrive.kit.days import moment_at
from exodrive.operate.seed.house import TIME_ZONE, id_of
from exodrive.operate.seed.life import Life
from exodrive.operate.seed.store import Row
from exodrive.payments.instalments.model import REMINDERS
from exodrive.pricing.model import Price

_PROVIDER_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
_SECOND = timedelta(seconds=1)


def money_rows(life: Life, price: Price, refund: Decimal) -> dict[str, list[Row]]:
    """Return the rows of `payments`, `payment_operations` and `payment_results`."""
    rng = Random(life.reference)  # noqa: S311 - a story, not a secret
    order, capture, back = ("".join(rng.choices(_PROVIDER_LETTERS, k=17)) for _ in range(3))
    steps = [
        ("create_order", life.ordered_at, price.due_now, None, order, "PAYER_ACTION_REQUIRED"),
        ("capture", life.paid_at, price.due_now, order, capture, "COMPLETED"),
    ]
    if refund and life.cancelled_at:
        steps.append(("refund", life.cancelled_at, refund, capture, back, "COMPLETED"))
    operations = [_operation(life, price, kind, at, amount, target) for kind, at, amount, target, _, _ in steps]
    results = [_result(life, price, kind, at, amount, provider_id, status) for kind, at, amount, _, provider_id, status in steps]
    payment = _payment(life, price, refund, order, capture)
    return {"payments": [payment], "payment_operations": operations, "payment_results": results}


def rest_rows(life: Life, price: Price, now: datetime) -> list[Row]:
    """Return the row of what is due later of a price in two parts, with its next letter; none for any other."""
    if price.due_on is None:
        return []
    letters = (moment_at(price.due_on - timedelta(days=days), time(9), TIME_ZONE) for days in REMINDERS)
    about = {"id": id_of("rest", life.name), "booking_id": life.id, "status": "open"}
    due = {"amount": price.due_later, "currency": price.inputs.currency, "due_on": price.due_on}
    return [about | due | {"remind_at": min((at for at in letters if at > now), default=None), "created_at": life.paid_at}]


def _payment(life: Life, price: Price, refund: Decimal, order: str, capture: str) -> Row:
    return {
        "id": id_of("payment", life.name),
        "booking_id": life.id,
        "status": "captured" if not refund else "refunded" if refund == price.due_now else "partly_refunded",
        "amount": price.due_now,
        "captured_amount": price.due_now,
        "refunded_amount": refund,
        "currency": price.inputs.currency,
        "paypal_order_id": order,
        "paypal_capture_id": capture,
        "captured_at": life.paid_at,
        "created_at": life.ordered_at,
        "updated_at": life.cancelled_at or life.paid_at,
    }


def _operation(life: Life, price: Price, kind: str, at: datetime, amount: Decimal, target: str | None) -> Row:
    return {
        "id": id_of("operation", f"{life.name} {kind}"),
        "booking_id": life.id,
        "kind": kind,
        "attempt": 1,
        "request_id": f"{kind}-{id_of('operation', f'{life.name} {kind}')}",
        "amount": amount,
        "currency": price.inputs.currency,
        "target_id": target,
        "reason": "Cancelled by the renter" if kind == "refund" else None,
        "created_at": at,
    }


def _result(life: Life, price: Price, kind: str, at: datetime, amount: Decimal, provider_id: str, status: str) -> Row:
    return {
        "operation_id": id_of("operation", f"{life.name} {kind}"),
        "outcome": "succeeded",
        "provider_id": provider_id,
        "provider_status": status,
        "amount": amount,
        "currency": price.inputs.currency,
        "created_at": at + _SECOND,
    }
