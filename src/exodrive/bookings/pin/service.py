"""Verbs of PINs: set, taken away, and tried. Every try is counted before it is judged."""

import math
import secrets
from datetime import datetime, timedelta

from exodrive.bookings import store as bookings
from exodrive.bookings.model import Actor
from exodrive.bookings.pin import store
from exodrive.bookings.service import NoBooking
from exodrive.kit import hashing
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput, Conflict, TooMany
from exodrive.kit.ids import BookingId
from exodrive.kit.links import LinkKeys, hash_of
from exodrive.kit.words import _

DIGITS = 6
HERE, WINDOW = 5, timedelta(minutes=15)  # tries of one link from one network
# And from all networks together: whoever has the link and a thousand addresses is still a lifetime away from a million PINs.
ANYWHERE, WHOLE = 50, timedelta(days=1)


class WrongPin(BadInput):
    """The six digits are not the right ones."""

    code = "wrong-pin"

    def __init__(self) -> None:
        sentence = _("This PIN is not right. Please check the six digits.")
        super().__init__(sentence, fields={"pin": sentence})


class PinAsked(BadInput):
    """The link is good, and does not open its booking by itself."""

    code = "pin-asked"

    def __init__(self) -> None:
        sentence = _("This link asks for a PIN. Send the six digits with it.")
        super().__init__(sentence, fields={"pin": sentence})


class NoTriesLeft(TooMany):
    """Too many PINs were tried."""

    code = "no-tries-left"

    def __init__(self, retry_after: int) -> None:
        super().__init__(_("Too many tries. Please wait a while, or write to us."), retry_after=retry_after)


class NoLink(Conflict):
    """There is no private link that a PIN could stand in front of."""

    code = "no-link"

    def __init__(self) -> None:
        super().__init__(_("No link opens this booking at present. Make a new one first."))


def new_pin() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"


async def set_pin(db: Db, links: LinkKeys, booking_id: BookingId, pin_hash: str, actor: Actor) -> None:
    """Put a PIN, hashed by ``kit.hashing``, in front of a booking's link: from now on the link asks for it, and whoever was in is out.

    Raises NoLink.
    """
    nonce = links.new_nonce()
    if not await store.set_pin(db, booking_id, pin_hash, nonce, hash_of(links.token(nonce))):
        raise NoLink
    await bookings.tell(db, booking_id, "pin_set", actor)


async def clear_pin(db: Db, booking_id: BookingId, actor: Actor, reason: str) -> bool:
    """Let the link open its booking by itself again; False, and nothing told, when it had no PIN."""
    if not await store.clear_pin(db, booking_id):
        return False
    await bookings.tell(db, booking_id, "pin_cleared", actor, reason=reason)
    return True


async def key_of(door: Door, links: LinkKeys, token: str, network: str, pin: str | None) -> str:
    """Return the key that opens a link's booking: the token itself where there is no PIN, good or not, or what the right PIN gets.

    Raises PinAsked where there is one and none was sent; WrongPin; NoTriesLeft after five tries of this link from this network within a
    quarter of an hour, or fifty from anywhere within a day. What cannot be a PIN is no try.
    """
    async with door.scope() as db:
        is_guarded = await store.guarded(db, hash_of(token)) is not None
    if not is_guarded:
        return token
    if pin is None:
        raise PinAsked
    return await _open_with(door, links, token, network, pin)


async def _open_with(door: Door, links: LinkKeys, token: str, network: str, pin: str) -> str:
    digits = "".join(pin.split())
    if len(digits) != DIGITS or not digits.isascii() or not digits.isdigit():
        raise WrongPin
    link = await _count(door, hash_of(token), network)
    if not await hashing.matches(link.pin_hash, digits):
        raise WrongPin
    return links.token(link.nonce, link.key_hash)


async def _count(door: Door, link_hash: bytes, network: str) -> store.Guarded:
    """Find the link and count a try of it. Of many at once each is counted in its turn, so that none comes on top."""
    async with door.scope() as db:
        link = await store.guarded(db, link_hash)
        if link is None:
            raise NoBooking
        await store.lock(db, link.id)
        if wait := _wait(await store.tries(db, link.id, network, WINDOW, WHOLE)):
            raise NoTriesLeft(wait)
        await store.add_try(db, link.id, network)
    return link


def _wait(tries: store.Tries) -> int:
    """Return how many seconds there is no try left; 0 when there is one."""
    here = _left(tries.first_here, WINDOW, tries.now) if tries.here >= HERE else 0
    anywhere = _left(tries.first_anywhere, WHOLE, tries.now) if tries.anywhere >= ANYWHERE else 0
    return max(here, anywhere)


def _left(first: datetime | None, window: timedelta, now: datetime) -> int:
    return max(1, math.ceil((first + window - now).total_seconds())) if first else 0
