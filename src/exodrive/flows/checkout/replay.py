"""The answer of a hold as it is stored, without the token, and how it is given again."""

from datetime import date, datetime
from typing import Any

import msgspec

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Held, Link
from exodrive.flows.world import World
from exodrive.kit import idempotency
from exodrive.kit.db import Db
from exodrive.kit.errors import Conflict
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.kit.words import _


class LinkReplaced(Conflict):
    """The private link that this request once got was revoked since."""

    code = "link-replaced"

    def __init__(self) -> None:
        super().__init__(_("The link to this booking has been replaced. Please use the one from your latest mail."))


class _Answer(msgspec.Struct, frozen=True):
    booking_id: BookingId
    reference: str
    hold_expires_at: datetime
    total: Money
    token_hash: bytes
    due_now: Money | None = None
    due_on: date | None = None
    approval_hours: int | None = None


def to_answer(held: Held, link: Link) -> dict[str, Any]:
    """Return what is stored of an answer: all but the token, which its link makes again."""
    money = (held.due_now, held.due_on)
    answer = _Answer(held.booking_id, held.reference, held.hold_expires_at, held.total, link.token_hash, *money, held.approval_hours)
    plain: dict[str, Any] = msgspec.to_builtins(answer)
    return plain


async def replay(world: World, db: Db, request: Request) -> Held | None:
    """Return the answer this request got before, or None when it is new. Raises KeyReused and LinkReplaced."""
    stored = await idempotency.answered(db, request)
    if stored is None:
        return None
    answer = msgspec.convert(stored, _Answer)
    link = await bookings.living_link(db, answer.booking_id)
    if link is None or link.token_hash != answer.token_hash:
        raise LinkReplaced
    return Held(
        booking_id=answer.booking_id,
        reference=answer.reference,
        token=world.links.token(link.nonce, link.token_hash),
        hold_expires_at=answer.hold_expires_at,
        total=answer.total,
        due_now=answer.due_now or answer.total,
        due_on=answer.due_on,
        approval_hours=answer.approval_hours,
    )
