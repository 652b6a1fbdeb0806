"""The price engine by version: old versions stay, so that every price ever sold can be made again to the same cent."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from exodrive.pricing.engine import v1
from exodrive.pricing.model import Inputs, Price

VERSIONS: dict[int, Callable[[Inputs], Price]] = {v1.VERSION: v1.price}
CURRENT = max(VERSIONS)


class UnknownEngine(LookupError):
    """A price was made by a version this program does not have: a newer one wrote it."""


def price(inputs: Inputs) -> Price:
    """Return the price of inputs by the version they name; raises UnknownEngine."""
    try:
        engine = VERSIONS[inputs.engine]
    except KeyError:
        raise UnknownEngine(f"price engine {inputs.engine} is not known here") from None
    return engine(inputs)


def snapshot(price: Price) -> dict[str, Any]:
    """Return a price as plain values for jsonb: amounts as strings, days in ISO form."""
    plain: dict[str, Any] = msgspec.to_builtins(price)
    return plain


def read(snapshot: Mapping[str, Any]) -> Price:
    """Return the price as it was sold, as the snapshot tells it; raises msgspec.ValidationError for what no engine wrote."""
    return msgspec.convert(snapshot, Price)


def replay(snapshot: Mapping[str, Any]) -> Price:
    """Make the price of a snapshot again from its inputs, by the engine of its day; equal to ``read`` unless somebody changed it."""
    return price(read(snapshot).inputs)
