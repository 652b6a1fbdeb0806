"""The demo's cars as rows: texts, figures and pictures of `fleet.json`, with the terms on which they are rented."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from exodrive.kit.ids import CarId
from exodrive.operate.seed.house import id_of
from exodrive.operate.seed.store import Row, Table
from exodrive.operate.seed.terms import TERMS

_HIGHLIGHTED_FEATURES = 4
_VIEWS = {"side": "side", "front34": "front", "rear34": "rear"}
# Figure in fleet.json: the renter's word for it, how it is written, and whether it stands on the car's card.
_FIGURES = {
    "power_hp": ("Power", "{:,} hp", True),
    "zero_to_sixty_s": ("0–60 mph", "{} s", True),
    "top_speed_mph": ("Top speed", "{} mph", True),
    "seats": ("Seats", "{}", False),
    "doors": ("Doors", "{}", False),
    "transmission": ("Transmission", "{}", False),
    "drive": ("Drive", "{}", False),
    "fuel": ("Fuel", "{}", False),
    "consumption_mpg": ("Consumption", "{} mpg", False),
    "range_miles": ("Range", "{} miles", False),
    "luggage": ("Luggage", "{}", False),
}


@cache
def texts() -> Any:
    """Return `fleet.json`: a note that the cars are invented, and the cars."""
    return msgspec.json.decode(files(__package__).joinpath("fleet.json").read_bytes())


def car_id(slug: str) -> CarId:
    """Return the id of a demo car."""
    return CarId(id_of("car", slug))


def car_rows() -> list[Table]:
    """Return the rows of all cars and what belongs to them, parents first."""
    cars = texts()["cars"]
    return [
        ("cars", [_car(car, number) for number, car in enumerate(cars)]),
        ("car_images", [row for car in cars for row in _images(car)]),
        ("car_features", [row for car in cars for row in _features(car)]),
        ("car_specifications", [row for car in cars for row in _specifications(car)]),
        ("car_pricing", [_pricing(car) for car in cars]),
        ("car_additional_fees", [row for car in cars for row in _fees(car)]),
    ]


def _car(car: dict[str, Any], number: int) -> Row:
    terms = TERMS[car["slug"]]
    shown = {name: car[name] for name in ("slug", "name", "category", "year", "colour", "short_description", "description")}
    return {
        "id": car_id(car["slug"]),
        **shown,
        "featured": terms.featured,
        "sort_order": number,
        "home_location_id": terms.home.id,
        "seats": car["specifications"]["seats"],
        "transmission": "manual" if "manual" in car["specifications"]["transmission"] else "automatic",
        "included_distance_per_day": terms.included,
        "price_per_extra_distance": terms.extra,
        "distance_unit": "mi",
        "minimum_age": terms.minimum_age,
        "licence_years": terms.licence_years,
        "turnaround_days": terms.turnaround_days,
        "requires_approval": terms.requires_approval,
        "plate": terms.plate,
        "vin": terms.vin,
        "odometer": terms.odometer,
    }


def _images(car: dict[str, Any]) -> list[Row]:
    slug = car["slug"]
    return [
        {
            "id": id_of("image", f"{slug}-{name}"),
            "car_id": car_id(slug),
            "view": _VIEWS[name],
            "path": f"fleet/{slug}-{name}",
            "alt": image["alt"],
            "width": image["width"],
            "height": image["height"],
            "transparent": image["transparent"],
            "is_primary": name == "side",
            "sort_order": number,
        }
        for number, (name, image) in enumerate(car["images"].items())
    ]


def _features(car: dict[str, Any]) -> list[Row]:
    slug = car["slug"]
    return [
        {
            "id": id_of("feature", f"{slug}:{name}"),
            "car_id": car_id(slug),
            "name": name,
            "is_highlighted": number < _HIGHLIGHTED_FEATURES,
            "sort_order": number,
        }
        for number, name in enumerate(car["features"])
    ]


def _specifications(car: dict[str, Any]) -> list[Row]:
    slug, figures = car["slug"], car["specifications"]
    return [
        {
            "id": id_of("specification", f"{slug}:{figure}"),
            "car_id": car_id(slug),
            "name": name,
            "value": written.format(figures[figure]),
            "is_highlighted": highlighted,
            "sort_order": number,
        }
        for number, (figure, (name, written, highlighted)) in enumerate(_FIGURES.items())
        if figures[figure] is not None
    ]


def _pricing(car: dict[str, Any]) -> Row:
    price = car["price"]
    return {
        "id": id_of("price", car["slug"]),
        "car_id": car_id(car["slug"]),
        "currency": price["currency"],
        "base_price": Decimal(price["day"]),
        "weekend_price": Decimal(price["weekend"]),
        "deposit_amount": Decimal(price["deposit"]),
        "minimum_days": car["minimum_days"],
    }


def _fees(car: dict[str, Any]) -> list[Row]:
    slug = car["slug"]
    return [
        {
            "id": id_of("fee", f"{slug}:{name}"),
            "car_id": car_id(slug),
            "name": name,
            "description": description,
            "amount": amount,
            "per": per,
            "is_optional": False,
            "is_taxable": taxed,
            "sort_order": number,
        }
        for number, (name, description, amount, per, taxed) in enumerate(TERMS[slug].fees)
    ]
