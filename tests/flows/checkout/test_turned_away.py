"""PayPal took the money and its answer was lost; then it turns us away. That is never taken for "nothing was taken"."""

from datetime import timedelta
from typing import Any

import pytest

from exodrive.flows import cancel, home
from exodrive.flows.checkout import pay, settling
from exodrive.flows.checkout.errors import PaymentUnderWay
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.opening import PayPalAway
from exodrive.flows.world import World
from exodrive.kit.ids import OperationId
from tests.builders import Build, Made
from tests.flows.conftest import Move, Payer
from tests.flows.test_cancel import staff_door
from tests.product import Emulator

TURNED_AWAY: dict[str, dict[str, Any]] = {
    "401": {"kind": "status", "status": 401},
    "403": {"kind": "status", "status": 403},
    "conflict": {"kind": "status", "status": 409},
    "our number is taken": {"kind": "refused", "issue": "DUPLICATE_INVOICE_ID"},
}


async def ends(build: Build, operation_id: OperationId) -> list[str]:
    return [row[0] for row in await build.rows("select outcome from payment_results where operation_id = $1 order by id", operation_id)]


async def lost(build: Build, payer: Payer, made: Made, order_id: str) -> OperationId:
    """Capture an order so that PayPal takes the money and each of its answers is lost."""
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": f"{order_id}/capture"}, times=3)
    assert (await home.capture(payer.world, order_id, patience=0)).outcome.step is Step.CHECKING
    assert len(await payer.captures(order_id)) == 1
    found = "select id from payment_operations where booking_id = $1 and kind = 'capture' order by attempt desc limit 1"
    operation_id: OperationId = await build.value(found, made.id)
    assert await ends(build, operation_id) == ["unknown"]
    return operation_id


@pytest.mark.parametrize("how", TURNED_AWAY)
async def test_turned_away_while_settling_a_lost_capture_is_settled_later_and_taken_once(
    build: Build, payer: Payer, world: World, service: World, paypal: Emulator, how: str
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    operation_id = await lost(build, payer, made, order_id)
    await paypal.fault(**TURNED_AWAY[how], match={"method": "POST", "path_regex": order_id}, times=None)
    await paypal.fault(kind="status", status=403, match={"method": "GET", "path_regex": order_id}, times=None)
    await settling.settle(service, operation_id)
    assert set(await ends(build, operation_id)) == {"unknown"}
    with pytest.raises(PaymentUnderWay):
        await pay.begin(world, made.id)
    await paypal.control("DELETE", "faults")
    await settling.settle(service, operation_id)
    assert (await build.status(made), (await ends(build, operation_id))[-1]) == ("upcoming", "succeeded")
    assert len(await payer.captures(order_id)) == 1


@pytest.mark.parametrize("how", TURNED_AWAY)
async def test_turned_away_from_asking_again_the_order_is_read(
    build: Build, payer: Payer, service: World, paypal: Emulator, how: str
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    operation_id = await lost(build, payer, made, order_id)
    await paypal.fault(**TURNED_AWAY[how], match={"method": "POST", "path_regex": order_id}, times=None)
    await settling.settle(service, operation_id)
    await settling.settle(service, operation_id)
    expected = "pending" if how == "conflict" else "upcoming"  # a conflict may be with our own request: it is asked again
    assert await build.status(made) == expected
    await paypal.control("DELETE", "faults")
    await settling.settle(service, operation_id)
    assert await build.status(made) == "upcoming"


async def test_a_no_is_not_believed_while_the_order_cannot_be_read(build: Build, payer: Payer, service: World, paypal: Emulator) -> None:
    """Another no than ours, as a broken provider might give it: the order shows the money, so the money counts."""
    made = await build.held()
    order_id = await payer.approved(made)
    operation_id = await lost(build, payer, made, order_id)
    await paypal.fault(kind="refused", issue="INSTRUMENT_DECLINED", match={"method": "POST", "path_regex": order_id}, times=None)
    await paypal.fault(kind="status", status=403, match={"method": "GET", "path_regex": order_id})
    await settling.settle(service, operation_id)
    assert set(await ends(build, operation_id)) == {"unknown"}
    await settling.settle(service, operation_id)
    assert await build.status(made) == "upcoming"


@pytest.mark.parametrize("later", [timedelta(minutes=2), timedelta(hours=7)])
async def test_with_a_secret_that_was_changed_nothing_ends(
    build: Build, payer: Payer, world: World, service: World, wait_for: Move, stranger: World, later: timedelta
) -> None:
    """Also after PayPal forgot the request, when all that is done is reading."""
    made = await build.held()
    order_id = await payer.approved(made)
    operation_id = await lost(build, payer, made, order_id)
    await wait_for(later)
    await settling.settle(stranger, operation_id)
    assert set(await ends(build, operation_id)) == {"unknown"}
    with pytest.raises(PaymentUnderWay):
        await pay.begin(world, made.id)
    await settling.settle(service, operation_id)
    assert await build.status(made) == "upcoming"
    assert len(await payer.captures(order_id)) == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_turned_away_at_the_first_try_it_is_asked_again_later(
    build: Build, payer: Payer, world: World, service: World, paypal: Emulator, status: int
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    await paypal.fault(kind="status", status=status, match={"path_regex": f"{order_id}/capture"}, times=2)
    assert (await pay.capture(world, order_id, patience=0)).step is Step.CHECKING
    await paypal.control("DELETE", "faults")
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'capture'", made.id)
    await settling.settle(service, operation_id)
    assert await build.status(made) == "upcoming"
    assert len(await payer.captures(order_id)) == 1


async def test_an_order_that_was_turned_away_is_opened_by_the_same_request_later_and_a_number_that_is_taken_is_not_asked_for_again(
    build: Build, payer: Payer, world: World, paypal: Emulator
) -> None:
    made = await build.held()
    orders = {"method": "POST", "path_regex": "/v2/checkout/orders$"}
    for fault in ({"kind": "status", "status": 403}, {"kind": "refused", "issue": "DUPLICATE_INVOICE_ID"}):
        await paypal.fault(**fault, match=orders)
        with pytest.raises(PayPalAway):
            await pay.begin(world, made.id)
    order = await world.paypal.get_order(await payer.order(made))
    assert order.invoice_id == f"{made.reference}-2"
    tried = "select o.attempt, r.outcome from payment_operations o join payment_results r on r.operation_id = o.id where booking_id = $1"
    assert await build.rows(f"{tried} order by r.id", made.id) == [(1, "unknown"), (1, "failed"), (2, "succeeded")]


async def _refund_lost(build: Build, payer: Payer, world: World, service: World) -> tuple[Made, str, OperationId]:
    """A cancelled booking whose money PayPal gave back; each of its answers was lost."""
    made = await build.held()
    order_id = await payer.approved(made)
    assert (await pay.capture(world, order_id)).step is Step.PAID
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", made.id)
    [capture] = await payer.captures(order_id)
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": f"{capture['id']}/refund"}, times=3)
    await settling.settle(service, operation_id)
    assert await ends(build, operation_id) == ["unknown"]
    return made, capture["id"], operation_id


@pytest.mark.parametrize("how", TURNED_AWAY)
async def test_turned_away_a_lost_refund_does_not_fail_and_is_given_once(
    build: Build, payer: Payer, world: World, service: World, paypal: Emulator, how: str
) -> None:
    made, capture_id, operation_id = await _refund_lost(build, payer, world, service)
    await paypal.fault(**TURNED_AWAY[how], match={"method": "POST", "path_regex": capture_id}, times=None)
    await paypal.fault(kind="status", status=401, match={"method": "GET", "path_regex": capture_id}, times=None)
    await settling.settle(service, operation_id)
    assert set(await ends(build, operation_id)) == {"unknown"}
    await paypal.control("DELETE", "faults")
    await settling.settle(service, operation_id)
    assert (await ends(build, operation_id))[-1] == "succeeded"
    assert await build.value("select status from payments where booking_id = $1", made.id) == "refunded"


async def test_a_refund_whose_number_is_taken_is_found_by_it(
    build: Build, payer: Payer, world: World, service: World, paypal: Emulator
) -> None:
    _made, capture_id, operation_id = await _refund_lost(build, payer, world, service)
    await paypal.fault(kind="refused", issue="DUPLICATE_INVOICE_ID", match={"method": "POST", "path_regex": capture_id})
    await settling.settle(service, operation_id)
    assert (await ends(build, operation_id))[-1] == "succeeded"


@pytest.mark.parametrize("later", [timedelta(minutes=2), timedelta(days=46)])
async def test_with_a_secret_that_was_changed_no_refund_fails(
    build: Build, payer: Payer, world: World, service: World, wait_for: Move, stranger: World, later: timedelta
) -> None:
    _made, _capture_id, operation_id = await _refund_lost(build, payer, world, service)
    await wait_for(later)
    await settling.settle(stranger, operation_id)
    assert set(await ends(build, operation_id)) == {"unknown"}
    await settling.settle(service, operation_id)
    assert (await ends(build, operation_id))[-1] == "succeeded"


async def test_a_pending_refund_that_cannot_be_found_again_does_not_fail(
    build: Build, payer: Payer, world: World, service: World, paypal: Emulator
) -> None:
    made = await build.held()
    assert (await pay.capture(world, await payer.approved(made))).step is Step.PAID
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", made.id)
    await paypal.control("POST", "account", {"refunds_pending": True})
    try:
        await settling.settle(service, operation_id)
    finally:
        await paypal.control("POST", "account", {})
    assert await ends(build, operation_id) == ["pending"]
    await paypal.fault(kind="status", status=404, match={"method": "GET", "path_regex": "/refunds/"})
    await settling.settle(service, operation_id)
    assert await ends(build, operation_id) == ["pending", "unknown"]
    [(refund_id,)] = await build.rows("select provider_id from payment_results where operation_id = $1 order by id limit 1", operation_id)
    await paypal.control("POST", f"refunds/{refund_id}/settle", {"act": "complete"})
    await settling.settle(service, operation_id)
    assert (await ends(build, operation_id))[-1] == "succeeded"
