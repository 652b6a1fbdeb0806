"""What happened at PayPal, told on the booking's page: what it was, that nothing was charged, and what to do now."""

import msgspec

from exodrive.kit.words import _


class Story(msgspec.Struct, frozen=True):
    """What somebody is told who was sent to a page: what happened, and what to do; ``is_good`` when it is good news."""

    title: str
    text: str
    todo: str = ""
    is_good: bool = False


# long: one story beside the other
def _while_held() -> dict[str, Story]:
    pay_again = _("Press the button below to go to PayPal once more. You are never charged twice.")
    return {
        "declined": Story(
            _("PayPal declined the payment, and nothing was charged"),
            _("A bank says no to a large sum now and then, or to a card it has not seen before. The car is still held for you."),
            _("Try again, perhaps with another card or account, or ask your bank and then use the same card again."),
        ),
        "not-paid": Story(
            _("Not paid yet"),
            _("The payment was not approved at PayPal, and nothing was charged. The car is still held for you."),
            pay_again,
        ),
        "stopped": Story(
            _("You turned back at PayPal"),
            _("Nothing was charged. The days are still yours until the time runs out."),
            pay_again,
        ),
        "checking": Story(
            _("PayPal did not tell us whether you approved"),
            _("Nothing was charged so far. If you approved the payment, this page shows it within a minute or two."),
            _("Look again in a moment. If nothing has changed, press the button below: you are never charged twice."),
        ),
        "paypal-away": Story(
            _("PayPal does not answer at the moment"),
            _("Nothing was charged, and the car is still held for you."),
            _("Please try again in a minute."),
        ),
        "yours": Story(
            _("You hold this car already"),
            _("You went through the checkout for these days and have not paid yet; nothing was charged."),
            pay_again,
        ),
        "busy": Story(_("Many people want this car just now"), _("Nothing was charged."), _("Please try again in a moment.")),
    }


def _when_over() -> dict[str, Story]:
    anew = _("Below you can hold the same days once more, if they are still free, or take the nearest ones.")
    return {
        "declined": Story(_("PayPal declined the payment, and nothing was charged"), _("The time to pay has run out meanwhile."), anew),
        "not-paid": Story(_("Nothing was charged"), _("The payment was not approved at PayPal, and the time to pay has run out."), anew),
        "stopped": Story(_("You turned back at PayPal"), _("Nothing was charged, and the time to pay has run out meanwhile."), anew),
        "gone": Story(
            _("The car went to somebody else"),
            _("The days were no longer held when you came back from PayPal, and nothing was charged: we never asked PayPal for the money."),
            anew,
        ),
        "hold-over": Story(_("The time to pay has run out"), _("The days are no longer held for you, and nothing was charged."), anew),
    }


# long: one story beside the other
def _of_a_change() -> dict[str, Story]:
    stands = _("Nothing was charged for the change, and your booking stands as it was.")
    again = _("While the change waits you can pay for it below, or give it up.")
    anew = _("You can begin a new change as long as there is time.")
    return {
        "changed": Story(_("Changed"), _("Your booking is changed, and a mail with all of it is on its way."), is_good=True),
        "change-paid": Story(_("Paid and changed"), _("Your booking is changed, and a mail with all of it is on its way."), is_good=True),
        "change-declined": Story(_("PayPal declined the payment for your change"), stands, again),
        "change-not-paid": Story(_("Your change is not paid yet"), stands, again),
        "change-stopped": Story(_("You turned back at PayPal"), stands, again),
        "change-checking": Story(
            _("PayPal did not tell us yet whether your change is paid"), _("You need not do anything; a mail follows.")
        ),
        "change-paypal-away": Story(_("PayPal does not answer at the moment"), stands, again),
        "change-gone": Story(_("The change could no longer be made"), stands, anew),
        "change-change-over": Story(_("The time to pay for the change is over"), stands, anew),
        "change-unknown-change": Story(_("No change is waiting"), stands, anew),
        "cancelled": Story(_("Cancelled"), _("A mail with all of it is on its way."), is_good=True),
        "given-up": Story(_("Given up"), _("The days are free for others again, and nothing was charged."), is_good=True),
        "cancel-closed": Story(
            _("This booking can no longer be cancelled here"), _("The pick-up is too near, or the booking has ended. Please write to us.")
        ),
        "withdrawn": Story(_("The change is given up"), stands, is_good=True),
        "not-changeable": Story(_("This booking can no longer be changed here"), _("The pick-up is too near. Please write to us.")),
        "not-accepted": Story(
            _("This booking is not accepted yet"), _("It can be changed once we have accepted it; until then it can be cancelled.")
        ),
        "changed-meanwhile": Story(_("The booking has changed meanwhile"), _("This is how it stands now."), anew),
        "payment-under-way": Story(_("A payment is on its way"), _("PayPal is working on it; you need not do anything.")),
        "busy": Story(_("Many people want this car just now"), stands, _("Please try again in a moment.")),
    }


def _of_a_deposit() -> dict[str, Story]:
    nothing = _("Nothing was charged, and nothing is held yet.")
    again = _("Press the button below to try once more, perhaps with another card or account.")
    return {
        "deposit-paid": Story(_("The deposit is held"), _("Nothing was charged. You need not do anything more for it."), is_good=True),
        "deposit-declined": Story(_("PayPal declined to hold the deposit"), nothing, again),
        "deposit-not-paid": Story(_("The deposit is not held yet"), nothing, again),
        "deposit-stopped": Story(_("You turned back at PayPal"), nothing, again),
        "deposit-checking": Story(_("PayPal did not tell us yet if the deposit is held"), _("You need not do anything; look again soon.")),
        "deposit-paypal-away": Story(_("PayPal does not answer at the moment"), nothing, _("Please try again in a minute.")),
        "deposit-gone": Story(_("This deposit is not wanted any more"), nothing),
        "deposit-no-hold-wanted": Story(_("No deposit is to be held now"), nothing),
        "deposit-busy": Story(_("Many people want this car just now"), nothing, _("Please try again in a moment.")),
    }


def _of_the_rest() -> dict[str, Story]:
    nothing = _("Nothing was charged for the rest, and your booking stands.")
    again = _("Press the button below to go to PayPal once more. You are never charged twice.")
    return {
        "rest-paid": Story(_("Thank you. All of the price is paid"), _("A receipt is on its way to you."), is_good=True),
        "rest-declined": Story(
            _("PayPal declined the payment, and nothing was charged"), nothing, _("Try again, perhaps with another card or account.")
        ),
        "rest-not-paid": Story(_("The rest is not paid yet"), nothing, again),
        "rest-stopped": Story(_("You turned back at PayPal"), nothing, again),
        "rest-checking": Story(
            _("PayPal did not tell us yet whether the rest is paid"), _("You need not do anything; a mail follows as soon as we know.")
        ),
        "rest-paypal-away": Story(_("PayPal does not answer at the moment"), nothing, _("Please try again in a minute.")),
        "rest-gone": Story(_("The rest is no longer to be paid"), _("Nothing was charged for it.")),
        "rest-not-accepted": Story(_("This booking is not accepted yet"), _("Nothing was charged. The rest can be paid once we have.")),
        "rest-no-rest": Story(_("Nothing more is to be paid"), _("Nothing was charged.")),
        "rest-change-first": Story(_("Your change comes first"), nothing, _("Pay for the change or give it up, then pay the rest.")),
        "rest-payment-under-way": Story(_("A payment is on its way"), _("PayPal is working on it; you need not do anything.")),
        "rest-busy": Story(_("Many people want this car just now"), nothing, _("Please try again in a moment.")),
    }


def story_of(code: str, *, is_held: bool, is_over: bool, is_paid: bool | None = None) -> Story | None:
    """Return the story behind a code that a page was called with, as it fits where the booking stands; None for codes that say nothing.

    ``is_paid`` is True for a booking that is confirmed, False for one that is paid and waits for our answer.
    """
    told = _while_held() if is_held else _when_over() if is_over else _of_a_change()
    if code == "saved":
        return Story(_("Saved"), _("Your details are saved."), is_good=True)
    if code == "paid":
        return None if is_paid is None else _paid() if is_paid else _paid_and_waiting()
    return told.get(code) or (_of_a_deposit() | _of_the_rest()).get(code)


def _paid_and_waiting() -> Story:
    return Story(
        _("Thank you. Your payment has arrived"), _("A letter that says when you have our answer is on its way to you."), is_good=True
    )


def _paid() -> Story:
    return Story(_("Thank you. The car is yours"), _("A letter with the link to this page is on its way to you."), is_good=True)
