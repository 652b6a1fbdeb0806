"""Changing an order before it is paid: JSON patches of one purchase unit, all of them or none."""

import re
from typing import Any

import msgspec

from exodrive_emulators.paypal import order_request
from exodrive_emulators.paypal.errors import Refused, refused
from exodrive_emulators.paypal.model import Order, Unit
from exodrive_emulators.paypal.states import Act, Funding, IllegalMove, order_after
from exodrive_emulators.paypal.world import PayPal

OPERATION = "orders.patch"
OPS = {"add", "replace", "remove"}
FIELDS = {"amount", "description", "custom_id", "invoice_id", "soft_descriptor", "items"}
_UNIT = re.compile(r"/purchase_units/@reference_id=='([^']*)'(?:/(\w+))?")


def apply(world: PayPal, order: Order, body: bytes) -> None:
    """Do what the list of patches says; raises Refused and then nothing is changed."""
    wanted = _read(body)
    try:
        order_after(order.status, Act.PATCH)
    except IllegalMove as wrong:
        raise refused(OPERATION, wrong.issue) from wrong
    units = {unit.field("reference_id"): unit for unit in order.units}
    for patch in wanted:
        reference, shown = _patched(units, patch)
        units[reference] = _unit_of(shown, patch)
    changed = list(units.values())
    _check(world, order, changed)
    order.units, order.updated = changed, world.clock.now()
    world.orders.put(order.id, order)


def _read(body: bytes) -> list[dict[str, Any]]:
    try:
        wanted = msgspec.json.decode(body, type=list[dict[str, Any]])
    except msgspec.MsgspecError as wrong:
        raise refused(OPERATION, "MALFORMED_REQUEST_JSON", location="body") from wrong
    for patch in wanted:
        if patch.get("op") is None:
            raise refused(OPERATION, "MISSING_REQUIRED_PARAMETER", field="/op", location="body")
        if not isinstance(patch["op"], str) or patch["op"] not in OPS:
            raise _no("INVALID_PARAMETER_VALUE", "/op", patch["op"])
        if not patch.get("path"):
            raise _no("PATCH_PATH_REQUIRED", "/path")
        if patch["op"] != "remove" and patch.get("value") is None:
            raise _no("PATCH_VALUE_REQUIRED", "/value")
    return wanted


def _patched(units: dict[str, Unit], patch: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The unit's name and its fields as they would be."""
    op, path = patch["op"], patch["path"]
    if not isinstance(path, str) or not path.startswith("/"):
        raise _no("INVALID_JSON_POINTER_FORMAT", "/path", path)
    if path == "/intent":
        raise _no("CANNOT_MODIFY_INTENT", "/path", path)
    found = _UNIT.fullmatch(path)
    if not found or (found[2] and found[2] not in FIELDS):
        raise _no("NOT_PATCHABLE", "/path", path)
    reference, field = found[1], found[2]
    if reference not in units:
        raise _no("REFERENCE_ID_NOT_FOUND", "/path", path)
    shown = dict(units[reference].shown)
    if op != "add" and field and field not in shown:
        raise _no("INVALID_PATCH_OPERATION", "/op", op)
    if op == "remove" and field in (None, "amount"):
        raise _no("INVALID_PATCH_OPERATION", "/op", op)
    if not field:
        return reference, patch["value"]
    shown.pop(field, None)
    return reference, shown if op == "remove" else {**shown, field: patch["value"]}


def _unit_of(shown: Any, patch: dict[str, Any]) -> Unit:
    """Read like a unit of a new order, refused in the words of this operation."""
    try:
        return order_request.read_unit(shown, str(patch["path"]))
    except Refused as wrong:
        where = {name: text for name, text in wrong.details[0].items() if name in ("field", "value", "location")}
        raise refused(OPERATION, wrong.issue, "INVALID_PARAMETER_VALUE", links=None, **where) from wrong


def _check(world: PayPal, order: Order, changed: list[Unit]) -> None:
    if len({unit.amount.currency for unit in changed}) > 1:
        raise _no("MULTI_CURRENCY_ORDER", "/purchase_units")
    if len({unit.field("reference_id") for unit in changed}) < len(changed):
        raise _no("DUPLICATE_REFERENCE_ID", "/purchase_units")
    amounts = [unit.amount for unit in order.units], [unit.amount for unit in changed]
    if order.funding and order.funding is not Funding.DECLINED and amounts[0] != amounts[1]:
        raise _no("AMOUNT_CHANGE_NOT_ALLOWED", "/purchase_units/amount")
    if any(name in world.invoices for name in order_request.names(changed, "invoice_id")):
        raise _no("UNSUPPORTED_PATCH_PARAMETER_VALUE", "/purchase_units/invoice_id")


def _no(issue: str, field: str, value: Any = "") -> Refused:
    return refused(OPERATION, issue, field=field, value=str(value), location="body")
