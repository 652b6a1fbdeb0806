"""Both ends of a rental as a form asks for them: the places, the hours, the fees, and what most will want."""

from datetime import date, datetime, time

import msgspec

from exodrive.fleet.model import Location
from exodrive.kit.days import Days
from exodrive.kit.words import _
from exodrive.pricing.offers import Offers, Zone
from exodrive.pricing.words import short_money
from exodrive.web.shell.formats import country
from exodrive.web.storefront.checkout_choices import hours_words, rules_at
from exodrive.web.storefront.places import NOTICE, PlaceChoice, TimeChoice, likely_place, likely_time, place_choices, time_choices

_PICKUP, _RETURN = time(10), time(18)


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One end of the rental, as the form asks for it.

    ``usual`` is the time nobody need choose, ``fee`` is None where an address is not offered, ``hours`` is what other hours cost.
    ``countries`` are those an address may lie in, by code and name, the likeliest first.
    """

    kind: str
    day: date
    places: tuple[PlaceChoice, ...]
    times: tuple[TimeChoice, ...]
    usual: str
    hours: tuple[str, ...]
    fee: str | None
    countries: tuple[tuple[str, str], ...]


def stops_of(
    home: Location, ours: list[Location], days: Days, since: tuple[datetime, datetime], offers: Offers, usual: dict[str, str]
) -> tuple[Stop, Stop]:
    """Both ends of the rental as the form asks for them; ``since`` is the earliest moment of each, ``usual`` has what is set already."""
    ends = (("pickup", "pickup", days.start, since[0], offers.delivery), ("dropoff", "return", days.end, since[1], offers.collection))
    pickup, dropoff = (
        Stop(
            kind=kind,
            day=day,
            places=place_choices(ours, day),
            times=time_choices(day, home.time_zone, earliest, rules_at(offers.after_hours, side)),
            usual=usual[f"{kind}_time"],
            hours=hours_words(rules_at(offers.after_hours, side), offers.currency),
            fee=_fee(zones, offers.currency),
            countries=_countries(zones, home.country, usual.get(f"{kind}_address_country", "")),
        )
        for kind, side, day, earliest, zones in ends
    )
    return pickup, dropoff


def _fee(zones: tuple[Zone, ...], currency: str) -> str | None:
    """What a journey costs: the one price, or the least; None where we drive to nobody."""
    amounts = sorted({zone.amount for zone in zones})
    if not amounts:
        return None
    least = short_money(amounts[0], currency)
    return _("+ {price}").format(price=least) if len(amounts) == 1 else _("from {price}").format(price=least)


def _countries(zones: tuple[Zone, ...], home: str, booked: str) -> tuple[tuple[str, str], ...]:
    """Where an address may lie: in the countries of our zones, at home for everywhere else, and where it lies already."""
    codes = {code for zone in zones for code in zone.countries or (home,)} | {booked} - {""}
    return tuple(sorted(((code, country(code)) for code in codes), key=lambda entry: (entry[0] != home, entry[1])))


def likely_stops(home: Location, ours: list[Location], days: Days, now: datetime) -> dict[str, str]:
    """Return the place and the time at both ends that most will want, by the form's fields."""
    found: dict[str, str] = {}
    for kind, day, usual in (("pickup", days.start, _PICKUP), ("dropoff", days.end, _RETURN)):
        chosen = likely_place(ours, home, day)
        place = next((place for place in ours if str(place.id) == chosen), None)
        found[f"{kind}_location_id"] = chosen
        found[f"{kind}_time"] = likely_time(usual, place, day, time_choices(day, home.time_zone, now + NOTICE))
    return found
