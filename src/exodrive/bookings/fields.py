"""The order as flat fields, the same for the HTML form and the JSON body, and the way from fields to an order."""

from datetime import date, time
from typing import Annotated

import msgspec

from exodrive.bookings.model import Address, CheckoutOrder, Code, Extras, Pieces, Place
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId, LocationId
from exodrive.kit.words import _

Short = Annotated[str, msgspec.Meta(max_length=100)]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Phone = Annotated[str, msgspec.Meta(max_length=40)]
Notes = Annotated[str, msgspec.Meta(max_length=2000)]
Clock = Annotated[str, msgspec.Meta(max_length=8)]


class OrderFields(msgspec.Struct, kw_only=True):
    """Every field of a checkout by its name in forms, JSON bodies and refusals (``BadInput.fields``).

    A place is ``…_location_id``, one of ours, or the ``…_address_…`` fields; with an id the address is left aside. Times are ``10:00``.
    ``terms`` is the version of the terms that was accepted. ``keep_wallet`` agrees that the deposit is held
    from the wallet that pays. What is wrong with an extra is told as ``extras.<code>``.
    """

    car_id: CarId
    start: date
    end: date
    email: Annotated[str, msgspec.Meta(max_length=254)] = ""
    first_name: Short = ""
    last_name: Short = ""
    phone: Phone = ""
    birth_date: date | None = None
    pickup_time: Clock = "10:00"
    pickup_location_id: LocationId | None = None
    pickup_address_line1: Line = ""
    pickup_address_line2: Line = ""
    pickup_address_city: Short = ""
    pickup_address_state_province: Short = ""
    pickup_address_postal_code: Short = ""
    pickup_address_country: Short = ""
    pickup_instructions: Annotated[str, msgspec.Meta(max_length=500)] = ""
    dropoff_time: Clock = "18:00"
    dropoff_location_id: LocationId | None = None
    dropoff_address_line1: Line = ""
    dropoff_address_line2: Line = ""
    dropoff_address_city: Short = ""
    dropoff_address_state_province: Short = ""
    dropoff_address_postal_code: Short = ""
    dropoff_address_country: Short = ""
    dropoff_instructions: Annotated[str, msgspec.Meta(max_length=500)] = ""
    extras: Extras = {}
    waiver: Code = ""
    additional_drivers: Pieces = 0
    part_payment: bool = False
    keep_wallet: bool = False
    notes: Notes = ""
    quote: Annotated[str, msgspec.Meta(max_length=8000)] = ""
    terms: Annotated[str, msgspec.Meta(max_length=40)] = ""
    locale: Annotated[str, msgspec.Meta(max_length=20)] = "en_US"

    def order(self) -> CheckoutOrder:
        """Return the order; raises BadInput for times that are none. Everything else is checked by ``hold``."""
        wrong: dict[str, str] = {}
        pickup, dropoff = self._place("pickup", wrong), self._place("dropoff", wrong)
        if wrong:
            raise BadInput(_("Please check the fields that are marked."), fields=wrong)
        same = {name: getattr(self, name) for name in CheckoutOrder.__struct_fields__ if name in self.__struct_fields__}
        return CheckoutOrder(pickup=pickup, dropoff=dropoff, **same)

    def _place(self, kind: str, wrong: dict[str, str]) -> Place:
        try:
            at = time.fromisoformat(getattr(self, f"{kind}_time"))
        except ValueError:
            at = time(0)
            wrong[f"{kind}_time"] = _("Please give a time, such as 10:00.")
        if at.tzinfo is not None or at.second or at.microsecond:
            wrong[f"{kind}_time"] = _("Please give a time, such as 10:00.")
        location_id: LocationId | None = getattr(self, f"{kind}_location_id")
        address = None if location_id else self._address(kind)
        return Place(time=at, location_id=location_id, address=address, instructions=getattr(self, f"{kind}_instructions"))

    def _address(self, kind: str) -> Address | None:
        parts = {field.name: getattr(self, f"{kind}_address_{field.name}").strip() for field in msgspec.structs.fields(Address)}
        parts["country"] = parts["country"].upper()
        return Address(**parts) if any(parts.values()) else None
