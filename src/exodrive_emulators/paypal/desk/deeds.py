"""What the desk's buttons do: the shop's calls, the payer's and fate's part, the clock, faults. Every one leads back to a page."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.faults import Fault
from exodrive_emulators.kit.http import Answer, Request, see_other
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import authorizations, captures, control, due, events, orders
from exodrive_emulators.paypal.desk import bills
from exodrive_emulators.paypal.errors import Refused, error
from exodrive_emulators.paypal.model import Account, Rule
from exodrive_emulators.paypal.states import Act, Case, Funds, IllegalMove, Mode
from exodrive_emulators.paypal.world import PayPal

Form = dict[str, str]
Deed = Callable[[PayPal, str, Form], str]  # the world, an id, the form; tells what was done
SAMPLES = {"rental": ("CAPTURE", "1290.00", "Sample rental, 2 days"), "hold": ("AUTHORIZE", "2000.00", "Sample deposit")}


def create(world: PayPal, kind: str, form: Form) -> str:
    """A sample order that leads back to its own page; `form` is told where that is."""
    intent, value, text = SAMPLES.get(kind, SAMPLES["rental"])
    unit = {"amount": {"currency_code": "USD", "value": value}, "description": text}
    wallet = {"experience_context": {"brand_name": "the sample shop", "shipping_preference": "NO_SHIPPING"}}
    order = orders.create(world, {"intent": intent, "purchase_units": [unit], "payment_source": {"paypal": wallet}})
    order.return_url = order.cancel_url = f"{world.url}/orders/{order.id}"
    world.orders.put(order.id, order)
    form["back"] = f"/orders/{order.id}"
    return "Ordered. Now decide as the payer."


def capture_order(world: PayPal, order_id: str, _: Form) -> str:
    """The shop takes the money."""
    orders.capture(world, orders.find(world, "orders.capture", order_id))
    return "Captured."


def authorize_order(world: PayPal, order_id: str, _: Form) -> str:
    """The shop holds the money."""
    orders.authorize(world, orders.find(world, "orders.authorize", order_id))
    return "Authorized: the money is held."


def capture_hold(world: PayPal, hold_id: str, form: Form) -> str:
    """The shop takes a part of a hold, or the rest."""
    held = authorizations.find(world, authorizations.CAPTURE, hold_id)
    body = _amount(form, held.amount.currency) | ({"final_capture": True} if form.get("final") else {})
    authorizations.take(world, held, body)
    return "Captured from the hold."


def renew_hold(world: PayPal, hold_id: str, _: Form) -> str:
    """The shop renews a hold."""
    authorizations.renew(world, authorizations.find(world, authorizations.RENEW, hold_id), {})
    return "Renewed under a new id."


def void_hold(world: PayPal, hold_id: str, _: Form) -> str:
    """The shop lets go."""
    authorizations.void(world, authorizations.find(world, authorizations.VOID, hold_id))
    return "Voided: what was left is the payer's again."


def fund_hold(world: PayPal, hold_id: str, form: Form) -> str:
    """Fate decides what captures will meet."""
    held = authorizations.find(world, authorizations.CAPTURE, hold_id)
    held.funds = Funds(form.get("funds", ""))
    world.authorizations.put(held.id, held)
    return "Noted for the next captures."


def refund(world: PayPal, capture_id: str, form: Form) -> str:
    """The shop gives back a part, or the rest."""
    capture = captures.find(world, captures.REFUND, capture_id)
    captures.give_back(world, capture, _amount(form, capture.amount.currency))
    return "Refunded."


def settle(world: PayPal, thing: str, form: Form) -> str:
    """Fate ends a review."""
    due.settle(world, thing, Act(form.get("act", "")))
    return "Settled."


def case(world: PayPal, capture_id: str, form: Form) -> str:
    """The payer disputes, or takes it back."""
    captures.open_case(world, captures.find(world, captures.REFUND, capture_id), Case(form.get("case", "")))
    return "Noted."


def resend(world: PayPal, event_id: str, _: Form) -> str:
    """The event goes out once more, to all who want it."""
    event = world.events.get(event_id)
    for webhook in world.webhooks if event else ():
        if event and events.wants(webhook, event):
            events.queue(world, event, webhook)
    world.post_due.set()
    return "Sent again."


def switch(world: PayPal, webhook_id: str, form: Form) -> str:
    """A listener's switch."""
    webhook = world.webhooks.get(webhook_id)
    if webhook:
        control.switch(world, webhook, Mode(form.get("mode", "")))
    return "Switched."


def add_rule(world: PayPal, _: str, form: Form) -> str:
    """A trick of the post."""
    rule: dict[str, Any] = {"trick": form.get("trick"), "event_type": form.get("event_type", ""), "times": _times(form)}
    if form.get("delay", "").strip():
        rule["delay"] = float(form["delay"])
    re.compile(rule["event_type"])
    world.rules.put(ids.paypal_id(), msgspec.convert(rule, Rule))
    return "Ordered."


def withdraw_rules(world: PayPal, _: str, __: Form) -> str:
    """No more tricks."""
    world.rules.clear()
    return "Withdrawn."


def move_clock(world: PayPal, how: str, form: Form) -> str:
    """On by seconds, to a moment, or back to the real time."""
    if how == "real":
        world.move_clock(0.0)
    elif how == "to":
        world.move_clock(world.clock.shift_at(datetime.fromisoformat(form.get("moment", "")).replace(tzinfo=UTC)))
    else:
        world.move_clock(world.clock.shift + float(form.get("seconds", "0")))
    return "The clock was moved, and what fell due has happened."


def add_fault(world: PayPal, _: str, form: Form) -> str:
    """Something shall go wrong."""
    match = {"path_regex": form.get("path", ""), "method": form.get("method") or None}
    fault: dict[str, Any] = {"kind": form.get("kind"), "match": match, "times": _times(form), "delay": float(form.get("delay") or 0)}
    fault |= {"status": int(form.get("status") or 503), "issue": form.get("issue", "")}
    if fault["status"] in (429, 503):
        fault["headers"] = {"retry-after": "3"}
    world.order_faults([msgspec.convert(fault, Fault)])
    return "Ordered."


def withdraw_faults(world: PayPal, _: str, __: Form) -> str:
    """Nothing shall go wrong any more."""
    world.faults.withdraw()
    return "Withdrawn."


def change_account(world: PayPal, _: str, form: Form) -> str:
    """What the merchant's account is like."""
    switches = {"refunds_pending": "pending", "external_states": "external", "vaulting": "vaulting"}
    chosen = {name: bool(form.get(field)) for name, field in switches.items()}
    world.accounts.put("merchant", Account(int(form.get("captures") or 10), vault_delay=world.account.vault_delay, **chosen))
    return "Changed."


DEEDS: dict[str, Deed] = bills.DEEDS | {
    "create": create, "capture": capture_order, "authorize": authorize_order, "capture-hold": capture_hold, "renew": renew_hold,
    "void": void_hold, "funds": fund_hold, "refund": refund, "settle": settle, "case": case, "resend": resend, "switch": switch,
    "rule": add_rule, "no-rules": withdraw_rules, "clock": move_clock, "fault": add_fault, "no-faults": withdraw_faults,
    "account": change_account,
}  # fmt: skip


async def act(world: PayPal, request: Request) -> Answer:
    """POST /desk/{deed}/{id}: from our own pages only, and back to the one it came from."""
    deed, form = DEEDS.get(request.params["deed"]), request.form()
    if not deed or _foreign(request):
        return error(403 if deed else 404)
    try:
        said = deed(world, request.params["id"], form)
        if deed is move_clock and not await world.clock_moved():
            said = "The clock is still on its way: those who follow it have not come yet."
    except Refused as refusal:
        said = f"PayPal refuses: {refusal.issue or refusal.status}"
    except IllegalMove as wrong:
        said = str(wrong)
    except (ValueError, OverflowError, re.error) as wrong:  # a number, a moment or a name that is none
        said = f"That cannot be read: {wrong}"
    back = form.get("back", "/")
    return see_other(f"{back if back.startswith('/') and not back.startswith('//') else '/'}?said={quote(said)}")


def _foreign(request: Request) -> bool:
    """Whether another site's page sent this form."""
    origin = request.headers.get("origin", "")
    elsewhere = bool(origin) and origin != "null" and urlsplit(origin).netloc != request.headers.get("host")
    return elsewhere or request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")


def _times(form: Form) -> int | None:
    return None if form.get("times") == "always" else int(form.get("times") or 1)


def _amount(form: Form, currency: str) -> dict[str, Any]:
    value = form.get("value", "").strip()
    return {"amount": {"currency_code": currency, "value": value}} if value else {}


LINES: list[Line[PayPal]] = [("POST", "/desk/{deed}/{id}", act)]
