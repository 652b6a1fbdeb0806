"""Differences in words: what each is, and what a person does about it."""

from exodrive.kit.words import _
from exodrive.payments.differences.model import Gap, Thing


def thing_words(thing: Thing) -> str:
    """Return what PayPal keeps, as people call it."""
    return {
        Thing.ORDER: _("Order"),
        Thing.AUTHORIZATION: _("Hold"),
        Thing.CAPTURE: _("Payment"),
        Thing.REFUND: _("Refund"),
    }[thing]


def gap_words(gap: Gap) -> str:
    """Return what differs, in one line."""
    return {
        Gap.AMOUNT: _("Another amount at PayPal"),
        Gap.CURRENCY: _("Another currency at PayPal"),
        Gap.PAYEE: _("Paid to another account"),
        Gap.REFERENCE: _("Made out for something else"),
        Gap.STATUS: _("Not in the state our book says"),
        Gap.MISSING: _("PayPal does not know it"),
        Gap.UNKNOWN: _("PayPal knows it, and we do not"),
        Gap.UNREADABLE: _("PayPal’s answer cannot be read"),
        Gap.REVERSED: _("Taken back by PayPal or the renter’s bank"),
        Gap.EXCESS: _("More was paid back than our book allows"),
        Gap.PAID_BACK: _("All was paid back, and the booking still stands"),
    }[gap]


# long: a sentence or two for each
def advice(gap: Gap) -> str:
    """Return what to do about it."""
    return {
        Gap.AMOUNT: _(
            "Open it at PayPal’s own site. Money of another amount than we asked for is never booked by itself: give it back there and let"
            " the renter pay again, or collect the rest and say here what was agreed."
        ),
        Gap.CURRENCY: _("Open it at PayPal’s own site. Give the money back there and let the renter pay in the booking’s currency."),
        Gap.PAYEE: _(
            "The money goes to another PayPal account than when the order was opened. Check the account at PayPal and in the settings"
            " before more is paid."
        ),
        Gap.REFERENCE: _("Find out at PayPal’s own site what it was paid for. Give it back there if it belongs to no booking."),
        Gap.STATUS: _(
            "See at PayPal’s own site what became of it. If the money is not there, the renter has not paid: write to them before the car"
            " goes out. If paying back did not succeed, give the money back again on the booking’s file; a deposit that is still held is"
            " given back there."
        ),
        Gap.MISSING: _(
            "Look for it at PayPal’s own site, by its id and by the renter’s name. If it is not there, no money moved: check that the"
            " settings name the right account, live and not sandbox, then write to PayPal."
        ),
        Gap.UNKNOWN: _(
            "See at PayPal’s own site what it was for. If it belongs to another shop on the same account, say so here. If a renter paid it,"
            " tell them and give it back there."
        ),
        Gap.UNREADABLE: _("Nothing to do yet: it is read again every day. If it stays, write to PayPal and name the id."),
        Gap.REVERSED: _(
            "Open the case at PayPal’s own site and answer it before its due date. Do not give the same money back here as well."
        ),
        Gap.EXCESS: _("A refund of ours for the same money has not ended yet. Wait for it: this closes itself once it has."),
        Gap.PAID_BACK: _("Decide about the car: cancel the booking on its file, or ask the renter to pay again."),
    }[gap]
