"""Verbs of bookings by themselves: make, issue anew and revoke the private link."""

from datetime import datetime, timedelta

from exodrive.bookings import store
from exodrive.bookings.model import Actor, Link, Rules
from exodrive.kit.db import Db
from exodrive.kit.errors import NotFound
from exodrive.kit.ids import BookingId
from exodrive.kit.links import LinkKeys, hash_of
from exodrive.kit.words import _


class NoBooking(NotFound):
    """There is no such booking, or it is not yours: both answer the same."""

    code = "no-booking"

    def __init__(self) -> None:
        super().__init__(_("We do not know this booking."))


def new_link(links: LinkKeys, return_due_at: datetime, rules: Rules) -> tuple[str, Link]:
    """Return a new token and what to keep of it; it lives some days beyond the return."""
    nonce = links.new_nonce()
    token = links.token(nonce)
    return token, Link(nonce, hash_of(token), return_due_at + timedelta(days=rules.link_days))


async def token_of(db: Db, links: LinkKeys, booking_id: BookingId) -> str | None:
    """Return the token of a booking's living link, made again from its nonce; None when the link was revoked."""
    link = await store.living_link(db, booking_id)
    return links.token(link.nonce, link.token_hash) if link else None


async def reissue_link(db: Db, links: LinkKeys, rules: Rules, booking_id: BookingId, actor: Actor) -> str:
    """Revoke the living link of a booking, if any, and return the token of a new one. Raises NoBooking."""
    return_due_at = await store.return_of(db, booking_id)
    if return_due_at is None:
        raise NoBooking
    token, link = new_link(links, return_due_at, rules)
    await store.revoke_link(db, booking_id)
    await store.add_link(db, booking_id, link)
    await store.tell(db, booking_id, "link_reissued", actor)
    return token


async def revoke_link(db: Db, booking_id: BookingId, actor: Actor, reason: str | None = None) -> bool:
    """End the living link of a booking at once; False, and nothing told, when it has none."""
    if not await store.revoke_link(db, booking_id):
        return False
    await store.tell(db, booking_id, "link_revoked", actor, reason=reason)
    return True
