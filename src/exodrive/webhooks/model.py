"""Values of callbacks: one kept message of a provider, and what is looked at without waiting for one."""

from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec


class Cursor(StrEnum):
    """What is looked at up to a moment: a provider's own list of events, or the orders that renters have not come back from."""

    PAYPAL = "paypal"
    RESEND = "resend"
    ORDERS = "orders"


class KeptEvent(msgspec.Struct, frozen=True):
    """A provider's message as it was kept; a hint only, the resource itself is read again before money moves."""

    id: UUID
    source: Literal["paypal", "resend"]
    event_id: str
    event_type: str
    resource_id: str | None
    payload: dict[str, Any]
    is_handled: bool
