"""What can be chosen in checkout beside the car and its days, each with its price for these days, in words."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

import msgspec

from exodrive.kit.days import Days
from exodrive.kit.words import _, ngettext
from exodrive.pricing.kinds import AfterHours, YoungDriver
from exodrive.pricing.offers import Offer, Offers, Zone, left_of
from exodrive.pricing.words import day, day_count, percent_words, short_money
from exodrive.web.shell.formats import clock_time


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to choose by its ``code``, up to ``most`` of it (none when all are out). ``tail`` is its price, ``note`` what it is."""

    code: str
    name: str
    tail: str
    note: str
    most: int = 1


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """All choices; what is not offered is empty. ``part`` is the sentence of paying in two parts."""

    extras: tuple[Choice, ...]
    covers: tuple[Choice, ...]
    drivers: Choice | None
    part: str
    young: tuple[str, ...]
    one_way: str
    zones: dict[str, str]


def choices_view(offers: Offers, taken: Mapping[str, int], days: Days, minimum_age: int = 0) -> Choices:
    """Return the choices in words; ``taken`` is how many of each extra are out on these days, ``minimum_age`` that of the car's drivers."""
    currency, part = offers.currency, offers.part
    return Choices(
        extras=tuple(_extra(extra, left_of(extra, taken), currency, days) for extra in offers.extras),
        covers=_covers(offers, days),
        drivers=_priced(offers.additional_driver, currency, days) if offers.additional_driver else None,
        part=_("Pay {percent} now, the rest by {day}").format(percent=percent_words(part.percent), day=day(part.due, "long"))
        if part
        else "",
        young=tuple(_young(rule, currency) for rule in offers.young_drivers if rule.below_age > minimum_age),
        one_way=_one_way(offers),
        zones={"pickup": _zones(offers.delivery, currency), "dropoff": _zones(offers.collection, currency)},
    )


def _priced(offer: Offer, currency: str, days: Days, note: str = "", most: int | None = None) -> Choice:
    tail = _("+ {price}").format(price=short_money(offer.total, currency)) if offer.total else _("Included")
    notes = [offer.description, note, _each(offer, currency, days)]
    most = offer.most if most is None else most
    return Choice(code=offer.code, name=offer.name, tail=tail, note=" ".join(filter(None, notes)), most=most)


def _each(offer: Offer, currency: str, days: Days) -> str:
    """What stands behind the price of a thing that costs by the day."""
    if offer.per != "day" or not offer.amount or len(days) == 1:
        return ""
    amount = short_money(offer.amount, currency)
    if offer.capped_days and offer.capped_days < len(days):
        return _("{amount} a day, for {days} at most.").format(amount=amount, days=day_count(offer.capped_days))
    return _("{amount} a day.").format(amount=amount)


def _extra(extra: Offer, left: int | None, currency: str, days: Days) -> Choice:
    if left is None or left >= extra.most:
        return _priced(extra, currency, days)
    told = ngettext("{number} is left on these days.", "{number} are left on these days.", left).format(number=left)
    return _priced(extra, currency, days, told if left else _("None is left on these days."), left)


def _covers(offers: Offers, days: Days) -> tuple[Choice, ...]:
    """The covers to choose from, the cheapest first; none where there is nothing to choose."""
    found = [_priced(offer, offers.currency, days, _bears(offer.excess, offers.currency)) for offer in _cheapest_first(offers.waivers)]
    if found and all(offer.amount for offer in offers.waivers):
        found.insert(0, Choice(code="", name=_("No cover"), tail="", note=_("You bear any damage yourself, or your own insurance does.")))
    return tuple(found) if len(found) > 1 else ()


def _cheapest_first(waivers: tuple[Offer, ...]) -> list[Offer]:
    return sorted(waivers, key=lambda waiver: waiver.total)


def _bears(excess: Decimal | None, currency: str) -> str:
    if not excess:
        return _("You bear nothing of a damage that is covered.")
    return _("You bear {amount} of a damage at most.").format(amount=short_money(excess, currency))


def _young(rule: YoungDriver, currency: str) -> str:
    amount = short_money(rule.amount, currency)
    if rule.per == "day":
        return _("{name}: + {amount} a day").format(name=rule.name, amount=amount)
    return _("{name}: + {amount}").format(name=rule.name, amount=amount)


def rules_at(rules: Iterable[AfterHours], side: str) -> list[AfterHours]:
    """Return the rules for handing over at one end, "pickup" or "return"."""
    return [rule for rule in rules if rule.side in (side, "both")]


def hours_words(rules: Iterable[AfterHours], currency: str) -> tuple[str, ...]:
    """Return what handing over costs when we are closed."""
    return tuple(_hours(rule, currency) for rule in rules)


def _hours(rule: AfterHours, currency: str) -> str:
    sentence = _("When we are closed, from {since} to {until}: + {amount}")
    return sentence.format(since=clock_time(rule.since), until=clock_time(rule.until), amount=short_money(rule.amount, currency))


def _one_way(offers: Offers) -> str:
    """What bringing the car back to another of our places costs at most."""
    most = max((way.amount for way in offers.one_way), default=Decimal(0))
    if not most:
        return ""
    alike = len({way.amount for way in offers.one_way}) == 1
    sentence = _("Back to another of our places: + {amount}") if alike else _("Back to another of our places: up to {amount} more")
    return sentence.format(amount=short_money(most, offers.currency))


def _zones(zones: tuple[Zone, ...], currency: str) -> str:
    """Where we drive to and for how much, where that differs."""
    if len(zones) < 2:
        return ""
    return ", ".join(f"{zone.name} {short_money(zone.amount, currency)}" for zone in sorted(zones, key=lambda zone: zone.amount))
