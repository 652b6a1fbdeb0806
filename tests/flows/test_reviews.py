"""A review from the renter's words to the car's page."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from exodrive.fleet.reviews.model import Review, ReviewState
from exodrive.flows import reviews
from exodrive.flows.reviews import NotReviewable
from exodrive.kit.db import Door
from exodrive.kit.errors import NotFound
from exodrive.kit.ids import new_id
from exodrive.kit.links import hash_of
from exodrive.overview import reviews as overview
from exodrive.overview.booking_page import NoBooking, OwnReview, booking_page
from tests import garage
from tests.builders import Build, Made
from tests.team import Person, Team

GOOD = Review(5, "Ada", "Loud & <b>lovely</b>")


@pytest.fixture
async def agent(build: Build) -> Person:
    return await Team(build.doors).member()


async def over(build: Build, **changes: object) -> Made:
    """A paid booking whose car is back."""
    made = await build.paid(**changes)
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("update bookings set status = 'completed' where id = $1", made.id)
    await db.close()
    return made


def door_of(build: Build, made: Made) -> Door:
    return build.doors.token(hash_of(made.token))


async def left(build: Build, made: Made | None = None, review: Review = GOOD) -> UUID:
    """A review that was left; returns its id."""
    made = made or await over(build)
    await reviews.leave(door_of(build, made), made.reference, review)
    found: UUID = await build.value("select id from car_reviews where booking_id = $1", made.id)
    return found


async def decide(build: Build, review_id: UUID, state: ReviewState, agent: Person) -> bool:
    async with build.doors.admin(agent.id).scope() as db:
        return await reviews.decide(db, review_id, state, agent.id, "Grace")


async def shown(build: Build, made: Made) -> overview.Reviews:
    async with build.doors.anon().scope() as db:
        return await overview.of_car(db, made.order.car_id)


async def test_a_review_waits_and_tells_the_history(build: Build) -> None:
    made = await over(build)
    await left(build, made)
    async with door_of(build, made).scope() as db:
        assert (await booking_page(db, made.reference)).review == OwnReview(5, "Ada", "Loud & <b>lovely</b>", False, True)
    assert (await build.history(made))[-1] == "review_left"
    assert await shown(build, made) == overview.Reviews((), 0, None)


async def test_a_review_is_about_the_car_and_the_days_of_its_rental(build: Build) -> None:
    made = await over(build)
    review_id = await left(build, made)
    rows = await build.rows("select car_id, date, is_verified, is_approved from car_reviews where id = $1", review_id)
    assert rows == [(made.order.car_id, made.order.days.start, True, False)]


async def test_a_rental_is_reviewed_once(build: Build) -> None:
    made = await over(build)
    await left(build, made)
    with pytest.raises(NotReviewable):
        await reviews.leave(door_of(build, made), made.reference, GOOD)
    assert await build.value("select count(*) from car_reviews where booking_id = $1", made.id) == 1
    assert (await build.history(made)).count("review_left") == 1


async def test_a_rental_is_reviewed_when_it_is_over(build: Build) -> None:
    made = await build.paid()
    with pytest.raises(NotReviewable):
        await reviews.leave(door_of(build, made), made.reference, GOOD)


async def test_a_rental_is_reviewed_by_its_own_holder(build: Build) -> None:
    made, other = await over(build), await over(build)
    for token in (other.token, "x" * 43):
        with pytest.raises(NoBooking):
            await reviews.leave(build.doors.token(hash_of(token)), made.reference, GOOD)


@pytest.mark.parametrize("forged", ["car_id", "date", "booking_id"])
async def test_the_database_itself_refuses_words_about_another_rental(build: Build, forged: str) -> None:
    made, other = await over(build), await over(build)
    row = {"booking_id": made.id, "car_id": made.order.car_id, "date": made.order.days.start, "name": "Ada", "rating": 5}
    row[forged] = {"car_id": other.order.car_id, "date": made.order.days.start - timedelta(days=1), "booking_id": other.id}[forged]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with door_of(build, made).scope() as db:
            await garage.insert(db, "car_reviews", id=new_id(), **row)


@pytest.mark.parametrize("column", ["is_approved", "decided_at"])
async def test_the_holder_cannot_approve_their_own_words(build: Build, column: str) -> None:
    made = await over(build)
    await left(build, made)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with door_of(build, made).scope() as db:
            await db.execute(f"update car_reviews set {column} = default")


async def test_an_approved_review_is_shown_and_a_rejected_one_is_not_any_more(build: Build, agent: Person) -> None:
    made = await over(build)
    review_id = await left(build, made)
    assert await decide(build, review_id, ReviewState.APPROVED, agent)
    found = await shown(build, made)
    assert [(one.name, one.rating, one.date, one.is_verified) for one in found.newest] == [("Ada", 5, made.order.days.start, True)]
    assert (found.count, found.average) == (1, 5)
    assert await decide(build, review_id, ReviewState.REJECTED, agent)
    assert (await shown(build, made)).count == 0
    assert (await build.history(made))[-2:] == ["review_approved", "review_rejected"]


async def test_deciding_the_same_again_changes_nothing(build: Build, agent: Person) -> None:
    made = await over(build)
    review_id = await left(build, made)
    assert [await decide(build, review_id, ReviewState.REJECTED, agent) for _ in range(2)] == [True, False]
    assert (await build.history(made)).count("review_rejected") == 1


async def test_an_unknown_review_cannot_be_decided(build: Build, agent: Person) -> None:
    with pytest.raises(NotFound):
        await decide(build, uuid4(), ReviewState.APPROVED, agent)


async def test_a_review_brought_over_from_elsewhere_has_no_history(build: Build, agent: Person) -> None:
    car, review_id = await build.car(), new_id()
    async with build.doors.service().scope() as db:
        about = {"car_id": car.id, "date": garage.datetime(2024, 5, 1).date(), "name": "Old", "rating": 3}
        await garage.insert(db, "car_reviews", id=review_id, **about)
    assert await decide(build, review_id, ReviewState.APPROVED, agent)
    async with build.doors.anon().scope() as db:
        found = await overview.of_car(db, car.id)
    assert [one.is_verified for one in found.newest] == [False]
