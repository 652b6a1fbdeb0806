"""The page on which a renter changes a booking: the form with what is booked, and what a change would cost before it is made."""

from datetime import datetime

import msgspec

from exodrive.bookings.model import CheckoutOrder
from exodrive.fleet import store as fleet
from exodrive.fleet.model import Location
from exodrive.flows.change.errors import NotChangeable
from exodrive.flows.change.model import Proposal, Wish
from exodrive.flows.change.propose import closes_at
from exodrive.flows.world import World
from exodrive.kit.days import Days, day_at
from exodrive.kit.db import Db
from exodrive.kit.ids import CarId
from exodrive.kit.words import _
from exodrive.overview import shop
from exodrive.overview.booking_page import BookingPage
from exodrive.overview.extras import extras_taken
from exodrive.pricing.differences import Difference, differences
from exodrive.pricing.model import Price
from exodrive.pricing.offers import Offers, offers_for
from exodrive.pricing.store import rules_in_force
from exodrive.pricing.words import due_words, money
from exodrive.web.shell.formats import clock_time
from exodrive.web.storefront import change_days
from exodrive.web.storefront.again import fields_of
from exodrive.web.storefront.change_days import When
from exodrive.web.storefront.checkout_choices import Choice, Choices, choices_view
from exodrive.web.storefront.checkout_form import EXTRA, order_of
from exodrive.web.storefront.checkout_view import Wrong, labels
from exodrive.web.storefront.places import TimeChoice
from exodrive.web.storefront.stops import Stop, stops_of

_SHOWN = ("pickup_", "dropoff_", EXTRA, "waiver", "additional_drivers")
_KEPT = (*_SHOWN, *change_days.FIELDS)
HAS_COVERS, HAS_DRIVERS = "has_covers", "has_drivers"  # a form without these does not ask, so that nothing of it is changed


class CarName(msgspec.Struct, frozen=True):
    """The car of the page."""

    slug: str
    name: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would come to: ``by`` is how much dearer or cheaper it is, ``amount`` what of it is paid or given back now.

    ``later`` is what is paid by a later day, None where that stays as it is. ``fields`` and ``quote`` make the change as it is shown.
    ``moved`` is what becomes of days and car; then the terms are to be accepted.
    """

    moved: tuple[Difference, ...]
    rows: tuple[Difference, ...]
    before: str
    after: str
    later: Difference | None
    by: str
    is_dearer: bool
    is_cheaper: bool
    amount: str
    is_charged: bool
    is_given_back: bool
    fields: dict[str, str]
    quote: str


class ChangePage(msgspec.Struct, frozen=True, kw_only=True):
    """The whole page. ``kept`` are extras that stay although they are not on offer any more."""

    booking: BookingPage
    car: CarName
    until: datetime
    when: When
    terms_version: str
    pickup: Stop
    dropoff: Stop
    choices: Choices
    kept: dict[str, str]
    values: dict[str, str]
    errors: dict[str, str]
    labels: dict[str, str]
    notice: str
    preview: Preview | None

    @property
    def wrong(self) -> list[Wrong]:
        """The fields that need attention, in the order of the page."""
        return [Wrong(name, label, self.errors[name]) for name, label in self.labels.items() if name in self.errors]


# long: each line one field of the page
async def change_page(
    db: Db,
    world: World,
    booking: BookingPage,
    order: CheckoutOrder,
    now: datetime,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    notice: str = "",
    preview: Preview | None = None,
    free: list[dict[str, str]] | None = None,
) -> ChangePage:
    """Return the page of a booking that is as ``order`` says; ``values`` is what was typed. Raises NotChangeable where nothing can be."""
    found, page = await rules_in_force(db, booking.car.id), await shop.car_page(db, booking.car.slug)
    if found is None:
        raise NotChangeable
    shown = _shown(order) | change_days.booked(order) | (values or {})
    when = await change_days.when_of(db, booking, shown, day_at(now, booking.time_zone), free or [], world.rules)
    ours, offers = await fleet.active_locations(db), offers_for(*found, when.days)
    scarce = [extra.code for extra in offers.extras if extra.stock is not None]
    taken = await extras_taken(db, scarce, when.days, besides=booking.id)
    choices = _with_own_cover(choices_view(offers, taken, when.days, booking.car.minimum_age), order.waiver)
    pickup, dropoff = _stops(page.home, ours, when.days, offers, now, _shown(order))
    offered = {extra.code for extra in offers.extras}
    return ChangePage(
        booking=booking,
        car=CarName(booking.car.slug, booking.car.name),
        until=booking.return_due_at if when.is_out else closes_at(booking.pickup_at, world.rules),
        when=when,
        terms_version=world.rules.terms_version,
        pickup=pickup,
        dropoff=dropoff,
        choices=choices,
        kept={f"{EXTRA}{code}": str(pieces) for code, pieces in order.extras.items() if code not in offered},
        values=shown,
        errors=errors or {},
        labels={"start": _("First day"), "end": _("Last day"), "car_id": _("Car")} | labels(choices),
        notice=notice,
        preview=preview,
    )


def _shown(order: CheckoutOrder) -> dict[str, str]:
    return {name: value for name, value in fields_of(order).items() if name.startswith(_SHOWN)}


def _stops(home: Location, ours: list[Location], days: Days, offers: Offers, now: datetime, booked: dict[str, str]) -> tuple[Stop, Stop]:
    """Both ends as the checkout offers them, with the hours that are booked among the others."""
    pickup, dropoff = stops_of(home, ours, days, (now, now), offers, booked)
    return _with_hour(pickup, booked["pickup_time"]), _with_hour(dropoff, booked["dropoff_time"])


def _with_hour(stop: Stop, hour: str) -> Stop:
    if any(choice.value == hour for choice in stop.times):
        return stop
    hours, minutes = map(int, hour.split(":"))
    own = TimeChoice(hour, clock_time(datetime(2000, 1, 1, hours, minutes).time()))  # noqa: DTZ001 - a clock on a wall
    return msgspec.structs.replace(stop, times=tuple(sorted((*stop.times, own), key=lambda choice: choice.value)))


def _with_own_cover(choices: Choices, waiver: str) -> Choices:
    """The choices with the cover that is booked, should it not be on offer any more."""
    if not waiver or waiver in {cover.code for cover in choices.covers}:
        return choices
    own = Choice(code=waiver, name=_("The cover you have"), tail="", note=_("It is no longer offered to others; you may keep it."))
    none = Choice(code="", name=_("No cover"), tail="", note="")
    return msgspec.structs.replace(choices, covers=(*(choices.covers or (none,)), own))


def wish_of(values: dict[str, str], booking: BookingPage) -> Wish:
    """Return what a form asks for; raises BadInput naming each field that cannot be read."""
    start, end = change_days.checked(values, booking)
    terms = values.get("terms", "")
    if change_days.is_begun(booking):
        return Wish(end=end, terms=terms)
    about: dict[str, str] = {"car_id": values.get("car_id") or str(CarId(booking.car.id)), "start": str(start), "end": str(end)}
    order = order_of({name: value for name, value in values.items() if name.startswith(_SHOWN)} | about)
    return Wish(
        start=order.start,
        end=order.end,
        car_id=order.car_id,
        terms=terms,
        pickup=order.pickup,
        dropoff=order.dropoff,
        extras=order.extras,
        waiver=order.waiver if HAS_COVERS in values else None,
        additional_drivers=order.additional_drivers if HAS_DRIVERS in values else None,
    )


def preview_of(proposal: Proposal, quote: str, values: dict[str, str], car: str) -> Preview:
    """Return what a change would come to, in words; ``car`` is the name of the one that is booked."""
    old, new, moved = proposal.sold.price, proposal.price, proposal.difference
    more, currency = new.total - old.total, moved.currency
    return Preview(
        moved=change_days.moved(proposal, car) if proposal.moves else (),
        rows=tuple(differences(old, new)),
        before=money(old.total, currency),
        after=money(new.total, currency),
        later=None if proposal.sold.is_settled else _later(old, new),
        by=money(abs(more), currency),
        is_dearer=more > 0,
        is_cheaper=more < 0,
        amount=money(abs(moved.amount), currency),
        is_charged=moved.amount > 0,
        is_given_back=moved.amount < 0,
        fields={name: value for name, value in values.items() if name.startswith(_KEPT) or name in (HAS_COVERS, HAS_DRIVERS)},
        quote=quote,
    )


def _later(old: Price, new: Price) -> Difference | None:
    """What is paid by a later day, where a change makes it more or less."""
    due = new.due_on or old.due_on
    if due is None or old.due_later == new.due_later:
        return None
    was, becomes = (money(price.due_later, price.inputs.currency) for price in (old, new))
    return Difference(due_words(due), was, becomes, "")


def is_open(booking: BookingPage, world: World, now: datetime) -> bool:
    """Tell whether a booking may still be changed by its renter, if only to be longer."""
    if change_days.is_begun(booking):
        return True
    return booking.is_ahead and not booking.waits and now < closes_at(booking.pickup_at, world.rules)
