"""The deposit on the booking's file: asked for once more, or given back before its time."""

from typing import Annotated

import msgspec
from litestar import Response, post

from exodrive.flows.deposit import desk
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId
from exodrive.overview.staff_file import File
from exodrive.web.admin.endings import Reason
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, act, actor
from exodrive.web.admin.guard import visit_of


class Again(msgspec.Struct, frozen=True):
    """The form of the one button that asks."""

    key: Annotated[str, msgspec.Meta(max_length=200)] = ""
    csrf: str = ""


@post("/bookings/{reference:str}/deposit/request", status_code=303)
async def ask(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Ask the renter by mail to hold the deposit."""

    async def run(file: File, form: Again) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await desk.ask_again(world.deposits, db, booking_id, who, key=form.key, ip=ip)

    return await act(request, db, reference, Again, run, panel="deposit")


@post("/bookings/{reference:str}/deposit/release", status_code=303, opt={"role": MOVES_MONEY})
async def release(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Give the deposit back now."""

    async def run(file: File, form: Reason) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await desk.give_back(db, booking_id, who, form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, Reason, run, panel="deposit")


HANDLERS = [ask, release]
