"""Money for a change that PayPal tells of otherwise than we asked, for ever."""

from dataclasses import replace

from exodrive.flows import home
from exodrive.flows.checkout.model import Step
from exodrive.flows.world import World
from exodrive.payments.decisions.model import Decision
from tests.builders import Build
from tests.flows.change.conftest import NewRenter
from tests.flows.conftest import Payer, order_in
from tests.flows.telling import Telling
from tests.flows.test_cancel import staff_door
from tests.flows.test_deciding import NUMBER, Desk, agrees, operation_of, settle_refunds


async def test_money_for_a_change_goes_back_and_the_booking_stands(
    build: Build, renter: NewRenter, payer: Payer, world: World, service: World
) -> None:
    desk, ada = Desk(service, *await staff_door(build)), await renter()
    change = await ada.change(extras={ada.code: 1})
    order_id = order_in(change.approve_url or "")
    await payer.approve(order_id)
    telling = replace(world, paypal=Telling(world.paypal, capture=NUMBER))
    assert (await home.capture(telling, order_id, patience=0)).outcome.step is Step.CHECKING
    operation_id = await operation_of(build, ada.made.id, "capture")
    await desk.decide(ada.made.id, operation_id, Decision.GIVE_BACK)
    await settle_refunds(build, service, ada.made)
    [capture] = await payer.captures(order_id)
    assert capture["refunded"] == capture["amount"]["value"]
    assert (await build.status(ada.made), await ada.extras(), [status for status, _ in await ada.changes()]) == (
        "upcoming",
        {},
        ["dropped"],
    )
    assert await agrees(build, service, ada.made)
