"""Small steps that several tests over HTTP take."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.builders import Made


async def begin_payment(http: httpx.AsyncClient, made: Made) -> str:
    """Begin the payment of a held booking as its holder; returns the order at PayPal."""
    headers = {"authorization": f"Bearer {made.token}", "content-type": "application/json"}
    answer = await http.post(f"/api/bookings/{made.reference}/payment", headers=headers)
    assert answer.status_code == 200, answer.text
    return parse_qs(urlsplit(answer.json()["approve_url"]).query)["token"][0]


async def settles(look: Callable[[], Awaitable[Any]], wanted: Any, seconds: float = 30) -> bool:
    """Wait until something is as it should be."""
    end = time.monotonic() + seconds
    while (found := await look()) != wanted:
        if time.monotonic() > end:
            raise AssertionError(f"still {found!r}, not {wanted!r}")
        await asyncio.sleep(0.1)
    return True
