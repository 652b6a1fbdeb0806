"""A search as an address and back: everything that was chosen stands in the address, so it can be sent, kept and turned back to."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from exodrive.fleet.model import Transmission
from exodrive.kit.days import Days
from exodrive.kit.words import _, ngettext
from exodrive.overview.shop import Choice, Facet, Found, Key, Per, Sort, Wanted, handle, words_of
from exodrive.pricing.words import short_money

_MOST = 12  # values of one field that are read
_LONGEST = 80  # letters of a value that are read
_Word = TypeVar("_Word", bound=StrEnum)
Pairs = tuple[tuple[str, str], ...]


class Link(msgspec.Struct, frozen=True):
    """Words and where they lead."""

    words: str
    address: str


class Option(msgspec.Struct, frozen=True):
    """One value that can be chosen, with how many cars it would find."""

    value: str
    name: str
    count: int
    chosen: bool


class Filter(msgspec.Struct, frozen=True):
    """A group of values under the name of its field; ``many`` when more than one may be chosen."""

    field: str
    title: str
    many: bool
    options: tuple[Option, ...]


class Asked(msgspec.Struct, frozen=True):
    """A search as it was asked: its values, and the words as they were typed."""

    wanted: Wanted
    typed: str = ""

    @property
    def limit(self) -> str:
        """The limit on the price as it is typed; empty without one."""
        return f"{self.wanted.highest.normalize():f}" if self.wanted.highest is not None else ""

    def pairs(self) -> Pairs:
        """What stands in the address, in one fixed order; the key of a page is left out."""
        wanted = self.wanted
        days = wanted.days
        single = {
            "start": days and days.start.isoformat(),
            "end": days and days.end.isoformat(),
            Facet.WORDS: self.typed,
            Facet.SEATS: wanted.seats and str(wanted.seats),
            Facet.TRANSMISSION: wanted.transmission and wanted.transmission.value,
            Facet.PRICE: self.limit,
            "per": self.limit and wanted.per is Per.TOTAL and wanted.per.value,
            "sort": wanted.sort is not Sort.RECOMMENDED and wanted.sort.value,
        }
        many = {Facet.CATEGORY: wanted.categories, Facet.PLACE: wanted.places, Facet.FEATURE: wanted.features}
        listed = [(str(field), value) for field, values in many.items() for value in sorted(values)]
        return (*((str(field), value) for field, value in single.items() if value), *listed)

    def address(self, *, leave: Iterable[str] = (), value: str = "", **more: str) -> str:
        """Return the address of this search, some fields left out (or one ``value`` of them only), and others said anew."""
        left = {str(field) for field in leave} | set(more)
        kept = [(field, said) for field, said in self.pairs() if field not in left or (value and said != value and field not in more)]
        query = urlencode([*kept, *more.items()])
        return f"/cars?{query}" if query else "/cars"

    def on(self, days: Days) -> str:
        """Return the address of the same search on other days."""
        return Asked(msgspec.structs.replace(self.wanted, days=days), self.typed).address()


def asked_of(query: Any, days: Days | None) -> Asked:
    """Read a search from a query. What makes no sense is not asked for: an address is never wrong."""
    typed = " ".join(_one(query, Facet.WORDS).split())
    per = _word(Per, _one(query, "per")) or Per.DAY
    wanted = Wanted(
        days=days,
        words=words_of(typed),
        categories=_many(query, Facet.CATEGORY),
        places=_many(query, Facet.PLACE),
        features=_many(query, Facet.FEATURE),
        transmission=_word(Transmission, _one(query, Facet.TRANSMISSION)),
        seats=_seats(_one(query, Facet.SEATS)),
        highest=_amount(_one(query, Facet.PRICE)),
        per=per,
        sort=_word(Sort, _one(query, "sort")) or Sort.RECOMMENDED,
        after=Key.read(query.get("after") or ""),
    )
    return Asked(wanted, typed if wanted.words else "")


def _one(query: Any, field: str) -> str:
    text: str = query.get(str(field)) or ""
    return text[:_LONGEST]


def _many(query: Any, field: str) -> frozenset[str]:
    values = [value for told in query.getall(str(field), [])[:_MOST] for value in told.split(",")][:_MOST]
    return frozenset(found for found in (handle(value[:_LONGEST]) for value in values) if found)


def _word(kind: type[_Word], text: str) -> _Word | None:
    return next((word for word in kind if word.value == text), None)


def _seats(text: str) -> int:
    return min(int(text), 60) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < 10_000_000 and amount == round(amount, 2) else None


def filters_of(asked: Asked, found: Found) -> tuple[Filter, ...]:
    """Return what can be chosen. A group that sets nothing apart is left out, unless something of it is chosen."""
    wanted = asked.wanted
    groups = (
        (Facet.CATEGORY, _("Category"), wanted.categories, str),
        (Facet.PLACE, _("Where it stands"), wanted.places, str),
        (Facet.FEATURE, _("Features"), wanted.features, str),
        (Facet.SEATS, _("Seats"), {str(wanted.seats)}, _seats_words),
        (Facet.TRANSMISSION, _("Gearbox"), {wanted.transmission}, _gearbox),
    )
    made = []
    for facet, title, chosen, name in groups:
        options = tuple(_option(choice, name(choice.name), choice.value in chosen) for choice in found.choices[facet])
        if len(options) > 1 or any(option.chosen for option in options):
            made.append(Filter(str(facet), title, facet in (Facet.CATEGORY, Facet.PLACE, Facet.FEATURE), options))
    return tuple(made)


def _option(choice: Choice, name: str, chosen: bool) -> Option:
    return Option(choice.value, name, choice.count, chosen)


def _seats_words(number: str) -> str:
    return _("%(number)s or more") % {"number": number}


def _gearbox(value: str) -> str:
    return {"automatic": _("Automatic"), "manual": _("Manual")}.get(value, value)


def chips_of(asked: Asked, found: Found) -> tuple[Link, ...]:
    """Return what is chosen, each with the search that has it no more."""
    wanted, chips = asked.wanted, []
    if asked.typed:
        chips.append(Link(_("“%(words)s”") % {"words": asked.typed}, asked.address(leave=[Facet.WORDS])))
    for group in filters_of(asked, found):
        for option in group.options:
            if option.chosen:
                seats = _("%(seats)s seats") % {"seats": option.name} if group.field == Facet.SEATS else option.name
                chips.append(Link(seats, asked.address(leave=[group.field], value=option.value)))
    if wanted.highest is not None:
        chips.append(Link(_limit(wanted, found.currency), asked.address(leave=[Facet.PRICE, "per"])))
    return tuple(chips)


def _limit(wanted: Wanted, currency: str) -> str:
    amount = short_money(wanted.highest or Decimal(0), currency) if currency else str(wanted.highest)
    sentence = _("Up to %(amount)s in all") if wanted.speaks_of_totals else _("Up to %(amount)s a day")
    return sentence % {"amount": amount}


def relaxed_of(asked: Asked, found: Found) -> tuple[Link, ...]:
    """Return searches near one that found nothing: each gives up one wish and finds something; at last, all cars."""
    names = {
        Facet.WORDS: _("Without the words"),
        Facet.CATEGORY: _("In any category"),
        Facet.PLACE: _("At any place"),
        Facet.SEATS: _("With any number of seats"),
        Facet.TRANSMISSION: _("With any gearbox"),
        Facet.FEATURE: _("Without the features"),
        Facet.PRICE: _("At any price"),
    }
    best = sorted(found.without.items(), key=lambda pair: -pair[1])
    links = [Link(f"{names[facet]}: {_cars(number)}", asked.address(leave=[facet])) for facet, number in best]
    return (*links, Link(_("All %(cars)s") % {"cars": _cars(found.fleet)}, asked.address(leave=asked.wanted.facets)))


def _cars(number: int) -> str:
    return ngettext("%(number)d car", "%(number)d cars", number) % {"number": number}


def sorts_of(asked: Asked) -> tuple[Option, ...]:
    """Return the orders to choose from."""
    names = {
        Sort.RECOMMENDED: _("Recommended"),
        Sort.PRICE_UP: _("Price, low to high"),
        Sort.PRICE_DOWN: _("Price, high to low"),
        Sort.NEWEST: _("Newest first"),
    }
    return tuple(Option(sort.value, name, 0, sort is asked.wanted.sort) for sort, name in names.items())
