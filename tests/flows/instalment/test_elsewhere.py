"""Money for the rest that PayPal tells of otherwise than we asked, and what is done with its order at PayPal's own site."""

from dataclasses import replace
from decimal import Decimal

from exodrive.flows import home
from exodrive.flows.checkout.model import Step
from exodrive.flows.comparison import booking
from exodrive.flows.instalment import waive
from exodrive.payments.decisions.model import Decision
from exodrive.payments.instalments.model import InstalmentStatus
from tests.flows.ending import settle_refunds, staff_of
from tests.flows.instalment.test_pay import agree
from tests.flows.telling import Telling
from tests.flows.test_cancel import staff_door
from tests.flows.test_deciding import NUMBER, Desk, agrees, operation_of
from tests.site import Site


async def in_doubt(build, ada, world):
    """PayPal took the money and names another number; returns the order and the intent."""
    order_id = await ada.approved()
    telling = replace(world, paypal=Telling(world.paypal, capture=NUMBER))
    assert (await home.capture(telling, order_id, patience=0)).outcome.step is Step.CHECKING
    return order_id, await operation_of(build, ada.made.id, "capture")


async def test_money_in_doubt_goes_back_and_the_rest_is_due_as_before(build, owing, payer, world, service):
    ada, desk = await owing(), Desk(service, *await staff_door(build))
    order_id, operation_id = await in_doubt(build, ada, world)
    assert (await ada.rest()).is_paying
    await desk.decide(ada.made.id, operation_id, Decision.GIVE_BACK)
    await settle_refunds(build, service, ada.made)
    [capture] = await payer.captures(order_id)
    assert capture["refunded"] == capture["amount"]["value"]
    rest = await ada.rest()
    assert (rest.is_open, rest.is_paying, rest.order_id, await build.status(ada.made)) == (True, False, None, "upcoming")
    assert await agrees(build, service, ada.made)
    await ada.paid()


async def test_money_in_doubt_that_is_accepted_pays_the_rest(build, owing, world, service):
    ada, desk = await owing(), Desk(service, *await staff_door(build))
    _order_id, operation_id = await in_doubt(build, ada, world)
    await desk.decide(ada.made.id, operation_id, Decision.ACCEPT)
    assert (await ada.rest()).status is InstalmentStatus.PAID
    assert await agrees(build, service, ada.made)


async def test_a_capture_at_paypals_site_pays_the_rest(build, owing, service, paypal):
    ada = await owing()
    await Site(paypal).capture(await ada.approved())
    assert (await booking.compare(service, ada.made.id)).booked == 1
    assert (await ada.rest()).status is InstalmentStatus.PAID
    assert await ada.money() == ((await ada.price()).total, Decimal(0))
    assert (await build.history(ada.made))[-2:] == ["captured_elsewhere", "instalment_paid"]
    assert (await booking.compare(service, ada.made.id)).booked == 0
    await agree(ada, service)


async def test_a_capture_at_paypals_site_for_a_waived_rest_goes_back(build, owing, service, paypal):
    ada, sam = await owing(), await staff_of(build)
    order_id = await ada.approved()
    await waive.by_staff(sam.door, ada.made.id, sam.actor, "a good customer")
    await Site(paypal).capture(order_id)
    assert (await booking.compare(service, ada.made.id)).booked == 1
    await settle_refunds(build, service, ada.made)
    rest, price = await ada.rest(), await ada.price()
    assert rest.status is InstalmentStatus.WAIVED
    assert await ada.money() == (price.total, rest.amount)
    await agree(ada, service)


async def test_a_capture_at_paypals_site_while_a_change_waits_goes_back(build, owing, service, paypal):
    """The change may make the rest another."""
    ada = await owing()
    order_id = await ada.approved()
    await ada.change(extras={ada.code: 1})
    await Site(paypal).capture(order_id)
    assert (await booking.compare(service, ada.made.id)).booked == 1
    await settle_refunds(build, service, ada.made)
    assert (await ada.rest()).is_open
    await agree(ada, service)


async def test_who_comes_home_when_the_rest_was_taken_and_paid_back_at_paypals_site_has_not_paid_it(build, owing, world, service, paypal):
    """The order is paid by PayPal's word, and nothing of that money is left: it is booked once, and the rest is due as before."""
    ada = await owing()
    order_id, site = await ada.approved(), Site(paypal)
    capture_id = await site.capture(order_id)
    await site.refund(capture_id)
    assert (await booking.compare(service, ada.made.id)).booked == 2
    assert (await home.capture(world, order_id, patience=0)).outcome.step is not Step.PAID
    rest, price = await ada.rest(), await ada.price()
    assert (rest.is_open, rest.is_paying) == (True, False)
    assert await ada.money() == (price.total, rest.amount)
