"""Handing a car over and taking it back, on the booking's file."""

from datetime import date, time
from typing import Annotated, Literal

import msgspec
from litestar import Response, post

from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.flows.world import World
from exodrive.handovers.model import Fuel, Odometer, Reading
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId
from exodrive.overview.staff_file import File
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, act, actor
from exodrive.web.admin.guard import visit_of
from exodrive.web.admin.moments import moment_of


class HandOverForm(msgspec.Struct, frozen=True):
    """What is read at the car before the key goes out."""

    odometer: Odometer
    fuel: Fuel
    corrected: Literal["", "yes"] = ""
    key: str = ""
    csrf: str = ""

    @property
    def reading(self) -> Reading:
        """What was read."""
        return Reading(self.odometer, self.fuel)


class WithoutDeposit(HandOverForm, frozen=True, kw_only=True):
    """The same, and why no deposit need be held."""

    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]


class ReturnForm(msgspec.Struct, frozen=True):
    """What is read at the car that is back; day and time on the wall clock of the pick-up where that was earlier."""

    odometer: Odometer
    fuel: Fuel
    day: date | None = None
    hour: time | None = None
    key: str = ""
    csrf: str = ""


@post("/bookings/{reference:str}/hand-over", status_code=303)
async def give_key(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Hand the car over to its renter."""

    async def run(file: File, form: HandOverForm) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await hand_over(db, booking_id, form.reading, who, corrected=bool(form.corrected), key=form.key, ip=ip)

    return await act(request, db, reference, HandOverForm, run, panel="hand-over")


@post("/bookings/{reference:str}/hand-over/without-deposit", status_code=303, opt={"role": MOVES_MONEY})
async def give_key_without(request: AnyRequest, db: Door, reference: str) -> Response[bytes]:
    """Hand the car over although no deposit is held."""

    async def run(file: File, form: WithoutDeposit) -> None:
        booking_id, who, ip, corrected = BookingId(file.booking.id), actor(request), visit_of(request).ip, bool(form.corrected)
        await hand_over(db, booking_id, form.reading, who, corrected=corrected, without_deposit=form.reason, key=form.key, ip=ip)

    return await act(request, db, reference, WithoutDeposit, run, panel="hand-over")


@post("/bookings/{reference:str}/return", status_code=303)
async def take_key(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Take the car back."""

    async def run(file: File, form: ReturnForm) -> None:
        reading, at = Reading(form.odometer, form.fuel), moment_of(form.day, form.hour, file.booking.zone)
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await take_back(world.tariffs, db, booking_id, reading, who, at=at, key=form.key, ip=ip)

    return await act(request, db, reference, ReturnForm, run, panel="return")


HANDLERS = [give_key, give_key_without, take_key]
