"""Change a paid booking: what it would cost, and the change itself."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, post

from exodrive.flows.change import make
from exodrive.flows.change.checks import changeable_until
from exodrive.flows.change.model import Proposal, Wish
from exodrive.flows.change.propose import preview
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.errors import BadInput
from exodrive.overview import booking_page
from exodrive.pricing.differences import differences
from exodrive.web.api.bookings import path_of
from exodrive.web.api.document import refusals
from exodrive.web.shell import forms
from exodrive.web.shell.doors import checkout, door
from exodrive.web.shell.holder import holder

AnyRequest = Request[Any, Any, Any]


class ChangeWish(Wish, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted otherwise; what is left out stays as it is. ``extras`` are all that are to be taken along, by code.

    Days or a car are changed with the ``terms`` in force, by the version that the renter has accepted. While the car is out nothing but a
    later ``end`` can be had.
    """


class NewChange(ChangeWish, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same, with the ``quote`` that came with its price."""

    quote: Annotated[str, msgspec.Meta(max_length=8000)] = ""


class ChangedLine(msgspec.Struct, frozen=True):
    """A line of the price that would not be what it is: ``before`` or ``after`` is empty where there is none."""

    words: str
    before: str
    after: str
    why: str


class ChangePrice(msgspec.Struct, frozen=True):
    """What a change would cost: ``difference`` is paid now above zero, and paid back below. It may be made until ``until``.

    ``due_later`` would be paid until ``due_on``. ``start``, ``end`` and ``car_id`` are what the booking would have, ``deposit`` what would
    be held for it, and ``terms_version`` the terms to accept where it is about days or car.
    """

    total_before: Decimal
    total_after: Decimal
    difference: Decimal
    currency: str
    due_later: Decimal
    due_on: date | None
    start: date
    end: date
    car_id: UUID
    deposit: Decimal
    terms_version: str
    lines: list[ChangedLine]
    quote: str
    until: datetime


class ChangeAnswer(msgspec.Struct, frozen=True):
    """A change that was made, or (``to-pay``) is made as soon as it is paid for at ``approve_url``."""

    status: str
    approve_url: str | None


@post(
    "/api/bookings/{reference:str}/change/price",
    status_code=200,
    summary="Tell what a change of a booking would cost",
    opt={"holder": True, "body": ChangeWish},
    responses=refusals(400, 403, 404, 409, 413, 415, 422),
)
async def price(request: AnyRequest, world: World, reference: str) -> ChangePrice:
    """Return both prices with the lines that differ, changing nothing. Needs the booking's cookie, or its token as bearer."""
    door_of_holder = holder(request, reference)
    await booking_page.id_of(door_of_holder, reference)
    wish = _wish(await forms.read_json(request, ChangeWish))
    try:
        proposal = await preview(world, door_of_holder, reference, wish)
    except BadInput as refused:
        raise _by_path(refused) from refused
    return _told(world, proposal)


@post(
    "/api/bookings/{reference:str}/change",
    status_code=200,
    summary="Change a booking",
    opt={"holder": True, "body": NewChange},
    responses=refusals(400, 403, 404, 409, 413, 415, 422, 503),
)
async def create(request: AnyRequest, world: World, reference: str) -> ChangeAnswer:
    """Make a change at the price that its ``quote`` promises. 409 ``price-changed`` brings a new one; 409 ``changed-meanwhile`` says that
    the booking is no longer what it was, perhaps because this very change was made before.
    """
    door_of_holder = holder(request, reference)
    await booking_page.id_of(door_of_holder, reference)
    asked = await forms.read_json(request, NewChange)
    try:
        made = await make.make(world, door_of_holder, reference, _wish(asked), asked.quote)
    except BadInput as refused:
        raise _by_path(refused) from refused
    return ChangeAnswer("to-pay" if made.approve_url else "changed", made.approve_url)


def _wish(asked: ChangeWish) -> Wish:
    return Wish(**{name: getattr(asked, name) for name in Wish.__struct_fields__})


def _by_path(refused: BadInput) -> BadInput:
    fields = {path_of(name): sentence for name, sentence in refused.fields.items()}
    found = BadInput(refused.detail, fields=fields)
    found.code = refused.code
    return found


def _told(world: World, proposal: Proposal) -> ChangePrice:
    sold, difference = proposal.sold, proposal.difference
    return ChangePrice(
        total_before=sold.price.total,
        total_after=proposal.price.total,
        difference=difference.amount,
        currency=difference.currency,
        due_later=proposal.price.due_later,
        due_on=proposal.price.due_on,
        start=proposal.new.start,
        end=proposal.new.end,
        car_id=proposal.new.car_id,
        deposit=proposal.price.deposit,
        terms_version=world.rules.terms_version,
        lines=[ChangedLine(row.words, row.before, row.after, row.why) for row in differences(sold.price, proposal.price)],
        quote=world.quotes.sign(proposal.price, clock.now()),
        until=changeable_until(sold, world.rules),
    )


def routes() -> Router:
    """Return the door of changes."""
    return door("changes API", "/", [price, create], opens=checkout, opt={"api": True})
