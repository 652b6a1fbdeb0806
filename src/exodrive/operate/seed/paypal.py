"""The demo's PayPal hears of the payments that were seeded, so that they can be read and given back like any other."""

import asyncio
import http.client
from urllib.parse import urlsplit

import msgspec

from exodrive.kit.db import Doors
from exodrive.operate.seed import store


class PayPalDeaf(RuntimeError):
    """The PayPal emulator did not take over the payments; the text is its answer."""


async def tell_paypal(worker_url: str, paypal_url: str) -> None:
    """Let the emulator adopt every captured payment in our book; those it knows stay as they are. Raises PayPalDeaf."""
    doors = await Doors.open(worker=worker_url, size=1)
    try:
        async with doors.service().scope() as db:
            payments = await store.payments_made(db)
    finally:
        await doors.close()
    await asyncio.to_thread(_adopt, paypal_url, payments)


def _adopt(paypal_url: str, payments: list[store.Row]) -> None:
    line = http.client.HTTPConnection(urlsplit(paypal_url).netloc, timeout=30)
    try:
        line.request("POST", "/control/adopt", msgspec.json.encode(payments), {"content-type": "application/json"})
        answer = line.getresponse()
        told = answer.read().decode(errors="replace")
    finally:
        line.close()
    if answer.status != http.HTTPStatus.OK:
        raise PayPalDeaf(f"The PayPal emulator did not take over the demo's payments: {answer.status} {told}")
