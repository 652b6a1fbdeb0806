"""Other days and another car for a paid booking: claimed like any days, sold once, and never at the cost of what was paid before."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from exodrive.availability.model import CarTaken
from exodrive.flows import home, tidy
from exodrive.flows.change import capturing, make, propose
from exodrive.flows.change.errors import NotChangeable, OnlyLonger, OtherCar
from exodrive.flows.change.model import Wish
from exodrive.flows.checkout import settling
from exodrive.flows.checkout.hold import hold
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.order import NotRented
from exodrive.flows.deposit import asking
from exodrive.kit import clock
from exodrive.kit.days import Days
from exodrive.kit.errors import BadInput
from tests.builders import days_ahead, new_caller, new_key
from tests.flows.change.test_pay import approved, operations
from tests.flows.conftest import order_in

DAY = timedelta(days=1)
BOOKED, PENDING, MADE_READY = "booked", "pending", "turnaround"


def states(days):
    return [status for _day, status in days]


async def start(build, ada):
    """The key was handed over."""
    await build.value(
        """
        update bookings set status = 'active', handed_over_at = exodrive_private.now() - interval '1 hour' where id = $1""",
        ada.made.id,
    )


async def test_days_are_added_once_they_are_paid(build, renter, payer, world):
    ada = await renter()
    sold, last = await ada.price(), ada.made.order.end
    _change_id, order_id = await approved(ada, payer, end=last + 2 * DAY)
    assert states(await ada.days()) == [BOOKED] * 3 + [PENDING] * 2
    assert (await ada.price()) == sold
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    assert states(await ada.days()) == [BOOKED] * 5
    price = await ada.price()
    assert price.total > sold.total
    assert await ada.money() == (price.total, Decimal(0))
    [row] = await build.rows("select end_date, return_due_at, total_price from bookings where id = $1", ada.made.id)
    assert (row[0], row[1].date(), row[2]) == (last + 2 * DAY, last + 2 * DAY, price.total)
    assert await build.value(
        "select count(*) from outbox where topic = 'deposits.look' and payload ->> 'booking_id' = $1", str(ada.made.id)
    )


async def test_the_private_link_lives_as_long_after_the_new_return(build, renter, payer, world):
    ada = await renter()
    question = "select expires_at from booking_secure_tokens where booking_id = $1"
    before = await build.value(question, ada.made.id)
    _change_id, order_id = await approved(ada, payer, end=ada.made.order.end + 2 * DAY)
    await home.capture(world, order_id)
    assert await build.value(question, ada.made.id) - before == 2 * DAY


async def test_the_turnaround_moves_with_the_return(build, renter, payer, world):
    car = await build.car(turnaround_days=1)
    ada = await renter(car)
    _change_id, order_id = await approved(ada, payer, end=ada.made.order.end + 2 * DAY)
    assert states(await ada.days()) == [BOOKED] * 3 + [MADE_READY] + [PENDING] * 2
    await home.capture(world, order_id)
    assert states(await ada.days()) == [BOOKED] * 5 + [MADE_READY]


async def test_a_taken_day_is_refused_with_what_can_be_had(build, renter):
    car = await build.car()
    ada = await renter(car)
    last = ada.made.order.end
    await build.held(car, days_ahead(14, 2))
    with pytest.raises(CarTaken) as refusal:
        await ada.preview(end=last + 2 * DAY)
    free = refusal.value.extra["free"]
    assert free
    assert {"start": str(ada.made.order.start), "end": str(last + 2 * DAY)} not in free
    assert (await ada.preview(end=last + DAY)).difference.amount > 0
    assert await ada.changes() == []


async def test_a_day_out_of_service_is_refused(build, renter):
    car = await build.car()
    ada = await renter(car)
    await build.value(
        "insert into car_availability (car_id, date, status) values ($1, $2, 'maintenance')", car.id, ada.made.order.end + DAY
    )
    with pytest.raises(CarTaken):
        await ada.preview(end=ada.made.order.end + DAY)


async def test_of_a_renter_who_stays_longer_and_one_who_comes_the_car_goes_to_one(build, renter, world):
    car = await build.car()
    ada = await renter(car)
    longer = await ada.preview(end=ada.made.order.end + 2 * DAY)
    order = await build.order(car, days_ahead(14, 2))
    ends = await asyncio.gather(
        make._write(world, longer), *(hold(world, order, new_caller(), new_key()) for _ in range(3)), return_exceptions=True
    )
    assert [type(end) for end in ends].count(CarTaken) == 3
    rows = await build.rows("select date, count(*) from car_availability where car_id = $1 group by date having count(*) > 1", car.id)
    assert rows == []


async def test_of_two_renters_who_want_the_day_between_them_one_gets_it(build, renter, world):
    car = await build.car()
    ada = await renter(car)
    bob = await renter(car, days_ahead(14, 2), equipped=(ada.code, ada.cover))
    one = await ada.preview(end=ada.made.order.end + DAY)
    other = await bob.preview(start=bob.made.order.start - DAY)
    ends = await asyncio.gather(make._write(world, one), make._write(world, other), return_exceptions=True)
    assert [isinstance(end, CarTaken) for end in ends].count(True) == 1


async def test_two_extensions_of_one_booking_at_once_leave_one(build, renter, world):
    ada = await renter()
    proposal = await ada.preview(end=ada.made.order.end + 2 * DAY)
    await asyncio.gather(*(make._write(world, proposal) for _ in range(2)))
    assert sorted(status for status, _ in await ada.changes()) == ["dropped", "pending"]
    assert states(await ada.days()) == [BOOKED] * 3 + [PENDING] * 2


async def test_a_change_that_lapsed_gives_its_days_to_others_and_the_booking_stays(build, renter, payer, world, service, wait_for):
    car = await build.car()
    ada = await renter(car)
    _change_id, order_id = await approved(ada, payer, end=ada.made.order.end + 2 * DAY)
    await wait_for(timedelta(minutes=21))
    bob = await build.held(car, Days(ada.made.order.end + 2 * DAY, ada.made.order.end + 3 * DAY))
    assert await build.status(ada.made) == "upcoming"
    assert states(await ada.days()) == [BOOKED] * 3
    assert (await home.capture(world, order_id)).outcome.step is Step.GONE
    assert await payer.asked("/capture", order_id) == []
    assert [status for status, _ in await ada.changes()] == ["dropped"]
    assert (await build.status(ada.made), await build.status(bob)) == ("upcoming", "pending")


async def test_days_that_lapsed_are_taken_back_while_they_are_free(build, renter, payer, world, wait_for):
    car = await build.car()
    ada = await renter(car)
    _change_id, order_id = await approved(ada, payer, end=ada.made.order.end + 2 * DAY)
    await wait_for(timedelta(minutes=21))
    await build.held(car, days_ahead(30, 1))  # clears what has lapsed
    assert states(await ada.days()) == [BOOKED] * 3
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    assert states(await ada.days()) == [BOOKED] * 5


async def test_what_nobody_paid_for_is_tidied_and_the_booking_stays(build, renter, service, wait_for):
    ada = await renter()
    await ada.change(end=ada.made.order.end + DAY)
    await wait_for(timedelta(hours=7))
    await tidy.expire_dead(service)
    await tidy.drop_lapsed(service)
    assert states(await ada.days()) == [BOOKED] * 3
    assert (await build.status(ada.made), [status for status, _ in await ada.changes()]) == ("upcoming", ["dropped"])


async def test_a_change_that_is_given_up_gives_its_days_back_at_once(build, renter, world):
    ada = await renter()
    await ada.change(end=ada.made.order.end + DAY)
    await make.give_up(world, ada.made.id)
    assert states(await ada.days()) == [BOOKED] * 3


async def test_days_are_kept_while_paypal_thinks(build, renter, payer, world, service, wait_for):
    car = await build.car()
    ada = await renter(car)
    _change_id, order_id = await approved(ada, payer, "pending", end=ada.made.order.end + DAY)
    assert (await home.capture(world, order_id)).outcome.step is Step.CHECKING
    await wait_for(timedelta(hours=2))
    with pytest.raises(CarTaken):
        await build.held(car, Days(ada.made.order.end + DAY, ada.made.order.end + DAY))
    assert states(await ada.days()) == [BOOKED] * 3 + [PENDING]


async def test_a_lost_answer_is_found_and_the_days_are_sold_once(renter, payer, world, paypal):
    ada = await renter()
    change_id, order_id = await approved(ada, payer, end=ada.made.order.end + DAY)
    await paypal.fault(kind="lost_after_commit", match={"path_regex": "/capture"})
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    assert states(await ada.days()) == [BOOKED] * 4
    assert await operations(ada.build, change_id, "capture") == [("succeeded",)]


async def test_paid_after_the_car_was_back_goes_back_and_frees_the_days(build, renter, payer, world, service):
    ada = await renter()
    change_id, order_id = await approved(ada, payer, end=ada.made.order.end + DAY)
    operation = await capturing.intend(world, change_id, order_id, capturing.SYSTEM)
    await build.value(
        """update bookings set status = 'completed', handed_over_at = exodrive_private.now() - interval '1 hour',
           returned_at = exodrive_private.now() where id = $1""",
        ada.made.id,
    )
    await settling.settle(service, operation.id)
    assert states(await ada.days()) == [BOOKED] * 3
    assert "change_paid_too_late" in await build.history(ada.made)


async def test_fewer_days_free_the_rest_and_pay_back_what_they_cost(build, renter, service):
    car = await build.car(turnaround_days=1)
    ada = await renter(car)
    sold = await ada.price()
    made = await ada.change(end=ada.made.order.end - DAY)
    assert made.approve_url is None
    assert states(await ada.days()) == [BOOKED] * 2 + [MADE_READY]
    [(refund,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", ada.made.id)
    await settling.settle(service, refund)
    price = await ada.price()
    assert await ada.money() == (sold.total, sold.total - price.total)
    await build.held(car, days_ahead(13, 1))


async def test_a_rental_moves_to_other_days_over_its_own(build, renter, payer, world):
    ada = await renter(await build.car())
    old = ada.made.order
    proposal = await ada.preview(start=old.start + DAY, end=old.end + DAY)
    if proposal.difference.amount > 0:
        _change_id, order_id = await approved(ada, payer, start=old.start + DAY, end=old.end + DAY)
        await home.capture(world, order_id)
    else:
        await ada.change(start=old.start + DAY, end=old.end + DAY)
    assert await ada.days() == [(old.start + n * DAY, BOOKED) for n in (1, 2, 3)]
    [(pickup,)] = await build.rows("select pickup_at from bookings where id = $1", ada.made.id)
    assert pickup.date() == old.start + DAY


async def test_another_car_takes_the_place_of_the_first(build, renter, service):
    first, other = await build.car(turnaround_days=1), await build.car(price={"base_price": Decimal(900), "deposit_amount": Decimal(9000)})
    ada = await renter(first)
    sold = await ada.price()
    made = await ada.change(car_id=other.id)
    assert made.approve_url is None
    [row] = await build.rows("select car_id, security_deposit_amount, total_price from bookings where id = $1", ada.made.id)
    assert (row[0], row[1]) == (other.id, Decimal(9000))
    assert row[2] < sold.total
    cars = await build.rows("select distinct car_id, status from car_availability where booking_id = $1", ada.made.id)
    assert cars == [(other.id, BOOKED)]
    await build.held(first, ada.made.order.days)


async def test_two_who_swap_their_cars_at_once_do_not_wait_for_each_other(build, renter):
    first, other = await build.car(), await build.car()
    ada, bob = await renter(first), await renter(other, days_ahead(14, 2))
    await asyncio.gather(ada.change(car_id=other.id), bob.change(car_id=first.id))
    found = [await build.value("select car_id from bookings where id = $1", who.made.id) for who in (ada, bob)]
    assert found == [other.id, first.id]


async def test_a_car_that_is_not_to_be_had_is_refused(build, renter):
    ada = await renter(await build.car())
    with pytest.raises(OtherCar):
        await ada.preview(car_id=(await build.car(requires_approval=True)).id)
    with pytest.raises(NotRented):
        await ada.preview(car_id=(await build.car(available=False)).id)
    with pytest.raises(BadInput) as young:
        await ada.preview(car_id=(await build.car(minimum_age=90)).id)
    assert "birth_date" in young.value.fields


async def test_other_days_need_the_terms_in_force(renter, world):
    ada = await renter()
    for terms in (None, "", "2020-01-01"):
        with pytest.raises(BadInput) as refusal:
            await ada.change(end=ada.made.order.end + DAY, terms=terms)
        assert "terms" in refusal.value.fields
    await ada.change(end=ada.made.order.end + DAY)
    assert (
        await ada.build.value("select terms_version from booking_changes where booking_id = $1", ada.made.id) == world.rules.terms_version
    )


@pytest.mark.parametrize("wish", [{"start": -400}, {"end": -400}, {"end": 40}, {"start": 300, "end": 420}, {"start": -10}])
async def test_days_that_no_order_could_have_are_refused(renter, wish):
    ada = await renter()
    moved = {name: getattr(ada.made.order, name) + days * DAY for name, days in wish.items()}
    with pytest.raises(BadInput):
        await ada.preview(**moved)


async def test_too_few_days_are_refused(build, renter):
    ada = await renter(await build.car(price={"minimum_days": 3}))
    with pytest.raises(BadInput) as refusal:
        await ada.preview(end=ada.made.order.end - DAY)
    assert "end" in refusal.value.fields


async def test_while_the_car_is_out_it_can_only_be_kept_longer(build, renter, payer, world, wait_for):
    ada = await renter()
    await wait_for(11 * DAY)
    await start(build, ada)
    for wish in ({"end": ada.made.order.end - DAY}, {"extras": {ada.code: 1}}, {"start": ada.made.order.start + DAY}):
        with pytest.raises((OnlyLonger, NotChangeable, BadInput)):
            await ada.preview(**wish)
    _change_id, order_id = await approved(ada, payer, end=ada.made.order.end + DAY)
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID
    assert (await build.status(ada.made), states(await ada.days())) == ("active", [BOOKED] * 4)


async def test_a_car_that_is_late_can_be_kept_longer_to_put_it_right(build, renter, payer, world, wait_for):
    ada = await renter()
    await wait_for(14 * DAY)
    await start(build, ada)
    with pytest.raises(BadInput):
        await ada.preview(end=ada.made.order.end + DAY)
    _change_id, order_id = await approved(ada, payer, end=ada.made.order.end + 3 * DAY)
    assert (await home.capture(world, order_id)).outcome.step is Step.PAID


async def test_a_car_that_is_out_is_offered_as_long_as_it_can_be_kept(build, renter, wait_for):
    car = await build.car()
    ada = await renter(car)
    await build.held(car, days_ahead(15, 2))
    await wait_for(11 * DAY)
    await build.value("update car_availability set status = 'booked', hold_expires_at = null where car_id = $1", car.id)
    await start(build, ada)
    with pytest.raises(CarTaken) as refusal:
        await ada.preview(end=ada.made.order.end + 4 * DAY)
    assert refusal.value.extra["free"] == [{"start": str(ada.made.order.start), "end": str(ada.made.order.end + 2 * DAY)}]


async def test_the_database_lets_no_booking_have_days_that_are_not_its_own(build, renter):
    ada = await renter()
    with pytest.raises(asyncpg.CheckViolationError):
        await build.value("update bookings set end_date = end_date + 1 where id = $1", ada.made.id)


async def test_begun_by_the_clock_and_not_handed_over_it_may_be_another_car_still(build, renter, world):
    ada, other = await renter(), await build.car()
    await build.value("update bookings set status = 'active' where id = $1", ada.made.id)
    proposal = await propose.preview(world, ada.door, ada.made.reference, Wish(car_id=other.id), by_staff=True)
    assert (proposal.sold.status, proposal.new.car_id) == ("upcoming", other.id)
    made = await ada.change(car_id=other.id)
    assert made.approve_url is None
    [row] = await build.rows("select car_id, status from bookings where id = $1", ada.made.id)
    assert row == (other.id, "active")


async def test_a_hold_that_was_asked_for_is_asked_for_anew_with_another_cars_deposit(build, renter, payer, world, wait_for):
    ada = await renter()
    picked_up_at = await build.value("select pickup_at from bookings where id = $1", ada.made.id)
    await wait_for(picked_up_at - clock.now() - timedelta(hours=44))
    first = order_in(await asking.begin(world, ada.made.id))
    other = await build.car(price={"base_price": Decimal(900), "deposit_amount": Decimal(9000)})
    await ada.change(car_id=other.id)
    second = order_in(await asking.begin(world, ada.made.id))
    assert second != first
    question = "select status, amount from deposit_holds where booking_id = $1 order by number"
    assert await build.rows(question, ada.made.id) == [("dropped", Decimal(5000)), ("asked", Decimal(9000))]
