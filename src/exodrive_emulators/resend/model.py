"""What this Resend remembers."""

from datetime import datetime
from typing import Any

import msgspec


class Mail(msgspec.Struct):
    """One mail as it was handed in; address lists are always lists here."""

    id: str
    created: datetime
    sender: str
    to: list[str]
    subject: str
    html: str | None
    text: str | None
    last_event: str
    cc: list[str] = []
    bcc: list[str] = []
    reply_to: list[str] = []
    headers: dict[str, str] = {}
    tags: list[dict[str, str]] = []
    attachments: list[dict[str, Any]] = []
    scheduled_at: str | None = None
    idempotency_key: str = ""


class Remembered(msgspec.Struct):
    """What an Idempotency-Key was used for."""

    mail_id: str
    body: str
    expires: datetime
