"""The fleet: the same for everybody, so it is kept for a moment and sets no cookie."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, Router, route
from litestar.enums import HttpMethod

from exodrive.availability.service import check_days, parse_days
from exodrive.bookings.model import Rules
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId
from exodrive.overview import shop
from exodrive.overview.reviews import Rating, ratings
from exodrive.pricing.words import days_range
from exodrive.web.shell import pages
from exodrive.web.shell.doors import anon, door
from exodrive.web.storefront.cards import CarCard, cards_of
from exodrive.web.storefront.finding import Asked, Filter, Link, Option, asked_of, chips_of, filters_of, relaxed_of, sorts_of

READ = [HttpMethod.GET, HttpMethod.HEAD]
_LAST_ZONE = "Etc/GMT+12"  # where a day ends last: what is over there is over everywhere
AnyRequest = Request[Any, Any, Any]


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """The search by dates: what is chosen, and which days can be; ``error`` says what is wrong with the choice."""

    days: Days | None = None
    error: str = ""
    first_day: date
    last_day: date


class FleetPage(msgspec.Struct, frozen=True, kw_only=True):
    """The cars that fit; with days chosen, each with its whole price, the free ones first.

    ``chips`` are what is chosen beside the days, ``clear`` the search without them. ``relaxed`` and ``nearest`` lead on when nothing
    fits or nothing that fits is free; ``first`` and ``later`` are empty on the first and the last page.
    """

    search: Search
    asked: Asked
    cars: tuple[CarCard, ...]
    total: int
    free: int
    fleet: int
    filters: tuple[Filter, ...]
    chips: tuple[Link, ...]
    sorts: tuple[Option, ...]
    relaxed: tuple[Link, ...]
    nearest: tuple[Link, ...]
    currency: str
    clear: str
    first: str
    later: str

    @property
    def query(self) -> str:
        """The chosen days, to be carried on to a car's page."""
        days = self.search.days
        return f"?start={days.start}&end={days.end}" if days else ""


@route("/cars", http_method=READ, include_in_schema=False)
async def fleet(request: AnyRequest, db: Door, world: World) -> Response[bytes]:
    """Show the cars that fit what the address asks for: all of them when it asks for nothing."""

    async def make() -> FleetPage:
        now, rules = clock.now(), world.rules
        reach = {"furthest_day_days": rules.furthest_day_days, "longest_rental_days": rules.longest_rental_days}
        search = search_of(request.query_params, rules, now)
        asked = asked_of(request.query_params, search.days)
        async with db.scope() as scope:
            found = await shop.search(scope, asked.wanted, now=now, **reach)
            rated = await ratings(scope, [card.car_id for card in found.cards]) if found.cards else {}
        return _page(search, asked, found, rated)

    return await pages.public(request, "storefront/fleet.html", make)


def _page(search: Search, asked: Asked, found: shop.Found, rated: Mapping[CarId, Rating]) -> FleetPage:
    return FleetPage(
        search=search,
        asked=asked,
        cars=cards_of(found.cards, rated, asked.on),
        total=found.total,
        free=found.free,
        fleet=found.fleet,
        filters=filters_of(asked, found),
        chips=chips_of(asked, found),
        sorts=sorts_of(asked),
        relaxed=() if found.total else relaxed_of(asked, found),
        nearest=tuple(Link(days_range(days), asked.on(days)) for days in found.nearest),
        currency=found.currency,
        clear=asked.address(leave=asked.wanted.facets | {"per"}),
        first=asked.address() if asked.wanted.after else "",
        later=asked.address(after=str(found.after)) if found.after else "",
    )


def search_of(query: Any, rules: Rules, now: datetime) -> Search:
    """Read the days of a search from a query; days that cannot be used become a sentence, not an error."""
    today = day_at(now, _LAST_ZONE)
    last = today + timedelta(days=rules.furthest_day_days)
    if not query.get("start") and not query.get("end"):
        return Search(first_day=today, last_day=last)
    try:
        days = parse_days(query.get("start"), query.get("end"))
        check_days(days, today=today, longest_rental_days=rules.longest_rental_days, furthest_day_days=rules.furthest_day_days)
    except BadInput as wrong:
        return Search(error=" ".join(wrong.fields.values()), first_day=today, last_day=last)
    return Search(days=days, first_day=today, last_day=last)


def routes() -> Router:
    """Return the door of the fleet."""
    return door("shop", "/", [fleet], opens=anon)
