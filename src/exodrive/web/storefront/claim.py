"""The renter answers a claim on their deposit, on the private page of their booking."""

from contextlib import suppress
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, post

from exodrive.flows.claiming import answer
from exodrive.flows.world import World
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.limits import Rule, network_of
from exodrive.overview import booking_page
from exodrive.web.shell import forms, origin, pages
from exodrive.web.shell.doors import door
from exodrive.web.shell.holder import holder

AnyRequest = Request[Any, Any, Any]
_NETWORK = Rule(hits=20, seconds=3600)


class Objection(msgspec.Struct, frozen=True):
    """Why a renter does not agree."""

    objection: Annotated[str, msgspec.Meta(min_length=3, max_length=2000)]


@post("/booking/{reference:str}/claim/acceptance", status_code=303, include_in_schema=False)
async def accept(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Accept what is claimed; where there is nothing to accept any more, the page says how it stands."""
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    with suppress(Conflict):
        await answer.accept(world, booking_id)
    return pages.see_other(f"/booking/{reference}#charges")


@post("/booking/{reference:str}/claim/objection", status_code=303, include_in_schema=False)
async def object_to(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Object to what is claimed; what cannot be is left as it stands, and the page says how that is."""
    await world.limits.hit("objection", network_of(origin.client_ip(request)), _NETWORK)
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    with suppress(BadInput, Conflict):
        form = await forms.read_form(request, Objection)
        await answer.object_to(world, booking_id, form.objection)
    return pages.see_other(f"/booking/{reference}#charges")


def routes() -> Router:
    """Return the door of answers to claims; each request brings the key to its own booking."""
    return door("claim", "/", [accept, object_to])
