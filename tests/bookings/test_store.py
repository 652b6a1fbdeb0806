"""Moves are made from the state they were seen in, and kept."""

import asyncio

import pytest

from exodrive.bookings import store
from exodrive.bookings.model import SYSTEM, BookingStatus
from exodrive.bookings.states import IllegalMove


async def test_of_two_moves_one_happens(build, doors):
    made = await build.held()

    async def expire():
        async with doors.service().scope() as db:
            return await store.move(db, [made.id], BookingStatus.PENDING, BookingStatus.EXPIRED, "expired", SYSTEM)

    moved = await asyncio.gather(expire(), expire(), expire())
    assert sorted(moved) == [[], [], [made.id]]
    assert await build.history(made) == ["held", "expired"]


async def test_an_illegal_move_is_never_sent(build, doors):
    made = await build.held()
    with pytest.raises(IllegalMove):
        async with doors.service().scope() as db:
            await store.move(db, [made.id], BookingStatus.PENDING, BookingStatus.COMPLETED, "x", SYSTEM)
    assert await build.status(made) == "pending"


async def test_a_move_tells_who_and_why(build, doors):
    made = await build.held()
    async with doors.service().scope() as db:
        await store.move(db, [made.id], BookingStatus.PENDING, BookingStatus.CANCELLED, "cancelled", SYSTEM, reason="so", details={"a": 1})
    rows = await build.rows(
        "select event_type, before, after, actor_type, reason, details from booking_events where booking_id = $1 order by id", made.id
    )
    assert rows[-1] == ("cancelled", "pending", "cancelled", "system", "so", {"a": 1})
    assert await build.value("select cancelled_at is not null from bookings where id = $1", made.id)
