"""What an order asks of the price: from places, times and people to the choices that the price engine knows."""

from collections.abc import Mapping
from datetime import date, time

from exodrive.bookings.model import Address, CheckoutOrder, Place, PlaceKind
from exodrive.fleet.model import Location
from exodrive.kit.ids import LocationId
from exodrive.pricing.choices import Choices
from exodrive.pricing.choosing import by_code
from exodrive.pricing.kinds import Collection, Delivery
from exodrive.pricing.rules import CarRules, House, book_of
from exodrive.pricing.zones import check_served, zone_for

Places = Mapping[LocationId, Location]


def choices_of(order: CheckoutOrder, car: CarRules, house: House, places: Places, *, today: date) -> Choices:
    """Return what an order asks of the price; ``places`` are those of ours that it names, ``today`` is the day at the car's home.

    Raises NotOffered naming the field of an address where we do not go. Nothing else is checked here.
    """
    pickup, dropoff = order.pickup, order.dropoff
    return Choices(
        delivery=pickup.address is not None,
        delivery_zone=_zone(car, house, Delivery, order.start, pickup.address, "pickup"),
        collection=dropoff.address is not None,
        collection_zone=_zone(car, house, Collection, order.start, dropoff.address, "dropoff"),
        pickup_time=out_of_hours(pickup, order.start, places),
        return_time=out_of_hours(dropoff, order.end, places),
        pickup_place=pickup.location_id,
        return_place=dropoff.location_id,
        additional_drivers=order.additional_drivers,
        birth_date=order.birth_date,
        extras=order.extras,
        waiver=order.waiver,
        part_payment=order.part_payment,
        today=today,
    )


def _zone(car: CarRules, house: House, kind: type[Delivery] | type[Collection], day: date, address: Address | None, side: PlaceKind) -> str:
    """The zone of an address; of one that is not told yet the cheapest that is, and none where we drive to nobody: the price says so."""
    offered = by_code(book_of(car, house).of(kind), day)
    if address is None or not offered:
        return ""
    if not address.city and not address.postal_code:
        return min(offered, key=lambda rule: rule.amount).code
    zone = zone_for(car, house, kind, day, country=address.country, postal_code=address.postal_code, city=address.city)
    return check_served(zone, f"{side}_address_{'postal_code' if address.postal_code else 'city'}")


def out_of_hours(place: Place, day: date, places: Places) -> time | None:
    """Return the hour of handing over at a place or an address on a day, None where no fee can be asked for it.

    While one of our places is open there is none: it is a fee for coming when we are closed.
    """
    if place.location_id is None and place.address is None:
        return None
    ours = places.get(place.location_id) if place.location_id else None
    hours = ours.hours_on(day) if ours else None
    return None if hours and hours.opens <= place.time <= hours.closes else place.time
