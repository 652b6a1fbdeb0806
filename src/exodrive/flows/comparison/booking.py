"""The comparison of one booking: read at PayPal, what was done there is booked, and what still differs is noted."""

import logging
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from exodrive.flows.comparison import external, store
from exodrive.flows.comparison.judge import TAKEN, judge, unlike, words_of
from exodrive.flows.comparison.model import Book, Known, Looked, Named, Seen, WentBack
from exodrive.flows.comparison.reading import read
from exodrive.flows.world import World
from exodrive.gateways.paypal import Authorization, AuthorizationStatus, Capture, CaptureStatus, Order, Refund, RefundStatus
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.payments.differences import store as differences
from exodrive.payments.differences.model import Finding, Gap, Thing
from exodrive.payments.model import Kind

log = logging.getLogger(__name__)

NOTHING: Named = {}


async def compare(world: World, booking_id: BookingId, *, since: datetime | None = None, named: Named = NOTHING) -> Looked:
    """Compare a booking and note what was found, as ``look`` finds it."""
    looked = await look(world, booking_id, since=since, named=named)
    async with world.door.scope() as db:
        await keep(db, looked)
    return looked


async def look(world: World, booking_id: BookingId, *, since: datetime | None = None, named: Named = NOTHING) -> Looked:
    """Read at PayPal what changed of a booking ``since`` a moment (all of it without one), differs, or was named; book what was done there.

    Raises GatewayError when PayPal is away: what was booked by then stays booked, and the rest is for another time.
    """
    async with world.door.scope() as db:
        book = await store.book(db, booking_id)
    if book is None:
        return Looked()
    seen = await read(world, book, _due(book, since, named), named)
    booked, refused = await _book(world, book, seen)
    if booked:
        async with world.door.scope() as db:
            book = await store.book(db, booking_id) or book
    return Looked(_things(seen), (*judge(book, seen), *refused), booked)


def _due(book: Book, since: datetime | None, named: Named) -> Iterator[Known]:
    for known in book.known:
        if since is None or known.changed_at >= since or known.object_id in book.doubted or (known.object_id or "") in named:
            yield known


def _things(seen: Seen) -> tuple[tuple[Thing, str], ...]:
    shown = (
        (Thing.ORDER, seen.orders),
        (Thing.AUTHORIZATION, seen.holds),
        (Thing.CAPTURE, seen.captures),
        (Thing.REFUND, seen.refunds),
    )
    return tuple((thing, object_id) for thing, found in shown for object_id in found)


async def _book(world: World, book: Book, seen: Seen) -> tuple[int, list[Finding]]:
    """Book what was done at PayPal and is not in our book; return how much, and what could not be booked."""
    booked, refused = 0, []
    for capture in _unbooked_captures(book, seen):
        order = book.find(Thing.ORDER, capture.order_id)
        is_sale = order is not None and order.kind is Kind.CREATE_ORDER and not order.is_joint  # out of a hold nothing is taken but by us
        if order and not is_sale and book.is_taking:
            continue
        wrong = list(unlike(book, order, capture)) if order and is_sale else [_unknown(book, capture)]
        refused += wrong
        if not wrong:
            booked += await external.book_capture(world, book.booking_id, capture, _went_back(seen, capture))
    for refund in _unbooked_refunds(book, seen):
        try:
            booked += await external.book_refund(world, book.booking_id, refund)
        except external.TooMuch:
            left = Money(book.captured - book.refunded, refund.amount.currency)
            refused.append(Finding(Thing.REFUND, refund.id, Gap.EXCESS, words_of(left), words_of(refund.amount), book.booking_id))
    for hold in seen.holds.values():
        if isinstance(hold, Authorization) and hold.status is AuthorizationStatus.VOIDED and book.stands(hold.id):
            booked += await external.book_release(world, book.booking_id, hold)
    return booked, refused


def _unbooked_captures(book: Book, seen: Seen) -> Iterator[Capture]:
    for capture in seen.captures.values():
        if isinstance(capture, Capture) and capture.status in TAKEN and capture.id not in book.ours:
            yield capture


def _unbooked_refunds(book: Book, seen: Seen) -> Iterator[Refund]:
    for refund in seen.refunds.values():
        if isinstance(refund, Refund) and refund.status is RefundStatus.COMPLETED and refund.id not in book.ours and _counts(seen, refund):
            yield refund


def _counts(seen: Seen, refund: Refund) -> bool:
    """Whether PayPal counts it against its capture: a reversal looks like a refund, and is none while the case is open."""
    capture = seen.captures.get(refund.capture_id)
    if not isinstance(capture, Capture):
        return False
    order = seen.orders.get(capture.order_id)
    if isinstance(order, Order):
        return refund.id in {one.id for one in order.refunds}
    return capture.status in (CaptureStatus.PARTIALLY_REFUNDED, CaptureStatus.REFUNDED)


def _unknown(book: Book, capture: Capture) -> Finding:
    return Finding(Thing.CAPTURE, capture.id, Gap.UNKNOWN, None, f"{words_of(capture.amount)}, {capture.order_id}", book.booking_id)


def _went_back(seen: Seen, capture: Capture) -> WentBack:
    of_it = [one for one in seen.refunds.values() if isinstance(one, Refund) and one.capture_id == capture.id]
    given = [one for one in of_it if one.status is RefundStatus.COMPLETED]
    amount = sum((one.amount.amount for one in given), Decimal(0))
    return WentBack(amount, [one for one in given if _counts(seen, one)])


async def keep(db: Db, looked: Looked) -> None:
    """Note what was found, and close what was open about the same things and is gone."""
    for finding in looked.findings:
        if await differences.note(db, finding):
            told = {"booking": str(finding.booking_id), "thing": finding.thing, "id": finding.object_id, "gap": finding.gap}
            log.critical("our book and PayPal differ", extra={**told, "ours": finding.ours, "theirs": finding.theirs})
    for thing, object_id in looked.things:
        still = {one.gap for one in looked.findings if (one.thing, one.object_id) == (thing, object_id)}
        await differences.close_gone(db, thing, object_id, still)
