"""Correcting a renter's e-mail address: what was sent to the wrong one opens nothing any more, and the right one gets the private link.

Staff hear of a mistyped address from the renter, or from a letter that was refused. Name and phone the renter corrects themselves.
"""

from typing import Any

import msgspec

from exodrive.bookings import orders
from exodrive.bookings import service as links
from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor, Rules
from exodrive.flows import by
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.letters import CONFIRMED
from exodrive.flows.once import once, request
from exodrive.flows.world import World
from exodrive.kit import outbox
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.idempotency import Request
from exodrive.kit.ids import BookingId
from exodrive.kit.links import LinkKeys
from exodrive.kit.words import _
from exodrive.overview.failed_work import failed_for

CONFIRMATION = "mail.confirmation"


class NotPaidYet(Conflict):
    """The booking is not one that letters go out for."""

    code = "not-paid"

    def __init__(self) -> None:
        super().__init__(_("Only the address of a booking that is paid and goes on can be corrected."))


class Corrected(msgspec.Struct, frozen=True):
    """Where the renter is written to from now on."""

    email: str


class _Asked(msgspec.Struct, frozen=True):
    booking_id: BookingId
    email: str
    reason: str


async def correct(
    world: World, door: Door, booking_id: BookingId, email: str, actor: Actor, reason: str, *, key: str = "", ip: str = ""
) -> Corrected:
    """Write to another address from now on, end the private link, and promise the letter with a new one, through the staff's own door.

    Letters that were given up are promised anew. Asked again with the same ``key`` the answer is the same. Raises BadInput naming ``email``
    or ``reason``, NoBooking, NotPaidYet and KeyReused.
    """
    email = email.strip().lower()
    if wrong := orders.check_email(email):
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)
    asked = _Asked(booking_id, email, by.reason_of(reason))
    named = request("address", key, asked)
    return await again(lambda: _write(door, world.links, world.rules, asked, named, actor, ip))


async def _write(door: Door, keys: LinkKeys, rules: Rules, asked: _Asked, named: Request | None, actor: Actor, ip: str) -> Corrected:
    async with door.scope() as db:
        now = await standing.locked(db, asked.booking_id)
        return await once(db, named, now.booking_id, lambda: _correct(db, keys, rules, now, asked, actor, ip), Corrected)


async def _correct(db: Db, keys: LinkKeys, rules: Rules, now: Standing, asked: _Asked, actor: Actor, ip: str) -> Corrected:
    if now.status not in CONFIRMED:
        raise NotPaidYet
    was = await bookings.change_email(db, now.booking_id, asked.email)
    if was == asked.email:
        raise BadInput(_("Please check the fields that are marked."), fields={"email": _("This is the address we have.")})
    told: dict[str, Any] = {"was": was, "is": asked.email}
    await bookings.tell(db, now.booking_id, "email_corrected", actor, reason=asked.reason, **told)
    await links.reissue_link(db, keys, rules, now.booking_id, actor)
    await _write_again(db, now.booking_id)
    await by.note(db, actor, ip, "email_corrected", now.booking_id, reason=asked.reason, **told)
    return Corrected(asked.email)


async def _write_again(db: Db, booking_id: BookingId) -> None:
    """Promise the letter with the link; what was given up for the wrong address goes to the right one too, under a key of its own."""
    lost = [work for work in await failed_for(db, booking_id) if work.topic.startswith("mail.")]
    for work in lost:
        await outbox.renew(db, work.id)
    if CONFIRMATION not in {work.topic for work in lost}:
        await outbox.enqueue(db, "mail.confirmation", booking_id=booking_id)
