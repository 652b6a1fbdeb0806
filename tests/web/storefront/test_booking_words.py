"""The sentences of a booking's page."""

from datetime import timedelta

import msgspec
import pytest

from exodrive.bookings.states import BookingStatus
from exodrive.kit.links import hash_of
from exodrive.overview.booking_page import BookingPage, booking_page
from exodrive.payments.model import PaymentStatus
from exodrive.web.storefront.booking_view import State, state_of
from exodrive.web.storefront.booking_words import bring_of, payment_words, steps_of
from tests.builders import Build


@pytest.fixture
async def shown(build: Build) -> BookingPage:
    made = await build.paid()
    door = build.doors.token(hash_of(made.token))
    async with door.scope() as db:
        return await booking_page(db, made.reference)


def moved(page: BookingPage, status: BookingStatus, **changes: object) -> BookingPage:
    return msgspec.structs.replace(page, status=status, **changes)


async def test_every_state_of_a_payment_has_a_sentence(shown: BookingPage) -> None:
    for status in PaymentStatus:
        paid = msgspec.structs.replace(shown.payment, status=status)
        assert payment_words(msgspec.structs.replace(shown, payment=paid)).endswith("."), status


async def test_every_state_of_a_booking_has_its_page(shown: BookingPage) -> None:
    states = {status: state_of(moved(shown, status)) for status in BookingStatus}
    assert states[BookingStatus.UPCOMING] is State.CONFIRMED
    assert states[BookingStatus.PENDING] is State.LAPSED, "no days are held for it"
    held = moved(shown, BookingStatus.PENDING, hold_expires_at=shown.created_at + timedelta(minutes=20))
    assert state_of(held) is State.HELD
    assert state_of(msgspec.structs.replace(held, is_checking=True)) is State.CHECKING


async def test_the_steps_have_one_that_is_now(shown: BookingPage) -> None:
    for status in (BookingStatus.PENDING, BookingStatus.UPCOMING, BookingStatus.ACTIVE, BookingStatus.COMPLETED):
        marks = [step.state for step in steps_of(moved(shown, status), "")]
        assert marks.count("now") == 1, status
        assert marks == sorted(marks, key=["done", "now", ""].index)


async def test_what_will_not_be_has_no_steps(shown: BookingPage) -> None:
    for status in (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW):
        assert steps_of(moved(shown, status), "") == ()


async def test_what_to_bring_names_the_licence_years_and_the_age_of_this_car(shown: BookingPage) -> None:
    car = msgspec.structs.replace(shown.car, licence_years=3, minimum_age=30)
    said = " ".join(thing.text for thing in bring_of(msgspec.structs.replace(shown, car=car)))
    for fact in ("held for 3 years or more", "valid until the return", "is 30 or older", "A card in the driver’s name"):
        assert fact in said
