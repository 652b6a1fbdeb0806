"""One booking compared with PayPal: what was done at PayPal's own site is booked, what differs is named, what agrees again is closed."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from exodrive.flows import cancel, receipts
from exodrive.flows.checkout import capturing, pay, refunding, settling, standing
from exodrive.flows.checkout.model import Step
from exodrive.flows.comparison import booking
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.overview.money_check import differences as book_differences
from exodrive.payments import store as payments
from exodrive.payments.differences.model import Thing
from exodrive.payments.model import Kind
from tests.builders import Build, Made
from tests.flows.test_cancel import staff_door
from tests.garage import MadeCar

PART = Decimal("250.00")


async def changed(build: Build, statement: str, *values: Any) -> None:
    """What nobody may do: a row changed behind the product's back."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("set session_replication_role = replica")
    await db.execute(statement, *values)
    await db.close()


async def in_agreement(build: Build, made: Made) -> bool:
    """Whether summary and book agree."""
    async with build.doors.service().scope() as db:
        return await book_differences(db, made.reference) == []


async def cancelled(build: Build, booking_id: BookingId, why: str) -> None:
    """Staff cancel a booking."""
    door, actor = await staff_door(build)
    await cancel.by_staff(build.world, door, booking_id, actor, why)


async def open_of(build, made):
    return await build.rows(
        "select object, kind, ours, theirs from money_differences where booking_id = $1 and resolved_at is null", made.id
    )


async def test_a_booking_that_agrees_is_read_whole_and_nothing_is_noted(sold, payer) -> None:
    sale = await sold()
    before = len(await payer.paypal.calls())
    looked = await sale.compare()
    assert (looked.findings, looked.booked) == ((), 0)
    assert {(thing.value, object_id) for thing, object_id in looked.things} == {("order", sale.order_id), ("capture", sale.capture_id)}
    assert [call["path"] for call in (await payer.paypal.calls())[before:]] == [
        f"/v2/checkout/orders/{sale.order_id}",
        f"/v2/payments/captures/{sale.capture_id}",
    ]
    assert await sale.open() == []


async def test_a_refund_at_paypals_own_site_is_booked_once_with_all_that_follows(sold, site, build, service) -> None:
    sale = await sold()
    refund_id = await site.refund(sale.capture_id, str(PART))
    assert (await sale.compare()).booked == 1
    assert (await sale.compare()).booked == 0
    total = sale.made.held.due_now.amount
    assert await sale.sums() == ("partly_refunded", total, PART)
    assert await sale.operations("refund") == [("external", PART, "succeeded")]
    assert (await build.history(sale.made))[-1] == "refunded_elsewhere"
    assert await in_agreement(build, sale.made)
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", sale.made.id)
    assert (
        await build.value(
            "select count(*) from outbox where topic = 'receipts.issue' and payload ->> 'operation_id' = $1", str(operation_id)
        )
        == 1
    )
    await receipts.issue(service, operation_id)
    [(kind, amount, content)] = await build.rows("select kind, amount, content from receipts where operation_id = $1", operation_id)
    assert (kind, amount) == ("credit_note", PART)
    assert refund_id in str(content)
    assert await sale.open() == []


async def test_twenty_looks_at_once_book_a_refund_once(sold, site) -> None:
    sale = await sold()
    await site.refund(sale.capture_id, str(PART))
    looked = await asyncio.gather(*(sale.compare() for _ in range(20)))
    assert sum(one.booked for one in looked) == 1
    assert (await sale.sums())[2] == PART


async def test_several_refunds_elsewhere_and_one_of_ours_add_up(sold, site, service, build) -> None:
    sale = await sold()
    await site.refund(sale.capture_id, "100")
    async with service.door.scope() as db:
        now = await standing.locked(db, sale.made.id)
        await refunding.promise(db, now, Money(Decimal(50), "USD"), "a scratch was ours")
        operation = await payments.open_operation(db, sale.made.id, Kind.REFUND)
    await site.refund(sale.capture_id, "30")
    await settling.settle(service, operation.id)
    assert (await sale.compare()).booked == 2
    assert sorted((origin, amount) for origin, amount, _end in await sale.operations("refund")) == [
        ("external", Decimal(30)),
        ("external", Decimal(100)),
        ("ours", Decimal(50)),
    ]
    assert (await sale.sums())[2] == Decimal(180)
    assert await in_agreement(build, sale.made)


async def test_a_refund_of_ours_whose_answer_was_lost_is_left_to_be_settled(sold, service, paypal, payer) -> None:
    sale = await sold()
    async with service.door.scope() as db:
        now = await standing.locked(db, sale.made.id)
        await refunding.promise(db, now, Money(PART, "USD"), "a scratch was ours")
        operation = await payments.open_operation(db, sale.made.id, Kind.REFUND)
    await refunding.ask(service, operation, now)  # and then we died
    assert (await sale.compare()).booked == 0
    assert await sale.operations("refund") == [("ours", PART, None)]
    await settling.settle(service, operation.id)
    assert (await sale.compare()).booked == 0
    assert await sale.operations("refund") == [("ours", PART, "succeeded")]


async def test_more_paid_back_at_paypal_than_our_book_allows_is_named_until_ours_has_ended(sold, site, service, world, build) -> None:
    """Staff cancelled here, and somebody gave the money back at PayPal's site before the worker could."""
    sale = await sold()
    await cancelled(build, sale.made.id, "no car")
    await site.refund(sale.capture_id)
    total = f"{sale.made.held.due_now.amount} USD"
    looked = await sale.compare()
    assert looked.booked == 0
    assert await sale.open() == [("refund", "excess", total, total)]
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", sale.made.id)
    await settling.settle(service, operation_id)  # PayPal has nothing left to give back
    assert (await sale.compare()).booked == 1
    assert await sale.open() == []
    assert [(origin, end) for origin, _amount, end in await sale.operations("refund")] == [("ours", "failed"), ("external", "succeeded")]
    assert (await sale.sums())[0] == "refunded"


async def test_all_paid_back_elsewhere_while_the_car_is_promised_is_for_a_person(sold, site, build, world) -> None:
    sale = await sold()
    await site.refund(sale.capture_id)
    await sale.compare()
    assert await sale.open() == [("refund", "paid_back", "upcoming", "refunded")]
    await cancelled(build, sale.made.id, "paid back by hand")
    await sale.compare()
    assert await sale.open() == []
    assert (await sale.sums())[0] == "refunded"


async def test_a_pending_refund_elsewhere_is_booked_when_it_completes(sold, site, paypal) -> None:
    sale = await sold()
    await paypal.control("POST", "account", {"captures_per_hold": 10, "refunds_pending": True})
    refund_id = await site.refund(sale.capture_id, str(PART))
    await paypal.control("POST", "account", {"captures_per_hold": 10, "refunds_pending": False})
    assert (await sale.compare()).booked == 0
    await paypal.control("POST", f"refunds/{refund_id}/settle", {"act": "complete"})
    assert (await sale.compare()).booked == 1


async def test_a_capture_at_paypals_own_site_pays_the_booking_while_its_days_are_held(build, payer, site, service, world) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    capture_id = await site.capture(order_id)
    assert (await booking.compare(service, made.id)).booked == 1
    assert await build.status(made) == "upcoming"
    assert {state for _day, state in await build.days_of(made)} == {"booked"}
    history = await build.history(made)
    assert history[-2:] == ["captured_elsewhere", "paid"]
    assert await build.rows("select origin, target_id from payment_operations where booking_id = $1 and kind = 'capture'", made.id) == [
        ("external", order_id)
    ]
    assert await build.value("select paypal_capture_id from payments where booking_id = $1", made.id) == capture_id
    promised = "select count(*) from outbox where topic = 'mail.confirmation' and payload ->> 'booking_id' = $1"
    assert await build.value(promised, str(made.id)) == 1
    assert await in_agreement(build, made)
    assert (await pay.capture(world, order_id)).step is Step.PAID
    assert (await booking.compare(service, made.id)).booked == 0


async def test_a_capture_elsewhere_for_days_that_are_gone_is_booked_and_goes_back(build, payer, site, service) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    await build.lapse(made)
    [(slug, place)] = await build.rows("select slug, home_location_id from cars where id = $1", made.order.car_id)
    await build.held(MadeCar(made.order.car_id, slug, place), made.order.days)
    capture_id = await site.capture(order_id)
    await booking.compare(service, made.id)
    assert await build.status(made) == "expired"
    total = made.held.due_now.amount
    assert await build.rows("select status, captured_amount from payments where booking_id = $1", made.id) == [("captured", total)]
    [(operation_id, target)] = await build.rows(
        "select id, target_id from payment_operations where booking_id = $1 and kind = 'refund' and origin = 'ours'", made.id
    )
    assert target == capture_id
    await settling.settle(service, operation_id)
    assert await build.value("select status from payments where booking_id = $1", made.id) == "refunded"
    assert await in_agreement(build, made)
    assert (await booking.compare(service, made.id)).findings == ()


async def test_money_that_came_and_went_elsewhere_is_booked_both_ways(build, payer, site, service, world) -> None:
    """The booking was given up here; the order was captured and refunded in part at PayPal's site: only the rest goes back."""
    made = await build.held()
    order_id = await payer.approved(made)
    await cancelled(build, made.id, "no car")
    capture_id = await site.capture(order_id)
    await site.refund(capture_id, str(PART))
    await booking.compare(service, made.id)
    rows = await build.rows(
        "select origin, amount from payment_operations where booking_id = $1 and kind = 'refund' order by origin", made.id
    )
    assert rows == [("external", PART), ("ours", made.held.due_now.amount - PART)]


async def test_a_capture_of_our_own_that_is_under_way_is_left_alone(build, payer, service, world) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    async with world.door.scope() as db:
        now = await pay._by_order(db, order_id)
    operation = await capturing.intend(world, order_id, now, capturing.SYSTEM)
    await capturing.ask(world, operation, now)  # and then we died
    assert (await booking.compare(service, made.id)).booked == 0
    await settling.settle(service, operation.id)
    assert await build.status(made) == "upcoming"
    assert (await booking.compare(service, made.id)).findings == ()


async def test_an_order_whose_amount_was_changed_is_named_and_heals_with_it(build, payer, site, service, world) -> None:
    made = await build.held()
    order_id = await payer.order(made)
    await site.change(service.paypal, order_id, made.reference, Money(Decimal("12.00"), "USD"))
    for _ in range(2):
        await booking.compare(service, made.id)
    ours = f"{made.held.due_now.text} USD"
    assert await open_of(build, made) == [("order", "amount", ours, "12.00 USD")]
    await site.change(service.paypal, order_id, made.reference, made.held.due_now)
    await booking.compare(service, made.id)
    assert await open_of(build, made) == []
    [(by, why)] = await build.rows("select resolved_by, reason from money_differences where booking_id = $1", made.id)
    assert (by, why) == (None, None)


@pytest.mark.books_differ("another sum was taken than we asked for, and is for a person")
async def test_a_capture_of_another_amount_is_named_and_never_booked(build, payer, site, service) -> None:
    made = await build.held()
    order_id = await payer.order(made)
    await site.change(service.paypal, order_id, made.reference, Money(Decimal("12.00"), "USD"))
    await payer.approve(order_id)
    await site.capture(order_id)
    assert (await booking.compare(service, made.id)).booked == 0
    ours = f"{made.held.due_now.text} USD"
    assert sorted(await open_of(build, made)) == [("capture", "amount", ours, "12.00 USD"), ("order", "amount", ours, "12.00 USD")]
    assert await build.status(made) == "pending"


@pytest.mark.books_differ("our book was changed by hand")
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("amount = amount - 5", [("capture", "amount"), ("order", "amount")]),
        ("currency = 'EUR'", [("capture", "currency"), ("order", "currency")]),
    ],
)
async def test_what_our_book_says_otherwise_is_named(sold, build, change, named) -> None:
    sale = await sold()
    await changed(build, f"update payment_operations set {change} where booking_id = $1", sale.made.id)
    await sale.compare()
    assert [(thing, gap) for thing, gap, _ours, _theirs in await sale.open()] == named


async def test_another_payee_is_named(sold, build) -> None:
    sale = await sold()
    details = """details || '{"merchant_id": "ELSEWHERE1234"}'"""
    statement = f"""update payment_results set details = {details}
                    where operation_id in (select id from payment_operations where booking_id = $1 and kind = 'create_order')"""
    await changed(build, statement, sale.made.id)
    await sale.compare()
    assert [(thing, gap, ours) for thing, gap, ours, _theirs in await sale.open()] == [
        ("capture", "payee", "ELSEWHERE1234"),
        ("order", "payee", "ELSEWHERE1234"),
    ]


async def test_money_that_paypal_does_not_know_is_named(build, service) -> None:
    """The book says paid by a capture that is nowhere."""
    made = await build.paid()
    await booking.compare(service, made.id)
    assert [(thing, gap) for thing, gap, _ours, _theirs in await open_of(build, made)] == [("capture", "missing")]


@pytest.mark.books_differ("PayPal takes back that it had the money")
async def test_a_payment_that_is_not_what_our_book_says_is_named(sold, build, paypal, payer, world, service) -> None:
    made = await build.held()
    order_id = await payer.approved(made, "pending")
    await pay.capture(world, order_id, patience=0)
    [capture] = await payer.captures(order_id)
    statement = """update payment_results set outcome = 'succeeded' where outcome = 'pending'
                   and operation_id in (select id from payment_operations where booking_id = $1)"""
    await changed(build, statement, made.id)
    await paypal.control("POST", f"captures/{capture['id']}/settle", {"act": "decline"})
    await booking.compare(service, made.id)
    assert await open_of(build, made) == [("capture", "status", "succeeded", "DECLINED")]


async def test_an_answer_that_cannot_be_read_is_named_while_paypal_is_there_and_closed_when_it_can(sold, paypal) -> None:
    sale = await sold()
    await paypal.fault(kind="cut_body", match={"path_regex": f"captures/{sale.capture_id}"}, times=3)
    await sale.compare()
    assert [(thing, gap) for thing, gap, _ours, _theirs in await sale.open()] == [("capture", "unreadable")]
    await sale.compare()
    assert await sale.open() == []


async def test_what_did_not_change_lately_is_left_alone_unless_it_is_named_or_differs(sold, site, payer, service, wait_for) -> None:
    sale = await sold()
    async with service.door.scope() as db:
        now = (await standing.read(db, sale.made.id)).now
    later = now + timedelta(seconds=5)
    before = len(await payer.paypal.calls())
    assert (await sale.compare(since=later)).things == ()
    assert len(await payer.paypal.calls()) == before
    refund_id = await site.refund(sale.capture_id, str(PART))
    assert (await sale.compare(since=later, named={refund_id: Thing.REFUND, sale.capture_id: Thing.CAPTURE})).booked == 1


@pytest.mark.books_differ("it is paid for twice, and once paid back")
async def test_money_taken_twice_for_one_booking_is_booked_and_the_second_goes_back(sold, build, site, payer, service, world) -> None:
    """The first order was declined here and forgotten; it was captured at PayPal's site after another had paid."""
    made = await build.held()
    first = await payer.approved(made, "declined")
    assert (await pay.capture(world, first)).step is Step.DECLINED
    await payer.approve(first)
    second = await payer.approved(made)
    assert second != first
    assert (await pay.capture(world, second)).step is Step.PAID
    twice = await site.capture(first)
    await booking.compare(service, made.id)
    total = made.held.due_now.amount
    assert await build.rows("select captured_amount from payments where booking_id = $1", made.id) == [(2 * total,)]
    assert await in_agreement(build, made)
    operation_id, target = (
        await build.rows("select id, target_id from payment_operations where booking_id = $1 and kind = 'refund'", made.id)
    )[0]
    assert target == twice
    await settling.settle(service, operation_id)
    assert await build.rows("select status, refunded_amount from payments where booking_id = $1", made.id) == [("partly_refunded", total)]
    assert await build.status(made) == "upcoming"
    assert await in_agreement(build, made)
    assert (await booking.compare(service, made.id)).findings == ()
