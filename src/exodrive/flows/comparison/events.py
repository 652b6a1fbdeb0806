"""PayPal's own list of events: what it names of ours is compared, and what nobody here knows is noted."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from exodrive.flows.comparison import booking, external, store
from exodrive.flows.comparison.hints import Hint, hint_of
from exodrive.flows.comparison.judge import HELD, TAKEN, words_of
from exodrive.flows.comparison.model import Looked, NotSeen
from exodrive.flows.comparison.reading import seen
from exodrive.flows.invoicing import money as invoiced
from exodrive.flows.world import World
from exodrive.gateways.paypal import Authorization, Capture, Event, Refund, RefundStatus
from exodrive.kit.ids import BookingId
from exodrive.payments.differences.model import Finding, Gap, Thing

Owners = Mapping[str, tuple[BookingId, datetime]]


def hints_in(events: Iterable[Event]) -> list[Hint]:
    """Return what these events name, each thing once; a reversal is never left out for another event."""
    found: dict[str, Hint] = {}
    for event in events:
        hint = hint_of(event.event_type, event.resource_type, event.resource)
        if hint and (hint.is_reversal or hint.object_id not in found):
            found[hint.object_id] = hint
    return list(found.values())


async def look(world: World, hints: list[Hint], since: datetime) -> list[Looked]:
    """Compare what was named, unless it has changed ``since`` a moment, from which on all is compared anyhow; note what is nobody's.

    Raises GatewayError when PayPal is away.
    """
    async with world.door.scope() as db:
        owners = await store.owners(db, {name for hint in hints for name in hint.named})
    found = [await booking.look(world, booking_id, since=since, named=named) for booking_id, named in _ours(hints, owners, since).items()]
    strangers = [hint for hint in hints if not any(name in owners for name in hint.named)]
    found += [await _stranger(world, hint) for hint in strangers]
    return [*found, *[await _reversed(world, hint, owners) for hint in hints if hint.is_reversal and hint.capture_id in owners]]


def _ours(hints: list[Hint], owners: Owners, since: datetime) -> dict[BookingId, dict[str, Thing]]:
    """Return by booking what is to be read of it."""
    named: dict[BookingId, dict[str, Thing]] = {}
    for hint in hints:
        known = owners.get(hint.object_id)
        if known and known[1] >= since:
            continue
        for booking_id in {owners[name][0] for name in hint.named if name in owners}:
            named.setdefault(booking_id, {}).update(hint.hangs_on if hint.is_reversal else hint.named)
    return named


async def _stranger(world: World, hint: Hint) -> Looked:
    """What no booking of ours knows: noted when money really moved or is held by it."""
    shown = await _read(world, hint)
    moved = _moved(shown)
    if shown is None or moved is None:
        return Looked()
    if await invoiced.is_invoiced(world, shown):
        return Looked(((hint.thing, hint.object_id),))
    booking_id = await _booking_in(world, shown.custom_id)
    finding = Finding(hint.thing, hint.object_id, Gap.UNKNOWN, None, moved, booking_id)
    return Looked(((hint.thing, hint.object_id),), (finding,))


async def _read(world: World, hint: Hint) -> Capture | Refund | Authorization | None:
    shown: Capture | Refund | Authorization | NotSeen
    if hint.thing is Thing.CAPTURE:
        shown = await seen(world.paypal.get_capture, hint.object_id)
    elif hint.thing is Thing.REFUND:
        shown = await seen(world.paypal.get_refund, hint.object_id)
    else:
        shown = await seen(world.paypal.get_authorization, hint.object_id)
    return None if isinstance(shown, NotSeen) else shown


def _moved(shown: Capture | Refund | Authorization | None) -> str | None:
    if isinstance(shown, Capture) and shown.status in TAKEN:
        return words_of(shown.amount)
    if isinstance(shown, Refund) and shown.status is RefundStatus.COMPLETED:
        return words_of(shown.amount)
    return words_of(shown.amount) if isinstance(shown, Authorization) and shown.status in HELD else None


async def _booking_in(world: World, custom_id: str) -> UUID | None:
    """Return the booking of ours that a thing names."""
    try:
        booking_id = UUID(custom_id)
    except ValueError:
        return None
    async with world.door.scope() as db:
        return booking_id if await store.bookings_named(db, [booking_id]) else None


async def _reversed(world: World, hint: Hint, owners: Owners) -> Looked:
    """What PayPal or the payer's bank took back: a person must answer it, and it is booked when PayPal shows that it is done."""
    booking_id = owners[hint.capture_id][0]
    finding = Finding(Thing.CAPTURE, hint.capture_id, Gap.REVERSED, "captured", "reversed", booking_id)
    shown = await _read(world, hint)
    is_done = isinstance(shown, Refund) and shown.status is RefundStatus.COMPLETED and shown.capture_id == hint.capture_id
    if not (isinstance(shown, Refund) and is_done):
        return Looked(findings=(finding,))
    try:
        return Looked(findings=(finding,), booked=await external.book_reversal(world, booking_id, shown))
    except external.TooMuch:
        return Looked(findings=(finding,))
