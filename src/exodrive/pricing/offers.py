"""What can be chosen beside a car and its days, each with its price: for the checkout page, before anything is asked for."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.money import round_money
from exodrive.kit.words import _, ngettext
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.choosing import by_code, first_of, part_of
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Collection,
    Counted,
    Delivery,
    Extra,
    Journey,
    OneWay,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.model import PartPayment, Per
from exodrive.pricing.rules import CarRules, House, book_of


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """Something to choose by its ``code``, up to ``most`` of it. ``total`` is what one piece costs for the days, before tax.

    ``stock`` is how many there are on any day (None: never too few), ``excess`` what the renter bears with this cover.
    """

    code: str
    name: str
    amount: Decimal
    per: Per
    total: Decimal
    most: int = 1
    capped_days: int | None = None
    stock: int | None = None
    excess: Decimal | None = None
    description: str = ""


class Zone(msgspec.Struct, frozen=True):
    """A zone we drive to, what one journey costs, and the countries it lies in; an empty ``code`` is everywhere else, and names none."""

    code: str
    name: str
    amount: Decimal
    countries: tuple[str, ...] = ()


class Offers(msgspec.Struct, frozen=True, kw_only=True):
    """Everything to choose from, in the currency of the car. Each may be empty or None.

    ``young_drivers``, ``after_hours`` and ``one_way`` are not chosen but follow from what is entered: they are told beforehand.
    """

    currency: str
    extras: tuple[Offer, ...]
    waivers: tuple[Offer, ...]
    additional_driver: Offer | None
    delivery: tuple[Zone, ...]
    collection: tuple[Zone, ...]
    young_drivers: tuple[YoungDriver, ...]
    after_hours: tuple[AfterHours, ...]
    one_way: tuple[OneWay, ...]
    part: PartPayment | None


def offers_for(car: CarRules, house: House, days: Days, *, today: date | None = None) -> Offers:
    """Return what can be chosen for a car on these days; part payment only with ``today`` (at the car's home) and while it makes sense."""
    book, day, currency = book_of(car, house), days.start, car.rates.currency
    driver = first_of(book.of(AdditionalDriver), day)
    return Offers(
        currency=currency,
        extras=tuple(_offer(extra, currency, days, most=extra.most, stock=extra.stock) for extra in by_code(book.of(Extra), day)),
        waivers=tuple(_offer(waiver, currency, days, excess=waiver.excess) for waiver in by_code(book.of(Waiver), day)),
        additional_driver=_offer(driver, currency, days, most=driver.most) if driver else None,
        delivery=_zones(by_code(book.of(Delivery), day)),
        collection=_zones(by_code(book.of(Collection), day)),
        young_drivers=tuple(rule for rule in book.of(YoungDriver) if rule.covers(day)),
        after_hours=tuple(rule for rule in book.of(AfterHours) if rule.covers(day)),
        one_way=tuple(rule for rule in book.of(OneWay) if rule.covers(day)),
        part=part_of(book, day, today),
    )


def _offer(rule: Counted, currency: str, days: Days, *, most: int = 1, stock: int | None = None, excess: Decimal | None = None) -> Offer:
    times = min(len(days), rule.capped_days or len(days)) if rule.per == "day" else 1
    return Offer(
        code=rule.code,
        name=rule.name,
        amount=rule.amount,
        per=rule.per,
        total=round_money(rule.amount * times, currency),
        most=most,
        capped_days=rule.capped_days,
        stock=stock,
        excess=excess,
        description=rule.description if isinstance(rule, Extra | Waiver) else "",
    )


def _zones(journeys: Iterable[Journey]) -> tuple[Zone, ...]:
    return tuple(Zone(rule.code, rule.name, rule.amount, tuple(sorted({area.country for area in rule.areas}))) for rule in journeys)


def left_of(extra: Offer, taken: Mapping[str, int]) -> int | None:
    """Return how many pieces are left on every day, None where there are always enough; ``taken`` is how many are out at most, by code."""
    return None if extra.stock is None else max(extra.stock - taken.get(extra.code, 0), 0)


def check_stock(extras: Iterable[Offer], wanted: Mapping[str, int], taken: Mapping[str, int]) -> None:
    """Raise NotOffered when so many pieces of an extra are not left on every day; ``taken`` is how many are out at most, by code."""
    for extra in extras:
        left = left_of(extra, taken)
        if left is not None and wanted.get(extra.code, 0) > left:
            sentence = ngettext("Only {number} is left on these days: {extra}.", "Only {number} are left on these days: {extra}.", left)
            none_left = _("None is left on these days: {extra}.")
            raise NotOffered(f"extras.{extra.code}", (sentence if left else none_left).format(number=left, extra=extra.name))
