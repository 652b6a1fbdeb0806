"""What renters and staff are told about the rest of a price."""

from datetime import date

from exodrive.kit.days import day_at
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.overview.rests import SeenRest
from exodrive.payments.instalments.model import InstalmentStatus
from exodrive.pricing.model import Price
from exodrive.pricing.words import day, due_rows, due_words, money


def rest_rows(price: Price, rest: SeenRest | None, zone: str) -> list[tuple[str, str]]:
    """Return both parts of a price as words and exact amount: as it was sold until the first is paid, then as each stands."""
    if rest is None or not price.due_later:
        return due_rows(price)
    currency = price.inputs.currency
    first = (_("Paid with the booking"), money(price.due_now, currency))
    amount = money(rest.amount, currency)
    if rest.status is InstalmentStatus.PAID and rest.settled_at:
        return [first, (_("Paid on {day}").format(day=day(day_at(rest.settled_at, zone), "long")), amount)]
    words = {InstalmentStatus.WAIVED: _("Waived"), InstalmentStatus.DROPPED: _("No longer to be paid")}
    return [first, (words.get(rest.status, due_words(rest.due_on)), amount)]


def rest_words(rest: SeenRest | None, currency: str) -> str:
    """Return how a rest stands in a sentence; empty where there is none, or nothing to be said of it."""
    if rest is None:
        return ""
    told = {"amount": money(rest.amount, currency), "day": day(rest.due_on, "long")}
    if rest.is_paying:
        return _("PayPal is working on the payment of the rest, %(amount)s.") % told
    if rest.is_open:
        return _("The rest, %(amount)s, is to be paid by %(day)s.") % told
    return _("The rest, %(amount)s, need not be paid: we waived it.") % told if rest.status is InstalmentStatus.WAIVED else ""


def is_overdue(rest: SeenRest, today: date) -> bool:
    """Tell whether a rest is open after its day."""
    return rest.is_open and not rest.is_paying and today > rest.due_on


def letter_subject(due: date, today: date, car: str, days: str, reference: str) -> str:
    """Return the subject of a letter about a rest."""
    told = {"day": day(due, "long"), "car": car, "days": days, "reference": reference}
    if today > due:
        return _("The rest is overdue: %(car)s, %(days)s (%(reference)s)") % told
    if today == due:
        return _("The rest is due today: %(car)s, %(days)s (%(reference)s)") % told
    return _("The rest is due by %(day)s: %(car)s, %(days)s (%(reference)s)") % told


def letter_words(rest: Money, due: date, today: date) -> tuple[str, ...]:
    """Return what a letter says about a rest, in sentences."""
    told = {"amount": money(rest.amount, rest.currency), "day": day(due, "long")}
    how = _("Open your booking and pay it there through PayPal; it takes a minute.")
    key = _("We hand over the key once all of the price is paid.")
    if today > due:
        late = _("The rest of your price, %(amount)s, was to be paid by %(day)s, and has not come yet.") % told
        return late, how, _("%(key)s If something is in the way, please write to us.") % {"key": key}
    if today == due:
        return _("Today the rest of your price is due: %(amount)s.") % told, how, key
    return _("A part of your price is paid. The rest, %(amount)s, is to be paid by %(day)s.") % told, how, key
