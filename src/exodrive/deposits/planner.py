"""What is to be done about a deposit at a moment: pure rules over one rental and its holds, so that they can be tried on thousands.

A car that is out is *covered* while a hold lives, and the money is *certain* while the hold is young or freshly renewed. PayPal renews a
hold once only, so it is renewed late: when the car comes back, for that is when money may be needed.
"""

from datetime import datetime, timedelta

import msgspec

from exodrive.deposits.model import CERTAIN, RENEWABLE, Alarm, DepositRules, Hold, Rental, Way
from exodrive.deposits.states import HoldStatus

_BEFORE_RETURN = timedelta(hours=12)  # a renewal is certain for three days: from here it reaches beyond the return and most inspections
_SOON = timedelta(hours=24)  # a pick-up so near is paid for together with its deposit
_TO_LOOK = timedelta(hours=12)  # and so long after the return its money is to be certain: the car is looked at


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done now, and when to look again at the latest.

    ``ask``: the renter is to be asked for a hold, a first one or one in the place of another. ``renew``: the hold to be renewed.
    ``release``: holds to be given back.
    """

    ask: bool = False
    renew: Hold | None = None
    release: tuple[Hold, ...] = ()
    alarms: frozenset[Alarm] = frozenset()
    again_at: datetime | None = None


def plan(rental: Rental, holds: list[Hold], rules: DepositRules, now: datetime) -> Plan:
    """Return what is to be done about the deposit of a rental. ``holds`` are all it ever had, in the order they were asked for."""
    living = [hold for hold in holds if hold.covers(now)]
    newest = living[-1] if living and not is_free(rental, rules, now) else None
    return Plan(
        ask=is_wanted(rental, holds, rules, now),
        renew=newest if newest and _to_renew(rental, newest, rules, now) else None,
        release=tuple(hold for hold in living if hold is not newest),
        alarms=_alarms(rental, newest, rules, now),
        again_at=_next(rental, newest, rules, now),
    )


def is_free(rental: Rental, rules: DepositRules, now: datetime) -> bool:
    """Tell whether a deposit is to be given back: the rental is off, or the car has been back for long enough and nothing is claimed."""
    if rental.claimed:
        return False
    return rental.is_off or (rental.returned_at is not None and now >= rental.returned_at + rules.release)


def needed_until(rental: Rental, rules: DepositRules, now: datetime) -> datetime:
    """Return until when a hold must live: some days beyond the return, and a car that is late is expected at any moment."""
    return (rental.returned_at or max(rental.due_at, now)) + rules.release


def is_wanted(rental: Rental, holds: list[Hold], rules: DepositRules, now: datetime) -> bool:
    """Tell whether to ask the renter for a hold: near the pick-up when there is none, in time before the end of one too short, and at once
    in the place of one too small, which is given back when the other is held.

    Nothing is asked of whom we have not accepted.
    """
    if rental.is_off or rental.waits or rental.returned_at or now < rental.pickup_at - rules.ask:
        return False
    living = [hold for hold in holds if hold.covers(now)]
    return not living or living[-1].amount < rental.amount or _is_short(rental, living[-1], rules, now)


def _is_short(rental: Rental, hold: Hold, rules: DepositRules, now: datetime) -> bool:
    assert hold.covered_until
    return needed_until(rental, rules, now) > hold.covered_until and now >= hold.covered_until - rules.replace


def _to_renew(rental: Rental, hold: Hold, rules: DepositRules, now: datetime) -> bool:
    at = renew_at(rental, hold, rules, now)
    return at is not None and now >= at


def renew_at(rental: Rental, hold: Hold, rules: DepositRules, now: datetime) -> datetime | None:
    """Return when a hold is to be renewed; None for one that was, and for one that is certain for as long as it is needed."""
    assert hold.authorized_at
    assert hold.covered_until
    if hold.renewed_at or is_free(rental, rules, now):
        return None
    if hold.guaranteed_until and hold.guaranteed_until >= _certain_until(rental, hold, rules, now):
        return None
    home = rental.returned_at or max(rental.due_at, now)
    wanted = max(hold.authorized_at + RENEWABLE, home - _BEFORE_RETURN)
    last = max(hold.authorized_at + RENEWABLE, hold.covered_until - rules.replace - _BEFORE_RETURN)
    at = min(wanted, last)
    return at if at < hold.covered_until else None


def _certain_until(rental: Rental, hold: Hold, rules: DepositRules, now: datetime) -> datetime:
    """Return how long a hold is to be certain before a renewal is tried.

    Of one that the rental was taken out of PayPal may refuse it: it is tried only where the car is out for longer than was foreseen.
    """
    if hold.way is Way.ONE_ORDER:
        return rental.returned_at or max(rental.due_at, now)
    return needed_until(rental, rules, now)


def fits_one_order(rental: Rental, rules: DepositRules, now: datetime) -> bool:
    """Tell whether rental and deposit may be approved at once: the pick-up is within a day, and the money certain until the car is back
    and looked at. It then lives on for what is left of the 29 days, as any hold does.
    """
    return rules.one_order and now <= rental.pickup_at <= now + _SOON and rental.due_at + _TO_LOOK <= now + CERTAIN


def _alarms(rental: Rental, hold: Hold | None, rules: DepositRules, now: datetime) -> frozenset[Alarm]:
    if not rental.is_out:
        return frozenset()
    if hold is None:
        return frozenset({Alarm.UNCOVERED})
    assert hold.covered_until
    late = now >= hold.covered_until - rules.margin and needed_until(rental, rules, now) > hold.covered_until
    return frozenset({Alarm.RUNS_OUT}) if late else frozenset()


def _next(rental: Rental, hold: Hold | None, rules: DepositRules, now: datetime) -> datetime | None:
    """Return the next moment at which something changes by itself."""
    moments = [rental.pickup_at - rules.ask]
    if rental.returned_at:
        moments.append(rental.returned_at + rules.release)
    if hold and hold.covered_until:
        moments += [hold.covered_until - rules.replace, hold.covered_until - rules.margin, hold.covered_until]
        if at := renew_at(rental, hold, rules, now):
            moments.append(at)
    return min((moment for moment in moments if moment > now), default=None)


def status_of(hold: Hold, now: datetime) -> HoldStatus:
    """Return how a hold stands by the clock: one whose life has run out counts as lapsed before anybody wrote that down."""
    return HoldStatus.LAPSED if hold.status is HoldStatus.HELD and not hold.covers(now) else hold.status
