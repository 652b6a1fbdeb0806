"""How a car becomes a card."""

from decimal import Decimal

import msgspec
import pytest

from exodrive.availability.service import Obstacle
from exodrive.kit.days import Days
from exodrive.kit.ids import CarId, new_id
from exodrive.overview.shop import Card
from exodrive.pricing import engine
from exodrive.pricing.limits import Hindrance, HindranceKind
from exodrive.pricing.model import Fee, InputsV1, Rates
from exodrive.web.storefront.cards import card_of, paint_of

CAR = Card(
    car_id=CarId(new_id()),
    slug="averno-v10",
    name="Averno V10",
    category="Supercar",
    year=2025,
    colour="red",
    short_description=None,
    seats=2,
    featured=True,
    available=True,
    picture=None,
    highlights=(("Power", "640 hp"), ("0–60 mph", "2.9 s")),
    rates=Rates("USD", Decimal(1290), None, Decimal(7500), 2),
)


def priced(*obstacles: Obstacle) -> Card:
    days = Days.parse("2026-12-01..03")
    fee = Fee("Preparation", Decimal(90), "rental", taxable=True)
    inputs = InputsV1(
        car_id=CAR.car_id,
        start=days.start,
        end=days.end,
        currency="USD",
        base_price=Decimal(1290),
        fees=(fee,),
        tax_percent=Decimal(7),
    )
    return msgspec.structs.replace(CAR, price=engine.price(inputs), free=not obstacles, obstacles=obstacles)


@pytest.mark.parametrize(
    ("colour", "paint"),
    [
        ("red", "red"),
        ("racing green", "green"),
        ("white with black roof", "white"),
        ("Deep-Blue", "blue"),
        ("mauve", "none"),
        (None, "none"),
    ],
)
def test_the_light_follows_the_first_colour_named(colour: str | None, paint: str) -> None:
    assert paint_of(colour) == paint


def test_without_days_a_card_tells_the_price_of_one() -> None:
    card = card_of(CAR)
    assert (card.price, card.per, card.note, card.badge) == ("$1,290", "a day", "", "")
    assert card.facts == ("Supercar", "640 hp", "2 seats")


def test_with_days_a_card_tells_the_whole_price() -> None:
    card = card_of(priced())
    assert (card.price, card.per, card.note) == ("$4,237.20", "for 3 days", "tax and fees included")


@pytest.mark.parametrize(
    ("obstacle", "badge"),
    [
        (Obstacle.TAKEN, "Taken on these days"),
        (Obstacle.TURNAROUND, "Taken on these days"),
        (Obstacle.NOT_RENTED, "Not for rent at present"),
    ],
)
def test_a_card_says_why_its_car_is_not_to_be_had(obstacle: Obstacle, badge: str) -> None:
    assert card_of(priced(obstacle)).badge == badge


@pytest.mark.parametrize(
    ("limit", "badge"),
    [
        (Hindrance(kind=HindranceKind.TOO_SHORT, days=2), "At least 2 days"),
        (Hindrance(kind=HindranceKind.TOO_LONG, days=1), "At most 1 day"),
        (Hindrance(kind=HindranceKind.TOO_SOON), "Too soon to be ready"),
    ],
)
def test_a_card_says_which_limit_its_days_break(limit: Hindrance, badge: str) -> None:
    assert card_of(msgspec.structs.replace(priced(), limits=(limit,))).badge == badge


def test_every_obstacle_has_its_badge() -> None:
    assert all(card_of(priced(obstacle)).badge for obstacle in Obstacle)
