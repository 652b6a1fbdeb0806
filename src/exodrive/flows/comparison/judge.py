"""How our book and what PayPal shows differ, thing by thing. Nothing is asked and nothing is written here."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from exodrive.bookings.model import BookingStatus
from exodrive.deposits.states import HoldStatus
from exodrive.flows.comparison.model import THINGS, Book, Known, NotSeen, Seen
from exodrive.gateways.paypal import Authorization, AuthorizationStatus, Capture, CaptureStatus, Order, OrderStatus, Refund, RefundStatus
from exodrive.kit.money import Money
from exodrive.payments.differences.model import Finding, Gap, Thing
from exodrive.payments.model import Kind, Origin

TAKEN = frozenset({CaptureStatus.COMPLETED, CaptureStatus.PARTIALLY_REFUNDED, CaptureStatus.REFUNDED})
HELD = frozenset({AuthorizationStatus.CREATED, AuthorizationStatus.PENDING, AuthorizationStatus.PARTIALLY_CAPTURED})
_LET_GO = (HoldStatus.RELEASED, HoldStatus.DROPPED)
_STANDS = (BookingStatus.UPCOMING, BookingStatus.ACTIVE)

T = TypeVar("T")
Told = Iterator[tuple[Gap, str | None, str | None]]  # the gap, what we say, what they say


def judge(book: Book, seen: Seen) -> Iterator[Finding]:
    """Yield how what was seen differs from our book; what PayPal has beyond it is for others to book or to note."""
    for object_id, order in seen.orders.items():
        yield from _judged(book, Thing.ORDER, object_id, order, _order)
    for object_id, hold in seen.holds.items():
        yield from _judged(book, Thing.AUTHORIZATION, object_id, hold, _hold)
    for object_id, capture in seen.captures.items():
        yield from _judged(book, Thing.CAPTURE, object_id, capture, _capture)
    for object_id, refund in seen.refunds.items():
        yield from _judged(book, Thing.REFUND, object_id, refund, _refund)
    yield from _paid_back(book, seen)
    yield from _left_behind(book, seen)


def unlike(book: Book, known: Known, capture: Capture) -> Iterator[Finding]:
    """Yield how a capture that we do not know differs from the order it was made of: such money is for a person to look at."""
    for gap, ours, theirs in _of_capture(book, known, capture):
        yield Finding(Thing.CAPTURE, capture.id, gap, ours, theirs, book.booking_id)


def words_of(money: Money) -> str:
    """Write an amount as a person compares it."""
    return f"{money.text} {money.currency}"


def _judged(book: Book, thing: Thing, object_id: str, shown: T | NotSeen, look: Callable[[Book, Known, T], Told]) -> Iterator[Finding]:
    known = book.find(thing, object_id)
    if known is None:
        return
    told = _not_seen(known, shown) if isinstance(shown, NotSeen) else look(book, known, shown)
    for gap, ours, theirs in told:
        yield Finding(thing, object_id, gap, ours, theirs, book.booking_id)


def _not_seen(known: Known, shown: NotSeen) -> Told:
    """An order may be forgotten, paid or not; money that moved is never."""
    if shown.gap is Gap.UNREADABLE or (known.has_moved and THINGS[known.kind] is not Thing.ORDER):
        yield shown.gap, words_of(known.money), shown.why


def _order(book: Book, known: Known, order: Order) -> Told:
    if order.status is not OrderStatus.VOIDED:
        yield from _money(known, order.amount)
        yield from _numbers(book, order.custom_id, order.invoice_id)
        yield from _payee(known.merchant_id, order.merchant_id)


def _hold(book: Book, known: Known, hold: Authorization) -> Told:
    """A hold that our book leans on must live, and one that was given back must not."""
    yield from _money(known, hold.amount)
    yield from _numbers(book, hold.custom_id, hold.invoice_id)
    held, lives = book.holds.get(hold.id), hold.status in HELD
    if held and not book.is_taking and (not lives if book.stands(hold.id) else lives and held.status in _LET_GO):
        yield Gap.STATUS, held.status, hold.status


def _capture(book: Book, known: Known, capture: Capture) -> Told:
    """What our book calls done must be done there; what it calls given up is booked anew when it is."""
    yield from _of_capture(book, known, capture)
    if known.has_moved and capture.status not in TAKEN:
        yield Gap.STATUS, known.end, capture.status


def _of_capture(book: Book, known: Known, capture: Capture) -> Told:
    yield from _money(known, capture.amount)
    yield from _numbers(book, capture.custom_id, capture.invoice_id)
    order = book.find(Thing.ORDER, capture.order_id)
    yield from _payee(order.merchant_id if order else None, capture.merchant_id)


def _refund(_book: Book, known: Known, refund: Refund) -> Told:
    yield from _money(known, refund.amount)
    if known.has_moved and refund.status is not RefundStatus.COMPLETED:
        yield Gap.STATUS, known.end, refund.status


def _money(known: Known, theirs: Money) -> Told:
    if known.currency != theirs.currency:
        yield Gap.CURRENCY, words_of(known.money), words_of(theirs)
    elif known.amount != theirs.amount:
        yield Gap.AMOUNT, words_of(known.money), words_of(theirs)


def _numbers(book: Book, custom_id: str, invoice_id: str) -> Told:
    if custom_id and custom_id != str(book.booking_id):
        yield Gap.REFERENCE, str(book.booking_id), custom_id
    elif invoice_id and not invoice_id.startswith(f"{book.reference}-"):
        yield Gap.REFERENCE, book.reference, invoice_id


def _payee(ours: str | None, theirs: str) -> Told:
    if ours and theirs and ours != theirs:
        yield Gap.PAYEE, ours, theirs


def _paid_back(book: Book, seen: Seen) -> Iterator[Finding]:
    """All that was paid went back, a part of it by somebody at PayPal's site, and the car is still promised."""
    elsewhere = [one.object_id for one in book.of(Kind.REFUND) if one.origin is Origin.EXTERNAL and one.object_id]
    if book.status in _STANDS and 0 < book.captured <= book.refunded and elsewhere and elsewhere[-1] in seen.refunds:
        yield Finding(Thing.REFUND, elsewhere[-1], Gap.PAID_BACK, book.status, "refunded", book.booking_id)


def _left_behind(book: Book, seen: Seen) -> Iterator[Finding]:
    """A hold in an order of ours that nobody here knows of: nothing would ever give it back."""
    if any(one.is_open for kind in (Kind.OPEN_HOLD, Kind.HOLD, Kind.RENEW) for one in book.of(kind)):
        return  # it may be this one
    for hold_id, hold in seen.holds.items():
        is_known = hold_id in book.holds or book.find(Thing.AUTHORIZATION, hold_id) is not None
        if isinstance(hold, Authorization) and hold.status in HELD and not is_known:
            theirs = f"{hold.status}, {words_of(hold.amount)}"
            yield Finding(Thing.AUTHORIZATION, hold_id, Gap.STATUS, HoldStatus.DROPPED, theirs, book.booking_id)
