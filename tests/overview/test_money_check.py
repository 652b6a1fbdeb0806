"""The summary of every booking follows from its book: the check agrees with what the product writes, and names what somebody broke."""

import logging
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from exodrive.flows import cancel
from exodrive.flows.checkout import capturing, opening, pay, refunding, standing
from exodrive.flows.daily import money
from exodrive.overview.money_check import differences
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Result
from tests.builders import Build, Made
from tests.flows.test_cancel import staff_door


async def found(build: Build, made: Made) -> list[str]:
    async with build.doors.service().scope() as db:
        return [str(one).removeprefix(f"{made.reference}: ") for one in await differences(db, made.reference)]


async def broken(build: Build, statement: str, *values: Any) -> None:
    """What nobody may do: a row changed behind the product's back."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("set session_replication_role = replica")
    await db.execute(statement, *values)
    await db.close()


async def captured(build: Build, made: Made, end: End) -> None:
    """A capture that ends so."""
    order_id = await build.opened(made)
    async with build.world.door.scope() as db:
        now = await pay._by_order(db, order_id)
    operation = await capturing.intend(build.world, order_id, now, capturing.SYSTEM)
    assert isinstance(operation, payments.Operation)
    assert await found(build, made) == []
    provider_id = "C1" + made.reference if end is End.SUCCEEDED else None
    await capturing.record(build.world, operation, Result(end=end, provider_id=provider_id, money=made.held.due_now))


async def test_every_step_of_a_payment_leaves_summary_and_book_in_agreement(build: Build) -> None:
    made = await build.held()
    assert await found(build, made) == []
    await opening.intend(build.world, made.id)
    assert await found(build, made) == []
    await captured(build, made, End.DECLINED)
    assert await found(build, made) == []
    await captured(build, made, End.FAILED)
    assert await found(build, made) == []
    await captured(build, made, End.SUCCEEDED)
    assert await found(build, made) == []
    desk = replace(build.world, door=build.doors.service())
    for part in (1, 2):
        async with desk.door.scope() as db:
            now = await standing.locked(db, made.id)
            half = replace_amount(now.money, part)
            operation_id = await payments.intend(db, made.id, Kind.REFUND, half, target_id=now.capture_id, reason="x")
            operation = await payments.operation(db, operation_id)
        assert operation
        await refunding.record(desk, operation, Result(end=End.SUCCEEDED, provider_id=f"R{part}{made.reference}", money=half))
        assert await found(build, made) == []
    assert await build.value("select status from payments where booking_id = $1", made.id) == "refunded"


def replace_amount(money: Any, part: int) -> Any:
    import msgspec

    return msgspec.structs.replace(money, amount=1 if part == 1 else money.amount - 1)


async def test_a_booking_that_ended_unpaid_is_in_agreement(build: Build) -> None:
    made, lapsed = await build.held(), await build.held()
    await build.opened(made)
    door, staff = await staff_door(build)
    await cancel.by_staff(build.world, door, made.id, staff, "no car")
    assert await found(build, made) == []
    await build.lapse(lapsed)
    other = await build.held(await _same_car(build, lapsed), lapsed.order.days)
    assert await found(build, lapsed) == []
    assert await found(build, other) == []


async def _same_car(build: Build, made: Made) -> Any:
    from tests.garage import MadeCar

    [(slug, place)] = await build.rows("select slug, home_location_id from cars where id = $1", made.order.car_id)
    return MadeCar(made.order.car_id, slug, place)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("captured_amount = captured_amount + 0.01", "captured_amount is"),
        ("refunded_amount = 1", "refunded_amount is 1.00, the book says 0.00"),
        ("status = 'refunded'", "status is refunded, the book says captured"),
        ("currency = 'EUR'", "currency is EUR, the book says USD"),
        ("paypal_order_id = null", "paypal_order_id is empty, the book says"),
        ("paypal_capture_id = 'X' || paypal_capture_id", "paypal_capture_id is X"),
    ],
)
async def test_a_row_that_somebody_changed_is_named_and_nothing_else(build: Build, change: str, named: str) -> None:
    made, other = await build.paid(), await build.paid()
    await broken(build, f"update payments set {change} where booking_id = $1", made.id)
    told = await found(build, made)
    assert len(told) == 1
    assert told[0].startswith(named)
    assert await found(build, other) == []


async def test_a_result_of_another_amount_than_was_asked_for_is_named(build: Build) -> None:
    made = await build.paid()
    change = """update payment_results set amount = amount - 5
                where operation_id in (select id from payment_operations where booking_id = $1 and kind = 'capture')"""
    await broken(build, change, made.id)
    assert [line.split(" is ")[0] for line in await found(build, made)] == ["result of capture 1"]


async def test_money_without_a_receipt_for_days_is_named(build: Build) -> None:
    made = await build.paid()
    change = """update payment_results set created_at = created_at - interval '3 days'
                where operation_id in (select id from payment_operations where booking_id = $1 and kind = 'capture')"""
    await broken(build, change, made.id)
    assert [line.split(" is ")[0] for line in await found(build, made)] == ["receipt of capture 1"]


async def test_the_daily_look_cries_out(build: Build, caplog: pytest.LogCaptureFixture) -> None:
    made = await build.paid()
    await broken(build, "update payments set refunded_amount = 3 where booking_id = $1", made.id)
    with caplog.at_level(logging.CRITICAL):
        told = await money.check(replace(build.world, door=build.doors.service()))
    assert made.reference in {one.reference for one in told}
    assert [record.levelname for record in caplog.records if getattr(record, "booking", "") == made.reference] == ["CRITICAL"]
