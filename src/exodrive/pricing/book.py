"""The rules in force as a book: read once from their JSON, sorted by rank, and looked up by kind."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar, cast

import msgspec

from exodrive.pricing.kinds import AnyRule, Rule

R = TypeVar("R", bound=Rule)
# The database tells columns as texts, numbers too.
_decoder = msgspec.json.Decoder(tuple[AnyRule, ...], strict=False)


class Book:
    """Rules by kind, the highest rank first. Never changed once made, so that it can be kept and shared."""

    __slots__ = ("_by_kind",)

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        ranked = sorted(rules, key=lambda rule: (-rule.rank[0], -rule.rank[1], rule.key, rule.name))
        self._by_kind: dict[type[Rule], tuple[Rule, ...]] = {}
        for rule in ranked:
            self._by_kind[type(rule)] = (*self._by_kind.get(type(rule), ()), rule)

    def of(self, kind: type[R]) -> tuple[R, ...]:
        """Return the rules of a kind, the highest rank first."""
        return cast("tuple[R, ...]", self._by_kind.get(kind, ()))

    def all(self) -> Iterable[Rule]:
        """Return every rule."""
        return (rule for rules in self._by_kind.values() for rule in rules)


EMPTY = Book()


def rule(text: str) -> Rule:
    """Return one rule as its row says it."""
    return _decoder.decode(f"[{text}]")[0]


# The same text gives the same book: a house's rules change a few times a year and are asked for at every look.
@lru_cache(maxsize=1024)
def read(text: str | None) -> Book:
    """Return the book of rules in their JSON, by commas, or the empty one; raises msgspec.ValidationError for what no rule looks like."""
    return Book(_decoder.decode(f"[{text}]")) if text else EMPTY


@lru_cache(maxsize=1024)
def together(own: Book, house: Book, currency: str) -> Book:
    """Return the rules that count for a car priced in a currency: its own and its category's with the house's."""
    return Book(rule for book in (own, house) for rule in book.all() if rule.currency in (None, currency))
