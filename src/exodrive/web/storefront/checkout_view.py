"""What the checkout shows: the car, the days, the price, our places, and the form with all that was typed and all that is wrong."""

import secrets
from datetime import date, datetime

import msgspec

from exodrive.bookings.model import CheckoutOrder
from exodrive.bookings.orders import OLDEST, latest_birth, too_young
from exodrive.bookings.tiers import tier_words
from exodrive.deposits.model import Rental
from exodrive.deposits.planner import fits_one_order
from exodrive.fleet import store as fleet
from exodrive.fleet.model import Car, Image, Location
from exodrive.flows.approval.words import promise_words
from exodrive.flows.world import World
from exodrive.kit.days import Days, day_at, moment_at
from exodrive.kit.db import Db
from exodrive.kit.words import _
from exodrive.overview import shop
from exodrive.overview.wishes import choices_of
from exodrive.pricing.choices import JourneyNotOffered, NotOffered
from exodrive.pricing.offers import offers_for
from exodrive.web.storefront.bills import Bill, bill_of
from exodrive.web.storefront.cards import paint_of
from exodrive.web.storefront.checkout_choices import Choices, choices_view
from exodrive.web.storefront.checkout_form import EXTRA, wanted, without
from exodrive.web.storefront.deposit_words import together_words
from exodrive.web.storefront.places import NOTICE
from exodrive.web.storefront.stops import Stop, likely_stops, stops_of


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """The price and the button that pays it; ``quote`` is its signed promise, ``problem`` what of the form is not in it, and why.

    ``together`` is told where the deposit is held by the same approval.
    """

    slug: str
    bill: Bill
    quote: str
    can_pay: bool
    problem: str = ""
    together: str = ""


class Wrong(msgspec.Struct, frozen=True):
    """One field that needs attention."""

    field: str
    label: str
    message: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something to know before going on; ``ranges`` are free days to go on with instead."""

    text: str
    ranges: tuple[Days, ...] = ()


class CheckoutPage(msgspec.Struct, frozen=True, kw_only=True):
    """The whole checkout on one page. ``approval`` is what is to be known of a car whose bookings we accept ourselves, empty for others.

    ``wallet`` is how much would be held from the wallet that pays, if its renter agrees; empty where that is not offered.
    """

    car: Car
    paint: str
    side: Image | None
    days: Days
    price: PriceView
    pickup: Stop
    dropoff: Stop
    choices: Choices
    values: dict[str, str]
    errors: dict[str, str]
    labels: dict[str, str]
    notice: Notice | None
    key: str
    terms_version: str
    tiers: tuple[str, ...]
    hold_minutes: int
    approval: str
    wallet: str

    @property
    def wrong(self) -> list[Wrong]:
        """The fields that need attention, in the order of the page."""
        return [Wrong(name, label, self.errors[name]) for name, label in self.labels.items() if name in self.errors]

    @property
    def births(self) -> tuple[date, date]:
        """The first and the last day on which a driver of this car may be born."""
        return latest_birth(self.days.start, OLDEST), latest_birth(self.days.start, self.car.minimum_age)

    @property
    def too_young(self) -> str:
        """What is told to who was born later."""
        return too_young(self.car.minimum_age)


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """The form as it came: what was typed, what is wrong with it, what else is to be said."""

    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    notice: Notice | None = None


def labels(choices: Choices | None = None) -> dict[str, str]:
    """Return the name of every field, in the order of the page; extras have theirs from what is offered."""
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
            f"{kind}_address_country": _("Country"),
            f"{kind}_address_line1": _("Street and number"),
            f"{kind}_address_line2": _("Apartment, hotel, gate code"),
            f"{kind}_address_city": _("City"),
            f"{kind}_address_state_province": _("State"),
            f"{kind}_address_postal_code": _("Postal code"),
            f"{kind}_instructions": _("Anything we should know to find you"),
            f"{kind}_time": at,
        }
    extras = {f"{EXTRA}{extra.code}": extra.name for extra in choices.extras} if choices else {}
    chosen = {"additional_drivers": _("Additional drivers"), "waiver": _("Cover"), "part_payment": _("When you pay")}
    return by_hand | extras | chosen | {"notes": _("Notes for us"), "terms": _("Rental terms")}


async def price_view(
    db: Db, world: World, slug: str, days: Days, now: datetime, values: dict[str, str], ours: list[Location]
) -> tuple[PriceView, shop.Look]:
    """Return the price of these days with what the form asks for, and the look it comes from. Raises BadInput, UnknownCar.

    What cannot be had is left out, and told as the price's ``problem``; who sends the form all the same is told at the field.
    """
    order, problems = wanted(values, days), list[str]()
    while True:
        try:
            found = await _look(db, world, slug, order, now, ours)
            break
        except NotOffered as refused:
            field, sentence = next(iter(refused.fields.items()))
            order = without(order, field)
            problems.append(sentence)
        except JourneyNotOffered as refused:
            order = without(without(order, "pickup_address"), "dropoff_address")
            problems.append(refused.detail)
    quote = world.quotes.sign(found.price, now)
    together = _together(world, order, found, now)
    view = PriceView(
        slug=slug, bill=bill_of(found.price), quote=quote, can_pay=found.bookable, problem=" ".join(problems), together=together
    )
    return view, found


def _together(world: World, order: CheckoutOrder, found: shop.Look, now: datetime) -> str:
    price, times = found.price, ((order.start, order.pickup.time), (order.end, order.dropoff.time))
    pickup_at, due_at = (moment_at(day, at, found.time_zone) for day, at in times)
    is_apart = not price.deposit or price.due_later or found.requires_approval
    if is_apart or not fits_one_order(Rental(pickup_at=pickup_at, due_at=due_at), world.deposits, now):
        return ""
    return together_words(price.total, price.deposit, price.inputs.currency)


async def _look(db: Db, world: World, slug: str, order: CheckoutOrder, now: datetime, ours: list[Location]) -> shop.Look:
    rules, places = world.rules, {place.id: place for place in ours}
    return await shop.look(
        db,
        slug,
        order.days,
        now=now,
        longest_rental_days=rules.longest_rental_days,
        furthest_day_days=rules.furthest_day_days,
        choose=lambda car, house, today: choices_of(order, car, house, places, today=today),
        with_extras=True,
    )


# long: each line one field of the page
async def checkout_page(db: Db, world: World, slug: str, days: Days, now: datetime, form: Form) -> CheckoutPage:
    """Return the checkout of a car for these days. Raises BadInput for days that cannot be, UnknownCar."""
    page = await shop.car_page(db, slug)
    ours = await fleet.active_locations(db)
    likely = likely_stops(page.home, ours, days, now)
    values = {**likely, **form.values}
    price, found = await price_view(db, world, slug, days, now, values, ours)
    notice = form.notice or (None if found.bookable else Notice(text=" ".join(found.why_not), ranges=found.nearest))
    offers = offers_for(found.rules, found.house, days, today=day_at(now, found.time_zone))
    choices = choices_view(offers, found.extras_taken, days, page.car.minimum_age)
    stops = stops_of(page.home, ours, days, (max(now + NOTICE, found.earliest), now), offers, likely)
    return CheckoutPage(
        car=page.car,
        paint=paint_of(page.car.colour),
        side=page.side,
        days=days,
        price=price,
        pickup=stops[0],
        dropoff=stops[1],
        choices=choices,
        values=values,
        errors=form.errors,
        labels=labels(choices),
        notice=notice,
        key=secrets.token_urlsafe(18),
        terms_version=world.rules.terms_version,
        tiers=tuple(tier_words(tier) for tier in world.rules.cancellation_tiers),
        hold_minutes=world.rules.hold_minutes,
        approval=promise_words(world.rules.approval_hours) if page.car.requires_approval else "",
        wallet=price.bill.deposit if world.deposits.wallet and not price.together else "",
    )
