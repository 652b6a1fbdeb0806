"""Where a renter is written to, as JSON: the same verb as on the booking's file."""

from typing import Annotated

import msgspec
from litestar import post

from exodrive.flows import new_address
from exodrive.flows.new_address import Corrected
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.web.admin.file import AnyRequest, actor
from exodrive.web.admin.guard import visit_of
from exodrive.web.api.admin_endings import Why, booking_id_of
from exodrive.web.api.bookings import Key, checked
from exodrive.web.shell.forms import read_json


class AddressOrder(msgspec.Struct, frozen=True):
    """The right e-mail address of a renter, and how we know."""

    email: Annotated[str, msgspec.Meta(max_length=300)]
    reason: Why


@post("/bookings/{reference:str}/address", status_code=200)
async def correct_address(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> Corrected:
    """Write to the renter at another address from now on, once per ``Idempotency-Key``: the letter with a new private link goes there.

    The present link ends. 409 ``not-paid`` for a booking that is not paid or does not go on.
    """
    key, order = checked(idempotency_key), await read_json(request, AddressOrder)
    booking_id, who, ip = await booking_id_of(db, reference), actor(request), visit_of(request).ip
    return await new_address.correct(world, db, booking_id, order.email, who, order.reason, key=key, ip=ip)


HANDLERS = [correct_address]
