"""The fleet as cards: a car, its light, and what the chosen days cost in full."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from exodrive.availability.service import Obstacle
from exodrive.kit.days import Days
from exodrive.kit.ids import CarId
from exodrive.kit.words import _, ngettext
from exodrive.overview.reviews import Rating
from exodrive.overview.shop import Card, Picture
from exodrive.pricing.limits import Hindrance, HindranceKind
from exodrive.pricing.words import day_count, days_range, short_money

# The word in a colour's name that the page's light takes up: "racing green", "white with black roof".
_PAINTS = ("red", "orange", "yellow", "green", "blue", "white", "silver", "grey", "gray", "black")


class CarCard(msgspec.Struct, frozen=True, kw_only=True):
    """One card. ``per`` is what the price is for; ``note`` says that it is the whole price, ``badge`` why the car is not to be had.

    ``near`` are the nearest days on which it is, and ``near_address`` leads there.
    """

    slug: str
    name: str
    paint: str
    picture: Picture | None
    facts: tuple[str, ...]
    price: str
    exact: Decimal
    currency: str
    per: str
    note: str = ""
    badge: str = ""
    near: str = ""
    near_address: str = ""
    rating: Rating | None = None


def paint_of(colour: str | None) -> str:
    """Return the light a car stands in: the first known colour in its operator's words, else ``none``."""
    words = (colour or "").lower().replace("-", " ").split()
    return next((word for word in words if word in _PAINTS), "none")


def cards_of(cards: Iterable[Card], ratings: Mapping[CarId, Rating], address: Callable[[Days], str] | None = None) -> tuple[CarCard, ...]:
    """Return cars as their cards show them, with what renters think of them."""
    return tuple(card_of(card, address, ratings.get(card.car_id)) for card in cards)


def card_of(card: Card, address: Callable[[Days], str] | None = None, rating: Rating | None = None) -> CarCard:
    """Return a car of the fleet as its card shows it; ``address`` gives the page to look at for other days."""
    near = card.nearest[0] if address and card.nearest else None
    return CarCard(
        slug=card.slug,
        name=card.name,
        paint=paint_of(card.colour),
        picture=card.picture,
        facts=(card.category, *(value for _name, value in card.highlights[:1]), _seats(card.seats)),
        badge=_badge(card),
        near=days_range(near) if near else "",
        near_address=address(near) if address and near else "",
        rating=rating,
        **_price(card),
    )


def _price(card: Card) -> dict[str, Any]:
    if card.price is None:
        return {**_exactly(card.rates.base_price, card.rates.currency), "per": _("a day")}
    days = day_count(len(card.price.inputs.days))
    told = {"per": _("for %(days)s") % {"days": days}, "note": _("tax and fees included")}
    return _exactly(card.price.total, card.price.inputs.currency) | told


def _exactly(amount: Decimal, currency: str) -> dict[str, Any]:
    """A price in words and as an amount, for who shows it in another currency."""
    return {"price": short_money(amount, currency), "exact": amount, "currency": currency}


def _badge(card: Card) -> str:
    if Obstacle.NOT_RENTED in card.obstacles or not card.available:
        return _("Not for rent at present")
    if card.limits:
        return _limit(card.limits[0])
    return _("Taken on these days") if card.obstacles else ""


def _limit(limit: Hindrance) -> str:
    if limit.kind is HindranceKind.TOO_SHORT:
        return ngettext("At least %(days)d day", "At least %(days)d days", limit.days) % {"days": limit.days}
    if limit.kind is HindranceKind.TOO_LONG:
        return ngettext("At most %(days)d day", "At most %(days)d days", limit.days) % {"days": limit.days}
    return _("Too soon to be ready")


def _seats(number: int) -> str:
    return ngettext("%(number)d seat", "%(number)d seats", number) % {"number": number}
