"""What every API call passes: the token, the content type, a mocked decline; and how a refusal is written."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from exodrive_emulators.kit import ids
from exodrive_emulators.kit.http import JSON, Answer, Request, json_answer
from exodrive_emulators.paypal import tokens
from exodrive_emulators.paypal.errors import BY_NAME, Refused, find, refused
from exodrive_emulators.paypal.orders import other_funding
from exodrive_emulators.paypal.world import PayPal

MOCK = "paypal-mock-response"
TAKING = frozenset({"orders.authorize", "orders.capture"})
Operation = Callable[[PayPal, Request], Awaitable[Answer]]


def door(operation: str, handler: Operation) -> "Door":
    """`handler` behind the checks, its refusals written out."""
    return Door(operation, handler)


class Door:
    """A call of the API as a handler."""

    def __init__(self, operation: str, handler: Operation) -> None:
        self._operation, self._handler = operation, handler

    def knows(self, issue: str) -> bool:
        """Whether this call can be refused with such an issue."""
        return find(self._operation, issue) is not None or issue in BY_NAME

    async def __call__(self, world: PayPal, request: Request) -> Answer:
        """The answer, or the refusal."""
        try:
            tokens.check(world, request)
            _check_type(request)
            _check_mock(world, request, self._operation)
            answer = await self._handler(world, request)
        except Refused as refusal:
            answer = refusal.answer()
        answer.headers.setdefault("paypal-debug-id", ids.debug_id())
        return answer


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
    return json_answer(status, show(full_wanted(request)))


def full_wanted(request: Request) -> bool:
    """Whether the Prefer header asks for the resource in full."""
    return "return=representation" in request.headers.get("prefer", "").replace(" ", "")


def _check_type(request: Request) -> None:
    """PayPal wants its content type on every POST, PUT and PATCH, even one without a body."""
    if request.method in ("POST", "PUT", "PATCH") and request.headers.get("content-type", "").partition(";")[0].strip() != JSON:
        raise Refused(415, [], [])


def _check_mock(world: PayPal, request: Request, operation: str) -> None:
    """PayPal-Mock-Response: {"mock_application_codes": "INSTRUMENT_DECLINED"}, or a fault, declines without doing anything."""
    code = request.issue or _mocked(request)
    if find(operation, code):
        declined = operation in TAKING and code == "INSTRUMENT_DECLINED"
        raise refused(operation, code, links=other_funding(world, request.params["id"]) if declined else None)
    if code in BY_NAME:
        raise Refused(BY_NAME[code], [], [])


def _mocked(request: Request) -> str:
    try:
        codes = msgspec.json.decode(request.headers.get(MOCK, ""), type=dict[str, str | list[str]])["mock_application_codes"]
    except (msgspec.MsgspecError, KeyError):
        return ""
    return codes if isinstance(codes, str) else "".join(codes[:1])
