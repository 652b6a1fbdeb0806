"""A booking as the order it was made from: for holding the same again, and for changing parts of it. Read as its holder."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from exodrive.bookings.model import Address, CheckoutOrder, Place
from exodrive.kit.db import Db
from exodrive.overview.booking_page import NoBooking

_ORDER = """
    select b.car_id, b.start_date, b.end_date, b.contact_email, b.contact_first_name, b.contact_last_name, b.contact_phone,
           b.driver_birth_date, b.waiver, b.additional_drivers, b.due_later > 0, b.notes, b.terms_version, b.locale,
           (select coalesce(jsonb_object_agg(e.code, e.quantity), '{}') from booking_extras e where e.booking_id = b.id),
           b.pickup_at, b.return_due_at, h.time_zone,
           array(select row (m.location_id, l.time_zone, m.address_line1, coalesce(m.address_line2, ''), m.city,
                             coalesce(m.state_province, ''), coalesce(m.postal_code, ''), m.country, coalesce(m.special_instructions, ''))
                 from booking_locations m left join locations l on l.id = m.location_id where m.booking_id = b.id order by m.type desc)
    from bookings b join cars c on c.id = b.car_id join locations h on h.id = c.home_location_id
    where b.reference = $1"""
_NAMES = (
    "car_id",
    "start",
    "end",
    "email",
    "first_name",
    "last_name",
    "phone",
    "birth_date",
    "waiver",
    "additional_drivers",
    "part_payment",
    "notes",
    "terms",
    "locale",
    "extras",
)


async def kept_order(db: Db, reference: str) -> CheckoutOrder:
    """Return the order that a booking stands for now, without a promised price; raises NoBooking for any other than the holder's."""
    row = await db.fetchrow(_ORDER, reference)
    if row is None:
        raise NoBooking
    *told, pickup_at, return_due_at, home_zone, places = row
    pickup, dropoff = (_place(place, at, home_zone) for place, at in zip(places, (pickup_at, return_due_at), strict=True))
    return CheckoutOrder(**dict(zip(_NAMES, told, strict=True)), pickup=pickup, dropoff=dropoff, quote="")


def _place(row: Any, at: datetime, home_zone: str) -> Place:
    """A place of ours by its id and its own clock, or an address by the clock of the car's home."""
    location_id, zone, line1, line2, city, state, code, country, instructions = row
    address = Address(line1=line1, line2=line2, city=city, state_province=state, postal_code=code, country=country)
    local = at.astimezone(ZoneInfo(zone or home_zone)).time()
    return Place(time=local, location_id=location_id, address=None if location_id else address, instructions=instructions)
