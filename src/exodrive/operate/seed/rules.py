"""The demo's price rules for the whole house: by the word that makes their ids, so that every demo has the same."""

from datetime import time
from decimal import Decimal
from typing import Any

from exodrive.pricing.kinds import (
    AdditionalDriver,
    AfterHours,
    Area,
    Collection,
    Delivery,
    Extra,
    OneWay,
    PartPayment,
    Rule,
    Tax,
    Waiver,
    YoungDriver,
)

_DOLLARS: dict[str, Any] = {"currency": "USD"}
_PALM_BEACH = (Area("US", "3340"), Area("US", "3341"), Area("US", "3348"))
_KEYS = (Area("US", "33036"), Area("US", "33037"), Area("US", "3304"), Area("US", "33050"), Area("US", "33051"))

RULES: dict[str, Rule] = {
    "delivery": Delivery(name="Delivery", amount=Decimal(150), **_DOLLARS),
    "delivery-palm-beach": Delivery(
        name="Delivery to Palm Beach", code="palm-beach", areas=_PALM_BEACH, amount=Decimal(290), **_DOLLARS
    ),
    "delivery-keys": Delivery(name="Delivery to the Keys", code="keys", areas=_KEYS, amount=Decimal(340), **_DOLLARS),
    "collection": Collection(name="Collection", amount=Decimal(120), **_DOLLARS),
    "collection-palm-beach": Collection(
        name="Collection from Palm Beach", code="palm-beach", areas=_PALM_BEACH, amount=Decimal(260), **_DOLLARS
    ),
    "collection-keys": Collection(name="Collection from the Keys", code="keys", areas=_KEYS, amount=Decimal(310), **_DOLLARS),
    "tax": Tax(name="Florida sales tax", percent=Decimal(7)),
    "late": AfterHours(name="Hand-over after hours", since=time(20), until=time(7), amount=Decimal(75), **_DOLLARS),
    "one-way": OneWay(name="Return at another place", amount=Decimal(95), **_DOLLARS),
    "second-driver": AdditionalDriver(name="Additional driver", per="day", capped_days=5, most=2, amount=Decimal(25), **_DOLLARS),
    "young-driver": YoungDriver(
        name="Driver under 28", from_age=25, below_age=28, per="day", capped_days=7, amount=Decimal(45), **_DOLLARS
    ),
    "child-seat": Extra(
        name="Child seat", code="child-seat", per="day", capped_days=5, most=2, stock=4, amount=Decimal(18), **_DOLLARS,
        description="For children from 9 to 36 kg, fitted before you come.",
    ),
    "camera": Extra(
        name="Action camera", code="action-camera", per="rental", most=1, stock=3, amount=Decimal(60), **_DOLLARS,
        description="Mounted inside, with a card that is yours to keep.",
    ),
    "part-payment": PartPayment(name="Pay in two parts", percent=Decimal(30), days_before=30),
    "standard-cover": Waiver(
        name="Standard cover", code="standard", per="day", amount=Decimal(0), excess=Decimal(7500), **_DOLLARS,
        description="Part of every rental.",
    ),
    "full-cover": Waiver(
        name="Damage waiver", code="damage-waiver", per="day", capped_days=14, amount=Decimal(89), excess=Decimal(1500), **_DOLLARS,
        description="You bear less of a damage. Tyres and glass are included.",
    ),
}  # fmt: skip
