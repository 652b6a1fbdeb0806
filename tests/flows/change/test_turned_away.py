"""A change that PayPal took the money for, its answer lost; then it turns us away."""

from datetime import timedelta

from exodrive.flows.checkout import settling
from exodrive.flows.world import World
from tests.builders import Build
from tests.flows.change.conftest import NewRenter
from tests.flows.checkout.test_turned_away import ends, lost
from tests.flows.conftest import Move, Payer, order_in
from tests.product import Emulator


async def test_a_change_that_was_paid_and_whose_answer_was_lost_is_not_given_up_when_turned_away(
    build: Build, renter: NewRenter, payer: Payer, service: World, paypal: Emulator, wait_for: Move, stranger: World
) -> None:
    ada = await renter()
    change = await ada.change(extras={ada.code: 1})
    order_id = order_in(change.approve_url or "")
    await payer.approve(order_id)
    operation_id = await lost(build, payer, ada.made, order_id)
    await paypal.fault(kind="status", status=403, match={"path_regex": order_id}, times=None)
    await settling.settle(service, operation_id)
    await wait_for(timedelta(hours=7))
    await settling.settle(service, operation_id)
    await settling.settle(stranger, operation_id)
    assert set(await ends(build, operation_id)) == {"unknown"}
    await paypal.control("DELETE", "faults")
    await settling.settle(service, operation_id)
    assert await ada.extras() == {ada.code: 1}
    assert len(await payer.captures(order_id)) == 1
