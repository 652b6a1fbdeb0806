"""The places of an order: ours or an address, the zone that its hours count in, and the copy that a booking keeps."""

from decimal import Decimal

from exodrive.bookings.model import CheckoutOrder, Place, PlaceKind
from exodrive.fleet.model import Location
from exodrive.flows.checkout.model import BookedPlace, Facts
from exodrive.kit.ids import new_id
from exodrive.pricing.model import Price


def location_of(place: Place, facts: Facts) -> Location | None:
    """Return which place of ours one is; None for an address, and for a place that is not ours."""
    return facts.locations.get(place.location_id) if place.location_id else None


def zone_of(place: Place, facts: Facts) -> str:
    """Return the time zone (IANA) of a place: at an address the car's home's."""
    location = location_of(place, facts)
    return location.time_zone if location else facts.home_zone


def booked_places(order: CheckoutOrder, price: Price, facts: Facts) -> tuple[BookedPlace, BookedPlace]:
    """Return the places of an order as a booking keeps them, with what the ways to them cost."""
    fees = price.inputs.delivery_fee or Decimal(0), price.inputs.collection_fee or Decimal(0)
    return _booked(order.pickup, "pickup", facts, fees[0]), _booked(order.dropoff, "dropoff", facts, fees[1])


def _booked(place: Place, kind: PlaceKind, facts: Facts, fee: Decimal) -> BookedPlace:
    location = location_of(place, facts)
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
