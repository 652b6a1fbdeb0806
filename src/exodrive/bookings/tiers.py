"""What goes back when a rental will not be: by the tiers that were frozen when it was bought, counted from its pick-up."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from exodrive.bookings.model import Tier
from exodrive.kit.money import Money, round_money
from exodrive.kit.words import _, ngettext

WHOLE = 100


def percent_for(tiers: Iterable[Tier], pickup_at: datetime, now: datetime) -> int:
    """Return the percentage that goes back for cancelling now: the best of the tiers whose notice is kept, nothing when none is."""
    notice = pickup_at - now
    return _best(tier for tier in tiers if tier.hours_before is not None and notice >= timedelta(hours=tier.hours_before))


def no_show_percent(tiers: Iterable[Tier]) -> int:
    """Return the percentage that goes back to who never came: nothing where the booking was sold without such a tier."""
    return _best(tier for tier in tiers if tier.hours_before is None)


def share_of(paid: Money, percent: int) -> Money:
    """Return a percentage of a sum as its currency can pay it, half a unit rounded up: never below zero, never above the sum."""
    share = round_money(paid.amount * percent / WHOLE, paid.currency)
    return Money(max(Decimal(0), min(share, paid.amount)), paid.currency)


def refund_for(tiers: Iterable[Tier], pickup_at: datetime, now: datetime, paid: Money) -> Money:
    """Return what goes back for cancelling now, of what was ``paid`` and not given back before."""
    return share_of(paid, percent_for(tiers, pickup_at, now))


def tier_words(tier: Tier) -> str:
    """Return what goes back by a tier, in a sentence."""
    share = {"percent": tier.percent}
    if tier.hours_before is None:
        if not tier.percent:
            return _("If nobody comes for the car: nothing is paid back.")
        return _("If nobody comes for the car: %(percent)d%% of what you paid goes back.") % share
    if not tier.percent:
        return _("Later than that: nothing is paid back.")
    if not tier.hours_before:
        return _("Until the pick-up: %(percent)d%% of what you paid goes back.") % share
    hours = ngettext("%(number)d hour", "%(number)d hours", tier.hours_before) % {"number": tier.hours_before}
    return _("Until %(hours)s before pick-up: %(percent)d%% of what you paid goes back.") % {"hours": hours, **share}


def _best(tiers: Iterable[Tier]) -> int:
    return max((min(WHOLE, max(0, tier.percent)) for tier in tiers), default=0)
