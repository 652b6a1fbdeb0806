"""Two to four cars side by side: what each costs and has, and where they differ."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from litestar import Request, Response, Router, route

from exodrive.availability.service import furthest_day
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days
from exodrive.kit.db import Door
from exodrive.kit.ids import CarId
from exodrive.kit.words import _, ngettext
from exodrive.overview import shop
from exodrive.overview.reviews import Rating, ratings
from exodrive.pricing.allowances import runs_of
from exodrive.pricing.limit_words import minimum_words
from exodrive.pricing.limits import limits_of
from exodrive.pricing.terms_words import allowances_words, distance_words
from exodrive.pricing.words import day_count, short_money
from exodrive.web.shell import formats, pages
from exodrive.web.shell.doors import READ, anon, door
from exodrive.web.storefront.browse import search_of
from exodrive.web.storefront.cards import CarCard, card_of, cards_of

MOST, FEWEST = 4, 2


class Row(msgspec.Struct, frozen=True):
    """One thing compared: a value for each car, in their order; ``differs`` when they are not all the same."""

    name: str
    values: tuple[str, ...]
    differs: bool


class ComparePage(msgspec.Struct, frozen=True):
    """The cars side by side. ``without`` are the addresses that leave one out; no cars are shown when there are fewer than two."""

    days: Days | None
    cars: tuple[CarCard, ...]
    rows: tuple[Row, ...]
    features: tuple[tuple[str, ...], ...]
    without: tuple[str, ...]
    query: str


@route("/compare", http_method=READ, include_in_schema=False)
async def compare(request: Request[Any, Any, Any], db: Door, world: World) -> Response[bytes]:
    """Show the cars named in the address (``cars=a,b``, or ``cars`` several times), for its days where there are any."""

    async def make() -> ComparePage:
        now = clock.now()
        days = search_of(request.query_params, world.rules, now).days
        slugs = slugs_of(request.query_params.getall("cars", []))
        async with db.scope() as scope:
            cars = await shop.car_pages(scope, slugs)
            ids = [car.car.id for car in cars]
            cards = {card.slug: card for card in await shop.cards(scope, days, now=now, among=ids)} if len(cars) >= FEWEST else {}
            rated = await ratings(scope, ids) if cards else {}
        ahead = Days(now.date(), furthest_day(now.date(), world.rules.furthest_day_days))
        return _page([(car, cards[car.car.slug]) for car in cars if car.car.slug in cards], rated, days, ahead)

    return await pages.public(request, "storefront/compare.html", make)


def slugs_of(values: Iterable[str]) -> list[str]:
    """Return the first four different names of cars."""
    named = (slug.strip() for value in values for slug in value[:400].split(","))
    return list(dict.fromkeys(slug for slug in named if slug))[:MOST]


def _page(cars: list[tuple[shop.CarPage, shop.Card]], rated: Mapping[CarId, Rating], days: Days | None, ahead: Days) -> ComparePage:
    query = f"?start={days.start}&end={days.end}" if days else ""
    slugs = [page.car.slug for page, _card in cars]
    return ComparePage(
        days=days,
        cars=cards_of((card for _page, card in cars), rated),
        rows=tuple(_rows(cars, rated, ahead)),
        features=tuple(tuple(feature.name for feature in page.features) for page, _card in cars),
        without=tuple(_address([other for other in slugs if other != slug], query) for slug in slugs),
        query=query,
    )


def _address(slugs: list[str], query: str) -> str:
    return f"/compare{query}{'&' if query else '?'}cars={','.join(slugs)}"


def _rows(cars: list[tuple[shop.CarPage, shop.Card]], rated: Mapping[CarId, Rating], ahead: Days) -> Iterable[Row]:
    told = [
        _facts(page, card, ahead) | _said(rated.get(card.car_id)) | {entry.name: entry.value for entry in page.specifications}
        for page, card in cars
    ]
    for name in dict.fromkeys(name for facts in told for name in facts):
        values = tuple(facts.get(name, "") for facts in told)
        if any(values):
            yield Row(name, values, len(set(values)) > 1)


def _facts(page: shop.CarPage, card: shop.Card, ahead: Days) -> dict[str, str]:
    car, rates, priced = page.car, page.rates, card.price
    return {
        _("On these days"): (_("Free") if card.free else card_of(card).badge) if priced else "",
        _("Price in all"): short_money(priced.total, priced.inputs.currency) if priced else "",
        _("Price a day"): short_money(rates.base_price, rates.currency),
        _("Deposit, held"): short_money(rates.deposit, rates.currency) if rates.deposit else "",
        _("Rented for at least"): _shortest(page, card, ahead),
        _("Driving"): _driving(page, card, ahead) or _("Not limited"),
        _("Driver’s age"): ngettext("%(age)d year or more", "%(age)d years or more", car.minimum_age) % {"age": car.minimum_age},
        _("Category"): car.category,
        _("Where it stands"): page.home.name,
        _("Year"): str(car.year or ""),
        _("Seats"): str(car.seats),
    }


def _shortest(page: shop.CarPage, card: shop.Card, ahead: Days) -> str:
    """How short a rental may be: of the chosen days, else on all days ahead."""
    if card.price:
        return day_count(limits_of(page.rules, page.house, card.price.inputs.days).minimum)
    return minimum_words(page.rules, page.house, ahead)


def _driving(page: shop.CarPage, card: shop.Card, ahead: Days) -> str:
    """What driving is included: in the chosen days, else on all days ahead; empty when it is not limited."""
    if card.price:
        return distance_words(card.price.inputs)
    return "; ".join(allowances_words(runs_of(page.rules, page.house, ahead), page.rates.currency, page.car.distance_unit))


def _said(rating: Rating | None) -> dict[str, str]:
    """What renters think, with a dash where nobody said anything."""
    if rating is None:
        return {_("Renters’ stars"): ""}
    said = ngettext("%(average)s of 5, from %(num)s review", "%(average)s of 5, from %(num)s reviews", rating.count)
    return {_("Renters’ stars"): said % {"average": formats.average(rating.average), "num": formats.number(rating.count)}}


def routes() -> Router:
    """Return the door of the comparison."""
    return door("compare", "/", [compare], opens=anon)
