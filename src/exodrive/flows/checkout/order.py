"""An order against our own rows: the car, the places with their hours, the days, the price that was promised."""

from collections.abc import Callable, Collection
from datetime import date, datetime

import msgspec

from exodrive.availability import service as availability
from exodrive.bookings import orders
from exodrive.bookings.model import CheckoutOrder, Place, PlaceKind, Rules
from exodrive.bookings.orders import Wrong
from exodrive.fleet import service as fleet
from exodrive.flows.checkout.extras import scarce
from exodrive.flows.checkout.model import Checked, Facts
from exodrive.flows.checkout.places import booked_places, location_of, zone_of
from exodrive.kit.days import day_at, moment_at
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.words import _
from exodrive.overview.wishes import choices_of
from exodrive.pricing import engine
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.choosing import after_hours
from exodrive.pricing.limit_words import hindrance_words
from exodrive.pricing.limits import Hindrance, HindranceKind, hindrances
from exodrive.pricing.model import InputsV1, Price
from exodrive.pricing.quotes import QuoteExpired, Quotes
from exodrive.pricing.rules import book_of, inputs_of


class NotRented(Conflict):
    """The car is not to be had at present."""

    code = "not-rented"

    def __init__(self) -> None:
        super().__init__(_("This car cannot be rented at present."))


class PriceChanged(Conflict):
    """The price is not the one that was promised, or the promise has run out: ``extra`` has the new ``quote``, ``total``, ``currency``."""

    code = "price-changed"

    def __init__(self, price: Price, quote: str) -> None:
        words = _("The price has changed. Please check the new one and try again.")
        super().__init__(words, quote=quote, total=str(price.total), currency=price.inputs.currency)


def check(order: CheckoutOrder, facts: Facts, rules: Rules, quotes: Quotes) -> Checked:
    """Return a tidied order with its price, moments and places.

    Raises BadInput naming every wrong field, NotRented, JourneyNotOffered, and PriceChanged when all but the promised price is right.
    """
    pickup_at, return_due_at = _check_fields(order, facts, rules)
    if not facts.available:
        raise NotRented
    price = price_of(order, facts)
    _check_quote(order, price, quotes, facts.now)
    return Checked(
        order=order,
        price=price,
        time_zone=zone_of(order.pickup, facts),
        pickup_at=pickup_at,
        return_due_at=return_due_at,
        places=booked_places(order, price, facts),
        turnaround_days=facts.turnaround_days,
        requires_approval=facts.requires_approval,
        scarce=scarce(facts.rules, facts.house, order.days, order.extras),
    )


def wrong_of(order: CheckoutOrder, facts: Facts, rules: Rules) -> Wrong:
    """Return a sentence for each field of a tidied order that ``check`` would refuse; of what is chosen and promised nothing is said."""
    return _fields_of(lambda: _check_fields(order, facts, rules))


def _check_fields(order: CheckoutOrder, facts: Facts, rules: Rules) -> tuple[datetime, datetime]:
    """Return the moments of pick-up and return; raises BadInput naming every wrong field."""
    wrong = orders.check_person(order, facts.minimum_age) | orders.check_terms(order, rules)
    wrong |= _check_days(order, rules, day_at(facts.now, zone_of(order.pickup, facts)))
    wrong |= _check_place(order, order.pickup, "pickup", facts) | _check_place(order, order.dropoff, "dropoff", facts)
    pickup_at, return_due_at = _moments(order, facts, wrong)
    if wrong := _check_limits(order, facts, pickup_at) | _check_moments(pickup_at, return_due_at, facts.now) | wrong:
        raise _refusal(wrong)
    return pickup_at, return_due_at


def can_stand(order: CheckoutOrder, facts: Facts, rules: Rules) -> bool:
    """Tell whether nothing but taken days could refuse an order: not its days, its hours and places, nor what it chooses."""
    try:
        price_of(order, facts)
    except (BadInput, Conflict):
        return False
    return facts.available and not wrong_of(order, facts, rules)


def wrong_days(order: CheckoutOrder, facts: Facts, rules: Rules, pickup_at: datetime, *, begins: bool) -> Wrong:
    """Return a sentence for each field of other days for a rental that is sold; a first day that stays, as it ``begins`` not, is right."""
    today = day_at(facts.now, zone_of(order.pickup, facts))
    first = today if begins else min(today, order.start)
    furthest = rules.furthest_day_days + (today - first).days
    wrong = _check_days(order, msgspec.structs.replace(rules, furthest_day_days=furthest), first)
    return _check_limits(order, facts, pickup_at, begins=begins) | wrong


def check_meetings(
    order: CheckoutOrder, facts: Facts, sides: Collection[PlaceKind], *, is_begun: bool = False
) -> tuple[datetime, datetime, str]:
    """Return the moments of pick-up and return, and the zone they count in; of the places only those ``sides`` are judged.

    The pick-up of a rental that ``is_begun`` lies behind us. Raises BadInput naming every wrong field.
    """
    wrong: Wrong = {}
    for side in sides:
        wrong |= _check_place(order, order.pickup if side == "pickup" else order.dropoff, side, facts)
    pickup_at, return_due_at = _moments(order, facts, wrong)
    if wrong := _check_moments(pickup_at, return_due_at, facts.now, is_begun=is_begun) | wrong:
        raise _refusal(wrong)
    return pickup_at, return_due_at, zone_of(order.pickup, facts)


def price_of(order: CheckoutOrder, facts: Facts) -> Price:
    """Return what an order costs by our rows; raises NotOffered naming the choice, and JourneyNotOffered.

    Nothing of the order but what decides its price is looked at.
    """
    today = day_at(facts.now, facts.home_zone)
    chosen = choices_of(order, facts.rules, facts.house, facts.locations, today=today)
    price = engine.price(inputs_of(facts.rules, facts.house, order.days, choices=chosen))
    if order.part_payment and not 0 < price.due_now < price.total:
        raise NotOffered("part_payment", _("This can only be paid at once. Please take it off."))
    return price


def _refusal(wrong: Wrong) -> BadInput:
    return BadInput(_("Please check the fields that are marked."), fields=wrong)


def _moments(order: CheckoutOrder, facts: Facts, wrong: Wrong) -> tuple[datetime, datetime]:
    """Return the moments of pick-up and return. Days out of reach may lie where the calendar ends, and have none."""
    pickup, dropoff = order.pickup, order.dropoff
    try:
        return moment_at(order.start, pickup.time, zone_of(pickup, facts)), moment_at(order.end, dropoff.time, zone_of(dropoff, facts))
    except OverflowError:
        raise _refusal(wrong) from None


def _check_days(order: CheckoutOrder, rules: Rules, today: date) -> Wrong:
    if order.end < order.start:
        return {"end": _("The return must not be before the pick-up.")}
    longest, furthest = rules.longest_rental_days, rules.furthest_day_days
    return _fields_of(lambda: availability.check_days(order.days, today=today, longest_rental_days=longest, furthest_day_days=furthest))


def _check_limits(order: CheckoutOrder, facts: Facts, pickup_at: datetime, *, begins: bool = True) -> Wrong:
    """What the price rules have against the length of the rental and, where it ``begins`` by it, the notice it gives us."""
    if order.end < order.start:
        return {}
    found = hindrances(facts.rules, facts.house, order.days, now=facts.now, pickup_at=pickup_at, zone=facts.home_zone)
    found = [limit for limit in found if begins or limit.kind is not HindranceKind.TOO_SOON]
    return {_field_of(limit, order, facts): hindrance_words(limit, facts.home_zone) for limit in reversed(found)}


def _field_of(limit: Hindrance, order: CheckoutOrder, facts: Facts) -> str:
    """Too soon is the day's fault when no hour of it will do."""
    if limit.earliest is None:
        return "end"
    return "pickup_time" if day_at(limit.earliest, facts.home_zone) == order.start else "start"


def _check_place(order: CheckoutOrder, place: Place, kind: PlaceKind, facts: Facts) -> Wrong:
    wrong = orders.check_place(place, kind)
    if wrong or place.location_id is None:
        return wrong
    location = location_of(place, facts)
    if location is None or not location.is_active:
        return {f"{kind}_location_id": _("Choose one of our places, or give an address.")}
    day, side = (order.start, "pickup") if kind == "pickup" else (order.end, "return")
    # On a day we are closed nobody is there at any hour; on the others we may come at other hours for a fee.
    if location.hours_on(day) and after_hours(book_of(facts.rules, facts.house), order.start, side, place.time):
        return {}
    return _fields_of(lambda: fleet.check_hours(location, day, place.time, field=f"{kind}_time"))


def _fields_of(check: Callable[[], object]) -> Wrong:
    try:
        check()
    except BadInput as refusal:
        return refusal.fields
    return {}


def _check_moments(pickup_at: datetime, return_due_at: datetime, now: datetime, *, is_begun: bool = False) -> Wrong:
    if is_begun and return_due_at <= now:
        return {"dropoff_time": _("This time has passed. Please choose a later one.")}
    if pickup_at <= now and not is_begun:
        return {"pickup_time": _("This time has passed. Please choose a later one.")}
    if return_due_at <= pickup_at:
        return {"dropoff_time": _("The return must be after the pick-up.")}
    return {}


def _check_quote(order: CheckoutOrder, price: Price, quotes: Quotes, now: datetime) -> None:
    """Raise unless the renter was promised this very price; a quote for other days or another car promised another one."""
    try:
        promised = quotes.open(order.quote, now)
    except QuoteExpired:
        raise PriceChanged(price, quotes.sign(price, now)) from None
    if _promise(promised) != _promise(price):
        raise PriceChanged(price, quotes.sign(price, now))


def _promise(price: Price) -> tuple[object, ...]:
    inputs = price.inputs
    excess = None if isinstance(inputs, InputsV1) else inputs.excess
    return inputs.car_id, inputs.start, inputs.end, inputs.currency, price.total, price.deposit, price.due_later, price.due_on, excess
