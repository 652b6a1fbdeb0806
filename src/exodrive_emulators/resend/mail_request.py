"""Reading a send request; the first fault is told in Resend's words."""

import re
from typing import Any

import msgspec

from exodrive_emulators.resend.errors import ADDRESS, Refused

_PLAIN = r"[^\s@<>,;\"]+@[^\s@<>,;\"]+\.[^\s@<>,;\".]+"
_FRIENDLY = re.compile(rf"(?:{_PLAIN}|[^<>\r\n]*<{_PLAIN}>)")
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
MOST_TO = 50


class Parts(msgspec.Struct):
    """What a mail consists of."""

    sender: str
    to: list[str]
    subject: str
    html: str | None
    text: str | None
    cc: list[str]
    bcc: list[str]
    reply_to: list[str]
    headers: dict[str, str]
    tags: list[dict[str, str]]
    attachments: list[dict[str, Any]]
    scheduled_at: str | None


def read(raw: bytes) -> Parts:
    """The parts of the mail; raises Refused."""
    try:
        body = msgspec.json.decode(raw or b"null", type=dict[str, Any])
    except msgspec.MsgspecError as wrong:
        raise Refused("validation_error", "The request body is not valid JSON.") from wrong
    for name in ("from", "to", "subject"):
        if body.get(name) in (None, "", []):
            raise Refused("missing_required_field", f"Missing `{name}` field.")
    if not any(body.get(name) for name in ("html", "text", "template")):
        raise Refused("missing_required_field", "Missing `html` or `text` field.")
    if "template" in body:
        raise Refused("validation_error", "Templates are not kept here. Send `html` or `text`.")
    return Parts(
        sender=_addresses(body, "from")[0],
        to=_addresses(body, "to"),
        subject=_text(body, "subject") or "",
        html=_text(body, "html"),
        text=_text(body, "text"),
        cc=_addresses(body, "cc"),
        bcc=_addresses(body, "bcc"),
        reply_to=_addresses(body, "reply_to"),
        headers=_headers(body),
        tags=_tags(body),
        attachments=_attachments(body),
        scheduled_at=_text(body, "scheduled_at"),
    )


def _text(body: dict[str, Any], name: str) -> str | None:
    text = body.get(name)
    if text is not None and not isinstance(text, str):
        raise Refused("validation_error", f"Invalid `{name}` field. It must be a string.")
    return text


def _addresses(body: dict[str, Any], name: str) -> list[str]:
    given = body.get(name)
    if not given:
        return []
    listed: list[Any] = given if isinstance(given, list) and name != "from" else [given]
    if name == "to" and len(listed) > MOST_TO:
        raise Refused("validation_error", f"The `to` field allows {MOST_TO} addresses at most.")
    for address in listed:
        if not isinstance(address, str) or not _FRIENDLY.fullmatch(address.strip()):
            raise Refused("validation_error", f"Invalid `{name}` field. {ADDRESS}")
    return listed


def _headers(body: dict[str, Any]) -> dict[str, str]:
    headers = body.get("headers") or {}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise Refused("validation_error", "Invalid `headers` field. It must be an object of strings.")
    return headers


def _tags(body: dict[str, Any]) -> list[dict[str, str]]:
    tags = body.get("tags") or []
    for tag in tags if isinstance(tags, list) else [None]:
        words = [tag.get("name"), tag.get("value")] if isinstance(tag, dict) else [None]
        if not all(isinstance(word, str) and _TAG.fullmatch(word) for word in words):
            raise Refused(
                "validation_error",
                "Tags should only contain ASCII letters, numbers, underscores, or dashes, 256 characters at most.",
            )
    return list(tags)


def _attachments(body: dict[str, Any]) -> list[dict[str, Any]]:
    attachments = body.get("attachments") or []
    for one in attachments if isinstance(attachments, list) else [None]:
        if not isinstance(one, dict) or not (one.get("content") or one.get("path")):
            raise Refused("invalid_attachment")
    return list(attachments)
