"""A car's page with its calendar and live price; the same for everybody."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, Router, route

from exodrive.availability.service import parse_days
from exodrive.fleet.model import Car, Feature, Image, Specification
from exodrive.flows.approval.words import promise_words
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import BadInput
from exodrive.overview import reviews, shop
from exodrive.overview.reviews import Reviews
from exodrive.pricing.allowances import runs_of
from exodrive.pricing.terms_words import allowances_words
from exodrive.pricing.words import short_money
from exodrive.web.shell import pages
from exodrive.web.shell.doors import anon, door
from exodrive.web.storefront.bills import Bill, bill_of
from exodrive.web.storefront.browse import READ, Search, search_of
from exodrive.web.storefront.cards import CarCard, cards_of, paint_of

AnyRequest = Request[Any, Any, Any]


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What the chosen days cost; without days an invitation, with ``problem`` the reason why not, and free days nearby."""

    slug: str
    days: Days | None = None
    bill: Bill | None = None
    problem: str = ""
    nearest: tuple[Days, ...] = ()


class CarView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one car, and the price of the chosen days; ``approval`` where we accept its bookings ourselves, in words."""

    shown: shop.CarPage
    car: Car
    paint: str
    side: Image | None
    studio: tuple[Image, ...]
    figures: tuple[Specification, ...]
    specifications: tuple[Specification, ...]
    features: tuple[Feature, ...]
    base_price: str
    deposit: str
    distances: tuple[str, ...]
    calendar: shop.Calendar
    search: Search
    quote: Quote
    reviews: Reviews
    similar: tuple[CarCard, ...]
    approval: str = ""

    @property
    def query(self) -> str:
        """The chosen days, to be carried on to another car's page."""
        days = self.quote.days
        return f"?start={days.start}&end={days.end}" if days else ""


@route("/cars/{slug:str}", http_method=READ, include_in_schema=False)
async def show(request: AnyRequest, db: Door, world: World, slug: str) -> Response[bytes]:
    """Show a car, with the price of the days in the address where there are any."""

    async def make() -> CarView:
        async with db.scope() as scope:
            page = await shop.car_page(scope, slug)
            calendar = await _calendar(scope, world, slug, request.query_params)
            said, priced = await reviews.of_car(scope, page.car.id), await _quote(scope, world, slug, request.query_params)
            alike = await _similar(scope, page, priced.days)
            view = _view(page, calendar, search_of({}, world.rules, clock.now()), priced, said, alike)
            approval = promise_words(world.rules.approval_hours) if page.car.requires_approval else ""
            return msgspec.structs.replace(view, approval=approval)

    return await pages.public(request, "storefront/car.html", make)


@route("/cars/{slug:str}/calendar", http_method=READ, include_in_schema=False)
async def calendar(request: AnyRequest, db: Door, world: World, slug: str) -> Response[bytes]:
    """Show two months of the calendar, to be put into the page."""

    async def make() -> shop.Calendar:
        async with db.scope() as scope:
            return await _calendar(scope, world, slug, request.query_params)

    return await pages.public(request, "storefront/calendar.html", make)


@route("/cars/{slug:str}/quote", http_method=READ, include_in_schema=False)
async def quote(request: AnyRequest, db: Door, world: World, slug: str) -> Response[bytes]:
    """Show the price of the days in the address, to be put into the page."""

    async def make() -> Quote:
        async with db.scope() as scope:
            return await _quote(scope, world, slug, request.query_params)

    return await pages.public(request, "storefront/quote.html", make)


async def _similar(db: Db, page: shop.CarPage, days: Days | None) -> tuple[CarCard, ...]:
    cards = await shop.similar(db, page, days, now=clock.now())
    return cards_of(cards, await reviews.ratings(db, [card.car_id for card in cards]) if cards else {})


async def _calendar(db: Db, world: World, slug: str, query: Mapping[str, str]) -> shop.Calendar:
    first = _day(query.get("month")) or _day(query.get("start"))
    return await shop.calendar(db, slug, now=clock.now(), furthest_day_days=world.rules.furthest_day_days, first=first)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


async def _quote(db: Db, world: World, slug: str, query: Mapping[str, str]) -> Quote:
    if not query.get("start") and not query.get("end"):
        return Quote(slug=slug)
    rules = world.rules
    try:
        days = parse_days(query.get("start"), query.get("end"))
        longest, furthest = rules.longest_rental_days, rules.furthest_day_days
        found = await shop.look(db, slug, days, now=clock.now(), longest_rental_days=longest, furthest_day_days=furthest)
    except BadInput as wrong:
        return Quote(slug=slug, problem=" ".join(wrong.fields.values()))
    if not found.bookable:
        return Quote(slug=slug, days=days, problem=" ".join(found.why_not), nearest=found.nearest)
    return Quote(slug=slug, days=days, bill=bill_of(found.price))


def _view(page: shop.CarPage, calendar: shop.Calendar, search: Search, quote: Quote, said: Reviews, alike: tuple[CarCard, ...]) -> CarView:
    car, rates = page.car, page.rates
    runs = runs_of(page.rules, page.house, Days(calendar.today, search.last_day))
    return CarView(
        shown=page,
        car=car,
        paint=paint_of(car.colour),
        side=page.side,
        studio=tuple(image for image in page.images if image.view != "side"),
        figures=tuple(figure for figure in page.specifications if figure.is_highlighted),
        specifications=page.specifications,
        features=page.features,
        base_price=short_money(rates.base_price, rates.currency),
        deposit=short_money(rates.deposit, rates.currency) if rates.deposit else "",
        distances=tuple(allowances_words(runs, rates.currency, car.distance_unit)),
        calendar=calendar,
        search=search,
        quote=quote,
        reviews=said,
        similar=alike,
    )


def routes() -> Router:
    """Return the door of a car's page."""
    return door("car", "/", [show, calendar, quote], opens=anon)
