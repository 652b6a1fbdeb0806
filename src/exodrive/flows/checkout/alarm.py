"""What must not pass in silence: PayPal tells of something else than was asked for. Nothing is confirmed, and a person has to look."""

import logging
from typing import Any

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.flows.checkout.model import Standing
from exodrive.kit.db import Db

log = logging.getLogger(__name__)


async def mismatch(db: Db, now: Standing, actor: Actor, wrong: dict[str, Any], **about: str | None) -> None:
    """Cry out that something at PayPal (``about``: an order, a capture, a refund) is not what was asked for, and keep it in the history."""
    log.critical("something at PayPal is not what was asked for", extra={"booking": now.reference, "wrong": wrong, **about})
    await bookings.tell(db, now.booking_id, "payment_mismatch", actor, wrong=wrong, **about)
