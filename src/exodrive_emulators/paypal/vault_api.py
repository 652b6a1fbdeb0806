"""The calls about kept wallets (show, list, delete), and the control interface for what becomes of them."""

import re
from typing import Any

import msgspec

from exodrive_emulators.kit.control import read
from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.paypal import vault
from exodrive_emulators.paypal.door import door
from exodrive_emulators.paypal.errors import Refused
from exodrive_emulators.paypal.model import KeptWallet
from exodrive_emulators.paypal.states import Funding, IllegalMove
from exodrive_emulators.paypal.world import PayPal

ONE = f"{vault.BASE}/{{id}}"
NONE = {"error": "No such wallet."}


class Backing(msgspec.Struct, forbid_unknown_fields=True):
    """What payments with a kept wallet will meet; with `asks` the payer has to approve each."""

    funding: Funding = Funding.INSTANT
    asks: bool = False


async def show(world: PayPal, request: Request) -> Answer:
    """GET …/{id}."""
    it = _usable(world, request)
    if not it:
        raise Refused(404, [], [])
    return json_answer(200, vault.view(world, it))


async def list_all(world: PayPal, request: Request) -> Answer:
    """GET /v3/vault/payment-tokens: customer_id, page, page_size, total_required."""
    whose = request.query.get("customer_id", "")
    number, size = _integer(request, "page", 1, 10), _integer(request, "page_size", 5, 5)
    total = request.query.get("total_required", "false")
    if not re.fullmatch("[0-9a-zA-Z_-]{7,36}", whose) or total not in ("true", "false"):
        raise Refused(400, [], [])
    fit = [it for it in world.wallets if it.customer_id == whose and it.ready and not it.cancelled]
    pages = -(-len(fit) // size)
    here = f"{world.url}{vault.BASE}?customer_id={whose}&page_size={size}&total_required={total}&page="
    ways = [("self", number), ("first", 1), *([("next", number + 1), ("last", pages)] if number < pages else [])]
    told: dict[str, Any] = {
        "customer": {"id": whose[:22]},
        "payment_tokens": [vault.view(world, it) for it in fit[(number - 1) * size : number * size]],
        "links": [{"href": f"{here}{page}", "rel": rel, "method": "GET"} for rel, page in ways],
    }
    return json_answer(200, told | ({"total_items": len(fit), "total_pages": pages} if total == "true" and fit else {}))


async def delete(world: PayPal, request: Request) -> Answer:
    """DELETE …/{id}: 204, also when there is none any more."""
    if it := _usable(world, request):
        vault.delete(world, it)
    return Answer(204)


async def control_list(world: PayPal, _: Request) -> Answer:
    """GET /control/vault: all, those too that are not ready or were cancelled."""
    return json_answer(200, list(world.wallets))


async def back(world: PayPal, request: Request) -> Answer:
    """POST /control/vault/{id} {"funding": "instant" | "declined" | "pending", "asks": false}."""
    it, wanted = world.wallets.get(request.params["id"]), read(request, Backing)
    if not it:
        return json_answer(404, NONE)
    it.funding, it.asks = wanted.funding, wanted.asks
    return json_answer(200, world.wallets.put(it.id, it))


async def cancel(world: PayPal, request: Request) -> Answer:
    """POST /control/vault/{id}/cancel: the payer does, at PayPal's own site."""
    it = world.wallets.get(request.params["id"])
    if not it:
        return json_answer(404, NONE)
    try:
        vault.cancel(world, it)
    except IllegalMove as wrong:
        return json_answer(409, {"error": str(wrong)})
    return json_answer(200, it)


def _usable(world: PayPal, request: Request) -> KeptWallet | None:
    it = world.wallets.get(request.params["id"])
    return it if it and it.ready and not it.cancelled else None


def _integer(request: Request, name: str, usual: int, most: int) -> int:
    text = request.query.get(name, str(usual))
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= most:
        raise Refused(400, [], [])
    return int(text)


LINES: list[Line[PayPal]] = [
    ("GET", vault.BASE, door("customer.payment-tokens.get", list_all)),
    ("GET", ONE, door("payment-tokens.get", show)),
    ("DELETE", ONE, door("payment-tokens.delete", delete)),
]
CONTROL: list[Line[PayPal]] = [
    ("GET", "/control/vault", control_list),
    ("POST", "/control/vault/{id}", back),
    ("POST", "/control/vault/{id}/cancel", cancel),
]
