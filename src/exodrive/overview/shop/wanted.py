"""What somebody looks for in the fleet, and in which order: plain values, and whether a car fits them."""

import unicodedata
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import NamedTuple

import msgspec

from exodrive.fleet.model import Transmission
from exodrive.kit.days import Days


class Sort(StrEnum):
    """The order of the cars; the free ones come first in each."""

    RECOMMENDED = "recommended"
    PRICE_UP = "price"
    PRICE_DOWN = "price-down"
    NEWEST = "newest"


class Per(StrEnum):
    """What a limit on the price speaks of: one day at the car's base price, or the whole price of the chosen days."""

    DAY = "day"
    TOTAL = "total"


class Facet(StrEnum):
    """One thing to look for; its value is the name of the field in an address."""

    WORDS = "q"
    CATEGORY = "category"
    PLACE = "place"
    SEATS = "seats"
    TRANSMISSION = "transmission"
    FEATURE = "feature"
    PRICE = "max"


class Key(NamedTuple):
    """The place of a car in an order: cars after it have greater keys, whatever has come and gone meanwhile."""

    away: int
    rank: Decimal
    number: int
    slug: str

    def __str__(self) -> str:
        return "_".join(map(str, self))

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """Return the key that is written so, or None."""
        parts = text.split("_", 3)
        try:
            key = cls(int(parts[0]), Decimal(parts[1]), int(parts[2]), parts[3])
        except (ValueError, InvalidOperation, IndexError):
            return None
        return key if key.rank.is_finite() else None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A search. What is empty is not asked for. Categories, places and features by their ``handle``; ``seats`` and ``highest`` are bounds.

    ``words`` are as ``words_of`` gives them. Any of the categories and of the places will do; features and words are wanted all.
    """

    days: Days | None = None
    words: tuple[str, ...] = ()
    categories: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    transmission: Transmission | None = None
    seats: int = 0
    highest: Decimal | None = None
    per: Per = Per.DAY
    sort: Sort = Sort.RECOMMENDED
    after: Key | None = None

    @property
    def facets(self) -> frozenset[Facet]:
        """What is asked for, the days left aside."""
        asked = {
            Facet.WORDS: self.words,
            Facet.CATEGORY: self.categories,
            Facet.PLACE: self.places,
            Facet.SEATS: self.seats,
            Facet.TRANSMISSION: self.transmission,
            Facet.FEATURE: self.features,
            Facet.PRICE: self.highest is not None,
        }
        return frozenset(facet for facet, value in asked.items() if value)

    @property
    def speaks_of_totals(self) -> bool:
        """Whether the limit on the price is one on whole prices; without days there are none."""
        return self.per is Per.TOTAL and self.days is not None


def words_of(text: str, most: int = 8) -> tuple[str, ...]:
    """Return the words somebody typed, letters and digits only, without accents: signs mean nothing to a search."""
    parts = (letter for letter in unicodedata.normalize("NFKD", text[:200]) if not unicodedata.combining(letter))
    return tuple("".join(letter if letter.isalnum() else " " for letter in parts).split()[:most])


def handle(words: str) -> str:
    """Return words as they stand in an address: ``Grand tourer`` is ``grand-tourer``."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in words.casefold()).split())
