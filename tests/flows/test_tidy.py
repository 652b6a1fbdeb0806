"""Tidying up: only what nobody can pay for any more."""

from datetime import timedelta

from exodrive.flows import tidy
from exodrive.flows.checkout import capturing
from exodrive.flows.checkout.standing import read


async def test_a_hold_that_ran_out_over_six_hours_ago_expires(build, service):
    made = await build.held()
    await build.lapse(made, timedelta(hours=6, minutes=1))
    assert await tidy.expire_dead(service) >= 1
    assert (await build.status(made), await build.days_of(made)) == ("expired", [])
    assert await build.history(made) == ["held", "expired"]


async def test_a_hold_that_may_still_be_approved_stays(build, service):
    made = await build.held()
    await build.lapse(made, timedelta(hours=5, minutes=59))
    await tidy.expire_dead(service)
    assert await build.status(made) == "pending"


async def test_a_payment_on_its_way_is_never_tidied_away(build, service):
    made = await build.held()
    order_id = await build.opened(made)
    async with build.world.door.scope() as db:
        now = await read(db, made.id)
    await capturing.intend(build.world, order_id, now, capturing.SYSTEM)
    await build.lapse(made, timedelta(hours=9))
    async with service.door.scope() as db:
        await db.execute("update car_availability set hold_expires_at = 'infinity' where booking_id = $1", made.id)
    await tidy.expire_dead(service)
    assert await build.status(made) == "pending"


async def test_running_it_again_does_nothing(build, service):
    made = await build.held()
    await build.lapse(made, timedelta(hours=7))
    await tidy.expire_dead(service)
    await tidy.expire_dead(service)
    assert await build.history(made) == ["held", "expired"]
