"""Hold the days of a car, and pay for them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, post
from litestar.params import HeaderParameter

from exodrive.bookings.model import CheckoutOrder, Held
from exodrive.flows.checkout import hold, pay
from exodrive.flows.world import World
from exodrive.kit.errors import BadInput
from exodrive.kit.words import _
from exodrive.overview import booking_page
from exodrive.web.api.document import KEY, refusals
from exodrive.web.shell import cookies, forms
from exodrive.web.shell.caller import caller_of
from exodrive.web.shell.doors import checkout, door
from exodrive.web.shell.holder import enter, holder
from exodrive.web.shell.site import Site

Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", description="8 to 200 plain characters, new for each booking.")]


class NewBooking(CheckoutOrder, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a renter orders. The days are calendar days at the pick-up, both included; times are the wall clock there."""


class BookingAnswer(msgspec.Struct, frozen=True):
    """A held booking: pay ``due_now`` before ``hold_expires_at``, the rest of the ``total`` until ``due_on``.

    Once paid it waits ``approval_hours`` at most to be accepted by us, less when the pick-up is near, and else all of its money goes back;
    null where the car is the renter's with the payment.

    Whoever has ``link`` sees the booking; it is a secret.
    """

    reference: str
    status: str
    hold_expires_at: datetime
    total: Decimal
    due_now: Decimal
    due_on: date | None
    currency: str
    approval_hours: int | None
    link: str
    payment: str


class LinkInHand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A private link: its last part, and the six digits where it asks for them."""

    token: Annotated[str, msgspec.Meta(max_length=100)]
    pin: Annotated[str, msgspec.Meta(max_length=20)] | None = None


class BookingKey(msgspec.Struct, frozen=True):
    """The booking that a link leads to, and the ``key`` that opens it: a secret, good as long as the link and its PIN are."""

    reference: str
    key: str


class PaymentAnswer(msgspec.Struct, frozen=True):
    """Where the renter approves the payment."""

    approve_url: str


@post(
    "/api/bookings",
    status_code=201,
    summary="Hold the days of a car",
    opt={"body": NewBooking, "needs": {"Idempotency-Key": KEY}},
    responses=refusals(400, 403, 409, 413, 415, 422, 429, 503),
)
async def create(request: Request[Any, Any, Any], world: World, site: Site, idempotency_key: Key = None) -> Response[BookingAnswer]:
    """Hold the days for some minutes. 409 ``car-taken`` names the nearest free ranges, and 409 ``price-changed`` brings the new ``quote``.

    ``Idempotency-Key`` is 8 to 200 characters of your choice, new for each booking: the same key and body get the same answer again,
    another body is refused (422), and a request whose twin is still being worked on gets 409 ``in-flight``.
    """
    key, order = checked(idempotency_key), await forms.read_json(request, NewBooking)
    caller, fresh = caller_of(request)
    try:
        held = await hold.hold(world, order, caller, key)
    except BadInput as refused:
        raise BadInput(refused.detail, fields={path_of(name): sentence for name, sentence in refused.fields.items()}) from refused
    kept = cookies.cookie(site, cookies.booking(held.reference), held.token, seconds=cookies.BOOKING_SECONDS)
    return Response(_answer(held, site), status_code=201, cookies=[*fresh, kept], media_type="application/json")


@post(
    "/api/bookings/{reference:str}/payment",
    status_code=200,
    summary="Begin the payment of a held booking",
    opt={"holder": True},
    responses=refusals(403, 404, 409, 415, 503),
)
async def begin_payment(request: Request[Any, Any, Any], world: World, reference: str) -> PaymentAnswer:
    """Return where the renter approves the payment; asked again, the same address. Needs the booking's cookie, or its token as bearer."""
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    return PaymentAnswer(await pay.begin(world, booking_id))


@post(
    "/api/bookings/key",
    status_code=200,
    summary="Exchange a private link for the key of its booking",
    opt={"body": LinkInHand},
    responses=refusals(400, 403, 404, 413, 415, 422, 429, 503),
)
async def exchange(request: Request[Any, Any, Any], world: World) -> BookingKey:
    """Return what to send as bearer to the booking's other addresses. A link without a PIN is its own key.

    422 ``pin-asked`` when the link asks for a PIN, ``wrong-pin`` when it was another; 429 ``no-tries-left`` after some wrong ones.
    """
    link = await forms.read_json(request, LinkInHand)
    return BookingKey(*await enter(request, world, link.token, link.pin))


def checked(key: str | None) -> str:
    """Return the key that came with a request. Raises BadInput naming the header when there is none, or one that cannot be."""
    if key is None or not 8 <= len(key) <= 200 or not key.isprintable() or not key.isascii():
        sentence = _("Send a header Idempotency-Key of 8 to 200 plain characters, new for each booking.")
        raise BadInput(_("A key is missing."), fields={"Idempotency-Key": sentence})
    return key


def path_of(name: str) -> str:
    """Return the path in the body of what the order calls ``pickup_time`` or ``pickup_address_city``."""
    kind, _underscore, rest = name.partition("_")
    return f"{kind}.{rest.replace('address_', 'address.', 1)}" if kind in ("pickup", "dropoff") and rest else name


def _answer(held: Held, site: Site) -> BookingAnswer:
    return BookingAnswer(
        reference=held.reference,
        status="pending",
        hold_expires_at=held.hold_expires_at,
        total=held.total.amount,
        due_now=held.due_now.amount,
        due_on=held.due_on,
        currency=held.total.currency,
        approval_hours=held.approval_hours,
        link=site.url(f"/booking/{held.token}"),
        payment=site.url(f"/api/bookings/{held.reference}/payment"),
    )


def routes() -> Router:
    """Return the door of bookings."""
    return door("bookings API", "/", [create, begin_payment, exchange], opens=checkout, opt={"api": True})
