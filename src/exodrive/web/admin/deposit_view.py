"""A booking's deposit as staff see it: every hold, what needs a person, and what comes next by itself."""

from datetime import datetime

import msgspec

from exodrive.bookings.model import BookingStatus
from exodrive.deposits import store as deposits
from exodrive.deposits.model import Alarm, DepositRules, Hold, Rental, Way
from exodrive.deposits.planner import is_free, is_wanted, needed_until, plan, renew_at, status_of
from exodrive.deposits.states import HoldStatus
from exodrive.flows.deposit import by_wallet, desk, reminding, store
from exodrive.kit import clock
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.pricing.words import money as money_words
from exodrive.web.shell.formats import moment


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a booking's deposit at a moment."""

    rental: Rental
    money: Money
    status: BookingStatus
    holds: list[Hold]
    alarms: list[tuple[str, datetime]]
    is_placing: bool
    is_ending: bool
    by_wallet: bool
    now: datetime

    @property
    def living(self) -> Hold | None:
        """The newest hold that is in force."""
        return next((hold for hold in reversed(self.holds) if hold.covers(self.now)), None)

    def is_wanted(self, rules: DepositRules) -> bool:
        """Whether the renter is asked for a hold now."""
        on = self.status in reminding.ON and self.money.amount > 0
        return on and is_wanted(self.rental, self.holds, rules, self.now) and not self.is_placing and not self.by_wallet


class HoldLine(msgspec.Struct, frozen=True, kw_only=True):
    """One hold in words."""

    hold: Hold
    state: str
    amount: str


class DepositView(msgspec.Struct, frozen=True, kw_only=True):
    """The panel: ``coming`` says what happens next by itself, ``may_ask`` and ``may_give_back`` what staff may do now."""

    holds: list[HoldLine]
    alarms: list[tuple[str, datetime]]
    coming: list[str]
    may_ask: bool
    may_give_back: bool


async def known_of(db: Db, rules: DepositRules, booking_id: BookingId) -> Known:
    """Read what is known of a booking's deposit."""
    found, holds, now = await store.rental(db, booking_id), await deposits.of_booking(db, booking_id), clock.now()
    assert found is not None, "its file was found"
    living = [hold for hold in holds if hold.covers(now)]
    return Known(
        rental=found[0],
        money=found[1],
        status=found[2],
        holds=holds,
        alarms=await deposits.open_alarms(db, booking_id),
        is_placing=await reminding.is_placing(db, holds),
        is_ending=bool(living) and await desk.is_ending(db, living[-1]),
        by_wallet=await by_wallet.is_way(db, rules, booking_id, holds, now),
        now=now,
    )


def deposit_view(known: Known, rules: DepositRules, zone: str, *, manages: bool) -> DepositView | None:
    """Return the panel; None for a booking that has no deposit."""
    if not known.money.amount and not known.holds:
        return None
    is_kept = known.is_ending or known.rental.claimed or known.rental.is_out
    return DepositView(
        holds=[HoldLine(hold=hold, state=_state(hold, known.now), amount=_amount(hold)) for hold in known.holds],
        alarms=[(alarm_words(Alarm(kind)), at) for kind, at in known.alarms],
        coming=coming(known, rules, zone),
        may_ask=known.is_wanted(rules),
        may_give_back=manages and known.living is not None and not is_kept,
    )


def _amount(hold: Hold) -> str:
    held = money_words(hold.amount, hold.currency)
    if hold.status is not HoldStatus.CLAIMED:
        return held
    return _("%(claimed)s of %(amount)s") % {"claimed": money_words(hold.claimed_amount, hold.currency), "amount": held}


def _state(hold: Hold, now: datetime) -> str:
    if hold.status is HoldStatus.DROPPED and hold.parent_id:
        return _("Let go with a rental that could not be paid")
    return state_words(status_of(hold, now))


def state_words(status: HoldStatus) -> str:
    """Return how a hold stands."""
    words = {
        HoldStatus.ASKED: _("Asked for, not approved yet"),
        HoldStatus.HELD: _("Held, not charged"),
        HoldStatus.DECLINED: _("Declined by PayPal or the bank"),
        HoldStatus.DROPPED: _("Asked for in vain"),
        HoldStatus.LAPSED: _("Ran out after 29 days"),
        HoldStatus.RELEASED: _("Given back"),
        HoldStatus.CLAIMED: _("Claimed from, the rest given back"),
    }
    return words[status]


def alarm_words(kind: Alarm) -> str:
    """Return what a person must see to."""
    words = {
        Alarm.UNCOVERED: _("The car is out and no deposit stands behind it"),
        Alarm.RUNS_OUT: _("The car is out and its hold ends soon, with no other in its place"),
        Alarm.RENEWAL_REFUSED: _("PayPal would not renew the hold: its money is not certain any more"),
        Alarm.CLAIM: _("A claim on the deposit needs a decision before its hold ends, or came to nothing"),
        Alarm.INVOICE: _("An invoice does not go on by itself: the booking’s file says why"),
    }
    return words[kind]


def coming(known: Known, rules: DepositRules, zone: str) -> list[str]:
    """Return what the planner does next by itself, and when, in sentences."""
    rental, hold = known.rental, known.living
    said = [_asking(known, rules, zone)]
    if hold and known.is_ending:
        said.append(_("It is being given back, or a claim is being taken from it."))
    elif hold and rental.claimed:
        said.append(_("A claim is open: it is kept until that is decided."))
    elif hold:
        said += _keeping(known, hold, rules, zone)
    return [one for one in said if one]


def _asking(known: Known, rules: DepositRules, zone: str) -> str:
    if known.is_placing and known.holds[-1].way is Way.WALLET:
        return _("PayPal is asked to hold it from the wallet the renter let us keep.")
    if known.is_placing:
        return _("The renter has approved it; PayPal is working on it.")
    if known.is_wanted(rules):
        return _("The renter is asked for it on the booking’s page, and by mail.")
    if known.rental.waits:
        return _("It is asked for once the booking is accepted.")
    ask_at = known.rental.pickup_at - rules.ask
    if known.living is None and known.status is BookingStatus.UPCOMING and known.now < ask_at and known.money.amount:
        by_wallet = _("It is held from %(when)s on, from the wallet the renter let us keep.")
        return (by_wallet if known.by_wallet else _("The renter is asked for it from %(when)s on.")) % {"when": moment(ask_at, zone)}
    return ""


def _keeping(known: Known, hold: Hold, rules: DepositRules, zone: str) -> list[str]:
    rental, now = known.rental, known.now
    if hold in plan(rental, known.holds, rules, now).release or is_free(rental, rules, now):
        return [_("It is given back within minutes.")]
    said = []
    if at := renew_at(rental, hold, rules, now):
        said.append(
            _("It is renewed once, on %(when)s, so that its money is certain when the car comes back.") % {"when": moment(at, zone)}
        )
    assert hold.covered_until
    again_at = hold.covered_until - rules.replace
    if needed_until(rental, rules, now) > hold.covered_until and now < again_at:
        said.append(_("It ends too soon: another is asked for from %(when)s on.") % {"when": moment(again_at, zone)})
    if rental.returned_at:
        told = {"when": moment(rental.returned_at + rules.release, zone)}
        return [*said, _("It is given back on %(when)s when nothing is claimed.") % told]
    told = {"days": str(rules.release_days)}
    return [*said, _("It is given back %(days)s days after the return when nothing is claimed.") % told]
