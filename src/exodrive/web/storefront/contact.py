"""How to reach a person: our places with their hours, and a form that becomes a letter to staff."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

import msgspec
from litestar import Request, Response, Router, post, route

from exodrive.fleet import store as fleet
from exodrive.fleet.model import Location
from exodrive.flows import contact
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput
from exodrive.kit.limits import network_of
from exodrive.kit.words import _
from exodrive.mail.model import Message
from exodrive.web.shell import forms, origin, pages
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.shell.formats import clock_time, weekday
from exodrive.web.storefront.checkout_view import Wrong

AnyRequest = Request[Any, Any, Any]
_MONDAY = date(2024, 1, 1)
_FIELDS: tuple[str, ...] = ("name", "email", "text")


class PlaceCard(msgspec.Struct, frozen=True):
    """One of our places; ``week`` has the hours of the weekdays in words, days in a row with the same hours together."""

    place: Location
    week: tuple[tuple[str, str], ...]


class ContactPage(msgspec.Struct, frozen=True, kw_only=True):
    """Our places, and the form with what was typed and what is wrong with it."""

    places: tuple[PlaceCard, ...]
    values: dict[str, str] = {}
    errors: dict[str, str] = {}

    @property
    def labels(self) -> dict[str, str]:
        """What the fields are called, in the order of the form."""
        return {"name": _("Your name"), "email": _("Your e-mail"), "text": _("Your message")}

    @property
    def wrong(self) -> list[Wrong]:
        """The fields that need attention."""
        return [Wrong(name, label, self.errors[name]) for name, label in self.labels.items() if name in self.errors]


class Sent(msgspec.Struct, frozen=True):
    """What happens next; it names nobody, so the page may be opened again."""

    mark: str
    title: str
    text: str
    path: str
    action: str


@route("/contact", http_method=READ, include_in_schema=False)
async def show(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show our places and the form."""

    async def make() -> ContactPage:
        return ContactPage(places=await _places(db))

    return await pages.public(request, "storefront/contact.html", make)


@post("/contact", status_code=303, include_in_schema=False)
async def write(request: AnyRequest, db: Door, world: World) -> Response[bytes]:
    """Take a message; what was refused stays in the form."""
    values = await forms.read_texts(request)
    known = {name: values[name] for name in _FIELDS if name in values}
    try:
        await contact.write(world, forms.fill(known, Message), network_of(origin.client_ip(request)))
    except BadInput as wrong:
        page = ContactPage(places=await _places(db), values=known, errors=wrong.fields)
        return pages.render(request, "storefront/contact.html", page, status=422)
    return pages.see_other("/contact/sent")


@route("/contact/sent", http_method=READ, include_in_schema=False)
async def sent(request: AnyRequest) -> Response[bytes]:
    """Say what happens next."""
    text = _("Your message is with our team. A person reads it and answers to the address you gave, as a rule on the next working day.")
    return pages.render(request, "storefront/message.html", Sent("mail", _("Thank you for writing"), text, "/cars", _("See the cars")))


async def _places(db: Door) -> tuple[PlaceCard, ...]:
    async with db.scope() as scope:
        return tuple(PlaceCard(place, _week(place)) for place in await fleet.active_locations(scope))


def _week(place: Location) -> tuple[tuple[str, str], ...]:
    days = [_MONDAY + timedelta(days=number) for number in range(7)]
    runs = [(hours, list(run)) for hours, run in groupby(days, lambda day: _hours(place, day))]
    return tuple((_run(weekday(run[0]), weekday(run[-1])), hours) for hours, run in runs)


def _run(first: str, last: str) -> str:
    return first if first == last else _("{first} – {last}").format(first=first, last=last)


def _hours(place: Location, day: date) -> str:
    hours = place.hours_on(day)
    return f"{clock_time(hours.opens)} – {clock_time(hours.closes)}" if hours else _("closed")


def routes() -> Router:
    """Return the door of the contact page."""
    return door("contact", "/", [show, write, sent], opens=anon)
