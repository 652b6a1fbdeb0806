"""The hold: once per key, never two for a day, and every refusal with a sentence."""

from tests.builders import days_ahead


async def test_a_held_order_is_a_pending_booking_with_all_its_days(build):
    made = await build.held(days=days_ahead(10, 3))
    assert await build.status(made) == "pending"
    assert [status for _, status in await build.days_of(made)] == ["pending"] * 3
    assert await build.history(made) == ["held"]


async def test_a_paid_booking_is_upcoming_and_its_days_are_sold(build):
    made = await build.paid(days=days_ahead(10, 3))
    assert await build.status(made) == "upcoming"
    assert [status for _, status in await build.days_of(made)] == ["booked"] * 3
