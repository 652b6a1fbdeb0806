"""One provider's HTTP line: bounded attempts, bounded answers, and the patience to ask again."""

import asyncio
import logging
import random
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TypeVar

import httpx
import msgspec

from exodrive.gateways.breaker import Breaker, Resting
from exodrive.gateways.errors import Busy, GatewayError, Refused, Unknown, Unreachable
from exodrive.kit import clock
from exodrive.kit.db import outside_scope

LARGEST_ANSWER = 1_000_000  # bytes
USER_AGENT = "exodrive"
_BROKEN = 500  # statuses from here on say nothing but that something is broken there

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long we ask, in seconds. A renter waits at the other end, so the whole has a budget."""

    connect: float = 3.0
    answer: float = 12.0
    budget: float = 20.0
    attempts: int = 3
    pause: float = 0.3  # before the second attempt, doubled for each further one, with jitter


class Answer(msgspec.Struct, frozen=True):
    """A whole HTTP answer. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@cache
def authorities() -> ssl.SSLContext:
    """Whom https trusts, read once for all connections of the process."""
    return httpx.create_ssl_context()


class Line:
    """Connections to one provider. Redirects are never followed."""

    def __init__(self, base_url: str, *, patience: Patience, breaker: Breaker | None = None) -> None:
        self.patience = patience
        self._breaker = breaker or Breaker(0, 0)
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"user-agent": USER_AGENT, "accept": "application/json"},
            timeout=httpx.Timeout(patience.answer, connect=patience.connect, pool=patience.connect),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=15),
            follow_redirects=False,
            verify=authorities(),
        )

    async def once(self, method: str, path: str, *, headers: Mapping[str, str], content: bytes = b"") -> Answer:
        """Ask once. Raises Unreachable when nothing was sent, Unknown when something was and no answer came."""
        async with self._breaker.call() as call:
            try:
                answer = await self._once(method, path, headers, content)
            except (Unreachable, Unknown):
                call.away()
                raise
            if answer.status >= _BROKEN:
                call.away()
            return answer

    async def _once(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        outside_scope()
        try:
            async with (
                asyncio.timeout(self.patience.answer),
                self._http.stream(method, path, headers=headers, content=content or None) as response,
            ):
                return Answer(response.status_code, response.headers, await read_at_most(response, LARGEST_ANSWER))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as failure:
            raise Unreachable(type(failure).__name__) from failure
        except (httpx.RequestError, TooLarge, TimeoutError) as failure:
            raise Unknown(type(failure).__name__) from failure

    async def persist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Ask again while the outcome is unknown, nothing was sent or the provider is busy, within the budget.

        Every attempt must send the very same request under the same request id. Once anything may have been done,
        the end is an answer or Unknown: that a later attempt was turned away at the door proves nothing.
        """
        until = time.monotonic() + self.patience.budget
        perhaps_done = False
        for number in range(1, self.patience.attempts + 1):
            try:
                return await _within(until, attempt)
            except (Unknown, Unreachable, Busy, Refused) as failure:
                perhaps_done = perhaps_done or isinstance(failure, Unknown)
                pause = self._pause(number, failure)
                if pause is None or number == self.patience.attempts or time.monotonic() + pause >= until:
                    if perhaps_done and not _tells_the_outcome(failure):
                        raise Unknown(f"unknown, then {failure.issue}", debug_id=failure.debug_id) from failure
                    raise
                _log.warning("asking again", extra={"why": repr(failure), "attempt": number})
            await asyncio.sleep(pause)
        raise AssertionError("at least one attempt is made")

    def _pause(self, number: int, failure: GatewayError) -> float | None:
        """Seconds until the next attempt; None when there shall be none."""
        if isinstance(failure, Refused | Resting):
            return None
        pause: float = self.patience.pause * 2 ** (number - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        return max(pause, failure.retry_after) if isinstance(failure, Busy) else pause

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()


class TooLarge(Exception):
    """An answer is larger than anything we ask for."""


async def read_at_most(response: httpx.Response, largest: int) -> bytes:
    """Read a streamed body; raises TooLarge beyond ``largest`` bytes (after decompression)."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > largest:
            raise TooLarge
    return bytes(body)


def seconds_to_wait(headers: Mapping[str, str], *, default: float = 1.0) -> float:
    """Read Retry-After, given in seconds or as a date."""
    told = headers.get("retry-after", "")
    if told.isdecimal():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - clock.now()).total_seconds())
    except (ValueError, TypeError):
        return default


async def _within(until: float, attempt: Callable[[], Awaitable[T]]) -> T:
    try:
        async with asyncio.timeout(until - time.monotonic()):
            return await attempt()
    except TimeoutError as late:
        raise Unknown("budget spent") from late


def _tells_the_outcome(failure: GatewayError) -> bool:
    """Whether this last failure also settles what became of earlier attempts, or is Unknown itself."""
    return isinstance(failure, Unknown) or (isinstance(failure, Refused) and failure.status not in {401, 403})
