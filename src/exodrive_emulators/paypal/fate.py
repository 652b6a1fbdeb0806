"""The control interface for what nobody calls for: reviews that end, disputes, empty accounts, tricks of the post."""

import re
from datetime import timedelta
from typing import Annotated, Any

import msgspec

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.control import read
from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Handler, Line
from exodrive_emulators.paypal import captures, due, views
from exodrive_emulators.paypal.model import Account, Due, Rule
from exodrive_emulators.paypal.states import Act, Case, Funds, IllegalMove
from exodrive_emulators.paypal.world import PayPal

ACTS = {
    "authorizations": {Act.COMPLETE, Act.DENY, Act.DECLINE},
    "captures": {Act.COMPLETE, Act.DENY, Act.DECLINE},
    "refunds": {Act.COMPLETE, Act.FAIL},
}


class Settlement(msgspec.Struct, forbid_unknown_fields=True):
    """How what is pending ends: at once, or `after` so many seconds of this clock."""

    act: Act
    after: Annotated[float, msgspec.Meta(ge=0, le=3e8)] = 0.0


class Backing(msgspec.Struct, forbid_unknown_fields=True):
    """What the captures of a hold will meet."""

    funds: Funds


class Opened(msgspec.Struct, forbid_unknown_fields=True):
    """A case against a capture; an empty one closes it."""

    case: Case = Case.DISPUTE


def settler(kind: str) -> Handler[PayPal]:
    """POST /control/{kind}/{id}/settle {"act": "complete", "after": 0}."""

    async def settle(world: PayPal, request: Request) -> Answer:
        wanted, thing = read(request, Settlement), request.params["id"]
        if show(world, kind, thing) is None:
            return json_answer(404, {"error": f"There is no such thing among the {kind}."})
        if wanted.act not in ACTS[kind]:
            return json_answer(422, {"error": f"{kind} end by: {', '.join(sorted(ACTS[kind]))}"})
        if wanted.after > 0:
            world.agenda.add(Due(world.clock.after(timedelta(seconds=wanted.after)), thing, wanted.act))
            world.post_due.set()
            return json_answer(202, show(world, kind, thing))
        try:
            due.settle(world, thing, wanted.act)
        except IllegalMove as wrong:
            return json_answer(409, {"error": str(wrong)})
        return json_answer(200, show(world, kind, thing))

    return settle


def show(world: PayPal, kind: str, thing: str) -> dict[str, Any] | None:
    """The thing as the API shows it."""
    if kind == "authorizations":
        return views.authorization(world, held) if (held := world.authorizations.get(thing)) else None
    if kind == "captures":
        return views.capture(world, taken) if (taken := world.captures.get(thing)) else None
    return views.refund(world, given) if (given := world.refunds.get(thing)) else None


async def back(world: PayPal, request: Request) -> Answer:
    """POST /control/authorizations/{id}/funds {"funds": "ready" | "pending" | "gone"}."""
    held, funds = world.authorizations.get(request.params["id"]), read(request, Backing).funds
    if not held:
        return json_answer(404, {"error": "No such authorization."})
    held.funds = funds
    world.authorizations.put(held.id, held)
    return json_answer(200, {"id": held.id, "funds": funds})


async def open_case(world: PayPal, request: Request) -> Answer:
    """POST /control/captures/{id}/case {"case": "dispute" | "chargeback" | ""}."""
    capture, case = world.captures.get(request.params["id"]), read(request, Opened).case
    if not capture:
        return json_answer(404, {"error": "No such capture."})
    captures.open_case(world, capture, case)
    return json_answer(200, {"id": capture.id, "case": case})


async def show_account(world: PayPal, _: Request) -> Answer:
    """GET /control/account."""
    return json_answer(200, world.account)


async def change_account(world: PayPal, request: Request) -> Answer:
    """POST /control/account {"captures_per_hold": 10, "refunds_pending": false}."""
    return json_answer(200, world.accounts.put("merchant", read(request, Account)))


async def list_rules(world: PayPal, _: Request) -> Answer:
    """GET /control/webhook-rules."""
    return json_answer(200, list(world.rules))


async def add_rule(world: PayPal, request: Request) -> Answer:
    """POST /control/webhook-rules {"trick", "event_type", "webhook_id", "times", "delay"}, or a list of them."""
    raw = msgspec.json.decode(request.body)
    rules = msgspec.convert(raw if isinstance(raw, list) else [raw], list[Rule])
    for rule in rules:
        re.compile(rule.event_type)
    for rule in rules:
        world.rules.put(ids.paypal_id(), rule)
    return json_answer(201, rules)


async def withdraw_rules(world: PayPal, _: Request) -> Answer:
    """DELETE /control/webhook-rules."""
    world.rules.clear()
    return Answer(204)


LINES: list[Line[PayPal]] = [
    *(("POST", f"/control/{kind}/{{id}}/settle", settler(kind)) for kind in ACTS),
    ("POST", "/control/authorizations/{id}/funds", back),
    ("POST", "/control/captures/{id}/case", open_case),
    ("GET", "/control/account", show_account),
    ("POST", "/control/account", change_account),
    ("GET", "/control/webhook-rules", list_rules),
    ("POST", "/control/webhook-rules", add_rule),
    ("DELETE", "/control/webhook-rules", withdraw_rules),
]
