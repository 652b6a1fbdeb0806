"""Payments that PayPal's answers do not settle: staff say what is to become of them, and it ends."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from exodrive.bookings.model import Actor
from exodrive.flows import cancel, deciding
from exodrive.flows.checkout import capturing, pay, settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.deciding import NothingToDecide
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput, NotFound
from exodrive.kit.ids import BookingId, OperationId, new_id
from exodrive.kit.money import Money
from exodrive.overview.money_check import differences
from exodrive.payments.decisions.model import Decision
from tests.builders import Build, Made, days_ahead
from tests.flows.conftest import Move, Payer, order_in
from tests.flows.telling import Telling
from tests.flows.test_cancel import staff_door
from tests.product import Emulator
from tests.site import Site

WHY = "I looked at it at PayPal"
NUMBER = {"invoice_id": "7K3M9QXD-1"}


class Desk:
    """A manager who decides, and the worker that acts on it."""

    def __init__(self, service: World, door: Door, actor: Actor) -> None:
        self.service, self.door, self.actor = service, door, actor

    async def decide(self, booking_id: BookingId, operation_id: OperationId, decision: Decision, **more: Any) -> None:
        await deciding.by_staff(self.door, booking_id, operation_id, decision, self.actor, WHY, **more)
        await deciding.act(self.service, operation_id)


@pytest.fixture
async def desk(build: Build, service: World) -> Desk:
    door, actor = await staff_door(build)
    return Desk(service, door, actor)


async def operation_of(build: Build, booking_id: UUID, kind: str) -> OperationId:
    newest = "select id from payment_operations where booking_id = $1 and kind = $2 and origin = 'ours' order by attempt desc limit 1"
    return OperationId(await build.value(newest, booking_id, kind))


async def ended(build: Build, operation_id: OperationId) -> tuple[str, str | None]:
    [row] = await build.rows("select outcome, issue from payment_results where operation_id = $1 order by id desc limit 1", operation_id)
    return row[0], row[1]


async def money(build: Build, booking_id: UUID) -> tuple[str, Decimal, Decimal]:
    [row] = await build.rows("select status, captured_amount, refunded_amount from payments where booking_id = $1", booking_id)
    return row[0], row[1], row[2]


async def doubtful(build: Build, payer: Payer, world: World, **capture: Any) -> tuple[Made, str, OperationId]:
    """A capture that PayPal tells of otherwise than we asked, for ever."""
    made = await build.held(days=days_ahead(10, 3))
    order_id = await payer.approved(made)
    telling = replace(world, paypal=Telling(world.paypal, capture=capture or NUMBER))
    assert (await pay.capture(telling, order_id, patience=0)).step is Step.CHECKING
    return made, order_id, await operation_of(build, made.id, "capture")


async def settle_refunds(build: Build, service: World, made: Made) -> None:
    for (operation_id,) in await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", made.id):
        await settling.settle(service, operation_id)


async def agrees(build: Build, service: World, made: Made) -> bool:
    async with service.door.scope() as db:
        return await differences(db, made.reference) == []


async def test_what_is_right_after_all_is_accepted(build: Build, payer: Payer, world: World, service: World, desk: Desk) -> None:
    made, _, operation_id = await doubtful(build, payer, world)
    await desk.decide(made.id, operation_id, Decision.ACCEPT)
    assert (await build.status(made), await ended(build, operation_id)) == ("upcoming", ("succeeded", None))
    assert [status for _, status in await build.days_of(made)] == ["booked"] * 3
    assert (await build.history(made))[-3:] == ["payment_mismatch", "payment_decided", "paid"]
    who = "select actor_name, reason from booking_events where booking_id = $1 and event_type = 'payment_decided'"
    assert await build.rows(who, made.id) == [("Sam", WHY)]
    noted = "select action, details ->> 'reason' from audit_log where subject_type = 'booking' and subject_id = $1"
    assert await build.rows(noted, str(made.id)) == [("payment_decided", WHY)]
    assert await agrees(build, service, made)


async def test_another_sum_goes_back_and_the_booking_ends(build: Build, payer: Payer, world: World, service: World, desk: Desk) -> None:
    made, order_id, operation_id = await doubtful(build, payer, world, amount=Money(Decimal("12.00"), "USD"))
    with pytest.raises(BadInput) as refused:
        await desk.decide(made.id, operation_id, Decision.ACCEPT)
    assert set(refused.value.fields) == {"decision"}
    await desk.decide(made.id, operation_id, Decision.GIVE_BACK)
    await settle_refunds(build, service, made)
    total = made.held.total.amount
    assert (await build.status(made), await build.days_of(made), await money(build, made.id)) == (
        "cancelled",
        [],
        ("refunded", total, total),
    )
    [capture] = await payer.captures(order_id)
    assert capture["refunded"] == capture["amount"]["value"]
    assert await build.value("select count(*) from outbox where topic = 'mail.ended' and payload ->> 'booking_id' = $1", str(made.id)) == 1
    assert await agrees(build, service, made)


async def test_what_went_back_at_paypals_own_site_is_booked_with_the_decision(
    build: Build, payer: Payer, world: World, service: World, desk: Desk, paypal: Emulator
) -> None:
    made, order_id, operation_id = await doubtful(build, payer, world)
    [capture] = await payer.captures(order_id)
    await Site(paypal).refund(capture["id"], "1.00")
    await desk.decide(made.id, operation_id, Decision.GIVE_BACK)
    total = made.held.total.amount
    given = "select origin, amount from payment_operations where booking_id = $1 and kind = 'refund' order by origin"
    assert await build.rows(given, made.id) == [("external", Decimal("1.00")), ("ours", total - 1)]
    assert (await build.history(made)).count("refunded_elsewhere") == 1
    await settle_refunds(build, service, made)
    assert await money(build, made.id) == ("refunded", total, total)
    assert await agrees(build, service, made)


@pytest.mark.books_differ("staff close a payment that PayPal has in truth")
async def test_what_came_to_nothing_is_closed_and_may_be_paid_again(
    build: Build, payer: Payer, world: World, service: World, desk: Desk
) -> None:
    made, order_id, operation_id = await doubtful(build, payer, world, amount=Money(Decimal("12.00"), "EUR"))
    with pytest.raises(BadInput):
        await desk.decide(made.id, operation_id, Decision.GIVE_BACK)
    await desk.decide(made.id, operation_id, Decision.CLOSE)
    assert await ended(build, operation_id) == ("failed", deciding.CLOSED)
    assert await build.value("select bool_or(hold_expires_at = 'infinity') from car_availability where booking_id = $1", made.id) is False
    again = order_in(await pay.begin(world, made.id))
    assert again != order_id


async def test_money_for_days_that_somebody_else_has_goes_back(
    build: Build, payer: Payer, world: World, service: World, desk: Desk
) -> None:
    made = await build.held(days=days_ahead(10, 3))
    order_id = await payer.approved(made)
    async with world.door.scope() as db:
        now = await capturing.standing.read(db, made.id)
    operation = await capturing.intend(world, order_id, now, capturing.SYSTEM)
    async with build.doors.service().scope() as db:
        await db.execute("delete from car_availability where booking_id = $1 and date = $2", made.id, made.order.end)
        await db.execute(
            "insert into car_availability (car_id, date, status) values ($1, $2, 'blocked')", made.order.car_id, made.order.end
        )
    await settling.settle(service, operation.id)
    assert await ended(build, operation.id) == ("unknown", "DAYS_MISSING")
    await desk.decide(made.id, operation.id, Decision.GIVE_BACK)
    await settle_refunds(build, service, made)
    assert (await build.status(made), (await money(build, made.id))[0]) == ("cancelled", "refunded")


@pytest.mark.parametrize(
    ("decision", "outcome", "status"),
    [
        (Decision.ACCEPT, "succeeded", "refunded"),
        pytest.param(
            Decision.CLOSE, "failed", "captured", marks=pytest.mark.books_differ("staff close a refund that PayPal has given in truth")
        ),
    ],
)
async def test_a_refund_in_doubt_is_decided_too(
    build: Build, payer: Payer, world: World, service: World, desk: Desk, decision: Decision, outcome: str, status: str
) -> None:
    made = await build.held()
    assert (await pay.capture(world, await payer.approved(made))).step is Step.PAID
    await cancel.by_staff(world, desk.door, made.id, desk.actor, "the car broke down")
    operation_id = await operation_of(build, made.id, "refund")
    await settling.settle(replace(service, paypal=Telling(service.paypal, refund=NUMBER)), operation_id)
    with pytest.raises(BadInput):
        await desk.decide(made.id, operation_id, Decision.GIVE_BACK)
    await desk.decide(made.id, operation_id, decision)
    assert ((await ended(build, operation_id))[0], (await money(build, made.id))[0]) == (outcome, status)


async def test_what_paypal_is_still_at_is_not_decided(
    build: Build, payer: Payer, world: World, service: World, desk: Desk, wait_for: Move, paypal: Emulator
) -> None:
    pending = await build.held()
    await pay.capture(world, await payer.approved(pending, "pending"), patience=0)
    fresh = await build.held()
    await paypal.fault(kind="status", status=500, match={"path_regex": "/capture"}, times=3)
    await pay.capture(world, await payer.approved(fresh), patience=0)
    paid = await build.held()
    await pay.capture(world, await payer.approved(paid))
    for made in (pending, fresh, paid):
        with pytest.raises(NothingToDecide):
            await desk.decide(made.id, await operation_of(build, made.id, "capture"), Decision.CLOSE)
    await wait_for(timedelta(days=2))
    with pytest.raises(NothingToDecide):
        await desk.decide(pending.id, await operation_of(build, pending.id, "capture"), Decision.CLOSE)
    await desk.decide(fresh.id, await operation_of(build, fresh.id, "capture"), Decision.CLOSE)
    assert await ended(build, await operation_of(build, fresh.id, "capture")) == ("failed", deciding.CLOSED)


async def test_a_decision_is_kept_once_per_key_for_the_payment_of_that_booking_with_a_reason(
    build: Build, payer: Payer, world: World, desk: Desk
) -> None:
    made, _, operation_id = await doubtful(build, payer, world)
    other = await build.held()
    with pytest.raises(NotFound):
        await desk.decide(other.id, operation_id, Decision.ACCEPT)
    with pytest.raises(NothingToDecide):
        await desk.decide(made.id, OperationId(new_id()), Decision.ACCEPT)
    with pytest.raises(BadInput):
        await deciding.by_staff(desk.door, made.id, operation_id, Decision.ACCEPT, desk.actor, "  ")
    for _ in range(3):
        await desk.decide(made.id, operation_id, Decision.ACCEPT, key="the-very-same-key-1")
    assert await build.value("select count(*) from payment_decisions where operation_id = $1", operation_id) == 1
    assert (await build.history(made)).count("payment_decided") == 1


async def test_acting_twice_and_beside_the_reconciler_moves_money_once(
    build: Build, payer: Payer, world: World, service: World, desk: Desk
) -> None:
    made, order_id, operation_id = await doubtful(build, payer, world, amount=Money(Decimal("12.00"), "USD"))
    await deciding.by_staff(desk.door, made.id, operation_id, Decision.GIVE_BACK, desk.actor, WHY)
    telling = replace(service, paypal=Telling(service.paypal, capture=NUMBER))
    acts = [deciding.act(service, operation_id) for _ in range(4)]
    await asyncio.gather(*acts, *(settling.settle(telling, operation_id) for _ in range(2)))
    await settle_refunds(build, service, made)
    total = made.held.total.amount
    assert await money(build, made.id) == ("refunded", total, total)
    assert [row["refunded"] for row in await payer.captures(order_id)] == [made.held.total.text]
