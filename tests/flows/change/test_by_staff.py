"""Staff change a booking: at any time, at the tariff they choose, in their own name; what costs more waits for its renter."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest

from exodrive.bookings.model import Tariff
from exodrive.flows import home
from exodrive.flows.change import by_staff, pay, telling
from exodrive.flows.change.by_staff import Asked
from exodrive.flows.change.errors import OnlyLonger
from exodrive.flows.change.model import Wish
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.order import PriceChanged
from exodrive.kit import clock
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import new_id
from tests.builders import days_ahead, new_key
from tests.flows.change.test_days import BOOKED, DAY, PENDING, start, states
from tests.flows.conftest import order_in
from tests.flows.test_cancel import staff_door

KEY = "staff changes it once"


async def ask(ada, build, *, key="", reason="as agreed on the telephone", tariff=None, **wish):
    """A change by staff at the price they are shown; returns what it came to, and how to ask for the same again."""
    door, actor = await staff_door(build)
    asked = Asked(reference=ada.made.reference, wish=Wish(**wish), tariff=tariff, reason=reason)
    shown = await by_staff.price(ada.world, door, asked)
    asked = msgspec.structs.replace(asked, quote=ada.world.quotes.sign(shown.price, clock.now()))

    async def press():
        return await by_staff.change(ada.world, door, asked, actor, key=key)

    return await press(), press


async def test_what_costs_more_waits_a_day_for_its_renter_and_a_letter_leads_to_it(build, renter, payer, world, office, wait_for):
    ada = await renter(await build.car())
    changed, _press = await ask(ada, build, end=ada.made.order.end + 2 * DAY)
    assert (states(await ada.days()), changed.difference > 0) == ([BOOKED] * 3 + [PENDING] * 2, True)
    promised = "select id from outbox where topic = 'mail.change_to_pay' and payload ->> 'booking_id' = $1"
    await telling.send(office, await build.value(promised, str(ada.made.id)), ada.made.id)
    assert (await build.history(ada.made))[-2:] == ["change_proposed", "email_sent"]
    await wait_for(timedelta(hours=23))
    order_id = order_in(await pay.begin_waiting(world, ada.made.id))
    await payer.approve(order_id)
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    assert states(await ada.days()) == [BOOKED] * 5
    assert await build.value("select terms_version from booking_changes where id = $1", changed.change_id) == world.rules.terms_version


async def test_after_a_decline_it_waits_until_the_same_hour(build, renter, payer, world):
    ada = await renter(await build.car())
    changed, _press = await ask(ada, build, end=ada.made.order.end + DAY)
    order_id = order_in(await pay.begin_waiting(world, ada.made.id))
    await payer.approve(order_id, "declined")
    assert (await home.capture(world, order_id)).outcome.step is Step.DECLINED
    [row] = await build.rows(
        """select c.expires_at, a.hold_expires_at from booking_changes c join car_availability a on a.booking_id = c.booking_id
           where c.id = $1 and a.status = 'pending'""",
        changed.change_id,
    )
    assert row == (changed.pay_until, changed.pay_until)


async def test_what_costs_less_is_in_force_at_once_and_once(build, renter):
    ada = await renter(await build.car())
    changed, press = await ask(ada, build, key=KEY + new_key(), end=ada.made.order.end - DAY)
    assert (changed.difference < 0, await press()) == (True, changed)
    assert states(await ada.days()) == [BOOKED] * 2
    assert [status for status, _ in await ada.changes()] == ["applied"]
    question = "select count(*) from payment_operations where change_id = $1 and kind = 'refund'"
    assert await build.value(question, changed.change_id) == 1
    noted = "select count(*) from audit_log where action = 'booking_changed' and subject_id = $1"
    assert await build.value(noted, str(ada.made.id)) == 1


async def test_staff_choose_the_tariff(build, renter):
    ada = await renter(await build.car())
    await build.value("update car_pricing set base_price = 3000 where car_id = $1", ada.made.order.car_id)
    changed, _press = await ask(ada, build, tariff=Tariff.OLD_RATE, end=ada.made.order.end + DAY)
    assert await build.value("select tariff from booking_changes where id = $1", changed.change_id) == "old_rate"
    assert Decimal(1000) <= changed.difference < Decimal(3000)


async def test_no_cut_off_counts_and_a_car_that_is_out_may_come_back_earlier(build, renter, wait_for):
    ada = await renter(await build.car())
    picked_up_at = await build.value("select pickup_at from bookings where id = $1", ada.made.id)
    await wait_for(picked_up_at - clock.now() - timedelta(hours=4))
    await ask(ada, build, end=ada.made.order.end - DAY)
    await start(build, ada)
    await wait_for(timedelta(hours=12))
    with pytest.raises(OnlyLonger):
        await ask(ada, build, start=ada.made.order.start + DAY)


async def test_a_dead_hold_in_the_way_ends_in_staffs_name(build, renter):
    car = await build.car()
    ada = await renter(car)
    gone = await build.held(car, days_ahead(13, 1))
    await build.lapse(gone)
    await ask(ada, build, end=ada.made.order.end + DAY)
    assert await build.status(gone) == "expired"


async def test_it_needs_a_reason_and_the_price_that_was_shown(build, renter, world):
    ada = await renter(await build.car())
    with pytest.raises(BadInput):
        await ask(ada, build, reason=" ", end=ada.made.order.end + DAY)
    door, actor = await staff_door(build)
    shown = await by_staff.price(world, door, Asked(reference=ada.made.reference, wish=Wish(end=ada.made.order.end + DAY), reason=""))
    asked = Asked(
        reference=ada.made.reference,
        wish=Wish(end=ada.made.order.end + 2 * DAY),
        quote=world.quotes.sign(shown.price, clock.now()),
        reason=f"other days {new_id()}",
    )
    with pytest.raises(PriceChanged):
        await by_staff.change(world, door, asked, actor)
