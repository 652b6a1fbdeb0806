"""What a letter says that asks for a deposit: calm, and never that anything is charged."""

from datetime import date, datetime

import msgspec

from exodrive.deposits.states import HoldStatus
from exodrive.flows.approval.words import when_words
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.pricing.terms_words import released_by
from exodrive.pricing.words import money


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for: how much, for which pick-up, how the newest hold stands, if any; whether a wallet was to hold by itself.

    ``is_more``: the newest hold is too small by now.
    """

    money: Money
    pickup_at: datetime
    is_out: bool = False
    is_reminder: bool = False
    last: HoldStatus | None = None
    ends_at: datetime | None = None
    by_wallet: bool = False
    is_more: bool = False


def letter_subject(wish: Wish, car: str, days: str, reference: str) -> str:
    """Return the subject of a letter about a deposit."""
    told = {"car": car, "days": days, "reference": reference}
    if wish.last in (HoldStatus.HELD, HoldStatus.LAPSED):
        return _("Please hold the deposit once more: %(car)s, %(days)s (%(reference)s)") % told
    if wish.is_reminder or wish.last is HoldStatus.DECLINED:
        return _("The deposit is not held yet: %(car)s, %(days)s (%(reference)s)") % told
    return _("Please hold the deposit: %(car)s, %(days)s (%(reference)s)") % told


def letter_words(wish: Wish, returned: date, zone: str) -> tuple[str, ...]:
    """Return what a letter says, in sentences; ``returned`` is the day the car comes back."""
    amount = money(wish.money.amount, wish.money.currency)
    held = _("Held means reserved, not charged. The deposit is released by %(day)s at the latest when nothing is claimed.")
    text = (
        _why(wish, amount, zone),
        _("Open your booking and hold it there through PayPal; it takes a minute."),
        held % {"day": released_by(returned)},
    )
    return text if wish.is_out else (*text, _("We hand over the key once it is held."))


def _why(wish: Wish, amount: str, zone: str) -> str:
    told = {"amount": amount, "when": when_words(wish.pickup_at, zone)}
    if wish.last is HoldStatus.HELD:
        return _in_place(wish, amount, zone)
    if wish.last is HoldStatus.LAPSED:
        return _("The hold of your deposit, %(amount)s, has run out. Please hold it once more.") % told
    if wish.last is HoldStatus.DECLINED and wish.by_wallet:
        return _("PayPal did not hold the deposit of %(amount)s from the wallet you let us keep. Please hold it yourself now.") % told
    if wish.last is HoldStatus.DECLINED:
        return _("PayPal or your bank declined to hold the deposit of %(amount)s. Please try again, perhaps with another card.") % told
    if wish.is_reminder:
        return _("Your pick-up is on %(when)s, and the deposit of %(amount)s is not held yet.") % told
    return _("Your pick-up is on %(when)s. Please hold the deposit of %(amount)s for it now.") % told


def _in_place(wish: Wish, amount: str, zone: str) -> str:
    """Why another hold is to take the place of the one there is: it is too small by now, or ends soon."""
    if wish.is_more or wish.ends_at is None:
        return _("Your booking's deposit is %(amount)s now. Once you hold that, what is held at present is released.") % {"amount": amount}
    ends = {"amount": amount, "when": when_words(wish.ends_at, zone)}
    return _("A hold lives 29 days, and yours of %(amount)s ends on %(when)s. Once you hold a new one, the old one is released.") % ends


def held_subject(car: str, days: str, reference: str) -> str:
    """Return the subject of the letter that tells of a hold by a wallet."""
    return _("The deposit is held, not charged: %(car)s, %(days)s (%(reference)s)") % {"car": car, "days": days, "reference": reference}


def held_words(held: Money, returned: date) -> tuple[str, ...]:
    """Return what is told of a hold by a wallet; ``returned`` is the day the car comes back."""
    told = {"amount": money(held.amount, held.currency), "day": released_by(returned)}
    return (
        _("As you agreed when you booked, the deposit of %(amount)s is now held from the PayPal wallet you paid with.") % told,
        _("Held means reserved, not charged. The deposit is released by %(day)s at the latest when nothing is claimed.") % told,
        _("You need do nothing. Once your booking is settled, we no longer keep the wallet."),
    )
