"""Mail through Resend, in our own words: one letter in, one id out."""

import logging
from base64 import b64encode
from collections.abc import Mapping
from typing import Protocol

import msgspec

from exodrive.gateways.errors import Busy, GatewayError, Refused, Unknown
from exodrive.gateways.line import Answer, Line, Patience, seconds_to_wait
from exodrive.kit.db import outside_scope

_log = logging.getLogger(__name__)
# Hours, not seconds: asking again soon is pointless.
_QUOTA = {"daily_quota_exceeded": 3600.0, "monthly_quota_exceeded": 6 * 3600.0}


class Attachment(msgspec.Struct, frozen=True):
    """A file that goes with a letter."""

    name: str
    content: bytes
    kind: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter ready to go. Tag names and values are ASCII letters, digits, ``_`` and ``-``; ``reply_to`` in place of the house's."""

    to: str
    subject: str
    text: str
    html: str
    reply_to: str = ""
    headers: Mapping[str, str] = {}
    tags: Mapping[str, str] = {}
    attachments: tuple[Attachment, ...] = ()


class Mailer(Protocol):
    """Whoever sends our letters."""

    async def send(self, letter: Letter, *, idempotency_key: str) -> str:
        """Send a letter once, however often it is asked for with this key and the same letter; returns its id.

        Raises Refused, Unknown, Unreachable and Busy; must not be called inside a database scope.
        """
        ...


class Resend:
    """Resend over HTTP: one per process, closed at its end. ``sender`` is a full From, ``Exodrive <hi@example.com>``."""

    def __init__(self, url: str, api_key: str, *, sender: str, reply_to: str | None = None, patience: Patience | None = None) -> None:
        self._line = Line(url, patience=patience or Patience())
        self._api_key = api_key
        self._sender = sender
        self._reply_to = reply_to

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()

    async def send(self, letter: Letter, *, idempotency_key: str) -> str:
        """Send a letter once, however often it is asked for with this key and the same letter; returns its id."""
        outside_scope()
        content = msgspec.json.encode(self._body(letter))
        headers = {
            "authorization": f"Bearer {self._api_key}",
            "content-type": "application/json",
            "idempotency-key": idempotency_key,
        }

        async def attempt() -> str:
            return _read(await self._line.once("POST", "/emails", headers=headers, content=content))

        letter_id = await self._line.persist(attempt)
        _log.info("letter sent", extra={"letter": letter_id, "key": idempotency_key})
        return letter_id

    def _body(self, letter: Letter) -> dict[str, object]:
        body: dict[str, object] = {
            "from": self._sender,
            "to": [letter.to],
            "subject": letter.subject,
            "text": letter.text,
            "html": letter.html,
        }
        if reply_to := letter.reply_to or self._reply_to:
            body["reply_to"] = reply_to
        if letter.headers:
            body["headers"] = dict(letter.headers)
        if letter.tags:
            body["tags"] = [{"name": name, "value": value} for name, value in letter.tags.items()]
        if letter.attachments:
            body["attachments"] = [_attached(file) for file in letter.attachments]
        return body


def _attached(file: Attachment) -> dict[str, str]:
    return {"filename": file.name, "content": b64encode(file.content).decode(), "content_type": file.kind}


class _Sent(msgspec.Struct, frozen=True):
    id: str


class _Wrong(msgspec.Struct, frozen=True):
    name: str


def _read(answer: Answer) -> str:
    """Return the letter's id; raises what the answer means."""
    try:
        if 200 <= answer.status < 300:
            return msgspec.json.decode(answer.body, type=_Sent).id
        issue = msgspec.json.decode(answer.body, type=_Wrong).name
    except msgspec.MsgspecError as garbled:
        if answer.status == 429:
            raise Busy("HTTP 429", retry_after=seconds_to_wait(answer.headers)) from garbled
        raise Unknown(f"a garbled answer, HTTP {answer.status}") from garbled
    raise _failure(answer, issue)


def _failure(answer: Answer, issue: str) -> GatewayError:
    if answer.status == 429:
        return Busy(issue, retry_after=seconds_to_wait(answer.headers, default=_QUOTA.get(issue, 1.0)))
    if not 400 <= answer.status < 500 or issue == "concurrent_idempotent_requests":
        return Unknown(issue)
    return Refused(issue, status=answer.status)
