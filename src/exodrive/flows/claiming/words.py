"""Claims in words: what is taken from a deposit, by whose word, and what the renter may do until when."""

from collections.abc import Iterable
from decimal import Decimal

from exodrive.charges.model import Charge
from exodrive.charges.words import explained, title
from exodrive.deposits.claims.model import Claim, ClaimStatus
from exodrive.flows.approval.words import when_words
from exodrive.kit.words import _
from exodrive.pricing.words import money


def claimed_words(claim: Claim, zone: str) -> tuple[str, ...]:
    """Return what a renter is told of a claim as it stands."""
    told = {"amount": money(claim.amount, claim.currency), "when": when_words(claim.answer_by, zone)}
    said = {
        ClaimStatus.ASKED: _(
            "We ask for %(amount)s of your deposit. Until %(when)s you can accept that or object; if you do not answer, it is taken then."
        ),
        ClaimStatus.OBJECTED: _("You objected, and nothing is taken before we have looked at it. We write to you."),
        ClaimStatus.ACCEPTED: _("%(amount)s is being taken from your deposit. The rest of it is released."),
        ClaimStatus.TAKING: _("%(amount)s is being taken from your deposit. The rest of it is released."),
        ClaimStatus.SETTLED: _("%(amount)s was taken from your deposit, and the rest of it was released."),
        ClaimStatus.FAILED: _("Nothing was taken from your deposit. The charges are still to be paid; we write to you."),
        ClaimStatus.WITHDRAWN: _("We withdrew what we had asked for. Nothing is taken from your deposit for it."),
    }[claim.status] % told
    return tuple(filter(None, (said, claim.reason or "", _left(claim), _repaid(claim))))


def state_words(status: ClaimStatus) -> str:
    """Return where a claim stands, for staff."""
    return {
        ClaimStatus.ASKED: _("The renter may answer"),
        ClaimStatus.OBJECTED: _("The renter objects: decide"),
        ClaimStatus.ACCEPTED: _("To be taken"),
        ClaimStatus.TAKING: _("PayPal is asked for it"),
        ClaimStatus.SETTLED: _("Taken"),
        ClaimStatus.FAILED: _("PayPal did not give it"),
        ClaimStatus.WITHDRAWN: _("Withdrawn"),
    }[status]


def _repaid(claim: Claim) -> str:
    """What of it went back."""
    if not claim.repaid:
        return ""
    return _("%(amount)s of that went back to you, the way it came.") % {"amount": money(claim.repaid, claim.currency)}


def _left(claim: Claim) -> str:
    """What the deposit cannot bear, while that is of any interest."""
    if claim.asked == claim.amount or claim.status in (ClaimStatus.FAILED, ClaimStatus.WITHDRAWN):
        return ""
    told = {"asked": money(claim.asked, claim.currency), "left": money(claim.asked - claim.amount, claim.currency)}
    return _("The charges come to %(asked)s: %(left)s of them is more than the deposit. We send an invoice for that.") % told


def charge_words(charges: Iterable[Charge]) -> tuple[str, ...]:
    """Return charges as a letter lists them: what each is for, its sum, and why."""
    return tuple(_charge(one) for one in charges)


def _charge(charge: Charge) -> str:
    why = explained(charge.kind, charge.facts, charge.currency) or charge.reason
    told = {"title": title(charge.kind), "amount": money(charge.total, charge.currency), "why": " ".join(why.split())}
    return _("%(title)s, %(amount)s: %(why)s") % told


def made_subject(car: str, days: str, reference: str, *, at_once: bool) -> str:
    """Return the subject of the letter that tells of a claim."""
    told = {"car": car, "days": days, "reference": reference}
    if at_once:
        return _("Taken from your deposit: %(car)s, %(days)s (%(reference)s)") % told
    return _("Your answer, please: charges and your deposit, %(car)s, %(days)s (%(reference)s)") % told


def at_once_words() -> str:
    """Return why a claim was not asked first."""
    return _(
        "The hold of your deposit ends too soon for us to wait for an answer. If you do not agree, write to us and we look at it again."
    )


def ended_subject(car: str, days: str, reference: str) -> str:
    """Return the subject of the letter that tells how a claim ended."""
    return _("Your deposit: %(car)s, %(days)s (%(reference)s)") % {"car": car, "days": days, "reference": reference}


def repaid_words(claim: Claim, amount: Decimal, why: str) -> tuple[str, ...]:
    """Return what a renter is told of money of a claim that went back to them."""
    told = {name: money(sum_, claim.currency) for name, sum_ in (("amount", amount), ("taken", claim.amount), ("repaid", claim.repaid))}
    if amount == claim.amount:
        said = _("We gave %(amount)s back to you: all that was taken from your deposit.")
    else:
        said = _("We gave %(amount)s back to you of the %(taken)s that was taken from your deposit.")
    so_far = _("With it, %(repaid)s of %(taken)s has gone back to you.") if claim.repaid > amount else ""
    way = _(
        "It goes the way it came, through PayPal, and reaches you within a few days. The credit note for it comes in a letter of its own."
    )
    return tuple(filter(None, (said % told, " ".join(why.split()), so_far % told, way)))


def repaid_subject(car: str, days: str, reference: str) -> str:
    """Return the subject of the letter about money of a claim that went back."""
    return _("Money back from your deposit: %(car)s, %(days)s (%(reference)s)") % {"car": car, "days": days, "reference": reference}


def objected_words(reference: str, amount: str, objection: str) -> tuple[str, ...]:
    """Return what staff are told of an objection."""
    told = {"reference": reference, "amount": amount}
    return (
        _("The renter of %(reference)s objects to %(amount)s claimed from the deposit:") % told,
        objection,
        _("Uphold the claim or withdraw it, before its hold ends."),
    )
