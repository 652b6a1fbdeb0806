"""Checkout: one page, one form, one verb; whatever goes wrong, nothing that was typed is lost."""

import asyncio
from typing import Any

from litestar import Request, Response, Router, post, route
from litestar.datastructures import Cookie

from exodrive.availability.service import parse_days
from exodrive.bookings.model import Caller, CheckoutOrder, Held
from exodrive.fleet import store as fleet
from exodrive.flows.checkout import hold, pay
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput, Conflict, Problem, TooMany
from exodrive.web.shell import cookies, forms, pages
from exodrive.web.shell.caller import caller_of
from exodrive.web.shell.doors import anon, door
from exodrive.web.shell.site import Site
from exodrive.web.storefront.browse import READ
from exodrive.web.storefront.checkout_checks import wrong_so_far
from exodrive.web.storefront.checkout_form import EXTRA, order_of
from exodrive.web.storefront.checkout_view import Form, Notice, checkout_page, labels, price_view
from exodrive.web.storefront.own_hold import own_hold

AnyRequest = Request[Any, Any, Any]
_PATIENCE = 4  # seconds to wait for the same form, sent twice


@route("/cars/{slug:str}/checkout", http_method=READ, include_in_schema=False)
async def show(request: AnyRequest, db: Door, world: World, slug: str) -> Response[bytes]:
    """Show the checkout for the days in the address; days that cannot be booked are explained on the car's page."""
    query = request.query_params
    try:
        days = parse_days(query.get("start"), query.get("end"))
        async with db.scope() as scope:
            page = await checkout_page(scope, world, slug, days, clock.now(), Form())
    except BadInput:
        return pages.see_other(f"/cars/{slug}#calendar")
    if not page.price.can_pay:
        if mine := await own_hold(request, slug, days):
            return pages.see_other(f"/booking/{mine}?told=yours")
        return pages.see_other(f"/cars/{slug}?start={days.start}&end={days.end}#book")
    return pages.render(request, "storefront/checkout.html", page)


@post("/cars/{slug:str}/checkout/price", status_code=200, include_in_schema=False)
async def price(request: AnyRequest, db: Door, world: World, slug: str) -> Response[bytes]:
    """Show the price with all that is chosen in the form, to be put into the page; nothing of it stands in an address."""
    values = await forms.read_texts(request)
    days = parse_days(values.get("start"), values.get("end"))
    async with db.scope() as scope:
        ours = await fleet.active_locations(scope)
        view, _found = await price_view(scope, world, slug, days, clock.now(), values, ours)
    return pages.render(request, "storefront/checkout_price.html", view)


@post("/cars/{slug:str}/checkout/check", status_code=200, include_in_schema=False)
async def check(request: AnyRequest, db: Door, world: World, slug: str) -> Response[dict[str, str]]:
    """Say what is wrong with each field so far, as JSON; nothing is kept."""
    values = await forms.read_texts(request)
    days = parse_days(values.get("start"), values.get("end"))
    async with db.scope() as scope:
        return Response(await wrong_so_far(scope, world, slug, days, clock.now(), values), media_type="application/json")


@post("/cars/{slug:str}/checkout", status_code=303, include_in_schema=False)
async def create(request: AnyRequest, db: Door, world: World, site: Site, slug: str) -> Response[bytes]:
    """Hold the days and send the renter to PayPal, or show the form again with everything in it."""
    values = await forms.read_texts(request)
    caller, fresh = caller_of(request)
    if values.get("range") or values.get("reprice"):
        return await _again(request, db, world, slug, values, None)
    try:
        held = await _held(world, order_of(values), caller, values.get("key", ""))
    except (BadInput, Conflict, TooMany) as refusal:
        return await _again(request, db, world, slug, values, refusal)
    kept = cookies.cookie(site, cookies.booking(held.reference), held.token, seconds=cookies.BOOKING_SECONDS)
    return await to_payment(world, held, [*fresh, kept])


async def _held(world: World, order: CheckoutOrder, caller: Caller, key: str) -> Held:
    """Hold once; the same form sent a second time waits for the answer of the first."""
    for _attempt in range(_PATIENCE * 2):
        try:
            return await hold.hold(world, order, caller, key)
        except Conflict as refusal:
            if refusal.code != "in-flight":
                raise
        await asyncio.sleep(0.5)
    return await hold.hold(world, order, caller, key)


async def to_payment(world: World, held: Held, kept: list[Cookie]) -> Response[bytes]:
    """Send the renter to PayPal; when PayPal does not answer, to their booking's page, where they can pay a moment later."""
    try:
        return pages.see_other(await pay.begin(world, held.booking_id), cookies=kept)
    except Problem:
        return pages.see_other(f"/booking/{held.reference}", cookies=kept)


async def _again(
    request: AnyRequest, db: Door, world: World, slug: str, values: dict[str, str], refusal: BadInput | Conflict | TooMany | None
) -> Response[bytes]:
    try:
        days = Days.parse(values["range"]) if values.get("range") else parse_days(values.get("start"), values.get("end"))
        async with db.scope() as scope:
            page = await checkout_page(scope, world, slug, days, clock.now(), _form(values, refusal))
    except (BadInput, ValueError):
        return pages.see_other(f"/cars/{slug}#calendar")
    headers = {"retry-after": str(refusal.retry_after)} if isinstance(refusal, TooMany) else {}
    status = refusal.status if refusal else 200
    return pages.render(request, "storefront/checkout.html", page, status=status, headers=headers)


def _form(values: dict[str, str], refusal: BadInput | Conflict | TooMany | None) -> Form:
    if refusal is None:
        return Form(values=values)
    known = labels()
    errors = {field: message for field, message in refusal.fields.items() if field in known or field.startswith(EXTRA)}
    beside = [message for field, message in refusal.fields.items() if field not in errors]
    text = " ".join(beside) or ("" if errors else refusal.detail)
    free = tuple(Days.parse(f"{near['start']}..{near['end']}") for near in refusal.extra.get("free", ()))
    return Form(values=values, errors=errors, notice=Notice(text=text, ranges=free) if text else None)


def routes() -> Router:
    """Return the door of checkout."""
    return door("checkout", "/", [show, price, check, create], opens=anon)
