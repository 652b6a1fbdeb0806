"""What the holder of a link sees: their booking, all that belongs on its page, and no other booking."""

from collections.abc import Awaitable, Callable
from datetime import time, timedelta

import pytest

from exodrive.bookings.model import Address, Place
from exodrive.bookings.states import BookingStatus
from exodrive.kit.db import Door
from exodrive.kit.ids import new_id
from exodrive.kit.links import hash_of
from exodrive.overview.booking_page import BookingPage, NoBooking, booking_page, id_of, reference_of
from exodrive.payments.model import PaymentStatus
from tests import garage
from tests.builders import Build, Made

See = Callable[[Made], Awaitable[BookingPage]]


def door_of(build: Build, made: Made) -> Door:
    return build.doors.token(hash_of(made.token))


@pytest.fixture
def see(build: Build) -> See:
    async def look(made: Made) -> BookingPage:
        async with door_of(build, made).scope() as db:
            return await booking_page(db, made.reference)

    return look


async def test_a_paid_booking_shows_what_was_ordered(build: Build, see: See) -> None:
    made = await build.paid()
    page = await see(made)
    order = made.order
    assert (page.id, page.reference, page.status, page.days) == (made.id, made.reference, BookingStatus.UPCOMING, order.days)
    assert (page.contact.email, page.contact.first_name, page.contact.birth_date) == (order.email, "Ada", order.birth_date)
    assert (page.price.total, page.payment.captured, page.payment.status) == (made.held.total.amount,) * 2 + (PaymentStatus.CAPTURED,)
    assert [tier.percent for tier in page.tiers] == [100, 50, 0, 0]
    assert (page.hold_expires_at, page.is_checking, page.can_edit) == (None, False, True)


async def test_the_places_keep_their_ends_apart(build: Build, see: See) -> None:
    await garage.house_rules(build.doors)
    address = Address(line1="1 Ocean Drive", city="Miami Beach", country="US")
    made = await build.held(pickup=Place(time=time(10), address=address))
    page = await see(made)
    assert page.pickup.formatted == "1 Ocean Drive, Miami Beach, US"
    assert (page.pickup.name, page.dropoff.name) == (None, "Test Garage")


async def test_a_held_booking_knows_until_when(build: Build, see: See) -> None:
    made = await build.held()
    page = await see(made)
    assert page.hold_expires_at is not None
    assert abs(page.hold_expires_at - made.held.hold_expires_at) < timedelta(seconds=1)
    await build.lapse(made)
    assert (await see(made)).hold_expires_at is None


async def test_no_other_booking_is_seen(build: Build) -> None:
    mine, theirs = await build.paid(), await build.paid()
    door = door_of(build, mine)
    assert await reference_of(door) == mine.reference
    assert await id_of(door, mine.reference) == mine.id
    with pytest.raises(NoBooking):
        await id_of(door, theirs.reference)
    async with door.scope() as db:
        with pytest.raises(NoBooking):
            await booking_page(db, theirs.reference)


async def test_a_link_that_opens_nothing_says_only_that(build: Build) -> None:
    nobody = build.doors.token(hash_of("A" * 43))
    with pytest.raises(NoBooking):
        await reference_of(nobody)


async def test_the_car_is_shown_from_the_side_by_its_first_picture(build: Build, see: See) -> None:
    made = await build.paid()
    async with build.doors.service().scope() as db:
        for number, (view, primary) in enumerate((("front", True), ("side", False), ("side", True))):
            about = {"alt": "x", "width": 10, "height": 10, "is_primary": primary, "sort_order": number}
            car = made.order.car_id
            await garage.insert(db, "car_images", id=new_id(), car_id=car, view=view, path=f"p{number}", **about)
    picture = (await see(made)).picture
    assert picture is not None
    assert picture.path == "p2"


async def test_a_page_is_one_question_to_the_database(build: Build) -> None:
    made = await build.paid()
    asked: list[str] = []
    async with door_of(build, made).scope() as db:
        with db.query_logger(lambda record: asked.append(record.query)):
            await booking_page(db, made.reference)
    assert len(asked) == 1
