"""The pages of price rules as values: the list by kind, the history, and the form with its preview."""

from datetime import date
from uuid import UUID

import msgspec

from exodrive.overview.staff_prices import KeptRule, Past, Targets
from exodrive.pricing.kinds import RuleKind
from exodrive.pricing.limit_words import hindrance_words
from exodrive.pricing.preview import Look
from exodrive.staff.model import Session
from exodrive.web.admin.prices.fields import Field
from exodrive.web.admin.prices.names import kind_about, kind_name
from exodrive.web.admin.prices.sentences import Names, counts_for, sentence
from exodrive.web.storefront.bills import Bill, bill_of


class Entry(msgspec.Struct, frozen=True):
    """A rule in the list: its name, what it says, for what it counts, and its story."""

    kept: KeptRule
    name: str
    says: str
    counts: str


class Group(msgspec.Struct, frozen=True):
    """The rules of one kind."""

    kind: str
    name: str
    about: str
    entries: tuple[Entry, ...]


class RulesPage(msgspec.Struct, frozen=True):
    """The rules in force; ``refused`` is why something was not done."""

    session: Session
    groups: tuple[Group, ...]
    refused: str = ""


class HistoryPage(msgspec.Struct, frozen=True):
    """Rules that were in force, the last ended first, and the address of the next page."""

    session: Session
    entries: tuple[tuple[str, Entry], ...]
    later: str
    is_first: bool


class Bills(msgspec.Struct, frozen=True):
    """A rental's price and what the rules have against it, in words."""

    bill: Bill
    against: tuple[str, ...]


class Tried(msgspec.Struct, frozen=True):
    """The preview: for which car and days, and the price before and after; None before anything was asked."""

    car: str = ""
    start: str = ""
    end: str = ""
    error: str = ""
    before: Bills | None = None
    after: Bills | None = None


class FormPage(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a rule: with ``rule_id`` it takes the place of that one, told as ``replaces``; ``other`` is what stands in its way."""

    session: Session
    kind: str
    title: str
    about: str
    fields: tuple[Field, ...]
    cars: tuple[tuple[str, str], ...]
    tried: Tried
    rule_id: UUID | None = None
    replaces: Entry | None = None
    refused: str = ""
    other: Entry | None = None
    today: date


def names_in(targets: Targets) -> Names:
    """Return what cars and places are called."""
    return {**{car.id: car.name for car in targets.cars}, **{place.id: place.name for place in targets.places}}


def entry_of(kept: KeptRule, names: Names) -> Entry:
    """Return a rule as it stands in the list."""
    return Entry(kept, kept.rule.name, sentence(kept.rule, names), counts_for(kept.rule, names))


def groups_of(rules: list[KeptRule], names: Names) -> tuple[Group, ...]:
    """Return all kinds with their rules, those without any too."""
    return tuple(
        Group(kind.value, kind_name(kind), kind_about(kind), tuple(entry_of(kept, names) for kept in rules if kept.rule.kind is kind))
        for kind in RuleKind
    )


def history_of(past: Past, names: Names) -> tuple[tuple[str, Entry], ...]:
    """Return rules that were in force, each with the name of its kind."""
    return tuple((kind_name(kept.rule.kind), entry_of(kept, names)) for kept in past.rules)


def bills_of(look: Look, zone: str) -> Bills:
    """Return one side of a preview in words; moments by the clock of a zone."""
    return Bills(bill_of(look.price), tuple(hindrance_words(limit, zone) for limit in look.hindrances))
