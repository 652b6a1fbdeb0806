"""Which zone an address lies in: by its country, and there by the beginning of its postal code or by its city.

Postal codes alone do not work worldwide (dozens of countries have none), and a radius needs somebody who turns addresses into positions;
country, code and city are what every address form asks for anyway.
"""

from collections.abc import Iterable
from datetime import date

from exodrive.kit.words import _
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.kinds import Area, Collection, Delivery
from exodrive.pricing.rules import CarRules, House, book_of


def zone_for(
    car: CarRules, house: House, kind: type[Delivery] | type[Collection], day: date, *, country: str, postal_code: str = "", city: str = ""
) -> str | None:
    """Return the code of the zone an address lies in, for a rental that begins on a day; the narrowest area decides, then the rank.

    "" is everywhere else; None where we do not go.
    """
    rules = [rule for rule in book_of(car, house).of(kind) if rule.covers(day)]
    found = [(_narrowness(area), rule.code) for rule in rules for area in rule.areas if _inside(area, country, postal_code, city)]
    if found:
        return max(found, key=lambda entry: entry[0])[1]
    return "" if any(not rule.code for rule in rules) else None


def check_served(zone: str | None, field: str) -> str:
    """Return a zone; raises NotOffered naming the field of the address where we do not go."""
    if zone is None:
        raise NotOffered(field, _("We do not bring cars to this area. Please choose one of our places."))
    return zone


def _inside(area: Area, country: str, postal_code: str, city: str) -> bool:
    return (
        area.country == country.strip().upper()
        and _plain(postal_code).startswith(_plain(area.code))
        and (not area.city or area.city.strip().casefold() == city.strip().casefold())
    )


def _plain(code: str) -> str:
    """A postal code without what people write differently."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _narrowness(area: Area) -> tuple[bool, int]:
    return bool(area.city), len(_plain(area.code))


def areas_in_words(areas: Iterable[Area]) -> str:
    """Return areas for staff: ``US 331…, AE Dubai, MC``."""
    return ", ".join(f"{area.country} {area.code}…" if area.code else f"{area.country} {area.city}".strip() for area in areas)
