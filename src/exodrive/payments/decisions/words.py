"""Payments in doubt, and what may be decided about them, in words for staff."""

from exodrive.kit.words import _
from exodrive.payments.decisions.model import Decision, Doubt
from exodrive.payments.model import Kind


def doubt_words(doubt: Doubt) -> str:
    """Say what is the matter."""
    if doubt.issue == "MISMATCH":
        return _("What PayPal shows is not what we asked for: another sum, number, booking or account.")
    if doubt.issue == "DAYS_MISSING":
        return _("The money came, but somebody else has the days. Free them and it settles by itself, or give the money back.")
    if doubt.issue == "TROUBLE":
        return _("We cannot go on with it by ourselves. The log says why.")
    return _("For more than a day PayPal has not told us what became of it.")


def shown_words(doubt: Doubt) -> str:
    """Say what PayPal shows, as it is written there; empty when it shows nothing."""
    if doubt.seen is None or doubt.money is None:
        return ""
    return f"{doubt.seen}: {doubt.money.text} {doubt.money.currency}, {doubt.status}"


def choice_words(choice: Decision, doubt: Doubt) -> str:
    """Say what a decision does."""
    is_refund = doubt.operation.kind in (Kind.REFUND, Kind.REPAY)
    if choice is Decision.ACCEPT:
        return _("It is right: the renter has the money.") if is_refund else _("It is right: the money is ours, as it was asked for.")
    return _back_words(doubt) if choice is Decision.GIVE_BACK else _close_words(doubt)


def _back_words(doubt: Doubt) -> str:
    if doubt.operation.change_id:
        return _("Give this money back, and drop the change it was for.")
    if doubt.operation.instalment_id:
        return _("Give this money back; the rest is then still to be paid.")
    return _("Give this money back, and end the booking.")


def _close_words(doubt: Doubt) -> str:
    if doubt.operation.kind in (Kind.REFUND, Kind.REPAY):
        return _("Nothing went back: it may be given back again.")
    if doubt.operation.kind is Kind.CLAIM:
        return _("Nothing of ours was taken from the deposit, or it was put right at PayPal: the charges are due as before.")
    if doubt.operation.is_joint_hold:
        return _("Nothing is held, or it was voided at PayPal: go on as after a failed payment.")
    return _("No money of ours came of it, or it was put right at PayPal: go on as after a failed payment.")
