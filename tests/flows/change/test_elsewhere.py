"""A change whose order was captured at PayPal's own site: in force while it can be made, else its money goes back."""

from decimal import Decimal

from exodrive.flows.change import make
from exodrive.flows.checkout import settling
from exodrive.flows.comparison import booking
from tests.flows.change.test_pay import approved
from tests.site import Site


async def test_a_capture_at_paypals_site_puts_the_change_in_force(build, renter, payer, service, paypal):
    ada = await renter()
    sold = await ada.price()
    _change_id, order_id = await approved(ada, payer)
    await Site(paypal).capture(order_id)
    assert (await booking.compare(service, ada.made.id)).booked == 1
    assert await ada.extras() == {ada.code: 1}
    assert await ada.money() == ((await ada.price()).total, Decimal(0))
    assert (await ada.price()).total > sold.total
    assert (await build.history(ada.made))[-2:] == ["captured_elsewhere", "changed"]
    assert (await booking.compare(service, ada.made.id)).booked == 0


async def test_a_capture_for_a_change_that_was_given_up_goes_back(build, renter, payer, service, paypal, world):
    ada = await renter()
    sold = await ada.price()
    change_id, order_id = await approved(ada, payer)
    await make.give_up(world, ada.made.id)
    await Site(paypal).capture(order_id)
    assert (await booking.compare(service, ada.made.id)).booked == 1
    [(operation_id,)] = await build.rows(
        "select id from payment_operations where booking_id = $1 and kind = 'refund' and origin = 'ours'", ada.made.id
    )
    await settling.settle(service, operation_id)
    [(difference,)] = await build.rows("select difference from booking_changes where id = $1", change_id)
    assert await ada.money() == (sold.total + difference, difference)
    assert await ada.extras() == {}
    assert (await booking.compare(service, ada.made.id)).findings == ()
