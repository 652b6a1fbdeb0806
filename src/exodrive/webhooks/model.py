"""Values of callbacks: one kept message of a provider."""

from typing import Any, Literal
from uuid import UUID

import msgspec


class KeptEvent(msgspec.Struct, frozen=True):
    """A provider's message as it was kept; a hint only, the resource itself is read again before money moves."""

    id: UUID
    source: Literal["paypal", "resend"]
    event_id: str
    event_type: str
    resource_id: str | None
    payload: dict[str, Any]
    is_handled: bool
