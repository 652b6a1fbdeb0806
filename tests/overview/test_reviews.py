"""What is read of reviews: averages, order, and the list of staff."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from exodrive.fleet.reviews.model import ReviewState
from exodrive.kit import clock
from exodrive.kit.db import Doors
from exodrive.kit.ids import CarId, new_id
from exodrive.overview import reviews
from tests.garage import insert, new_car

FIRST = date(2026, 1, 1)


async def said(doors: Doors, car_id: CarId, *, rating: int = 5, approved: bool | None = True, day: date = FIRST, **more: Any) -> UUID:
    review_id = new_id()
    decided = None if approved is None else clock.now()
    about = {"car_id": car_id, "date": day, "name": f"R{rating}", "rating": rating, "comment": ""} | more
    async with doors.service().scope() as db:
        await insert(db, "car_reviews", id=review_id, is_approved=bool(approved), decided_at=decided, **about)
    return review_id


async def of_car(doors: Doors, car_id: CarId) -> reviews.Reviews:
    async with doors.anon().scope() as db:
        return await reviews.of_car(db, car_id)


async def test_the_average_counts_approved_reviews_alone_and_has_one_place(doors: Doors) -> None:
    car, other = await new_car(doors), await new_car(doors)
    for rating, approved in ((5, True), (5, True), (4, True), (1, False), (1, None)):
        await said(doors, car.id, rating=rating, approved=approved)
    await said(doors, other.id, rating=1)
    found = await of_car(doors, car.id)
    assert (found.count, found.average) == (3, Decimal("4.7"))
    assert len(found.newest) == 3


async def test_the_newest_rentals_come_first_and_six_are_shown(doors: Doors) -> None:
    car = await new_car(doors)
    for number in (3, 1, 7, 5, 2, 6, 4):
        await said(doors, car.id, day=FIRST + timedelta(days=number))
    found = await of_car(doors, car.id)
    assert [one.date.day - 1 for one in found.newest] == [7, 6, 5, 4, 3, 2]
    assert found.count == 7


async def test_a_hidden_car_keeps_its_reviews_to_itself(doors: Doors) -> None:
    car = await new_car(doors, hidden=True)
    await said(doors, car.id)
    assert (await of_car(doors, car.id)).count == 0


@pytest.mark.parametrize(("rating", "name", "comment"), [(0, "x", ""), (6, "x", ""), (5, "", ""), (5, "x" * 61, ""), (5, "x", "x" * 2001)])
async def test_the_table_takes_no_other_ratings_and_no_longer_words(doors: Doors, rating: int, name: str, comment: str) -> None:
    car = await new_car(doors)
    with pytest.raises(Exception, match="violates check constraint"):
        await said(doors, car.id, rating=rating, name=name, comment=comment)


async def test_staff_find_reviews_by_what_was_decided_page_by_page(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    car = await new_car(doors, name="Solitaire")
    made = [await said(doors, car.id, approved=approved) for approved in (True, None, False)]
    states = dict(zip(made, (ReviewState.APPROVED, ReviewState.WAITING, ReviewState.REJECTED), strict=True))
    monkeypatch.setattr(reviews, "PAGE", 2)
    found: dict[UUID, ReviewState] = {}
    async with doors.admin(new_id()).scope() as db:
        before = None
        while True:
            listed = await reviews.page(db, state=None, before=before)
            assert 0 < len(listed.rows) <= 2
            found |= {row.id: row.state for row in listed.rows}
            if listed.next is None:
                break
            before = (listed.rows[-1].created_at, listed.rows[-1].id)
        waiting = await reviews.page(db, state=ReviewState.WAITING, before=None)
    assert {review_id: found[review_id] for review_id in made} == states
    assert sum(listed.counts.values()) == len(found)
    assert {row.state for row in waiting.rows} == {ReviewState.WAITING}
    assert (waiting.rows[0].car, waiting.rows[0].reference) == ("Solitaire", None)


async def test_ratings_of_several_cars_come_at_once_and_without_a_review_there_is_none(doors: Doors) -> None:
    liked, loved, unknown, waiting = [await new_car(doors) for _number in range(4)]
    for car, rating in ((liked, 4), (liked, 3), (loved, 5)):
        await said(doors, car.id, rating=rating)
    await said(doors, waiting.id, approved=None)
    async with doors.anon().scope() as db:
        found = await reviews.ratings(db, [car.id for car in (liked, loved, unknown, waiting)])
    assert found == {liked.id: reviews.Rating(Decimal("3.5"), 2), loved.id: reviews.Rating(Decimal("5.0"), 1)}
