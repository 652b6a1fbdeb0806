"""The deposit on a booking's page: how it stands in a sentence, and whether the renter is to do something about it."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from exodrive.bookings.states import BookingStatus
from exodrive.deposits.model import DepositRules, Rental, Way
from exodrive.deposits.planner import fits_one_order
from exodrive.deposits.states import HoldStatus
from exodrive.deposits.wallets.model import serves
from exodrive.kit.days import day_at
from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage
from exodrive.overview.own_deposit import HeldDeposit
from exodrive.pricing.terms_words import released_by
from exodrive.pricing.words import money, short_money
from exodrive.web.shell.formats import moment

_OFF = (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW)
_ON = (BookingStatus.UPCOMING, BookingStatus.ACTIVE)


def together_words(total: Decimal, deposit: Decimal, currency: str) -> str:
    """Return what is told before a price is paid whose deposit is held by the same approval: what is charged, and what is not."""
    told = {"price": money(total, currency), "deposit": short_money(deposit, currency), "sum": money(total + deposit, currency)}
    return _("At PayPal you approve %(sum)s once: %(price)s is charged now, and the deposit of %(deposit)s is held, not charged.") % told


def approved_together(booking: BookingPage, rules: DepositRules, now: datetime) -> str:
    """Return what a renter is told who has not paid yet, where rental and deposit are approved at once; empty for any other."""
    rental = Rental(pickup_at=booking.pickup_at, due_at=booking.return_due_at)
    is_apart = not booking.deposit or booking.approval_hours is not None or booking.price.due_later or booking.holds
    if is_apart or booking.status is not BookingStatus.PENDING or not fits_one_order(rental, rules, now):
        return ""
    return together_words(booking.price.total, booking.deposit, booking.currency)


class Asked(msgspec.Struct, frozen=True):
    """What a renter is asked for: how much is to be held, why now, and when it is released."""

    amount: str
    title: str
    text: str


def asked_of(booking: BookingPage, rules: DepositRules, now: datetime) -> Asked | None:
    """Return what to ask of a renter now: near the pick-up, while nothing is held, and before the end of a hold that is too short."""
    if not booking.deposit or booking.status not in _ON or booking.waits or booking.returned_at or now < booking.pickup_at - rules.ask:
        return None
    if is_by_wallet(booking, rules, now):
        return None
    live = [hold for hold in booking.holds if hold.is_live(now)]
    if live and live[-1].amount < booking.deposit:
        return _asked_more(booking)
    if live and not _is_short(booking, live[-1], rules, now):
        return None
    return _asked(booking, is_again=bool(live))


def _asked_more(booking: BookingPage) -> Asked:
    told = _told(booking)
    text = _("Your booking's deposit is %(amount)s now. Once you hold that, what is held at present is released.") % told
    return Asked(told["amount"], _("Please hold the deposit once more"), text)


def _asked(booking: BookingPage, *, is_again: bool) -> Asked:
    told, newest = _told(booking), booking.holds[-1] if booking.holds else None
    text = _("PayPal reserves %(amount)s and charges nothing. It is released by %(day)s at the latest when nothing is claimed.") % told
    if newest and newest.way is Way.WALLET and newest.status in (HoldStatus.DECLINED, HoldStatus.DROPPED):
        failed = _("PayPal did not hold it from the wallet you let us keep; please hold it yourself. %(text)s") % {"text": text}
        return Asked(told["amount"], _("The deposit is not held yet"), failed)
    if is_again:
        ends_soon = _("A hold lives 29 days, and yours ends soon. %(text)s") % {"text": text}
        return Asked(told["amount"], _("Please hold the deposit once more"), ends_soon)
    if newest and newest.status is HoldStatus.DECLINED:
        declined = _("PayPal or your bank declined it; try again, perhaps with another card. %(text)s") % {"text": text}
        return Asked(told["amount"], _("The deposit is not held yet"), declined)
    return Asked(told["amount"], _("Please hold the deposit"), _("We hand over the key once it is held. %(text)s") % {"text": text})


def is_by_wallet(booking: BookingPage, rules: DepositRules, now: datetime) -> bool:
    """Tell whether the deposit is held from the wallet its renter let us keep, without asking them."""
    return rules.wallet and serves(booking.wallet, booking.holds, now)


def _is_short(booking: BookingPage, hold: HeldDeposit, rules: DepositRules, now: datetime) -> bool:
    assert hold.covered_until
    return max(booking.return_due_at, now) + rules.release > hold.covered_until and now >= hold.covered_until - rules.replace


def deposit_words(booking: BookingPage, rules: DepositRules, now: datetime) -> str:
    """Return the state of the deposit in a sentence; empty for cars without one, and for rentals that will not be and held none."""
    if not booking.deposit:
        return ""
    newest, off = booking.holds[-1] if booking.holds else None, booking.status in _OFF
    if newest and newest.ended_at and newest.status in (HoldStatus.RELEASED, HoldStatus.CLAIMED):
        return _ended(booking, newest, newest.ended_at)
    if newest and newest.is_live(now):
        return (_("The deposit of %(amount)s was held, not charged, and is being released.") if off else _held(newest)) % _told(booking)
    if off:
        return ""
    if booking.status is BookingStatus.COMPLETED:
        return _("The deposit of %(amount)s is released by %(day)s at the latest when nothing is claimed.") % _told(booking)
    return _ahead(by_wallet=booking.status in _ON and is_by_wallet(booking, rules, now)) % _told(booking)


def _held(hold: HeldDeposit) -> str:
    if hold.way is not Way.WALLET:
        return _("A deposit of %(amount)s is held, not charged; it is released by %(day)s at the latest when nothing is claimed.")
    return _(
        "A deposit of %(amount)s is held from the PayPal wallet you let us keep, not charged; it is released by %(day)s at the latest"
        " when nothing is claimed."
    )


def _ahead(*, by_wallet: bool) -> str:
    if by_wallet:
        return _(
            "Near your pick-up a deposit of %(amount)s is held from the PayPal wallet you let us keep; you need do nothing. Held means"
            " reserved, not charged; it is released by %(day)s at the latest when nothing is claimed."
        )
    return _(
        "A deposit of %(amount)s is held near your pick-up. Held means reserved, not charged; it is released by %(day)s at the latest"
        " when nothing is claimed."
    )


def _ended(booking: BookingPage, hold: HeldDeposit, at: datetime) -> str:
    told = _told(booking) | {"ended": moment(at, booking.time_zone), "claimed": short_money(hold.claimed, booking.currency)}
    if hold.status is HoldStatus.RELEASED:
        return _("The deposit of %(amount)s was released on %(ended)s. Your bank may show it a few days longer.") % told
    return _("%(claimed)s of the deposit of %(amount)s was claimed, the rest was released.") % told


def _told(booking: BookingPage) -> dict[str, str]:
    return {"amount": short_money(booking.deposit, booking.currency), "day": released_by(_returned(booking))}


def _returned(booking: BookingPage) -> date:
    """The day the car came back, or is to."""
    return day_at(booking.returned_at, booking.time_zone) if booking.returned_at else booking.days.end
