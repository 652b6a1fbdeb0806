"""The way to PayPal and back: begin a payment, and what the renter sees when PayPal sends them home."""

import re
from typing import Any

import msgspec
from litestar import Request, Response, Router, post, route

from exodrive.flows import home
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.model import Step
from exodrive.flows.deposit import asking
from exodrive.flows.home import Home
from exodrive.flows.instalment import pay as later
from exodrive.flows.world import World
from exodrive.kit.errors import NotFound, Problem
from exodrive.kit.words import _
from exodrive.overview import booking_page
from exodrive.web.shell import cookies, pages
from exodrive.web.shell.doors import door
from exodrive.web.shell.holder import holder
from exodrive.web.shell.site import Site
from exodrive.web.storefront.browse import READ

AnyRequest = Request[Any, Any, Any]


class MessagePage(msgspec.Struct, frozen=True, kw_only=True):
    """A calm page with one message: ``mark`` is its icon, ``action`` and ``path`` the way on."""

    title: str
    text: str
    mark: str
    action: str
    path: str


@route("/paypal/return", http_method=READ, include_in_schema=False)
async def returned(request: AnyRequest, world: World, site: Site) -> Response[bytes]:
    """Take the money of the order PayPal names, and show its booking; without the booking's cookie say nothing personal."""
    told = await home.capture(world, _order_id(request))
    return _home(request, site, told, told.outcome.step.value) or pages.render(request, "storefront/message.html", message_of(told))


@route("/paypal/cancel", http_method=READ, include_in_schema=False)
async def cancelled(request: AnyRequest, world: World, site: Site) -> Response[bytes]:
    """Bring who turned back at PayPal to the booking that is still held for them."""
    told = await home.look(world, _order_id(request))
    step = told.outcome.step
    code = "stopped" if step is Step.NOT_PAID else step.value
    return _home(request, site, told, code) or pages.render(request, "storefront/message.html", _turned_back(told))


def _order_id(request: AnyRequest) -> str:
    order_id: str = request.query_params.get("token", "")
    if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", order_id):
        raise NotFound(_("PayPal sent you back without an order."))
    return order_id


def _home(request: AnyRequest, site: Site, told: Home, code: str) -> Response[bytes] | None:
    reference = told.outcome.reference
    if cookies.name_of(site, cookies.booking(reference)) not in request.cookies:
        return None
    about = "change-" if told.is_change else "rest-" if told.is_rest else "deposit-" if told.is_deposit else ""
    return pages.see_other(f"/booking/{reference}?told={about}{code}")


@post("/booking/{reference:str}/payment", status_code=303, include_in_schema=False)
async def begin(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Send the holder to PayPal; when that cannot be, their booking's page says why."""
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    try:
        return pages.see_other(await pay.begin(world, booking_id))
    except Problem as refusal:
        return pages.see_other(f"/booking/{reference}?told={refusal.code}")


@post("/booking/{reference:str}/deposit", status_code=303, include_in_schema=False)
async def hold(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Send the holder to PayPal to approve the hold of the deposit; when that cannot be, their booking's page says why."""
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    try:
        return pages.see_other(await asking.begin(world, booking_id))
    except Problem as refusal:
        return pages.see_other(f"/booking/{reference}?told=deposit-{refusal.code}")


@post("/booking/{reference:str}/rest", status_code=303, include_in_schema=False)
async def pay_rest(request: AnyRequest, world: World, reference: str) -> Response[bytes]:
    """Send the holder to PayPal to pay the rest of the price; when that cannot be, their booking's page says why."""
    booking_id = await booking_page.id_of(holder(request, reference), reference)
    try:
        return pages.see_other(await later.begin(world, booking_id))
    except Problem as refusal:
        return pages.see_other(f"/booking/{reference}?told=rest-{refusal.code}")


def message_of(told: Home) -> MessagePage:
    """Return what somebody is told who comes back from PayPal in a browser that does not know the booking."""
    if told.is_deposit:
        return _of_deposit(told.outcome.step)
    if told.is_rest:
        return _of_rest(told.outcome.step)
    return _of_change(told.outcome.step) if told.is_change else _of_booking(told.outcome.step)


def _of_change(step: Step) -> MessagePage:
    """A change leaves the booking as it was, unless it is paid."""
    mail = _("Open your booking with the link in the mail we sent you.")
    stands = _("Nothing was charged for the change, and your booking stands as it was. %(mail)s") % {"mail": mail}
    said = {
        Step.PAID: (_("Paid and changed. Thank you"), mail, "circle-check"),
        Step.CHECKING: (_("We are checking your payment"), _("You need not do anything; a mail will follow."), "clock"),
    }
    title, text, mark = said.get(step, (_("Your change was not made"), stands, "info"))
    return MessagePage(title=title, text=text, mark=mark, action=_("See the cars"), path="/cars")


def _of_deposit(step: Step) -> MessagePage:
    """A hold takes no money, whatever came of it."""
    mail = _("Open your booking with the link in the mail we sent you.")
    again = _("Nothing was charged, and nothing is held yet. %(mail)s") % {"mail": mail}
    said = {
        Step.PAID: (_("The deposit is held. Thank you"), _("Nothing was charged. %(mail)s") % {"mail": mail}, "circle-check"),
        Step.CHECKING: (
            _("We are checking your deposit"),
            _("You need not do anything; your booking’s page tells the end."),
            "clock",
        ),
    }
    title, text, mark = said.get(step, (_("The deposit is not held yet"), again, "info"))
    return MessagePage(title=title, text=text, mark=mark, action=_("See the cars"), path="/cars")


def _of_rest(step: Step) -> MessagePage:
    """A rest that is not paid leaves the booking as it was."""
    mail = _("Open your booking with the link in the mail we sent you.")
    stands = _("Nothing was charged for the rest, and your booking stands. %(mail)s") % {"mail": mail}
    said = {
        Step.PAID: (_("All of the price is paid. Thank you"), mail, "circle-check"),
        Step.CHECKING: (_("We are checking your payment"), _("You need not do anything; a mail will follow."), "clock"),
        Step.GONE: (_("The rest is no longer to be paid"), _("Nothing was charged for it. %(mail)s") % {"mail": mail}, "info"),
    }
    title, text, mark = said.get(step, (_("The rest is not paid yet"), stands, "info"))
    return MessagePage(title=title, text=text, mark=mark, action=_("See the cars"), path="/cars")


def _of_booking(step: Step) -> MessagePage:
    mail = _("Open your booking with the link in the mail we sent you.")
    unpaid = _("The payment was not approved at PayPal, and nothing was charged. While the car is held you can pay. %(mail)s") % {
        "mail": mail
    }
    declined = _("PayPal declined the payment. While the car is held you can try again with another card or account. %(mail)s") % {
        "mail": mail
    }
    checking = _("PayPal has not told us the end yet. You need not do anything, and please do not pay again; a mail will follow.")
    gone = _("The days were no longer held when you came back, and we never asked PayPal for the money. Please choose other days.")
    said = {
        Step.PAID: (_("Paid. Thank you"), mail, "circle-check"),
        Step.NOT_PAID: (_("Not paid yet"), unpaid, "info"),
        Step.DECLINED: (_("Nothing was charged"), declined, "circle-x"),
        Step.CHECKING: (_("We are checking your payment"), checking, "clock"),
        Step.GONE: (_("Nothing was charged"), gone, "circle-x"),
    }
    title, text, mark = said[step]
    return MessagePage(title=title, text=text, mark=mark, action=_("See the cars"), path="/cars")


def _turned_back(told: Home) -> MessagePage:
    if told.is_deposit:
        return _of_deposit(Step.NOT_PAID)
    if told.is_change:
        return _of_change(Step.NOT_PAID)
    if told.is_rest:
        return _of_rest(Step.NOT_PAID)
    text = _(
        "You turned back at PayPal, and nothing was charged. The car is held for you for a few more minutes:"
        " go back to the browser in which you booked, or open your booking with the link in the mail we sent you."
    )
    return MessagePage(title=_("Nothing was charged"), text=text, mark="undo-2", action=_("See the cars"), path="/cars")


def routes() -> Router:
    """Return the door of payments."""
    return door("payment", "/", [returned, cancelled, begin, hold, pay_rest])
