"""What PayPal tells is compared with what was asked for: another sum, currency, number or payee confirms nothing, and is cried out."""

import logging
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from exodrive.flows import cancel
from exodrive.flows.checkout import pay, settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.opening import PayPalAway
from exodrive.flows.world import World
from exodrive.kit.ids import OperationId
from exodrive.kit.money import Money
from tests.builders import Build, Made
from tests.flows.conftest import Payer
from tests.flows.telling import Telling
from tests.flows.test_cancel import staff_door
from tests.product import Emulator

MERCHANT = "H7QXN9P4EMV2A"  # whom the emulator pays
CAPTURES = ["amount", "currency", "booking", "no booking", "number", "no number", "payee", "order"]
REFUNDS = [*CAPTURES[:-1], "capture"]


def other(what: str, made: Made) -> dict[str, Any]:
    """What PayPal tells otherwise."""
    total = made.held.total
    return {
        "amount": {"amount": total - Money(Decimal("0.01"), total.currency)},
        "currency": {"amount": Money(total.amount, "EUR")},
        "booking": {"custom_id": "0192f0c1-7d1e-7c31-9d0c-5d3e8b1f2a44"},
        "no booking": {"custom_id": ""},
        "number": {"invoice_id": f"{made.reference}-7"},
        "no number": {"invoice_id": ""},
        "payee": {"merchant_id": "SOMEBODYELSE1"},
        "order": {"order_id": "5O190127TN364715T"},
        "capture": {"capture_id": "3C679366HH908993F"},
    }[what]


def telling(world: World, **changes: Any) -> World:
    """The world with a PayPal that tells something else."""
    return replace(world, paypal=Telling(world.paypal, **changes))


async def results(build: Build, made: Made, kind: str) -> list[tuple[Any, ...]]:
    return await build.rows(
        """select r.outcome, r.issue from payment_operations o join payment_results r on r.operation_id = o.id
           where o.booking_id = $1 and o.kind = $2 order by r.id""",
        made.id,
        kind,
    )


async def _operation(build: Build, made: Made, kind: str) -> OperationId:
    return OperationId(await build.value("select id from payment_operations where booking_id = $1 and kind = $2", made.id, kind))


def cried(caplog: pytest.LogCaptureFixture) -> set[str]:
    """What was cried out about something that is not what was asked for."""
    return {name for record in caplog.records if record.levelno == logging.CRITICAL for name in getattr(record, "wrong", {})}


@pytest.mark.parametrize("what", CAPTURES)
async def test_scenario_25_a_capture_that_is_not_what_was_asked_for_confirms_nothing(
    build: Build, payer: Payer, world: World, service: World, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    """The days stay kept until a person has looked, or PayPal tells what it should."""
    made = await build.held()
    order_id = await payer.approved(made)
    assert (await pay.capture(telling(world, capture=other(what, made)), order_id, patience=0)).step is Step.CHECKING
    assert await results(build, made, "capture") == [("unknown", "MISMATCH")]
    assert (await build.status(made), (await build.history(made))[-1]) == ("pending", "payment_mismatch")
    assert len(cried(caplog)) == 1
    assert await build.value("select bool_and(hold_expires_at = 'infinity') from car_availability where booking_id = $1", made.id)
    await settling.settle(service, await _operation(build, made, "capture"))
    assert await build.status(made) == "upcoming"


@pytest.mark.parametrize("what", CAPTURES)
async def test_scenario_25_a_capture_that_was_made_already_is_compared_too(
    build: Build, payer: Payer, world: World, paypal: Emulator, what: str
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    await world.paypal.capture_order(order_id, request_id=f"elsewhere-{order_id}")
    assert (await pay.capture(telling(world, capture=other(what, made)), order_id, patience=0)).step is Step.CHECKING
    assert await results(build, made, "capture") == [("unknown", "MISMATCH")]
    assert await build.status(made) == "pending"


async def _cancelled(build: Build, payer: Payer, world: World) -> Made:
    made = await build.held()
    assert (await pay.capture(world, await payer.approved(made))).step is Step.PAID
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    return made


@pytest.mark.parametrize("what", REFUNDS)
async def test_a_refund_that_is_not_what_was_asked_for_is_not_believed(
    build: Build, payer: Payer, world: World, service: World, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    made = await _cancelled(build, payer, world)
    operation_id = await _operation(build, made, "refund")
    await settling.settle(telling(service, refund=other(what, made)), operation_id)
    assert await results(build, made, "refund") == [("unknown", "MISMATCH")]
    assert (await build.history(made))[-1] == "payment_mismatch"
    assert len(cried(caplog)) == 1
    assert await build.value("select refunded_amount from payments where booking_id = $1", made.id) == 0
    await settling.settle(service, operation_id)
    assert await build.value("select status from payments where booking_id = $1", made.id) == "refunded"


async def test_another_refund_than_the_one_that_was_pending_is_not_believed(
    build: Build, payer: Payer, world: World, service: World, paypal: Emulator
) -> None:
    made = await _cancelled(build, payer, world)
    operation_id = await _operation(build, made, "refund")
    await paypal.control("POST", "account", {"refunds_pending": True})
    try:
        await settling.settle(service, operation_id)
    finally:
        await paypal.control("POST", "account", {})
    [(refund_id,)] = await build.rows("select provider_id from payment_results where operation_id = $1", operation_id)
    await paypal.control("POST", f"refunds/{refund_id}/settle", {"act": "complete"})
    await settling.settle(telling(service, refund={"id": "1JU08902781691411"}), operation_id)
    assert (await results(build, made, "refund"))[-1] == ("unknown", "MISMATCH")


async def test_an_order_that_pays_somebody_else_is_not_shown_to_the_renter(
    build: Build, payer: Payer, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    made = await build.held()
    with pytest.raises(PayPalAway):
        await pay.begin(replace(world, payee="SOMEBODYELSE1"), made.id)
    assert await results(build, made, "create_order") == [("failed", "MISMATCH")]
    assert ((await build.history(made))[-1], cried(caplog)) == ("payment_mismatch", {"payee"})
    assert await pay.begin(replace(world, payee=MERCHANT), made.id)


async def test_scenario_25_an_approved_order_that_pays_somebody_else_is_never_captured(build: Build, payer: Payer, world: World) -> None:
    """Whom it pays is set here, or else kept as the order said it when it was opened."""
    for change in ({"payee": "SOMEBODYELSE1"}, {"paypal": Telling(world.paypal, order={"merchant_id": "SOMEBODYELSE1"})}):
        made = await build.held()
        order_id = await payer.approved(made)
        assert (await pay.capture(replace(world, **change), order_id)).step is Step.NOT_PAID
        assert await payer.asked("/capture", order_id) == []
        assert (await build.history(made))[-1] == "payment_mismatch"


async def test_what_the_money_must_go_by_is_kept_with_each_intent(build: Build, payer: Payer, world: World) -> None:
    made = await _cancelled(build, payer, world)
    kept = dict(await build.rows("select kind, request from payment_operations where booking_id = $1", made.id))
    assert kept["capture"] == {"invoice_id": f"{made.reference}-1", "payee": MERCHANT}
    assert kept["refund"] == {"payee": MERCHANT}
