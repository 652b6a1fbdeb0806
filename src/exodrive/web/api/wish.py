"""What is asked for beside a car and its days, as the parameters of an address; named like the fields of a booking where it has them."""

from datetime import date, time
from typing import Annotated
from uuid import UUID

import msgspec

from exodrive.bookings.model import Address, CheckoutOrder, Code, Pieces, Place
from exodrive.kit.days import Days
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId, LocationId
from exodrive.kit.words import _

Text = Annotated[str, msgspec.Meta(max_length=200)]


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that changes the price of some days."""

    delivery: Annotated[bool, msgspec.Meta(description="Whether the car is brought to an address.")] = False
    collection: Annotated[bool, msgspec.Meta(description="Whether it is fetched from an address.")] = False
    pickup_location_id: Annotated[UUID, msgspec.Meta(description="One of our places.")] | None = None
    dropoff_location_id: Annotated[UUID, msgspec.Meta(description="One of our places; another one may cost something.")] | None = None
    pickup_time: Annotated[time, msgspec.Meta(description="The hour of the pick-up; when we are closed it may cost something.")] = time(10)
    dropoff_time: Annotated[time, msgspec.Meta(description="The hour of the return on the clock there.")] = time(18)
    pickup_address_country: Annotated[Text, msgspec.Meta(description="Where the car is brought to: the country by two letters.")] = ""
    pickup_address_postal_code: Annotated[Text, msgspec.Meta(description="Its postal code; it decides what delivery costs.")] = ""
    pickup_address_city: Annotated[Text, msgspec.Meta(description="Its city.")] = ""
    dropoff_address_country: Annotated[Text, msgspec.Meta(description="Where the car is fetched from: the country by two letters.")] = ""
    dropoff_address_postal_code: Annotated[Text, msgspec.Meta(description="Its postal code; it decides what collection costs.")] = ""
    dropoff_address_city: Annotated[Text, msgspec.Meta(description="Its city.")] = ""
    birth_date: Annotated[date, msgspec.Meta(description="The driver's; young drivers may cost something.")] | None = None
    additional_drivers: Annotated[Pieces, msgspec.Meta(description="How many drive beside the first.")] = 0
    extras: Annotated[str, msgspec.Meta(description="Codes with pieces, such as child-seat:2,camera:1.", max_length=500)] = ""
    waiver: Annotated[Code, msgspec.Meta(description="The code of a cover.")] = ""
    part_payment: Annotated[bool, msgspec.Meta(description="Whether to pay a part now and the rest later.")] = False

    def order(self, car_id: CarId, days: Days) -> CheckoutOrder:
        """Return the order that these would be part of; raises BadInput."""
        return CheckoutOrder(
            car_id=car_id,
            start=days.start,
            end=days.end,
            pickup=self._place("pickup", brought=self.delivery),
            dropoff=self._place("dropoff", brought=self.collection),
            email="",
            first_name="",
            last_name="",
            phone="",
            birth_date=self.birth_date,
            extras=_pieces(self.extras),
            waiver=self.waiver,
            additional_drivers=self.additional_drivers,
            part_payment=self.part_payment,
            quote="",
        )

    def _place(self, end: str, *, brought: bool) -> Place:
        at: time = getattr(self, f"{end}_time")
        if not brought:
            ours: UUID | None = getattr(self, f"{end}_location_id")
            return Place(time=at, location_id=LocationId(ours) if ours else None)
        parts = {name: getattr(self, f"{end}_address_{name}") for name in ("country", "postal_code", "city")}
        return Place(time=at, address=Address(line1="", **parts))


def _pieces(text: str) -> dict[str, int]:
    """Read ``child-seat:2,camera``."""
    found = {}
    for part in filter(None, text.split(",")):
        code, _colon, pieces = part.strip().partition(":")
        if not (pieces or "1").isascii() or not (pieces or "1").isdigit() or len(pieces) > 2:
            sentence = _("Write extras like {example}.").format(example="child-seat:2,camera:1")
            raise BadInput(_("Please check what you have chosen."), fields={"extras": sentence})
        found[code] = int(pieces or 1)
    return found
