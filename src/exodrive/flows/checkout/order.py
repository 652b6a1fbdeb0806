"""An order against our own rows: the car, the places with their hours, the days, the price that was promised."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from exodrive.availability import service as availability
from exodrive.bookings import orders
from exodrive.bookings.model import CheckoutOrder, Place, PlaceKind, Rules
from exodrive.bookings.orders import Wrong
from exodrive.fleet import service as fleet
from exodrive.fleet.model import Location
from exodrive.flows.checkout.model import BookedPlace, Checked, Facts
from exodrive.kit.days import day_at, moment_at
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.ids import new_id
from exodrive.kit.words import _
from exodrive.pricing import engine
from exodrive.pricing.model import Price
from exodrive.pricing.quotes import QuoteExpired, Quotes
from exodrive.pricing.rules import inputs_of


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
    zone, now = _zone(order.pickup, facts), facts.now
    wrong = orders.check_person(order, facts.minimum_age) | orders.check_terms(order, rules)
    wrong |= _check_days(order, facts, rules, day_at(now, zone))
    wrong |= _check_place(order.pickup, "pickup", order.start, facts) | _check_place(order.dropoff, "dropoff", order.end, facts)
    pickup_at, return_due_at = _moments(order, facts, wrong)
    if wrong := _check_moments(pickup_at, return_due_at, now) | wrong:
        raise _refusal(wrong)
    if not facts.available:
        raise NotRented
    price = _price(order, facts)
    _check_quote(order, price, quotes, now)
    fees = price.inputs.delivery_fee or Decimal(0), price.inputs.collection_fee or Decimal(0)
    places = _booked(order.pickup, "pickup", facts, fees[0]), _booked(order.dropoff, "dropoff", facts, fees[1])
    return Checked(
        order=order,
        price=price,
        time_zone=zone,
        pickup_at=pickup_at,
        return_due_at=return_due_at,
        places=places,
        turnaround_days=facts.turnaround_days,
    )


def _refusal(wrong: Wrong) -> BadInput:
    return BadInput(_("Please check the fields that are marked."), fields=wrong)


def _moments(order: CheckoutOrder, facts: Facts, wrong: Wrong) -> tuple[datetime, datetime]:
    """Return the moments of pick-up and return. Days out of reach may lie where the calendar ends, and have none."""
    pickup, dropoff = order.pickup, order.dropoff
    try:
        return moment_at(order.start, pickup.time, _zone(pickup, facts)), moment_at(order.end, dropoff.time, _zone(dropoff, facts))
    except OverflowError:
        raise _refusal(wrong) from None


def _zone(place: Place, facts: Facts) -> str:
    location = _location(place, facts)
    return location.time_zone if location else facts.home_zone


def _location(place: Place, facts: Facts) -> Location | None:
    return facts.locations.get(place.location_id) if place.location_id else None


def _check_days(order: CheckoutOrder, facts: Facts, rules: Rules, today: date) -> Wrong:
    if order.end < order.start:
        return {"end": _("The return must not be before the pick-up.")}
    minimum = facts.rules.rates.minimum_days
    wrong = _fields_of(
        lambda: availability.check_days(
            order.days, today=today, longest_rental_days=rules.longest_rental_days, furthest_day_days=rules.furthest_day_days
        )
    )
    if not wrong and len(order.days) < minimum:
        return {"end": availability.obstacle_words(availability.Obstacle.TOO_SHORT, minimum_days=minimum)}
    return wrong


def _check_place(place: Place, kind: str, day: date, facts: Facts) -> Wrong:
    wrong = orders.check_place(place, kind)
    if wrong or place.location_id is None:
        return wrong
    location = _location(place, facts)
    if location is None or not location.is_active:
        return {f"{kind}_location_id": _("Choose one of our places, or give an address.")}
    return _fields_of(lambda: fleet.check_hours(location, day, place.time, field=f"{kind}_time"))


def _fields_of(check: Callable[[], None]) -> Wrong:
    try:
        check()
    except BadInput as refusal:
        return refusal.fields
    return {}


def _check_moments(pickup_at: datetime, return_due_at: datetime, now: datetime) -> Wrong:
    if pickup_at <= now:
        return {"pickup_time": _("This time has passed. Please choose a later one.")}
    if return_due_at <= pickup_at:
        return {"dropoff_time": _("The return must be after the pick-up.")}
    return {}


def _price(order: CheckoutOrder, facts: Facts) -> Price:
    delivery, collection = order.pickup.address is not None, order.dropoff.address is not None
    return engine.price(inputs_of(facts.rules, facts.house, order.days, delivery=delivery, collection=collection))


def _check_quote(order: CheckoutOrder, price: Price, quotes: Quotes, now: datetime) -> None:
    """Raise unless the renter was promised this very price; a quote for other days or another car promised another one."""
    try:
        promised = quotes.open(order.quote, now)
    except QuoteExpired:
        raise PriceChanged(price, quotes.sign(price, now)) from None
    if _promise(engine.price(promised)) != _promise(price):
        raise PriceChanged(price, quotes.sign(price, now))


def _promise(price: Price) -> tuple[object, ...]:
    inputs = price.inputs
    return inputs.car_id, inputs.start, inputs.end, inputs.currency, price.total, price.deposit


def _booked(place: Place, kind: PlaceKind, facts: Facts, fee: Decimal) -> BookedPlace:
    location = _location(place, facts)
    return _at_location(place, kind, location, fee) if location else _at_address(place, kind, fee)


def _at_address(place: Place, kind: PlaceKind, fee: Decimal) -> BookedPlace:
    address = place.address
    assert address is not None, "checked before"
    return BookedPlace(
        id=new_id(),
        type=kind,
        line1=address.line1,
        line2=address.line2 or None,
        city=address.city,
        state=address.state_province or None,
        code=address.postal_code or None,
        country=address.country,
        formatted=address.formatted,
        fee=fee,
        instructions=place.instructions or None,
    )


def _at_location(place: Place, kind: PlaceKind, location: Location, fee: Decimal) -> BookedPlace:
    return BookedPlace(
        id=new_id(),
        type=kind,
        location_id=location.id,
        name=location.name,
        line1=location.address_line1,
        line2=location.address_line2,
        city=location.city,
        state=location.state_province,
        code=location.postal_code,
        country=location.country,
        formatted=location.formatted_address,
        latitude=location.latitude,
        longitude=location.longitude,
        fee=fee,
        instructions=place.instructions or None,
    )
