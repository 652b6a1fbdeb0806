"""Limits of rentals in words: how short, how long and how soon one may be."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel.dates import format_interval, format_time

from exodrive.kit import words
from exodrive.kit.days import Days
from exodrive.kit.words import _, ngettext
from exodrive.pricing.kinds import Notice, Season
from exodrive.pricing.limits import Hindrance, HindranceKind, limiting, usual_minimum
from exodrive.pricing.rules import CarRules, House
from exodrive.pricing.words import day, day_count

_HINDRANCES = {
    HindranceKind.TOO_SHORT: lambda limit: ngettext(
        "These days are rented for {number} day at least.", "These days are rented for {number} days at least.", limit.days
    ),
    HindranceKind.TOO_LONG: lambda limit: ngettext(
        "These days are rented for {number} day at most.", "These days are rented for {number} days at most.", limit.days
    ),
    HindranceKind.TOO_SOON: lambda limit: _("Please choose a pick-up from {moment} on: we need that long to prepare the car."),
}


def hindrance_words(limit: Hindrance, zone: str) -> str:
    """Return what a rule has against a rental, in one sentence; moments as the clock of a place (IANA zone) shows them."""
    return _HINDRANCES[limit.kind](limit).format(number=limit.days, moment=_moment(limit.earliest, zone) if limit.earliest else "")


def season_limit_words(season: Season) -> str:
    """Return how short or long a rental of a season's days may be: ``High season, Jun 1 – 30: 3 days at least``."""
    fewest, most = season.minimum_days, season.maximum_days
    told = [ngettext("{number} day at least", "{number} days at least", fewest).format(number=fewest)] if fewest else []
    told += [ngettext("{number} day at most", "{number} days at most", most).format(number=most)] if most else []
    return _("{season}: {limits}").format(season=_dated(season), limits=", ".join(told))


def minimum_words(car: CarRules, house: House, ahead: Days) -> str:
    """Return how short a rental that begins on the days ahead may be, seasons included: ``2 days; High season, Jun 1 – 30: 3 days``."""
    dated = [season for season in limiting(car, house, ahead) if season.minimum_days and (season.first or season.last)]
    told = [_("{season}: {limits}").format(season=_dated(season), limits=day_count(season.minimum_days or 1)) for season in dated]
    return "; ".join([day_count(usual_minimum(car, house)), *told])


def _dated(season: Season) -> str:
    if season.first and season.last:
        dates = format_interval(season.first, season.last, "MMMd", locale=words.locale())
        return _("{season}, {dates}").format(season=season.name, dates=dates)
    return season.name


def notice_words(notice: Notice) -> list[str]:
    """Return how long before the pick-up one books at the latest, a sentence for each limit."""
    told = []
    if notice.hours:
        sentence = ngettext(
            "Book {number} hour before the pick-up at the latest.", "Book {number} hours before the pick-up at the latest.", notice.hours
        )
        told.append(sentence.format(number=notice.hours))
    if notice.cutoff:
        told.append(_("To pick it up the same day, book before {time}.").format(time=_clock(notice.cutoff)))
    return told


def _moment(moment: datetime, zone: str) -> str:
    there = moment.astimezone(ZoneInfo(zone))
    return _("{day}, {time}").format(day=day(there.date(), "medium"), time=_clock(there.time()))


def _clock(at: time) -> str:
    return format_time(at, "short", locale=words.locale())
