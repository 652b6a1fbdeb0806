"""Cancelling on the company's behalf."""

from datetime import timedelta
from uuid import UUID

import pytest

from exodrive.bookings.model import Actor
from exodrive.flows import cancel
from exodrive.flows.cancel import NotCancellable
from exodrive.flows.checkout import capturing, pay
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.standing import read
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import StaffId, new_id
from tests.builders import Build, days_ahead


async def staff_door(build: Build):
    """A member of staff's own door, and who they are."""
    staff = StaffId(new_id())
    async with build.doors.service().scope() as db:
        await db.execute("insert into staff (id, email, name, role) values ($1, $2, 'Sam', 'manager')", staff, f"{staff}@shop.example")
    return build.doors.admin(staff), Actor("admin", str(staff), "Sam")


async def test_a_pending_booking_is_cancelled_and_its_days_are_free(build):
    car = await build.car()
    made = await build.held(car, days_ahead(10, 2))
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, actor, "asked by telephone")
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])
    assert await build.rows(
        "select event_type, actor_type, actor_id, actor_name, reason from booking_events where booking_id = $1 order by id desc limit 1",
        made.id,
    ) == [("cancelled", "admin", actor.id, "Sam", "asked by telephone")]
    assert await build.value("select status from payments where booking_id = $1", made.id) == "voided"
    await build.held(car, days_ahead(10, 2))


async def test_a_paid_booking_is_cancelled_and_all_of_it_promised_back(build):
    made = await build.paid(days=days_ahead(10, 2))
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, actor, "the car broke down")
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])
    [(operation_id, amount, reason)] = await build.rows(
        "select id, amount, reason from payment_operations where booking_id = $1 and kind = 'refund'", made.id
    )
    assert (amount, reason) == (made.held.total.amount, "the car broke down")
    promised = "select count(*) from outbox where topic = 'payments.settle' and payload ->> 'operation_id' = $1"
    assert await build.value(promised, str(operation_id)) == 1


async def test_while_a_payment_is_on_its_way_nothing_is_cancelled(build):
    made = await build.held()
    order_id = await build.opened(made)
    async with build.world.door.scope() as db:
        now = await read(db, made.id)
    await capturing.intend(build.world, order_id, now, capturing.SYSTEM)
    door, actor = await staff_door(build)
    with pytest.raises(PaymentUnderWay):
        await cancel.by_staff(build.world, door, made.id, actor, "too late")
    assert await build.status(made) == "pending"


async def test_a_cancelled_booking_cannot_be_cancelled_or_paid(build):
    made = await build.held()
    order_id = await build.opened(made)
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, actor, "asked by telephone")
    with pytest.raises(NotCancellable):
        await cancel.by_staff(build.world, door, made.id, actor, "again")
    assert (await pay.capture(build.world, order_id)).step.value == "gone"


@pytest.mark.parametrize("reason", ["", "   "])
async def test_a_reason_is_asked_for(build, reason):
    made = await build.held()
    door, actor = await staff_door(build)
    with pytest.raises(BadInput):
        await cancel.by_staff(build.world, door, made.id, actor, reason)
    assert await build.status(made) == "pending"


async def test_a_lapsed_booking_can_be_cancelled_too(build):
    made = await build.held()
    await build.lapse(made, timedelta(hours=1))
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, actor, "tidying up")
    assert await build.status(made) == "cancelled"
    assert isinstance(made.id, UUID)
