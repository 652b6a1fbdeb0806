"""Changes of a paid booking: checked, priced by what was sold, and in force at once when nothing more is to be paid."""

import asyncio
from datetime import time, timedelta
from decimal import Decimal

import asyncpg
import msgspec
import pytest

from exodrive.bookings.model import Address, Place
from exodrive.flows.change import make, store
from exodrive.flows.change.errors import ChangedMeanwhile, NotChangeable, NothingChanged
from exodrive.flows.change.model import ChangeStatus, Wish
from exodrive.flows.checkout import settling
from exodrive.flows.checkout.order import PriceChanged
from exodrive.kit import clock
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import new_id
from exodrive.overview.booking_page import NoBooking
from exodrive.pricing import engine
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.kinds import Delivery, Extra, PartPayment, Waiver
from exodrive.pricing.model import LineKind
from tests.builders import days_ahead
from tests.flows.change.conftest import equip
from tests.garage import new_rules


def lines(price, kind):
    return [line for line in price.lines if line.kind is kind]


async def test_another_hour_that_costs_nothing_is_in_force_at_once(build, renter):
    ada = await renter()
    before = await build.value("select pickup_at from bookings where id = $1", ada.made.id)
    made = await ada.change(pickup=msgspec.structs.replace(ada.made.order.pickup, time=time(11)))
    assert made.approve_url is None
    assert await build.value("select pickup_at from bookings where id = $1", ada.made.id) == before + timedelta(hours=1)
    assert await ada.changes() == [("applied", Decimal(0))]
    assert await build.history(ada.made) == ["held", "order_opened", "capture_intended", "paid", "change_proposed", "changed"]
    letters = """select count(*) from outbox w join booking_changes c on c.id::text = w.payload ->> 'change_id'
                 where w.topic = 'mail.changed' and c.booking_id = $1"""
    assert await build.value(letters, ada.made.id) == 1


async def test_what_is_taken_off_is_paid_back_and_what_was_sold_is_kept(build, renter, service, payer):
    car = await build.car()
    equipped = await equip(build, car)
    ada = await renter(car, equipped=equipped, extras={equipped[0]: 2}, waiver=equipped[1], additional_drivers=1)
    sold = await ada.price()
    await ada.change(extras={ada.code: 1}, waiver="", additional_drivers=0)
    now = await ada.price()
    assert (await ada.extras(), lines(now, LineKind.WAIVER), lines(now, LineKind.ADDITIONAL_DRIVER)) == ({ada.code: 1}, [], [])
    saved = sold.total - now.total
    assert saved >= Decimal(54 + 150 + 25)
    await settling.settle_open(service)
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", ada.made.id)
    await settling.settle(service, operation_id)
    assert await ada.money() == (sold.total, saved)
    [capture] = await payer.captures(await build.value("select paypal_order_id from payments where booking_id = $1", ada.made.id))
    assert Decimal(capture["refunded"]) == saved
    [(before, after)] = await build.rows("select before_price, after_price from booking_changes where booking_id = $1", ada.made.id)
    assert (engine.replay(before), engine.replay(after)) == (sold, now)


async def test_what_stays_costs_what_it_was_sold_for(build, renter):
    ada = await renter(extras={})
    sold = await ada.price()
    async with build.doors.service().scope() as db:
        await db.execute("update car_pricing set base_price = base_price * 3 where car_id = $1", ada.made.order.car_id)
        await db.execute(
            "update price_rules set superseded_at = exodrive_private.now() where car_id = $1 and kind = 'waiver'", ada.made.order.car_id
        )
    assert (await ada.preview(pickup=msgspec.structs.replace(ada.made.order.pickup, time=time(12)))).difference.amount == 0
    seat = await ada.preview(extras={ada.code: 1})
    assert lines(seat.price, LineKind.DAYS) == lines(sold, LineKind.DAYS)
    assert [line.amount for line in lines(seat.price, LineKind.EXTRA)] == [Decimal(54)]


async def test_what_is_no_longer_offered_may_stay_but_not_grow(build, renter):
    car = await build.car()
    equipped = await equip(build, car)
    ada = await renter(car, equipped=equipped, extras={equipped[0]: 1})
    async with build.doors.service().scope() as db:
        await db.execute("update price_rules set superseded_at = exodrive_private.now() where code = $1", ada.code)
    assert (await ada.preview(additional_drivers=1)).difference.amount >= 25
    with pytest.raises(NotOffered):
        await ada.preview(extras={ada.code: 2})
    assert (await ada.preview(extras={})).difference.amount <= -54


async def test_a_late_return_costs_its_fee(renter):
    ada = await renter()
    late = await ada.preview(dropoff=msgspec.structs.replace(ada.made.order.dropoff, time=time(21)))
    assert [line.amount for line in lines(late.price, LineKind.AFTER_HOURS)] == [Decimal(40)]


async def test_an_hour_costs_its_fee_at_an_address_that_stays(build, renter):
    car = await build.car()
    equipped = await equip(build, car)
    await new_rules(build.doors, Delivery(name="To you", amount=Decimal(200), car_id=car.id, currency="USD"))
    home = Place(time=time(10), address=Address(line1="1 Way", city="Miami", country="US"))
    ada = await renter(car, equipped=equipped, pickup=home)
    late = msgspec.structs.replace(home, time=time(21))
    assert [line.amount for line in lines((await ada.preview(pickup=late)).price, LineKind.AFTER_HOURS)] == [Decimal(40)]
    bob = await renter(car, days_ahead(20, 3), equipped=equipped, pickup=late)
    sold = await bob.price()
    assert (await bob.preview(pickup=msgspec.structs.replace(home, time=time(22)))).price == sold
    early = await bob.preview(pickup=home)
    assert (lines(early.price, LineKind.AFTER_HOURS), len(lines(early.price, LineKind.DELIVERY))) == ([], 1)


async def test_once_the_rest_is_due_nothing_is_put_off_to_its_day(build, renter, wait_for):
    car = await build.car()
    equipped = await equip(build, car)
    await new_rules(build.doors, PartPayment(name="Two parts", percent=Decimal(30), days_before=5, car_id=car.id))
    ada = await renter(car, equipped=equipped, part_payment=True, additional_drivers=1)
    sold = await ada.price()
    await wait_for(timedelta(days=6))
    dearer = await ada.preview(additional_drivers=2)
    assert (dearer.difference.amount, dearer.price.due_later) == (dearer.price.total - sold.total, sold.due_later)
    await ada.change(additional_drivers=0)
    now = await ada.price()
    assert (now.due_now, sold.total - now.total) == (sold.due_now, sold.due_later - now.due_later)
    [rest] = await build.rows("select due_later, due_on from bookings where id = $1", ada.made.id)
    assert rest == (now.due_later, sold.due_on)
    assert await build.value("select count(*) from payment_operations where booking_id = $1 and kind = 'refund'", ada.made.id) == 0


async def test_wrong_wishes_name_their_fields(renter):
    ada = await renter()
    pickup = ada.made.order.pickup
    for wish, field in (
        ({"pickup": msgspec.structs.replace(pickup, time=time(3))}, "pickup_time"),
        ({"pickup": Place(time=time(10), location_id=new_id())}, "pickup_location_id"),
        ({"dropoff": Place(time=time(10))}, "dropoff_location_id"),
        ({"extras": {ada.code: 3}}, f"extras.{ada.code}"),
        ({"waiver": "no-such"}, "waiver"),
        ({"additional_drivers": 9}, "additional_drivers"),
    ):
        with pytest.raises(BadInput) as wrong:
            await ada.preview(**wish)
        assert field in wrong.value.fields, wish


async def test_the_cut_off_ends_it(build, renter):
    ada = await renter(days=days_ahead(1, 2))
    soon = clock.now() + timedelta(hours=23)
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("update bookings set pickup_at = $2 where id = $1", ada.made.id, soon)
    with pytest.raises(NotChangeable):
        await ada.preview(additional_drivers=1)
    await db.execute("update bookings set pickup_at = $2 where id = $1", ada.made.id, soon + timedelta(hours=2))
    await db.close()
    await ada.preview(additional_drivers=1)


async def test_an_unpaid_or_ended_booking_is_not_changed_and_a_strangers_is_not_there(build, renter):
    ada = await renter()
    held = await build.held()
    with pytest.raises(NoBooking):
        await make.make(ada.world, ada.door, held.reference, Wish(additional_drivers=1), "")
    await build.value("update bookings set status = 'cancelled', cancelled_at = exodrive_private.now() where id = $1", ada.made.id)
    with pytest.raises(NotChangeable):
        await ada.preview(additional_drivers=1)
    ada.made = held
    with pytest.raises(NotChangeable):
        await ada.preview(additional_drivers=1)


async def test_the_same_form_sent_twice_changes_once(build, renter):
    ada = await renter()
    wish = {"pickup": msgspec.structs.replace(ada.made.order.pickup, time=time(11))}
    quote = ada.world.quotes.sign((await ada.preview(**wish)).price, clock.now())
    send = [make.make(ada.world, ada.door, ada.made.reference, Wish(**wish), quote) for _ in range(3)]
    answers = await asyncio.gather(*send, return_exceptions=True)
    assert sum(isinstance(answer, ChangedMeanwhile | NothingChanged) for answer in answers) == 2, answers
    assert await ada.changes() == [("applied", Decimal(0))]
    with pytest.raises(NothingChanged):
        await ada.change(**wish)


async def test_a_price_that_was_not_shown_is_shown_first(renter):
    ada = await renter()
    other = ada.world.quotes.sign((await ada.preview(additional_drivers=2)).price, clock.now())
    with pytest.raises(PriceChanged) as changed:
        await make.make(ada.world, ada.door, ada.made.reference, Wish(additional_drivers=1), other)
    assert changed.value.extra["total"] == str((await ada.preview(additional_drivers=1)).price.total)
    assert await ada.changes() == []


async def test_the_last_seat_goes_to_one_of_two_who_change_at_once(build, renter):
    cars = [await build.car() for _ in range(2)]
    code, cover = await equip(build, cars[0], stock=1, most=1)
    people = [await renter(cars[0], equipped=(code, cover)), await renter(cars[1])]
    await offer_too(build, cars[1], code)
    answers = await asyncio.gather(*(who.change(extras={code: 1}) for who in people), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, NotOffered)]
    assert len(refused) == 1, answers
    assert sum([len(await who.changes()) for who in people]) == 1


async def offer_too(build, car, code):
    terms = {"amount": Decimal(18), "per": "day", "most": 1, "stock": 1, "car_id": car.id, "currency": "USD"}
    await new_rules(build.doors, Extra(name="Child seat", code=code, **terms))


async def test_an_extra_is_kept_while_its_change_waits_and_free_again_afterwards(build, renter):
    car, other = await build.car(), await build.car()
    code, cover = await equip(build, car, stock=1, most=1)
    await offer_too(build, other, code)
    ada = await renter(car, equipped=(code, cover))
    made = await ada.change(extras={code: 1})
    assert made.approve_url
    with pytest.raises(NotOffered):
        await build.held(other, ada.made.order.days, extras={code: 1})
    await make.give_up(ada.world, ada.made.id)
    assert [status for status, _ in await ada.changes()] == ["dropped"]
    await build.held(other, ada.made.order.days, extras={code: 1})


async def test_a_newer_change_takes_the_place_of_one_that_waits(renter):
    ada = await renter()
    await ada.change(extras={ada.code: 2})
    await ada.change(additional_drivers=1)
    assert [status for status, _ in await ada.changes()] == ["dropped", "pending"]


async def test_the_database_lets_nobody_rewrite_what_was_sold(build, renter):
    ada = await renter()
    db = await asyncpg.connect(build.superuser_url)
    for statement in (
        "update bookings set total_price = total_price - 1 where id = $1",
        'update bookings set price_snapshot = price_snapshot || \'{"total": "1.00"}\' where id = $1',
        "update payments set captured_amount = 0 where booking_id = $1",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await db.execute(statement, ada.made.id)
    await db.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with build.doors.checkout().scope() as scope:
            await scope.execute(
                "update bookings set status = 'cancelled', cancelled_at = exodrive_private.now() where id = $1", ada.made.id
            )


async def test_a_change_that_was_decided_stays_so(build, renter):
    ada = await renter()
    made = await ada.change(additional_drivers=1)
    await make.give_up(ada.world, ada.made.id)
    async with build.doors.service().scope() as db:
        assert not await store.decide(db, made.change_id, ChangeStatus.APPLIED)
    revive = "update booking_changes set status = 'pending', decided_at = null, expires_at = 'infinity' where id = $1"
    with pytest.raises(asyncpg.CheckViolationError):
        await build.value(revive, made.change_id)


async def test_the_states_are_those_of_the_table(build):
    told = await build.value("select pg_get_constraintdef(oid) from pg_constraint where conname = 'booking_changes_status_check'")
    assert set(told.split("'")[1::2]) == {status.value for status in ChangeStatus}


async def test_the_cover_that_costs_nothing_is_the_same_by_any_name(build, renter):
    ada = await renter()
    terms = {"amount": Decimal(0), "excess": Decimal(900), "car_id": ada.made.order.car_id, "currency": "USD"}
    await new_rules(build.doors, Waiver(name="Standard", code=f"free-{ada.code}", **terms))
    assert (await ada.preview(waiver=f"free-{ada.code}")).is_nothing
