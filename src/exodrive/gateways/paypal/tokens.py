"""The access token: one per process, renewed early, fetched once however many ask."""

import asyncio
import time
from base64 import b64encode
from urllib.parse import quote

import msgspec

from exodrive.gateways.errors import Declined, Refused, Unknown, Unreachable
from exodrive.gateways.line import Line
from exodrive.gateways.paypal.verdict import judge
from exodrive.gateways.paypal.wire import TokenIn

_UNAUTHORISED = 401
_EARLY = 300.0  # seconds before its end a token is renewed; a tenth of its life when that is less


class Tokens:
    """Hands out the token of one PayPal app."""

    def __init__(self, line: Line, client_id: str, secret: str) -> None:
        self._line = line
        self._basic = b64encode(f"{quote(client_id, safe='')}:{quote(secret, safe='')}".encode()).decode()
        self._token = ""
        self._good_until = 0.0
        self._renewal: asyncio.Task[str] | None = None

    async def current(self) -> str:
        """Return a token that is good for a while. As nothing of the caller's own was sent, it never raises Unknown."""
        if self._token and time.monotonic() < self._good_until:
            return self._token
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._fetch())
            self._renewal.add_done_callback(_look_at_failure)
        return await asyncio.shield(self._renewal)

    def forget(self, token: str) -> None:
        """Drop a token that PayPal no longer takes, unless a newer one is there already."""
        if token == self._token:
            self._token = ""

    async def _fetch(self) -> str:
        headers = {"authorization": f"Basic {self._basic}", "content-type": "application/x-www-form-urlencoded"}
        begun = time.monotonic()
        try:
            answer = await self._line.once("POST", "/v1/oauth2/token", headers=headers, content=b"grant_type=client_credentials")
            judge(answer)
            told = msgspec.json.decode(answer.body, type=TokenIn)
        except (Unknown, msgspec.MsgspecError) as failure:
            raise Unreachable("no access token") from failure
        except (Declined, Refused) as no:  # whatever its status: it is about who asks, never about what was asked for
            raise Refused(no.issue, status=_UNAUTHORISED, debug_id=no.debug_id) from no
        self._good_until = begun + told.expires_in - min(_EARLY, told.expires_in / 10)
        self._token = told.access_token
        return told.access_token


def _look_at_failure(renewal: "asyncio.Task[str]") -> None:
    """Who waited has the failure already; when all of them left, nobody needs it, and asyncio shall not complain."""
    if not renewal.cancelled():
        renewal.exception()
