"""The checkout's form as it was sent: its fields gathered into an order, strictly to book it, leniently to price what is there so far."""

from uuid import UUID

import msgspec

from exodrive.bookings.fields import OrderFields
from exodrive.bookings.model import Address, CheckoutOrder
from exodrive.kit import words
from exodrive.kit.days import Days
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId
from exodrive.web.shell import forms

BY_ADDRESS = "address"  # the choice beside our places
EXTRA = "extras."  # begins the name of each extra's field, and of what is wrong with it
_FIELDS = frozenset(field.name for field in msgspec.structs.fields(OrderFields)) - {"extras"}
_NO_CAR = CarId(UUID(int=0))
_NOWHERE = Address(line1="", city="", country="")
_ENDS = ("pickup", "dropoff")


def order_of(values: dict[str, str]) -> CheckoutOrder:
    """Return the order that a form stands for; raises BadInput naming each field that cannot be read."""
    return forms.fill({**_gathered(values), "locale": words.locale()}, OrderFields).order()


def _gathered(values: dict[str, str]) -> dict[str, object]:
    sent: dict[str, object] = {name: value for name, value in values.items() if name in _FIELDS}
    for end in _ENDS:
        if sent.get(f"{end}_location_id") == BY_ADDRESS:
            del sent[f"{end}_location_id"]
    return sent | {"extras": {name.removeprefix(EXTRA): pieces for name, pieces in values.items() if name.startswith(EXTRA)}}


def wanted(values: dict[str, str], days: Days) -> CheckoutOrder:
    """Return what a form asks for so far on these days: a field that cannot be read counts as not filled in."""
    sent = _gathered(values) | {"car_id": _NO_CAR, "start": days.start, "end": days.end}
    order = _readable(sent)
    for end in _ENDS:
        place = getattr(order, end)
        if values.get(f"{end}_location_id") == BY_ADDRESS and place.address is None:
            order = msgspec.structs.replace(order, **{end: msgspec.structs.replace(place, address=_NOWHERE)})
    return order


def _readable(sent: dict[str, object]) -> CheckoutOrder:
    """The order of those fields that can be read; what we put in ourselves always can."""
    while True:
        try:
            return forms.fill(sent, OrderFields).order()
        except BadInput as wrong:
            unreadable = {name.partition(".")[0] for name in wrong.fields}
            sent = {name: value for name, value in sent.items() if name not in unreadable}


def without(order: CheckoutOrder, field: str) -> CheckoutOrder:
    """Return an order without the choice that a refusal names."""
    if field.startswith(EXTRA):
        left = {code: pieces for code, pieces in order.extras.items() if field != f"{EXTRA}{code}"}
        return msgspec.structs.replace(order, extras=left)
    end = field.partition("_")[0]
    if end in _ENDS:
        return msgspec.structs.replace(order, **{end: msgspec.structs.replace(getattr(order, end), address=None)})
    plain = {known.name: known.default for known in msgspec.structs.fields(CheckoutOrder)}
    return msgspec.structs.replace(order, **{field: plain[field]})
