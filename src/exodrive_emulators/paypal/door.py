"""What every API call passes: the token, the content type, a mocked decline; and how a refusal is written."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.http import JSON, Answer, Request, json_answer
from exodrive_emulators.kit.routes import Handler
from exodrive_emulators.paypal import tokens
from exodrive_emulators.paypal.errors import NAMES, Refused, find, refused
from exodrive_emulators.paypal.orders import other_funding
from exodrive_emulators.paypal.world import PayPal

MOCK = "paypal-mock-response"
Operation = Callable[[PayPal, Request], Awaitable[Answer]]


def door(operation: str, handler: Operation) -> Handler[PayPal]:
    """`handler` behind the checks, its refusals written out."""

    async def enter(world: PayPal, request: Request) -> Answer:
        try:
            tokens.check(world, request)
            _check_type(request)
            _check_mock(world, request, operation)
            answer = await handler(world, request)
        except Refused as refusal:
            answer = refusal.answer()
        answer.headers.setdefault("paypal-debug-id", ids.debug_id())
        return answer

    return enter


def read_body(request: Request, operation: str) -> dict[str, Any]:
    """The JSON object of a call, {} when the body is empty; raises Refused."""
    if not request.body.strip():
        return {}
    try:
        return msgspec.json.decode(request.body, type=dict[str, Any])
    except msgspec.MsgspecError as wrong:
        raise refused(operation, "MALFORMED_REQUEST_JSON", "INVALID_PARAMETER_SYNTAX", location="body") from wrong


def reply(request: Request, status: int, show: Callable[[bool], dict[str, Any]]) -> Answer:
    """The resource in full or, as by default, minimal: as the Prefer header has it."""
    full = "return=representation" in request.headers.get("prefer", "").replace(" ", "")
    return json_answer(status, show(full))


def _check_type(request: Request) -> None:
    """PayPal wants its content type on every POST, even one without a body."""
    if request.method == "POST" and request.headers.get("content-type", "").partition(";")[0].strip() != JSON:
        raise Refused(415, [], [])


def _check_mock(world: PayPal, request: Request, operation: str) -> None:
    """PayPal-Mock-Response: {"mock_application_codes": "INSTRUMENT_DECLINED"} declines without doing anything."""
    if MOCK not in request.headers:
        return
    try:
        codes = msgspec.json.decode(request.headers[MOCK], type=dict[str, str | list[str]])["mock_application_codes"]
    except (msgspec.MsgspecError, KeyError):
        return
    code = codes if isinstance(codes, str) else codes[0]
    if find(operation, code):
        declined = operation == "orders.capture" and code == "INSTRUMENT_DECLINED"
        raise refused(operation, code, links=other_funding(world, request.params["id"]) if declined else None)
    for status, (name, _) in NAMES.items():
        if name == code:
            raise Refused(status, [], [])
