"""What the checkout shows: the car, the days, the price, our places, and the form with all that was typed and all that is wrong."""

import secrets
from datetime import date, datetime, time
from decimal import Decimal

import msgspec

from exodrive.bookings.model import Tier
from exodrive.fleet import store as fleet
from exodrive.fleet.model import Car, Image, Location
from exodrive.flows.world import World
from exodrive.kit.days import Days
from exodrive.kit.db import Db
from exodrive.kit.words import _, ngettext
from exodrive.overview import shop
from exodrive.pricing.words import money, short_money
from exodrive.web.storefront.bills import Bill, bill_of
from exodrive.web.storefront.cards import paint_of
from exodrive.web.storefront.places import PlaceChoice, TimeChoice, likely_place, likely_time, place_choices, time_choices

_PICKUP, _RETURN = time(10), time(18)
BY_ADDRESS = "address"  # the choice beside our places


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """The price and the button that pays it; ``quote`` is its signed promise."""

    slug: str
    bill: Bill
    total: str
    quote: str
    can_pay: bool


class Wrong(msgspec.Struct, frozen=True):
    """One field that needs attention."""

    field: str
    label: str
    message: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to know before going on; ``ranges`` are free days to go on with instead."""

    text: str
    ranges: tuple[Days, ...] = ()


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """One end of the rental, as the form asks for it; ``fee`` is None where an address is not offered."""

    kind: str
    day: date
    places: tuple[PlaceChoice, ...]
    times: tuple[TimeChoice, ...]
    fee: str | None


class CheckoutPage(msgspec.Struct, frozen=True, kw_only=True):
    """The whole checkout on one page."""

    car: Car
    paint: str
    side: Image | None
    days: Days
    price: PriceView
    pickup: Stop
    dropoff: Stop
    values: dict[str, str]
    errors: dict[str, str]
    labels: dict[str, str]
    notice: Notice | None
    key: str
    country: str
    terms_version: str
    tiers: tuple[str, ...]
    hold_minutes: int

    @property
    def wrong(self) -> list[Wrong]:
        """The fields that need attention, in the order of the page."""
        return [Wrong(name, label, self.errors[name]) for name, label in self.labels.items() if name in self.errors]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it came: what was typed, what is wrong with it, what else is to be said."""

    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    notice: Notice | None = None


def labels() -> dict[str, str]:
    """Return the name of every field, in the order of the page."""
    by_hand = {
        "email": _("E-mail"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "phone": _("Mobile phone"),
        "birth_date": _("Date of birth"),
    }
    for kind, place, at in (("pickup", _("Pick-up place"), _("Pick-up time")), ("dropoff", _("Return place"), _("Return time"))):
        by_hand |= {
            f"{kind}_location_id": place,
            f"{kind}_address_line1": _("Street and number"),
            f"{kind}_address_line2": _("Apartment, hotel, gate code"),
            f"{kind}_address_city": _("City"),
            f"{kind}_address_state_province": _("State"),
            f"{kind}_address_postal_code": _("Postal code"),
            f"{kind}_instructions": _("Anything we should know to find you"),
            f"{kind}_time": at,
        }
    return by_hand | {"notes": _("Notes for us"), "terms": _("Rental terms")}


async def price_view(db: Db, world: World, slug: str, days: Days, now: datetime, values: dict[str, str]) -> tuple[PriceView, shop.Look]:
    """Return the price of these days with the journeys the form asks for, and the look it comes from. Raises BadInput, UnknownCar."""
    rules = world.rules
    found = await shop.look(
        db,
        slug,
        days,
        now=now,
        longest_rental_days=rules.longest_rental_days,
        furthest_day_days=rules.furthest_day_days,
        delivery=values.get("pickup_location_id") == BY_ADDRESS,
        collection=values.get("dropoff_location_id") == BY_ADDRESS,
    )
    price = found.price
    view = PriceView(
        slug=slug,
        bill=bill_of(price),
        total=money(price.total, price.inputs.currency),
        quote=world.quotes.sign(price, now),
        can_pay=found.bookable,
    )
    return view, found


async def checkout_page(db: Db, world: World, slug: str, days: Days, now: datetime, form: Form) -> CheckoutPage:
    """Return the checkout of a car for these days. Raises BadInput for days that cannot be, UnknownCar."""
    page = await shop.car_page(db, slug)
    ours = await fleet.active_locations(db)
    values = {**_likely(page.home, ours, days, now), **form.values}
    price, found = await price_view(db, world, slug, days, now, values)
    notice = form.notice or (None if found.bookable else Notice(text=" ".join(found.why_not), ranges=found.nearest))
    currency = page.rates.currency
    return CheckoutPage(
        car=page.car,
        paint=paint_of(page.car.colour),
        side=page.side,
        days=days,
        price=price,
        pickup=_stop("pickup", days.start, ours, page.home, now, _fee(page.delivery_fee, currency)),
        dropoff=_stop("dropoff", days.end, ours, page.home, now, _fee(page.collection_fee, currency)),
        values=values,
        errors=form.errors,
        labels=labels(),
        notice=notice,
        key=secrets.token_urlsafe(18),
        country=page.home.country,
        terms_version=world.rules.terms_version,
        tiers=tuple(tier_words(tier) for tier in world.rules.cancellation_tiers),
        hold_minutes=world.rules.hold_minutes,
    )


def _fee(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else short_money(amount, currency)


def _stop(kind: str, day: date, ours: list[Location], home: Location, now: datetime, fee: str | None) -> Stop:
    return Stop(kind=kind, day=day, places=place_choices(ours, day), times=time_choices(day, home.time_zone, now), fee=fee)


def _likely(home: Location, ours: list[Location], days: Days, now: datetime) -> dict[str, str]:
    found: dict[str, str] = {}
    for kind, day, wanted in (("pickup", days.start, _PICKUP), ("dropoff", days.end, _RETURN)):
        chosen = likely_place(ours, home, day)
        place = next((place for place in ours if str(place.id) == chosen), None)
        found[f"{kind}_location_id"] = chosen
        found[f"{kind}_time"] = likely_time(wanted, place, day, time_choices(day, home.time_zone, now))
    return found


def tier_words(tier: Tier) -> str:
    """Return what is paid back for cancelling that early, in a sentence."""
    if not tier.percent:
        return _("Later than that: nothing is paid back.")
    hours = ngettext("%(number)d hour", "%(number)d hours", tier.hours_before) % {"number": tier.hours_before}
    return _("Until %(hours)s before pick-up: %(percent)d %% of the rental is paid back.") % {"hours": hours, "percent": tier.percent}
