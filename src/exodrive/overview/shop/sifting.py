"""Which cars of the fleet fit a search, what else there is to choose, and what fits when one wish is given up."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from exodrive.kit.ids import CarId
from exodrive.overview.shop.wanted import Facet, Wanted, handle
from exodrive.pricing.limits import Hindrance
from exodrive.pricing.rules import CarRules

_RARE = 2  # a feature that fewer cars share sets nothing apart
_FEATURES = 12
SEATS = (3, 4, 5, 7)
_handle = lru_cache(maxsize=4096)(handle)


class Candidate(msgspec.Struct, kw_only=True, eq=False):
    """A car of the fleet as far as a search looks at it; ``row`` has the rest.

    ``rules`` are there when days are asked for, and ``limits`` what they have against these; ``features`` are by their handles;
    ``spoken`` tells whether it has the words asked for.
    """

    car_id: CarId
    slug: str
    number: int
    category: str
    place: str
    seats: int
    transmission: str | None
    features: Mapping[str, str]
    year: int | None
    free: bool
    rules: CarRules | None
    limits: tuple[Hindrance, ...]
    spoken: bool
    base_price: Decimal
    row: Any


class Choice(msgspec.Struct, frozen=True):
    """A value one can look for: how it stands in an address, its name, and how many cars there are with it beside all else asked for."""

    value: str
    name: str
    count: int


class Sifted(msgspec.Struct, frozen=True, kw_only=True):
    """The cars that fit, the choices of each facet in a fixed order, and how many cars fit when one facet is given up."""

    fitting: list[Candidate]
    choices: dict[Facet, tuple[Choice, ...]]
    without: dict[Facet, int]


def sift(fleet: Iterable[Candidate], wanted: Wanted, price: Callable[[Candidate], Decimal]) -> Sifted:
    """Sort out a fleet in one pass. ``price`` says what the limit on the price is compared with, and is only asked when there is one."""
    fitting: list[Candidate] = []
    without: Counter[Facet] = Counter()
    board = _Board(wanted)
    for car in fleet:
        missed = _missed(car, wanted, price)
        board.add(car, missed)
        if not missed:
            fitting.append(car)
        elif len(missed) == 1:
            without[missed[0]] += 1
    return Sifted(fitting=fitting, choices=board.choices(), without=dict(without))


def _missed(car: Candidate, wanted: Wanted, price: Callable[[Candidate], Decimal]) -> list[Facet]:
    missed = []
    if not car.spoken:
        missed.append(Facet.WORDS)
    if wanted.categories and _handle(car.category) not in wanted.categories:
        missed.append(Facet.CATEGORY)
    if wanted.places and _handle(car.place) not in wanted.places:
        missed.append(Facet.PLACE)
    if car.seats < wanted.seats:
        missed.append(Facet.SEATS)
    if wanted.transmission and car.transmission != wanted.transmission:
        missed.append(Facet.TRANSMISSION)
    if wanted.features and not wanted.features <= car.features.keys():
        missed.append(Facet.FEATURE)
    if wanted.highest is not None and price(car) > wanted.highest:
        missed.append(Facet.PRICE)
    return missed


class _Board:
    """Counts of values while the fleet passes by. A car counts for a facet when it misses nothing else."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.names: dict[Facet, dict[str, str]] = {facet: {} for facet in Facet}
        self.counts: dict[Facet, Counter[str]] = {facet: Counter() for facet in Facet}
        self.shared: Counter[str] = Counter()

    def add(self, car: Candidate, missed: list[Facet]) -> None:
        values = {Facet.CATEGORY: car.category, Facet.PLACE: car.place, Facet.TRANSMISSION: car.transmission}
        for facet, name in values.items():
            if name:
                self.names[facet].setdefault(_handle(name), name)
                if not missed or missed == [facet]:
                    self.counts[facet][_handle(name)] += 1
        if not missed or missed == [Facet.SEATS]:
            self.counts[Facet.SEATS].update(str(bound) for bound in SEATS if bound <= car.seats)
        features = car.features
        self.names[Facet.FEATURE].update(features)
        self.shared.update(features.keys())
        if not missed:
            self.counts[Facet.FEATURE].update(features.keys())

    def choices(self) -> dict[Facet, tuple[Choice, ...]]:
        usual = [value for value, count in self.shared.most_common(_FEATURES) if count >= _RARE]
        chosen = sorted(self.wanted.features - set(usual))
        self.names[Facet.FEATURE] = {value: self.names[Facet.FEATURE].get(value, value) for value in (*usual, *chosen)}
        self.names[Facet.SEATS] = {
            str(bound): str(bound) for bound in SEATS if self.counts[Facet.SEATS][str(bound)] or bound == self.wanted.seats
        }
        return {facet: self._of(facet) for facet in (Facet.CATEGORY, Facet.PLACE, Facet.SEATS, Facet.TRANSMISSION, Facet.FEATURE)}

    def _of(self, facet: Facet) -> tuple[Choice, ...]:
        return tuple(Choice(value, name, self.counts[facet][value]) for value, name in self.names[facet].items())
