"""Trying a price rule: one car and some days, before and after, with the lines that renters see."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

import msgspec

from exodrive.availability.service import parse_days
from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Db
from exodrive.kit.errors import BadInput
from exodrive.kit.words import _
from exodrive.overview import staff_prices
from exodrive.overview.staff_prices import Targets
from exodrive.pricing import store
from exodrive.pricing.checks import check
from exodrive.pricing.kinds import Rule
from exodrive.pricing.preview import Look, Rental
from exodrive.pricing.preview import preview as both
from exodrive.pricing.service import NoPrice
from exodrive.web.admin.prices.views import Tried, bills_of

_LONGEST = 366


def first_asked(texts: Mapping[str, str], targets: Targets, today: date) -> Tried:
    """Return what the preview proposes: what was typed, or the first car for three days in a month."""
    car = next((car.slug for car in targets.cars if texts.get("scope") in (f"car:{car.id}", f"category:{car.category}")), "")
    first = date.fromisoformat(texts["first"]) if _is_day(texts.get("first")) else today + timedelta(days=30)
    return Tried(
        car=texts.get("try_car") or car or (targets.cars[0].slug if targets.cars else ""),
        start=texts.get("try_start") or first.isoformat(),
        end=texts.get("try_end") or (first + timedelta(days=2)).isoformat(),
    )


def _is_day(text: str | None) -> bool:
    try:
        return bool(text and date.fromisoformat(text))
    except ValueError:
        return False


async def tried(db: Db, texts: Mapping[str, str], rule: Rule, replaces: UUID | None) -> Tried:
    """Return what the form asks to see; a car or days that cannot be are a sentence in it. Raises BadInput for a wrong rule."""
    check(rule)
    asked = Tried(texts.get("try_car", ""), texts.get("try_start", ""), texts.get("try_end", ""))
    try:
        zone, (before, after) = await compare(db, asked.car, days_of(asked.start, asked.end), rule, replaces)
    except (BadInput, NoPrice) as wrong:
        return msgspec.structs.replace(asked, error=" ".join(wrong.fields.values()) or wrong.detail)
    return msgspec.structs.replace(asked, before=bills_of(before, zone), after=bills_of(after, zone))


def days_of(start: str, end: str) -> Days:
    """Read the days of a preview; raises BadInput."""
    days = parse_days(start, end)
    if len(days) > _LONGEST:
        raise BadInput(_("Please check the days."), fields={"end": _("Choose a year at most.")})
    return days


async def compare(db: Db, slug: str, days: Days, rule: Rule | None, replaces: UUID | None) -> tuple[str, tuple[Look, Look]]:
    """Return the zone of a car's home and its price on days before and after a rule; raises BadInput, NoPrice and NotFound."""
    car = next((car for car in (await staff_prices.targets(db)).cars if car.slug == slug), None)
    if car is None:
        raise BadInput(_("We have no such car."), fields={"car": _("Choose one of our cars.")})
    rules = await store.rules_in_force(db, car.id)
    if rules is None:
        raise NoPrice
    replaced = (await staff_prices.find(db, replaces)).rule if replaces else None
    now = clock.now()
    rental = Rental(car=rules[0], house=rules[1], category=car.category, days=days, zone=car.zone, now=now, today=day_at(now, car.zone))
    return car.zone, both(rental, rule, replaced)
