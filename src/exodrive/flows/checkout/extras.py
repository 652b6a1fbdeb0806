"""Extras of which there are only so many: claimed under a lock for each, so that two renters never take the last one."""

from collections.abc import Iterable, Mapping

from exodrive.flows.checkout import store
from exodrive.flows.checkout.model import Standing
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.overview.extras import extras_taken
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.offers import Offer, check_stock, offers_for
from exodrive.pricing.rules import CarRules, House
from exodrive.pricing.store import rules_in_force


def scarce(car: CarRules, house: House, days: Days, wanted: Mapping[str, int]) -> tuple[Offer, ...]:
    """Return those extras that are wanted and may run out."""
    if not any(wanted.values()):
        return ()
    return tuple(extra for extra in offers_for(car, house, days).extras if wanted.get(extra.code) and extra.stock is not None)


def lock_names(codes: Iterable[str]) -> list[str]:
    """Return the locks of extras, in the one order everybody takes them: after all others."""
    return [f"extra:{code}" for code in sorted(codes)]


async def check_left(db: Db, extras: Iterable[Offer], wanted: Mapping[str, int], days: Days, *, besides: BookingId | None = None) -> None:
    """Raise NotOffered when there are not so many left; ``besides`` one's own booking. The caller holds the locks of these extras."""
    extras = tuple(extras)
    if extras:
        check_stock(extras, wanted, await extras_taken(db, [extra.code for extra in extras], days, besides=besides))


async def still_left(db: Db, now: Standing) -> bool:
    """Tell whether a booking may be paid with its extras: they are its own while its hold lives, and may be gone once it has lapsed.

    The caller holds the car's lock, and keeps the days in the same transaction: from here on nobody else counts these extras.
    """
    if not now.extras:
        return True
    moment = await store.lock_more(db, lock_names(now.extras))
    lives = now.lapses_at is not None and now.lapses_at > moment and now.held_days == len(now.days)
    return lives or await _are_left(db, now)


async def _are_left(db: Db, now: Standing) -> bool:
    rules = await rules_in_force(db, now.car_id)
    if rules is None:
        return False
    try:
        await check_left(db, scarce(*rules, now.days, now.extras), now.extras, now.days, besides=now.booking_id)
    except NotOffered:
        return False
    return True
