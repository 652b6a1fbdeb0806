"""What renters do on a day: look around, rent, change their mind, look at their page."""

import secrets
from typing import Any

import pytest

from exodrive.availability.model import CarTaken
from exodrive.bookings import store as bookings
from exodrive.bookings.model import CUSTOMER
from exodrive.flows.change import capturing, make, opening, pay, propose
from exodrive.flows.change import store as changes
from exodrive.flows.change.model import Wish
from exodrive.flows.checkout.hold import hold
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError
from exodrive.kit import clock, links
from exodrive.kit.db import Door, Doors
from exodrive.kit.errors import Problem
from exodrive.overview import reviews, shop
from exodrive.overview.booking_page import booking_page, id_of
from exodrive.overview.changes import changes_of
from exodrive.overview.extras import extras_taken
from exodrive.overview.home import home
from exodrive.overview.kept_order import kept_order
from exodrive.overview.shop import Wanted
from exodrive.payments.model import End, Result
from tests.builders import Build, Made, days_ahead
from tests.garage import MadeCar


async def rent(build: Build, car: MadeCar) -> Made:
    """Hold with an extra that may run out, say it again, lose a race, pay, come back to what is held and to what ran out."""
    made, other = await build.paid(car, extras={"day-seat": 1}), await build.car()
    held = await build.held(other)
    await hold(build.world, held.order, held.caller, held.key)
    with pytest.raises(CarTaken):
        await build.held(other)
    async with build.doors.token(links.hash_of(held.token)).scope() as db:
        await kept_order(db, held.reference)
    return made


async def look_around(doors: Doors) -> None:
    now, days = clock.now(), days_ahead(5, 3)
    reach = {"now": now, "longest_rental_days": 30, "furthest_day_days": 365}
    async with doors.anon().scope() as db:
        await home(db)
        for wanted in (Wanted(), Wanted(days=days), Wanted(days=days, words=("coupe",)), Wanted(days=days_ahead(3, 3))):
            found = await shop.search(db, wanted, **reach)
        slug, car = found.cards[0].slug, found.cards[0].car_id
        page = await shop.car_page(db, slug)
        await shop.calendar(db, slug, now=now, furthest_day_days=365)
        for one in (slug, car):
            await shop.look(db, one, days, **reach)
        await shop.nearest_days(db, car, days, **reach)
        for chosen in (None, days):
            await shop.similar(db, page, chosen, now=now)
        await shop.cards(db, days, now=now, among=[car])
        await reviews.of_car(db, car)
        await reviews.ratings(db, [card.car_id for card in found.cards])
        await extras_taken(db, ["day-seat"], days)


async def change(build: Build, car: MadeCar, made: Made) -> None:
    """A change that is paid for, one that is given up, and one that gives money back."""
    world, holder = build.world, build.doors.token(links.hash_of(made.token))
    await _paid_change(build, made, extras={"day-seat": 2})
    async with world.door.scope() as db:
        change = await changes.waiting(db, made.id)
    assert change is None, "it was paid for"
    await _make(world, holder, made, extras={"day-seat": 1})
    await make.give_up(world, made.id)
    await _make(world, holder, made, extras={})
    async with holder.scope() as db:
        await changes_of(db, made.reference)
        await extras_taken(db, ["day-seat"], made.order.days, besides=made.id)


async def _make(world: World, holder: Door, made: Made, **wish: Any) -> None:
    """Make a change at the price just shown; PayPal does not answer here."""
    proposal = await propose.preview(world, holder, made.reference, Wish(**wish))
    try:
        await make.make(world, holder, made.reference, Wish(**wish), world.quotes.sign(proposal.price, clock.now()))
    except (Problem, GatewayError):
        assert proposal.difference.amount > 0


async def _paid_change(build: Build, made: Made, **wish: Any) -> None:
    world = build.world
    await _make(world, build.doors.token(links.hash_of(made.token)), made, **wish)
    async with world.door.scope() as db:
        change = await changes.waiting(db, made.id)
    assert change is not None
    opened = await opening.intend(world, change.id)
    assert not isinstance(opened, str)
    order_id = secrets.token_hex(8).upper()
    details = {"approve_url": f"http://127.0.0.1:9/{order_id}", "merchant_id": None}
    await opening.record(world, opened[0], Result(end=End.SUCCEEDED, provider_id=order_id, money=change.money, details=details))
    await pay.look(world, order_id)
    operation = await capturing.intend(world, change.id, order_id, CUSTOMER)
    assert operation is not None
    await capturing.record(world, operation, Result(end=End.SUCCEEDED, provider_id=secrets.token_hex(8).upper(), money=change.money))


async def open_page(build: Build, made: Made) -> None:
    door = build.doors.token(links.hash_of(made.token))
    async with door.scope() as db:
        await booking_page(db, made.reference)
        await kept_order(db, made.reference)
        await bookings.change_contact(db, made.reference, "Ada", "Byron", "+1 305 555 0100", "")
    await id_of(door, made.reference)
