"""PayPal-Request-Id: the same id again gets the newest state of the first request, and nothing happens twice."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from exodrive_emulators.kit.http import Request
from exodrive_emulators.paypal.errors import Refused, in_progress, refused
from exodrive_emulators.paypal.model import Remembered
from exodrive_emulators.paypal.world import PayPal

HEADER = "paypal-request-id"
ORDERS, PAYMENTS = timedelta(hours=6), timedelta(days=45)
LONGEST = 108
# Declines are results: asked again under the same id, the answer stays. Other refusals are forgotten.
RESULTS = frozenset({"INSTRUMENT_DECLINED", "TRANSACTION_REFUSED", "PAYER_CANNOT_PAY", "PAYMENT_DENIED"})


async def once(
    world: PayPal, request: Request, operation: str, window: timedelta, work: Callable[[], str], *, alone: bool
) -> tuple[int, str]:
    """(201, id of the resource that `work` made) or, on a replay, (200, id of the first one).

    `alone`: one call at a time on this path, whatever its request id. Raises Refused, 409 while the first one runs.
    """
    request_id = _request_id(request, operation)
    key = f"{operation} {request.path} {request_id}"
    async with flight(world, request, request.path if alone else key if request_id else ""):
        if request_id and (known := _known(world, key)):
            return _again(request, operation, known)
        try:
            made = work()
        except Refused as refusal:
            if refusal.issue in RESULTS:
                _remember(world, request, key, window, issue=refusal.issue)
            raise
        _remember(world, request, key, window, made=made)
        return 201, made


@asynccontextmanager
async def flight(world: PayPal, request: Request, path: str) -> AsyncIterator[None]:
    """Marks the work as in progress for as long as it takes; raises Refused (409) when it is already."""
    if path and path in world.in_flight:
        raise in_progress()
    world.in_flight.add(path)
    try:
        await request.take_time()
        yield
    finally:
        world.in_flight.discard(path)


def _request_id(request: Request, operation: str) -> str:
    request_id = request.headers.get(HEADER, "")
    if operation.startswith("orders") and len(request_id) > LONGEST:
        raise refused(operation, "INVALID_STRING_LENGTH", field="PayPal-Request-Id", value=request_id)
    return request_id


def _known(world: PayPal, key: str) -> Remembered | None:
    known = world.remembered.get(key)
    if known and known.expires <= world.clock.now():
        world.remembered.drop(key)
        return None
    return known


def _again(request: Request, operation: str, known: Remembered) -> tuple[int, str]:
    same = known.body == _digest(request)
    request.note = "replayed" if same else "replayed with another body"
    if known.issue:
        raise refused(operation, known.issue)
    return 200, known.resource_id


def _remember(world: PayPal, request: Request, key: str, window: timedelta, *, made: str = "", issue: str = "") -> None:
    if request.headers.get(HEADER):
        kept = Remembered(made, issue, _digest(request), world.clock.after(window))
        world.remembered.put(key, kept)


def _digest(request: Request) -> str:
    return hashlib.sha256(request.body).hexdigest()
