"""The price engine by version: old versions stay, so that every price ever sold can be made again to the same cent."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from exodrive.pricing.engine import v1, v2, v3
from exodrive.pricing.model import AnyInputs, Price

VERSIONS: dict[int, Callable[[Any], Price]] = {v1.VERSION: v1.price, v2.VERSION: v2.price, v3.VERSION: v3.price}
CURRENT = v2.VERSION  # of new prices; version 3 is for rentals that were extended at a price of their own


class UnknownEngine(LookupError):
    """A price was made by a version this program does not have: a newer one wrote it."""

    def __init__(self, version: object) -> None:
        super().__init__(f"price engine {version} is not known here")


def price(inputs: AnyInputs) -> Price:
    """Return the price of inputs by the version they are for."""
    return VERSIONS[inputs.engine](inputs)


def snapshot(price: Price) -> dict[str, Any]:
    """Return a price as plain values for jsonb: amounts as strings, days in ISO form; what has its default is left out."""
    plain: dict[str, Any] = msgspec.to_builtins(price)
    return plain


def read(snapshot: Mapping[str, Any]) -> Price:
    """Return the price as it was sold, as the snapshot tells it.

    Raises UnknownEngine, and msgspec.ValidationError for what no engine wrote.
    """
    check_known(snapshot)
    return msgspec.convert(snapshot, Price)


def replay(snapshot: Mapping[str, Any]) -> Price:
    """Make the price of a snapshot again from its inputs, by the engine of its day; equal to ``read`` unless somebody changed it."""
    return price(read(snapshot).inputs)


def check_known(told: Any) -> None:
    """Raise UnknownEngine when plain values with ``inputs`` name an engine of a newer release."""
    inputs = told.get("inputs") if isinstance(told, Mapping) else None
    version = inputs.get("engine") if isinstance(inputs, Mapping) else None
    if isinstance(version, int) and version not in VERSIONS:
        raise UnknownEngine(version)
