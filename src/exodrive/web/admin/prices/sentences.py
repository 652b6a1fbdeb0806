"""Price rules in plain sentences, for staff."""

from collections.abc import Callable, Mapping
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.dates import format_time
from babel.numbers import format_percent

from exodrive.kit import words
from exodrive.kit.words import _, ngettext
from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Collection,
    Counted,
    Delivery,
    Distance,
    Extra,
    Journey,
    LengthDiscount,
    MandatoryFee,
    Notice,
    OneWay,
    PartPayment,
    Rule,
    Season,
    Tax,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.words import day, day_count, short_money
from exodrive.pricing.zones import areas_in_words
from exodrive.web.admin.prices.names import line_name

Names = Mapping[UUID, str]  # of cars and places


def sentence(rule: Rule, names: Names) -> str:
    """Return what a rule says, in one or two sentences."""
    return _SAYS[type(rule)](rule, names)


def counts_for(rule: Rule, names: Names) -> str:
    """Return for which cars and days a rule counts, and its priority where it has one."""
    parts = [_cars(rule, names), _days(rule)]
    if rule.priority:
        parts.append(_("priority {number}").format(number=rule.priority))
    return ", ".join(part for part in parts if part)


def _cars(rule: Rule, names: Names) -> str:
    if rule.car_id:
        return names.get(rule.car_id) or _("one car")
    return _("category {name}").format(name=rule.category) if rule.category else _("all cars")


def _days(rule: Rule) -> str:
    first, last = rule.first and day(rule.first, "medium"), rule.last and day(rule.last, "medium")
    if first and last:
        return _("{first} to {last}").format(first=first, last=last)
    if first:
        return _("from {first} on").format(first=first)
    return _("until {last}").format(last=last) if last else ""


def _season(rule: Season, _names: Names) -> str:
    said = []
    if rule.amount is not None:
        said.append(_("A day costs {price}.").format(price=_money(rule)))
    if rule.weekend is not None:
        price = short_money(rule.weekend, rule.currency or "")
        said.append(_("A full Friday to Sunday costs {price} together.").format(price=price))
    if rule.percent is not None:
        said.append(_("Days cost {percent} of their usual price.").format(percent=_percent(rule.percent)))
    if rule.minimum_days is not None:
        said.append(_("Rented for at least {days}.").format(days=day_count(rule.minimum_days)))
    if rule.maximum_days is not None:
        said.append(_("Rented for at most {days}.").format(days=day_count(rule.maximum_days)))
    return " ".join(said)


def _length(rule: LengthDiscount, _names: Names) -> str:
    return _("{percent} less from {days} on.").format(percent=_percent(rule.percent), days=day_count(rule.days))


def _notice(rule: Notice, _names: Names) -> str:
    said = []
    if rule.hours:
        hours = ngettext("{number} hour", "{number} hours", rule.hours).format(number=rule.hours)
        said.append(_("Booked at least {hours} before the pick-up.").format(hours=hours))
    if rule.cutoff is not None:
        said.append(_("For the same day until {time}.").format(time=_clock(rule.cutoff)))
    return " ".join(said) or _("No notice is needed.")


def _journey(rule: Journey, _names: Names) -> str:
    where = areas_in_words(rule.areas) if rule.areas else _("everywhere else")
    return _("{price}: {where}.").format(price=_money(rule), where=where)


def _after_hours(rule: AfterHours, _names: Names) -> str:
    sides = {"pickup": _("for a pick-up"), "return": _("for a return"), "both": _("for a pick-up or a return")}
    hours = _("from {since} to {until}").format(since=_clock(rule.since), until=_clock(rule.until))
    return _("{price} {side} {hours}.").format(price=_money(rule), side=sides[rule.side], hours=hours)


def _one_way(rule: OneWay, names: Names) -> str:
    start = names.get(rule.pickup, "?") if rule.pickup else _("any place")
    end = names.get(rule.dropoff, "?") if rule.dropoff else _("any other place")
    return _("{price} from {start} to {end}.").format(price=_money(rule), start=start, end=end)


def _driver(rule: AdditionalDriver, _names: Names) -> str:
    drivers = ngettext("{number} further driver at most", "{number} further drivers at most", rule.most).format(number=rule.most)
    return _("{price}, {limit}.").format(price=_counted(rule), limit=drivers)


def _young(rule: YoungDriver, _names: Names) -> str:
    ages = _("for drivers from {from_age} and younger than {below_age}").format(from_age=rule.from_age, below_age=rule.below_age)
    return _("{price} {ages}.").format(price=_counted(rule), ages=ages)


def _extra(rule: Extra, _names: Names) -> str:
    limit = _("{number} at most").format(number=rule.most)
    stock = "" if rule.stock is None else _(", {number} in stock").format(number=rule.stock)
    return _("{price}, {limit}{stock}.").format(price=_counted(rule), limit=limit, stock=stock)


def _fee(rule: MandatoryFee, _names: Names) -> str:
    return _("{price}, part of every rental.").format(price=_counted(rule))


def _waiver(rule: Waiver, _names: Names) -> str:
    excess = short_money(rule.excess, rule.currency or "")
    return _("{price}; the renter bears {excess} of a damage.").format(price=_counted(rule), excess=excess)


def _tax(rule: Tax, _names: Names) -> str:
    if rule.percent is None:
        return _("{price} of tax.").format(price=_price_a_day(rule, rule.capped_days))
    on = ", ".join(line_name(kind) for kind in rule.on) or _("everything taxable")
    return _("{percent} of {on}.").format(percent=_percent(rule.percent), on=on)


def _part(rule: PartPayment, _names: Names) -> str:
    return _("{percent} with the booking, the rest {days} before the pick-up.").format(
        percent=_percent(rule.percent), days=day_count(rule.days_before)
    )


def _distance(rule: Distance, _names: Names) -> str:
    said = []
    if rule.per_rental is not None:
        said.append(_("{number} included in a rental.").format(number=rule.per_rental))
    if rule.per_day is not None:
        said.append(_("{number} included a day.").format(number=rule.per_day))
    if rule.amount is not None:
        said.append(_("Each further one costs {price}.").format(price=_money(rule)))
    return " ".join(said) or _("Driving is not limited.")


def _counted(rule: Counted) -> str:
    if rule.per == "day":
        return _price_a_day(rule, rule.capped_days)
    return _("{price} per rental").format(price=_money(rule))


def _price_a_day(rule: Rule, capped: int | None) -> str:
    price = _("{price} a day").format(price=_money(rule))
    return _("{price}, {days} at most are charged").format(price=price, days=day_count(capped)) if capped else price


def _money(rule: Any) -> str:
    return short_money(rule.amount, rule.currency or "")


def _percent(percent: Decimal) -> str:
    return format_percent(percent.normalize() / 100, locale=words.locale(), decimal_quantization=False)


def _clock(at: time) -> str:
    return format_time(at, "short", locale=words.locale())


_SAYS: dict[type[Rule], Callable[[Any, Names], str]] = {
    Season: _season,
    LengthDiscount: _length,
    Notice: _notice,
    Delivery: _journey,
    Collection: _journey,
    AfterHours: _after_hours,
    OneWay: _one_way,
    AdditionalDriver: _driver,
    YoungDriver: _young,
    Extra: _extra,
    MandatoryFee: _fee,
    Waiver: _waiver,
    Tax: _tax,
    PartPayment: _part,
    Distance: _distance,
}
