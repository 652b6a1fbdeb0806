"""The home page: the way in, in the words staff wrote for its top, or in our own."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, route
from markupsafe import Markup

from exodrive.fleet.model import Image
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Door
from exodrive.kit.words import _
from exodrive.overview import home as overview
from exodrive.web.shell import markdown, pages
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.storefront.browse import Search, search_of
from exodrive.web.storefront.cards import CarCard, cards_of


class Button(msgspec.Struct, frozen=True):
    """A way to go on."""

    text: str
    link: str


class Banner(msgspec.Struct, frozen=True):
    """The words at the top. ``badge`` may be empty; the title has its own lines."""

    badge: str
    title: tuple[str, ...]
    lead: str
    buttons: tuple[Button, ...]


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """The way in: one car in its best light, and the parts below it in their order. A draft is for staff's eyes only."""

    search: Search
    banner: Banner
    hero: Image | None
    closing: Image | None
    featured: tuple[CarCard, ...]
    fleet_size: int
    sections: tuple[str, ...]
    note_title: str = ""
    note: Markup = Markup()
    is_draft: bool = False


@route("/", http_method=READ, include_in_schema=False)
async def show(request: Request[Any, Any, Any], db: Door, world: World) -> Response[bytes]:
    """Show the way in."""

    async def make() -> HomePage:
        async with db.scope() as scope:
            found = await overview.home(scope)
        return page_of(found, search_of({}, world.rules, clock.now()))

    return await pages.public(request, "storefront/home.html", make)


def page_of(found: overview.Home, search: Search) -> HomePage:
    """Return the page of what was found."""
    return HomePage(
        search=search,
        banner=banner_of(found.hero),
        hero=found.background,
        closing=found.closing,
        featured=cards_of(found.featured, found.ratings),
        fleet_size=found.fleet_size,
        sections=found.sections,
        note_title=found.note_title,
        note=markdown.note(found.note_text),
    )


def banner_of(hero: overview.Hero | None) -> Banner:
    """Return the words at the top: staff's where there are any, else our own."""
    if hero is None:
        title = (_("Extraordinary cars,"), _("by the day"))
        return Banner("", title, _("Pick your days, see the whole price, pay, and collect the keys."), ())
    buttons = (
        Button(hero.primary_button_text, hero.primary_button_link),
        Button(hero.secondary_button_text, hero.secondary_button_link),
    )
    return Banner(hero.badge_text, tuple(hero.title.splitlines()), hero.subtitle, tuple(button for button in buttons if button.link))


def routes() -> Router:
    """Return the door of the home page."""
    return door("home", "/", [show], opens=anon)
