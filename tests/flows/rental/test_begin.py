"""A rental begins by the clock at midnight of its pick-up day, where the car is, while the key is still on our board."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import asyncpg
import msgspec
import pytest

from exodrive.flows import cancel, no_show
from exodrive.flows.rental import begin
from exodrive.flows.rental.hand_over import hand_over
from exodrive.handovers.model import Reading
from exodrive.kit import clock
from exodrive.kit.days import day_at
from exodrive.kit.links import hash_of
from exodrive.overview.booking_page import booking_page
from tests.builders import days_ahead
from tests.flows.ending import pick_up_in, staff_of

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SUPER_RULES = {"cancel_hours": 0}


async def rent_on(build, made, day, zone="America/New_York"):
    """Let a booking begin on a day in a zone, ten in the morning, behind everybody's back."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute(
        """update bookings set start_date = $2::date, end_date = $2::date, time_zone = $3,
                  pickup_at = ($2::date + time '10:00') at time zone $3,
                  return_due_at = ($2::date + time '18:00') at time zone $3 where id = $1""",
        made.id,
        day,
        zone,
    )
    await db.close()


async def begun_by_clock(build, service, made):
    """A paid booking whose pick-up day is today, ten in the evening of its zone at the latest, begun."""
    await rent_on(build, made, day_at(clock.now(), "America/New_York"))
    await pick_up_in(build, made, HOUR)
    assert await begin._begin_one(service, made.id)
    return made


async def test_it_begins_on_its_day_once_and_its_history_says_so(build, service, wait_for):
    made, later = await build.paid(days=days_ahead(1, 2)), await build.paid(days=days_ahead(2, 2))
    await begin.begin_due(service)
    assert await build.status(made) == "upcoming"
    await wait_for(DAY)
    while await begin.begin_due(service):
        pass
    assert (await build.status(made), await build.status(later)) == ("active", "upcoming")
    told = "select actor_type, before, after from booking_events where booking_id = $1 and event_type = 'begun'"
    assert await build.rows(told, made.id) == [("system", "upcoming", "active")]
    assert await build.value("select handed_over_at from bookings where id = $1", made.id) is None


async def test_midnight_is_the_cars_own_also_in_the_night_its_clocks_go_back(build, service, wait_for):
    """In Santiago the hour before midnight of the 4th of April 2027 comes twice."""
    made = await build.paid()
    await rent_on(build, made, date(2027, 4, 4), "America/Santiago")
    for at, begins in ((datetime(2027, 4, 4, 3, 59, tzinfo=UTC), False), (datetime(2027, 4, 4, 4, 0, 30, tzinfo=UTC), True)):
        await wait_for(at - clock.now())
        assert await begin._begin_one(service, made.id) is begins


async def test_two_workers_at_once_begin_it_once(build, service):
    made = await build.paid()
    await rent_on(build, made, day_at(clock.now(), "America/New_York"))
    assert sorted(await asyncio.gather(*(begin._begin_one(service, made.id) for _ in range(3)))) == [False, False, True]
    assert (await build.history(made)).count("begun") == 1


async def test_what_is_not_accepted_or_not_paid_does_not_begin_and_stops_no_other(build, service):
    today = day_at(clock.now(), "America/New_York")
    waiting = await build.paid(await build.car(requires_approval=True))
    unpaid, cancelled = await build.held(), await build.paid()
    await cancel.by_renter(build.world, cancelled.id)
    for made in (waiting, unpaid, cancelled):
        await rent_on(build, made, today)
        assert not await begin._begin_one(service, made.id)
    await begin.begin_due(service)
    assert [await build.status(made) for made in (waiting, unpaid, cancelled)] == ["upcoming", "pending", "cancelled"]


async def test_a_rental_that_the_clock_began_is_handed_over_cancelled_by_its_renter_or_found_a_no_show(build, service):
    sam, free = await staff_of(build), {"price": {"deposit_amount": 0}}
    given, left, missed = [await begun_by_clock(build, service, await build.paid(await build.car(**free))) for _ in range(3)]
    await hand_over(sam.door, given.id, Reading(10, 100), sam.actor)
    assert (await build.history(given))[-2:] == ["begun", "handed_over"]
    lenient = replace(build.world, rules=msgspec.structs.replace(build.world.rules, **SUPER_RULES))
    assert (await cancel.by_renter(lenient, left.id)).percent == 0
    assert (await build.status(left), await build.days_of(left)) == ("cancelled", [])
    await pick_up_in(build, missed, -HOUR)
    await no_show.mark(build.world, sam.door, missed.id, sam.actor, "waited an hour")
    owner = await asyncpg.connect(build.superuser_url)
    await owner.execute("update bookings set no_show_at = pickup_at + interval '1 minute' where id = $1", missed.id)
    await owner.close()
    await no_show.settle_due(service)
    assert await build.status(missed) == "no_show"
    with pytest.raises(cancel.CancelClosed):
        await cancel.by_renter(lenient, given.id)


async def test_until_the_key_is_theirs_the_page_is_that_of_a_confirmed_booking_and_may_be_edited(build, service):
    made = await begun_by_clock(build, service, await build.paid())
    async with build.doors.token(hash_of(made.token)).scope() as db:
        page = await booking_page(db, made.reference)
    assert (page.status, page.is_ahead, page.can_edit) == ("active", True, True)
    async with build.doors.token(hash_of(made.token)).scope() as db:
        assert await db.fetchval("update bookings set notes = 'late' where id = $1 returning true", made.id)
