"""Which rules count for a rental: from a book of rules, days and choices to the values that the engine works with."""

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from typing import TypeVar

from exodrive.kit.days import Days
from exodrive.kit.words import _, ngettext
from exodrive.pricing.book import Book
from exodrive.pricing.choices import Choices, JourneyNotOffered, NotOffered
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Collection,
    Counted,
    Delivery,
    Extra,
    Journey,
    LengthDiscount,
    MandatoryFee,
    OneWay,
    PartPayment,
    Rule,
    Tax,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.model import Charge, Discount, Levy, LineKind, Reason
from exodrive.pricing.model import PartPayment as Part

R = TypeVar("R", bound=Rule)


def discount_of(book: Book, days: Days) -> Discount | None:
    """Return the best length discount that the rental reaches; it counts for the whole rental."""
    reached: dict[int, LengthDiscount] = {}
    for rule in book.of(LengthDiscount):
        if rule.days <= len(days) and rule.covers(days.start):
            reached.setdefault(rule.days, rule)
    best = max(reached.values(), key=lambda rule: (rule.percent, rule.days), default=None)
    return Discount(best.days, best.percent, best.name) if best else None


def taxes_of(book: Book, day: date) -> tuple[Levy, ...]:
    """Return the taxes of rentals that begin on a day, one for each code."""
    return tuple(
        Levy(
            name=rule.name,
            percent=rule.percent,
            amount=rule.amount,
            capped_days=rule.capped_days,
            taxable=rule.taxable and rule.amount is not None,
            on=rule.on,
        )
        for rule in by_code(book.of(Tax), day)
    )


def part_of(book: Book, day: date, today: date | None) -> Part | None:
    """Return how a rental that begins on a day may be paid in two parts, while the rest is not due yet; never without ``today``."""
    rule = first_of(book.of(PartPayment), day)
    if rule is None or today is None:
        return None
    due = day - timedelta(days=rule.days_before)
    return Part(rule.percent, due) if due > today else None


def waiver_of(book: Book, day: date, choices: Choices) -> Waiver | None:
    """Return the waiver chosen, or the one that costs nothing; raises NotOffered."""
    offered = by_code(book.of(Waiver), day)
    if not choices.waiver:
        return next((waiver for waiver in offered if not waiver.amount), None)
    chosen = next((waiver for waiver in offered if waiver.code == choices.waiver), None)
    if chosen is None:
        raise NotOffered("waiver", _("This cover is no longer offered. Please choose another."))
    return chosen


def charges_of(book: Book, days: Days, choices: Choices) -> Iterator[Charge]:
    """Yield what is charged beside the days by rules; raises JourneyNotOffered and NotOffered."""
    day = days.start
    for fee in by_code(book.of(MandatoryFee), day):
        yield _counted(fee, LineKind.FEE, Reason.MANDATORY_FEE)
    if choices.delivery:
        yield _journey(book.of(Delivery), day, choices.delivery_zone, LineKind.DELIVERY)
    if choices.collection:
        yield _journey(book.of(Collection), day, choices.collection_zone, LineKind.COLLECTION)
    yield from _handing_over(book, day, choices)
    yield from _drivers(book, day, choices)
    yield from _extras(book, day, choices)
    waiver = waiver_of(book, day, choices)
    if waiver and waiver.amount:
        yield _counted(waiver, LineKind.WAIVER, Reason.ASKED_FOR)


def _journey(rules: Iterable[Journey], day: date, zone: str, kind: LineKind) -> Charge:
    rule = first_of((rule for rule in rules if rule.code == zone), day)
    if rule is None:
        raise JourneyNotOffered
    return Charge(kind=kind, reason=Reason.ASKED_FOR, name=rule.name, amount=rule.amount, taxable=rule.taxable, code=rule.code)


def _handing_over(book: Book, day: date, choices: Choices) -> Iterator[Charge]:
    for side, moment in (("pickup", choices.pickup_time), ("return", choices.return_time)):
        late = after_hours(book, day, side, moment)
        if late:
            yield Charge(
                kind=LineKind.AFTER_HOURS,
                reason=Reason.TIME_OF_DAY,
                name=late.name,
                amount=late.amount,
                taxable=late.taxable,
                code=side,
            )
    start, end = choices.pickup_place, choices.return_place
    if start and end and start != end:
        ways = [way for way in book.of(OneWay) if way.pickup in (None, start) and way.dropoff in (None, end)]
        # Of the same rank the one that names more ends is meant.
        way = first_of(sorted(ways, key=lambda way: (way.rank, way.ends), reverse=True), day)
        if way:
            yield Charge(kind=LineKind.ONE_WAY, reason=Reason.OTHER_PLACE, name=way.name, amount=way.amount, taxable=way.taxable)


def after_hours(book: Book, day: date, side: str, moment: time | None) -> AfterHours | None:
    """Return the rule for handing over at a time of day on a side ("pickup" or "return")."""
    if moment is None:
        return None
    return first_of((rule for rule in book.of(AfterHours) if rule.side in (side, "both") and rule.at(moment)), day)


def _drivers(book: Book, day: date, choices: Choices) -> Iterator[Charge]:
    if choices.additional_drivers:
        rule = first_of(book.of(AdditionalDriver), day)
        _within("additional_drivers", choices.additional_drivers, rule.most if rule else 0)
        if rule:
            yield _counted(rule, LineKind.ADDITIONAL_DRIVER, Reason.ASKED_FOR, choices.additional_drivers)
    age = choices.age_on(day)
    if age is not None:
        young = first_of((rule for rule in book.of(YoungDriver) if rule.from_age <= age < rule.below_age), day)
        if young:
            yield _counted(young, LineKind.YOUNG_DRIVER, Reason.DRIVER_AGE)


def _extras(book: Book, day: date, choices: Choices) -> Iterator[Charge]:
    if not choices.extras:
        return
    offered = {extra.code: extra for extra in by_code(book.of(Extra), day)}
    for code, pieces in sorted(choices.extras.items()):
        if pieces:
            extra = offered.get(code)
            _within(f"extras.{code}", pieces, extra.most if extra else 0)
            if extra:
                yield _counted(extra, LineKind.EXTRA, Reason.ASKED_FOR, pieces)


def _within(field: str, number: int, most: int) -> None:
    """Raise NotOffered unless so many pieces can be had."""
    if not most:
        raise NotOffered(field, _("This is no longer offered. Please take it off."))
    if not 0 < number <= most:
        raise NotOffered(field, ngettext("Choose {number} at most.", "Choose {number} at most.", most).format(number=most))


def _counted(rule: Counted, kind: LineKind, reason: Reason, pieces: int = 1) -> Charge:
    return Charge(
        kind=kind,
        reason=reason,
        name=rule.name,
        amount=rule.amount,
        per=rule.per,
        pieces=pieces,
        capped_days=rule.capped_days,
        taxable=rule.taxable,
        code=rule.code,
    )


def first_of(ranked: Iterable[R], day: date) -> R | None:
    """Return the first of ranked rules that counts for rentals beginning on a day."""
    return next((rule for rule in ranked if rule.covers(day)), None)


def by_code(ranked: Iterable[R], day: date) -> list[R]:
    """Return the first rule of each code that counts for rentals beginning on a day."""
    found: dict[str, R] = {}
    for rule in ranked:
        if rule.covers(day):
            found.setdefault(rule.code, rule)
    return list(found.values())
