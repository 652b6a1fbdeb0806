"""Pay the rest of a price that is paid in two parts: where it is approved at PayPal."""

from typing import Any

from litestar import Request, Router, post

from exodrive.flows.instalment import pay
from exodrive.flows.world import World
from exodrive.overview import booking_page
from exodrive.web.api.bookings import PaymentAnswer
from exodrive.web.api.document import refusals
from exodrive.web.shell.doors import checkout, door
from exodrive.web.shell.holder import holder

AnyRequest = Request[Any, Any, Any]


@post(
    "/api/bookings/{reference:str}/rest/payment",
    status_code=200,
    summary="Begin to pay the rest of a price",
    opt={"holder": True},
    responses=refusals(403, 404, 409, 415, 503),
)
async def begin(request: AnyRequest, world: World, reference: str) -> PaymentAnswer:
    """Return where the rest is approved, the same address when asked again soon. Needs the booking's cookie, or its token as bearer.

    409 ``no-rest`` when nothing is due, ``not-accepted`` while the booking waits for our answer, ``payment-under-way`` while PayPal
    decides, ``change-first`` while a change of the booking waits for its payment.
    """
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    return PaymentAnswer(await pay.begin(world, booking_id))


def routes() -> Router:
    """Return the door of rests."""
    return door("rests API", "/", [begin], opens=checkout, opt={"api": True})
