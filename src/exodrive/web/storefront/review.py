"""The renter leaves a review on the private page of a rental that is over."""

from typing import Any

from litestar import Request, Response, Router, post

from exodrive.fleet.reviews.model import Review
from exodrive.flows import reviews
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.errors import BadInput
from exodrive.kit.limits import Rule, network_of
from exodrive.overview.booking_page import booking_page
from exodrive.web.shell import forms, origin, pages
from exodrive.web.shell.doors import door
from exodrive.web.shell.holder import holder
from exodrive.web.shell.site import Site
from exodrive.web.storefront.booking_view import view_of
from exodrive.web.storefront.review_view import ReviewForm

AnyRequest = Request[Any, Any, Any]
_FIELDS = ("rating", "name", "comment")
_NETWORK = Rule(hits=20, seconds=3600)


@post("/booking/{reference:str}/review", status_code=303, include_in_schema=False)
async def leave(request: AnyRequest, world: World, site: Site, reference: str) -> Response[bytes]:
    """Keep the holder's review; what was refused stays in the form."""
    await world.limits.hit("review", network_of(origin.client_ip(request)), _NETWORK)
    values = {name: text for name, text in (await forms.read_texts(request)).items() if name in _FIELDS}
    mine = holder(request, reference)
    try:
        await reviews.leave(mine, reference, _review(values))
    except BadInput as wrong:
        async with mine.scope() as scope:
            booking = await booking_page(scope, reference)
        view = view_of(booking, site, clock.now(), review_form=ReviewForm(values, wrong.fields))
        return pages.render(request, "storefront/booking.html", view, status=422)
    return pages.see_other(f"/booking/{reference}#review")


def _review(values: dict[str, str]) -> Review:
    named = values | {"name": " ".join(values.get("name", "").split())}
    return forms.fill({name: text for name, text in named.items() if text}, Review)


def routes() -> Router:
    """Return the door of reviews; each request brings the key to its own booking."""
    return door("review", "/", [leave])
