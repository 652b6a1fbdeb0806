"""Who changes something in the back office, and why; each change is noted in the transaction that makes it."""

from typing import Any, NamedTuple
from uuid import UUID

from exodrive.bookings.model import Actor
from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.staff import store as staff


class By(NamedTuple):
    """A member of staff, and the address they come from."""

    staff_id: UUID
    ip: str


def reason_of(text: str) -> str:
    """Return why staff did something, in their words. Raises BadInput when they do not say."""
    if not text.strip():
        raise BadInput(_("Please check the fields that are marked."), fields={"reason": _("Say why.")})
    return text.strip()


async def note(db: Db, actor: Actor, ip: str, action: str, booking_id: BookingId, **details: Any) -> None:
    """Add a line about a booking to the book of what staff did, in the scope of what they do."""
    assert actor.id is not None, "staff act in their own name"
    await staff.note(db, UUID(actor.id), action, ("booking", str(booking_id)), details, ip)
