"""What an event of PayPal's names: a hint only, the thing itself is read before anything is said of it."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from exodrive.payments.differences.model import Thing

_REVERSED = "PAYMENT.CAPTURE.REVERSED"
_THINGS = {"capture": Thing.CAPTURE, "refund": Thing.REFUND, "authorization": Thing.AUTHORIZATION}
_RELATED = {"order_id": Thing.ORDER, "authorization_id": Thing.AUTHORIZATION, "capture_id": Thing.CAPTURE}


class Hint(msgspec.Struct, frozen=True):
    """A capture, refund or authorisation that was named, with what it hangs on."""

    thing: Thing
    object_id: str
    hangs_on: dict[str, Thing]
    is_reversal: bool = False

    @property
    def named(self) -> dict[str, Thing]:
        """All ids by which it may be known."""
        return {**self.hangs_on, self.object_id: self.thing}

    @property
    def capture_id(self) -> str:
        """The capture it is about; empty when it names none."""
        return next((object_id for object_id, thing in self.named.items() if thing is Thing.CAPTURE), "")


def hint_of(event_type: str, resource_type: str, resource: Mapping[str, Any]) -> Hint | None:
    """Read an event; None when it is about nothing that moves or holds money. Whatever is odd in it is left out."""
    thing, object_id = _THINGS.get(resource_type), resource.get("id")
    if thing is None or not isinstance(object_id, str):
        return None
    hangs_on = dict(_related(resource)) | (dict(_up(resource)) if thing is Thing.REFUND else {})
    return Hint(thing, object_id, hangs_on, event_type == _REVERSED)


def _related(resource: Mapping[str, Any]) -> Iterator[tuple[str, Thing]]:
    found: Any = resource
    for key in ("supplementary_data", "related_ids"):
        found = found.get(key) if isinstance(found, dict) else None
    for name, thing in _RELATED.items():
        value = found.get(name) if isinstance(found, dict) else None
        if isinstance(value, str):
            yield value, thing


def _up(resource: Mapping[str, Any]) -> Iterator[tuple[str, Thing]]:
    """A refund names its capture by a link."""
    links = resource.get("links")
    for link in links if isinstance(links, list) else ():
        if isinstance(link, dict) and link.get("rel") == "up" and "/captures/" in str(link.get("href")):
            yield str(link["href"]).rpartition("/")[2], Thing.CAPTURE
