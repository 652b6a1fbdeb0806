"""The money's book: intents and results are added, an intent ends once, refunds stay within what was captured."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from exodrive.kit.money import Money
from exodrive.payments import store
from exodrive.payments.model import End, Kind, PaymentStatus, Result
from exodrive.payments.summary import store as summary


async def test_attempts_count_up_and_request_ids_differ(build, doors):
    made = await build.held()
    async with doors.checkout().scope() as db:
        ids = [await store.intend(db, made.id, Kind.CAPTURE, made.held.total, target_id="ORDER") for _ in range(3)]
        made_of = [await store.operation(db, one) for one in ids]
    assert [one.attempt for one in made_of] == [1, 2, 3]
    assert len({one.request_id for one in made_of}) == 3
    assert all(len(one.request_id) <= 108 for one in made_of)


async def test_an_intent_ends_once(build, doors):
    made = await build.held()
    async with doors.checkout().scope() as db:
        operation_id = await store.intend(db, made.id, Kind.CAPTURE, made.held.total)
        assert await store.record(db, operation_id, Result(end=End.UNKNOWN))
        assert await store.record(db, operation_id, Result(end=End.DECLINED, issue="X"))
        assert not await store.record(db, operation_id, Result(end=End.SUCCEEDED))
        latest = await store.latest(db, operation_id)
    assert (latest.end, latest.issue, latest.is_open) == (End.DECLINED, "X", False)


async def test_the_database_refuses_a_second_end(build, doors):
    made = await build.held()
    async with doors.checkout().scope() as db:
        operation_id = await store.intend(db, made.id, Kind.CAPTURE, made.held.total)
        await store.record(db, operation_id, Result(end=End.DECLINED))
    with pytest.raises(asyncpg.UniqueViolationError):
        async with doors.service().scope() as db:
            await db.execute("insert into payment_results (operation_id, outcome) values ($1, 'succeeded')", operation_id)


async def test_scenario_23_of_twenty_refunds_for_a_third_the_database_takes_exactly_three(build, doors):
    """Whoever asks, with the car's lock or without it: each tries until it is in or refused for what it is."""
    made = await build.paid()
    third = Money((made.held.total.amount / 3).quantize(Decimal("0.01")) - Decimal("0.01"), "USD")

    async def refund():
        while True:
            try:
                async with doors.service().scope() as db:
                    return await store.intend(db, made.id, Kind.REFUND, third, target_id="CAPTURE")
            except asyncpg.CheckViolationError:
                return None
            except asyncpg.UniqueViolationError:  # somebody else has the number of this attempt
                continue

    answers = await asyncio.gather(*(refund() for _ in range(20)))
    assert sum(answer is not None for answer in answers) == 3
    async with doors.service().scope() as db:
        assert await store.promised_back(db, made.id) == 3 * third.amount <= made.held.total.amount


async def test_a_failed_refund_may_be_promised_again(build, doors):
    made = await build.paid()
    async with doors.service().scope() as db:
        operation_id = await store.intend(db, made.id, Kind.REFUND, made.held.total)
        assert await store.promised_back(db, made.id) == made.held.total.amount
        await store.record(db, operation_id, Result(end=End.FAILED, issue="REFUND_FAILED_INSUFFICIENT_FUNDS"))
        assert await store.promised_back(db, made.id) == 0
        await store.intend(db, made.id, Kind.REFUND, made.held.total)


async def test_a_part_given_back_is_told_apart_from_all(build, doors):
    made = await build.paid()
    async with doors.service().scope() as db:
        await summary.refunded(db, made.id, Decimal(1))
        assert await db.fetchval("select status from payments where booking_id = $1", made.id) == "partly_refunded"
        await summary.refunded(db, made.id, made.held.total.amount - 1)
        assert await db.fetchval("select status from payments where booking_id = $1", made.id) == "refunded"


async def test_what_is_captured_is_not_voided(build, doors):
    made = await build.paid()
    async with doors.checkout().scope() as db:
        await summary.set_status(db, [made.id], PaymentStatus.VOIDED)
    assert await build.value("select status from payments where booking_id = $1", made.id) == "captured"


async def test_open_intents_are_looked_at_ever_more_slowly(build, doors):
    made = await build.held()
    async with doors.service().scope() as db:
        operation_id = await store.intend(db, made.id, Kind.CAPTURE, made.held.total)

        async def is_due(young, slowest=timedelta(hours=1)):
            return operation_id in await store.unsettled(db, young, slowest, 10_000)

        assert not await is_due(timedelta(minutes=1))
        assert await is_due(timedelta(0))
        await store.record(db, operation_id, Result(end=End.PENDING))
        assert await is_due(timedelta(0), timedelta(0))
        await store.record(db, operation_id, Result(end=End.SUCCEEDED))
        assert not await is_due(timedelta(0), timedelta(0))
