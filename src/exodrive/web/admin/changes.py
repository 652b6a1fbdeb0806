"""Other days or another car for a booking, by staff: the price is shown first, and made by the second press."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, post

from exodrive.bookings.model import Tariff
from exodrive.flows.change import by_staff
from exodrive.flows.change.by_staff import Asked
from exodrive.flows.change.errors import NothingChanged
from exodrive.flows.change.model import Proposal, Wish
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.ids import CarId
from exodrive.kit.words import _
from exodrive.overview.staff_file import File
from exodrive.pricing.words import days_range, money
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, act, actor
from exodrive.web.admin.guard import visit_of


class DaysForm(msgspec.Struct, frozen=True):
    """The days a booking is to have, what days added at the end cost, and why; ``quote`` is the price that was shown.

    ``car_id`` is the car it is to have, empty for its own.
    """

    start: date
    end: date
    reason: Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
    tariff: Tariff = Tariff.NEW_TOTAL
    car_id: Annotated[str, msgspec.Meta(max_length=36)] = ""
    quote: Annotated[str, msgspec.Meta(max_length=8000)] = ""
    key: str = ""
    csrf: str = ""


class PriceShown(Conflict):
    """Nothing is done yet: what it would cost is shown, and the ``quote`` for the second press is in ``extra``."""

    code = "price-shown"

    def __init__(self, proposal: Proposal, quote: str) -> None:
        moved = proposal.difference
        told = {
            "days": days_range(proposal.new.days),
            "car": proposal.car_name,
            "total": money(proposal.price.total, moved.currency),
            "amount": money(abs(moved.amount), moved.currency),
        }
        if moved.amount > 0:
            sentence = _("%(car)s, %(days)s: the price would be %(total)s. The renter pays %(amount)s more and gets a letter.")
        elif not moved.amount:
            sentence = _("%(car)s, %(days)s: the price stays at %(total)s.")
        else:
            sentence = _("%(car)s, %(days)s: the price would be %(total)s, and %(amount)s goes back.")
        super().__init__(sentence % told, quote=quote)


@post("/bookings/{reference:str}/days", status_code=303, opt={"role": MOVES_MONEY})
async def change_days(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Show what other days would cost, and by the second press give the booking these days."""

    async def run(file: File, form: DaysForm) -> None:
        wish = Wish(start=form.start, end=form.end, car_id=_car(form.car_id))
        asked = Asked(reference=file.booking.reference, wish=wish, tariff=form.tariff, quote=form.quote, reason=form.reason)
        if not form.quote:
            proposal = await by_staff.price(world, db, asked)
            if proposal.is_nothing:
                raise NothingChanged
            raise PriceShown(proposal, world.quotes.sign(proposal.price, clock.now()))
        await by_staff.change(world, db, asked, actor(request), key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, DaysForm, run, panel="days")


def _car(given: str) -> CarId | None:
    """Read the car that was chosen, None for the booking's own. Raises BadInput naming ``car_id``."""
    try:
        return CarId(UUID(given)) if given else None
    except ValueError:
        raise BadInput(_("Please check the fields that are marked."), fields={"car_id": _("Choose a car of the list.")}) from None


HANDLERS = [change_days]
