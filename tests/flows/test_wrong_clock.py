"""Fault 19: the clock of our own machine is wrong. What ends at a moment ends by the database's clock, which all machines share."""

from collections.abc import Iterator
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from exodrive.flows import cancel, tidy
from exodrive.flows.cancel import CancelClosed
from exodrive.flows.checkout.hold import hold
from exodrive.flows.checkout.order import PriceChanged
from exodrive.kit import clock
from exodrive.kit.links import hash_of
from exodrive.staff.model import INVITATION
from tests.builders import new_caller, new_key
from tests.flows.ending import pick_up_in
from tests.team import Team

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_LEFT = "select max(hold_expires_at) - exodrive_private.now() from car_availability where booking_id = $1"
_LINK = "update booking_secure_tokens set expires_at = exodrive_private.now() + $2 where booking_id = $1"
_INVITED = "select expires_at - exodrive_private.now() from staff_links order by created_at desc limit 1"
_SEEN = "update staff_sessions set seen_at = exodrive_private.now() - $2::interval where id = $1"


@pytest.fixture(params=[-DAY, -10 * MINUTE, 10 * MINUTE, DAY], ids=["a day behind", "10 minutes behind", "10 minutes ahead", "a day ahead"])
def wrong_clock(request: pytest.FixtureRequest) -> Iterator[timedelta]:
    """By so much this process's clock is wrong."""
    clock.move_to_shift(request.param)
    yield request.param
    clock.move_to_shift(timedelta())


async def held(build):
    """Held days: a promise of a price that has run out by the database's clock is made anew, and confirmed."""
    order, caller = await build.order(await build.car()), new_caller()
    try:
        return await hold(build.world, order, caller, new_key())
    except PriceChanged as asked:
        again = msgspec.structs.replace(order, quote=asked.extra["quote"])
        return await hold(build.world, again, caller, new_key())


async def test_scenario_19_days_are_held_for_as_long_as_ever_and_tidied_away_no_sooner(build, service, wrong_clock):
    made = await held(build)
    left = await build.value(_LEFT, made.booking_id)
    assert build.world.rules.hold - MINUTE < left <= build.world.rules.hold
    await tidy.expire_dead(service)
    assert await build.value("select status from bookings where id = $1", made.booking_id) == "pending"


async def test_scenario_19_a_private_link_ends_at_its_moment(build, wrong_clock):
    made = await held(build)
    owner = await asyncpg.connect(build.superuser_url)
    for span, opens in ((MINUTE, True), (-MINUTE, False)):
        await owner.execute(_LINK, made.booking_id, span)
        async with build.doors.token(hash_of(made.token)).scope() as db:
            assert (await db.fetchval("select reference from bookings") == made.reference) is opens
    await owner.close()


async def test_scenario_19_a_renter_may_cancel_until_the_cut_off_and_no_longer(build, wrong_clock):
    clock.move_to_shift(timedelta())
    made = await build.paid()
    clock.move_to_shift(wrong_clock)
    await pick_up_in(build, made, 48 * HOUR - MINUTE)
    with pytest.raises(CancelClosed):
        await cancel.by_renter(build.world, made.id)
    await pick_up_in(build, made, 48 * HOUR + MINUTE)
    assert (await cancel.by_renter(build.world, made.id)).percent == 100


async def test_scenario_19_staff_stay_signed_in_and_invitations_last_as_long_as_ever(build, wrong_clock):
    clock.move_to_shift(timedelta())
    team = Team(build.doors)
    member = await team.member()
    clock.move_to_shift(wrong_clock)
    session = await team.session(member.token)
    assert session
    await team.invitation()
    assert INVITATION - MINUTE < await build.value(_INVITED) <= INVITATION
    await team.change(_SEEN, session.id, HOUR - MINUTE)
    assert await team.session(member.token)
    await team.change(_SEEN, session.id, HOUR)
    assert await team.session(member.token) is None
