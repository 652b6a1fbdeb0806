"""The laws of trips, each over what both books say happened."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from zoneinfo import ZoneInfo

from tests.trips.records import Record, Records, Span

TOLD = timedelta(seconds=90)  # so long after a fact the work may be done that was promised with it; no clock of a job comes into it
# So long after its time a hold may still live: the worker of trips looks at deposits each 50 hours, PayPal may be away for 40 more, and
# answers get lost.
GRACE = timedelta(days=5)


class Broken(AssertionError):
    """A law was broken."""


def check(records: Records, *, at_the_end: bool = False) -> None:
    """Raise Broken, naming everything that must never be."""
    broken = [
        *uncovered(records), *left_behind(records, at_the_end=at_the_end), *sold_twice(records), *out_twice(records),
        *given_back(records), *settled_once(records),
    ]  # fmt: skip
    if at_the_end:
        broken += [*counted(records), *billed(records), *taken_for_nothing(records)]
    if broken:
        raise Broken("\n".join(broken))


def uncovered(records: Records) -> Iterator[str]:
    """No minute with the car out that neither a hold, in both books, nor an alarm covers, but for the first after a key that was given
    without one by a manager's word."""
    for one in records.all:
        if one.out_at is None or not one.deposit:
            continue
        out = [(one.out_at, one.back_at or records.now)]
        bare = minus(out, common(one.held, one.held_there))
        for since, until in minus(bare, one.alarmed):
            if until - since > (TOLD if one.is_overridden or since > one.out_at else timedelta(0)):
                yield f"{one.reference}: out with nothing behind it, and no alarm, from {since} to {until}"


def hours(records: Records) -> dict[str, int]:
    """How long cars were out, and how long nothing was held behind them, by either book."""
    out = [(one, (one.out_at, one.back_at or records.now)) for one in records.all if one.out_at and one.deposit]
    bare = [part for one, span in out for part in minus([span], common(one.held, one.held_there))]
    lengths = {"hours out": [span for _one, span in out], "hours out with nothing held, all alarmed": bare}
    return {what: round(sum((until - since).total_seconds() for since, until in spans) / 3600) for what, spans in lengths.items()}


def left_behind(records: Records, *, at_the_end: bool) -> Iterator[str]:
    """Nothing stays held of who has come back, been heard, and owes nothing, or never drove: not for long, and in the end not at all."""
    for one in records.all:
        if one.is_claimed or (over_at := _over_at(one)) is None:
            continue
        if at_the_end and one.alive_there:
            yield f"{one.reference} is over since {over_at}, and {', '.join(one.alive_there)} is still held"
        for since, until in one.held_there:
            if min(until, records.now) > max(over_at, since) + GRACE:
                yield f"{one.reference} is over since {over_at}, and its deposit was held until {until}"
                break


def _over_at(one: Record) -> datetime | None:
    """Since when a deposit has no reason any more."""
    if one.status != "completed" or one.back_at is None:
        return one.called_off_at
    return max(one.back_at + timedelta(days=3), one.answered_at or one.back_at)


def sold_twice(records: Records) -> Iterator[str]:
    """No car-day belongs to two bookings that PayPal took money for and that were not ended."""
    for those in records.of_cars():
        sold: dict[date, Record] = {}
        for one in those:
            for day in _sold_days(one):
                if (other := sold.setdefault(day, one)) is not one:
                    yield f"{day} was sold to {other.reference} and to {one.reference}"


def _sold_days(one: Record) -> Iterable[date]:
    """The days that were paid for, and used: those after an early return may be sold again."""
    if not one.total("capture") or one.status not in ("upcoming", "active", "completed"):
        return ()
    end = min(one.end, one.back_at.astimezone(ZoneInfo(one.zone)).date()) if one.back_at else one.end
    return (one.start + timedelta(days=n) for n in range((end - one.start).days + 1))


def out_twice(records: Records) -> Iterator[str]:
    """Nobody has the key while somebody else has the car."""
    for those in records.of_cars():
        out = [(one.reference, one.out_at, one.back_at or records.now) for one in those if one.out_at]
        for (name, since, until), (other, from_, to) in combinations(out, 2):
            if since < to and from_ < until:
                yield f"{name} and {other} had the car at the same time"


def given_back(records: Records) -> Iterator[str]:
    """What goes back to a renter is never more than what was taken, of the rental and of the deposit together and each by itself."""
    for one in records.all:
        taken, back = one.total("capture") + one.total("claim"), _back(one)
        if back > taken or one.refunded > one.captured:
            yield f"{one.reference}: {back} of {taken} given back; by our book {one.refunded} of {one.captured}"
        if one.total("claim") > one.deposit:
            yield f"{one.reference}: {one.total('claim')} taken out of a deposit of {one.deposit}"


def _back(one: Record) -> Decimal:
    return sum((move.amount for move in one.moved if move.kind == "refund" and move.status != "FAILED"), Decimal(0))


def counted(records: Records) -> Iterator[str]:
    """What the rental is said to have earned is what PayPal took for it; nothing out of a deposit is among it."""
    for one in records.all:
        if one.captured != one.total("capture"):
            yield f"{one.reference}: {one.captured} by our book, {one.total('capture')} by PayPal's, of deposits {one.total('claim')}"


def settled_once(records: Records) -> Iterator[str]:
    """Charges are settled by what was claimed and by what was paid by invoice, to the cent and once; no invoice takes more than it asks."""
    for one in records.all:
        came = one.claimed + sum((bill.paid for bill in one.bills), Decimal(0))
        if one.settled != came:
            yield f"{one.reference}: {one.settled} of its charges is settled, and {came} came for them"
        for bill in one.bills:
            if max(bill.paid, bill.there[1] if bill.there else bill.paid) > bill.total:
                yield f"{bill.number}: {bill.paid} of {bill.total} paid, {bill.there} at PayPal"


def billed(records: Records) -> Iterator[str]:
    """Each invoice stands by our book as it does by PayPal's."""
    for bill in (bill for one in records.all for bill in one.bills if bill.paypal_id):
        if (ours := (bill.status, bill.paid, bill.refunded)) != bill.there:
            yield f"{bill.number}: {ours} by our book, {bill.there} by PayPal's"


def taken_for_nothing(records: Records) -> Iterator[str]:
    """Who never had the car for want of days has their money back."""
    for one in records.all:
        if one.status in ("pending", "expired") and one.total("capture") > _back(one):
            yield f"{one.reference} is {one.status}, and {one.total('capture')} was taken"


def minus(spans: Iterable[Span], without: Iterable[Span]) -> list[Span]:
    """What is left of spans without others."""
    left = [span for span in spans if span[0] < span[1]]
    for since, until in without:
        left = [part for span in left for part in ((span[0], min(span[1], since)), (max(span[0], until), span[1])) if part[0] < part[1]]
    return left


def common(spans: Iterable[Span], others: list[Span]) -> list[Span]:
    """What lies in both."""
    both = ((max(one[0], other[0]), min(one[1], other[1])) for one in spans for other in others)
    return [span for span in both if span[0] < span[1]]
