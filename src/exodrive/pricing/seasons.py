"""What the days of a rental cost: by the first season of each day, else by the car's own price."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from exodrive.kit.days import ONE_DAY, Days
from exodrive.pricing.kinds import Season
from exodrive.pricing.model import Rate, Rates


def rates_of(car: Rates, seasons: Iterable[Season], days: Days) -> tuple[Rate, ...]:
    """Return what the days cost, in runs at one price: by the first season of each day, else by the car's own price."""
    near = [season for season in seasons if season.prices and _touches(season, days)]
    own = Rate(first=days.start, last=days.end, base=car.base_price, weekend=car.weekend_price)
    if not near:
        return (own,)
    cuts = {days.start, days.end + ONE_DAY}
    cuts |= {season.first for season in near if season.first and season.first > days.start}
    cuts |= {season.last + ONE_DAY for season in near if season.last and season.last < days.end}
    runs: list[Rate] = []
    for first, after in pairwise(sorted(cuts)):
        rate = _rate(near, own, first, after - ONE_DAY)
        if runs and _same_price(runs[-1], rate):
            rate = _run(rate, runs.pop().first, rate.last)
        runs.append(rate)
    return tuple(runs)


def _touches(season: Season, days: Days) -> bool:
    return (season.first is None or season.first <= days.end) and (season.last is None or days.start <= season.last)


def _rate(seasons: list[Season], own: Rate, first: date, last: date) -> Rate:
    """The price of a run of days that no season's border cuts."""
    found = [season for season in seasons if season.covers(first)]
    priced = next((season for season in found if season.amount is not None), None)
    if not found:
        return _run(own, first, last)
    base, weekend = (priced.amount, priced.weekend) if priced and priced.amount is not None else (own.base, own.weekend)
    # A percentage is taken of the first price below it; percentages are never taken of each other.
    return Rate(first=first, last=last, base=base, weekend=weekend, percent=found[0].percent, name=found[0].name)


def _run(rate: Rate, first: date, last: date) -> Rate:
    return Rate(first=first, last=last, base=rate.base, weekend=rate.weekend, percent=rate.percent, name=rate.name)


def _same_price(one: Rate, two: Rate) -> bool:
    return (one.base, one.weekend, one.percent, one.name) == (two.base, two.weekend, two.percent, two.name)
