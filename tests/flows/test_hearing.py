"""Notices about money: what our book does not have is read at PayPal, booked or paid back, and told to a person."""

import logging
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest

from exodrive.flows import cancel, hearing, refund
from exodrive.flows.checkout import capturing, pay, settling
from exodrive.flows.checkout.model import Step
from exodrive.flows.checkout.standing import read
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError
from exodrive.gateways.paypal import Notice
from exodrive.kit.money import Money
from exodrive.payments.model import End, Result
from tests.builders import Build, Made, days_ahead, new_key
from tests.flows.conftest import Payer, order_in
from tests.flows.test_cancel import staff_door
from tests.flows.test_webhooks import notice, outcome, published, take_in
from tests.product import Emulator
from tests.site import Site

COMPLETED, REFUNDED, REVERSED = (f"PAYMENT.CAPTURE.{what}" for what in ("COMPLETED", "REFUNDED", "REVERSED"))


@pytest.fixture
def site(paypal: Emulator) -> Site:
    """Somebody at PayPal's own site."""
    return Site(paypal)


async def told(payer: Payer, order_id: str, kind: str) -> list[Notice]:
    """The notices of a kind about an order and what hangs on it, the oldest first."""
    return [one for one in await published(payer, order_id) if one.event.event_type == kind]


def cried(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was cried out."""
    return [record.message for record in caplog.records if record.levelno == logging.CRITICAL]


async def money(build: Build, made: Made) -> tuple[str, Decimal, Decimal]:
    """The summary: state, captured, paid back."""
    [row] = await build.rows("select status, captured_amount, refunded_amount from payments where booking_id = $1", made.id)
    return row[0], row[1], row[2]


async def settle_refunds(build: Build, service: World, made: Made) -> None:
    for (operation_id,) in await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", made.id):
        await settling.settle(service, operation_id)


async def paid(build: Build, payer: Payer, world: World) -> tuple[Made, str, str]:
    """A paid booking with its order and its capture."""
    made = await build.held()
    order_id = await payer.approved(made)
    assert (await pay.capture(world, order_id)).step is Step.PAID
    return made, order_id, (await payer.captures(order_id))[0]["id"]


# Captures


async def test_a_capture_that_nobody_here_asked_for_pays_the_booking(
    build: Build, payer: Payer, service: World, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    await site.capture(order_id)
    [completed] = await told(payer, order_id, COMPLETED)
    await take_in(service, service, completed)
    assert await outcome(build, completed) == "external"
    assert (await build.status(made), await money(build, made)) == ("upcoming", ("captured", made.held.total.amount, 0))
    assert (await build.history(made))[-2:] == ["captured_elsewhere", "paid"]
    assert cried(caplog)
    await take_in(service, service, *await told(payer, order_id, COMPLETED))
    assert await money(build, made) == ("captured", made.held.total.amount, 0)


async def test_money_whose_intent_was_given_up_is_booked_when_it_comes(build: Build, payer: Payer, world: World, service: World) -> None:
    """A person or a bug ended the intent; PayPal has the money all the same."""
    made = await build.held()
    order_id = await payer.approved(made)
    async with world.door.scope() as db:
        now = await read(db, made.id)
    operation = await capturing.intend(world, order_id, now, capturing.SYSTEM)
    assert not hasattr(operation, "step")
    await capturing.ask(world, operation, now)
    await capturing.record(world, operation, Result(end=End.FAILED, issue="NEVER_CAPTURED"))
    await take_in(service, service, *await told(payer, order_id, COMPLETED))
    assert (await build.status(made), (await money(build, made))[1]) == ("upcoming", made.held.total.amount)


@pytest.mark.books_differ("it is paid for twice, and once paid back")
async def test_a_second_payment_of_the_same_booking_goes_back(
    build: Build, payer: Payer, world: World, service: World, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    made = await build.held()
    first = await payer.approved(made, "declined")
    assert (await pay.capture(world, first)).step is Step.DECLINED
    second = order_in(await pay.begin(world, made.id))
    await payer.approve(second)
    assert (await pay.capture(world, second)).step is Step.PAID
    await payer.approve(first)  # with another card, in a tab that was left open
    await site.capture(first)
    [completed] = await told(payer, first, COMPLETED)
    await take_in(service, service, completed)
    assert (await outcome(build, completed), bool(cried(caplog))) == ("external", True)
    await settle_refunds(build, service, made)
    total = made.held.total.amount
    assert (await build.status(made), await money(build, made)) == ("upcoming", ("partly_refunded", 2 * total, total))
    assert [row["refunded"] for row in [*await payer.captures(first), *await payer.captures(second)]] == [made.held.total.text, "0.00"]


async def test_money_for_days_that_are_gone_goes_back(build: Build, payer: Payer, service: World, site: Site) -> None:
    car = await build.car()
    made = await build.held(car, days_ahead(10, 3))
    order_id = await payer.approved(made)
    await build.lapse(made)
    other = await build.held(car, days_ahead(12, 2))
    await site.capture(order_id)
    await take_in(service, service, *await told(payer, order_id, COMPLETED))
    await settle_refunds(build, service, made)
    assert (await build.status(made), await build.status(other)) == ("expired", "pending")
    assert await money(build, made) == ("refunded", made.held.total.amount, made.held.total.amount)


async def test_money_that_went_back_already_buys_no_car_when_its_approval_is_told_last(
    build: Build, payer: Payer, service: World, site: Site
) -> None:
    """The order is paid by PayPal's word, so nothing is left to capture, and nothing is left of the money either."""
    made = await build.held()
    order_id = await payer.approved(made)
    await site.refund(await site.capture(order_id))
    for kind in (COMPLETED, "CHECKOUT.ORDER.APPROVED"):
        await take_in(service, service, *await told(payer, order_id, kind))
    total = made.held.total.amount
    assert (await build.status(made), await money(build, made)) == ("pending", ("refunded", total, total))
    ends = "select o.origin, r.outcome, r.issue from payment_operations o join payment_results r on r.operation_id = o.id and r.is_final"
    assert await build.rows(f"{ends} where o.booking_id = $1 and o.kind = 'capture' order by o.attempt", made.id) == [
        ("external", "succeeded", None),
        ("ours", "failed", "BOOKED_BEFORE"),
    ]


async def test_a_refund_told_before_the_capture_that_nobody_here_heard_of_brings_both_into_the_book(
    build: Build, payer: Payer, service: World, site: Site
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    await site.refund(await site.capture(order_id), "10.00")
    [refunded] = await told(payer, order_id, REFUNDED)
    await take_in(service, service, refunded)
    assert (await outcome(build, refunded), await build.status(made)) == ("external", "upcoming")
    assert await money(build, made) == ("partly_refunded", made.held.total.amount, Decimal(10))


async def test_while_paypal_shows_nothing_the_notice_waits(
    build: Build, payer: Payer, service: World, site: Site, paypal: Emulator
) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    capture_id = await site.capture(order_id)
    [completed] = await told(payer, order_id, COMPLETED)
    await paypal.fault(kind="status", status=403, match={"method": "GET", "path_regex": capture_id})
    with pytest.raises(GatewayError):
        await take_in(service, service, completed)
    assert await outcome(build, completed) is None
    await take_in(service, service, completed)
    assert await build.status(made) == "upcoming"


@pytest.mark.books_differ("it is paid for twice, and once paid back")
async def test_a_capture_beside_one_of_ours_that_is_under_way_is_told_apart_later(
    build: Build, payer: Payer, world: World, service: World, site: Site
) -> None:
    made = await build.held()
    first = await payer.approved(made, "declined")
    assert (await pay.capture(world, first)).step is Step.DECLINED
    second = order_in(await pay.begin(world, made.id))
    await payer.approve(second)
    async with world.door.scope() as db:
        now = await read(db, made.id)
    operation = await capturing.intend(world, second, now, capturing.SYSTEM)
    await payer.approve(first)
    await site.capture(first)
    [completed] = await told(payer, first, COMPLETED)
    with pytest.raises(hearing.NotYet):
        await take_in(service, service, completed)
    await capturing.record(world, operation, await capturing.ask(world, operation, now))
    await take_in(service, service, completed)
    assert (await money(build, made))[1] == 2 * made.held.total.amount


async def test_a_notice_of_a_capture_that_paypal_does_not_know_changes_nothing(build: Build, payer: Payer, service: World) -> None:
    made = await build.held()
    order_id = await payer.approved(made)
    related = {"supplementary_data": {"related_ids": {"order_id": order_id}}}
    forged = notice(COMPLETED, {"id": new_key()[:17].upper(), "status": "COMPLETED", **related})
    await take_in(service, service, forged)
    assert (await outcome(build, forged), await build.status(made)) == ("not at PayPal", "pending")


# Refunds


async def _given_back(build: Build, world: World, service: World, made: Made, *parts: str) -> None:
    door, actor = await staff_door(build)
    for part in parts:
        await refund.by_staff(world, door, made.id, Money(Decimal(part), "USD"), actor, "a scratch that was there")
    await settle_refunds(build, service, made)


async def test_the_older_of_two_refunds_told_last_is_known(
    build: Build, payer: Payer, world: World, service: World, caplog: pytest.LogCaptureFixture
) -> None:
    made, order_id, _ = await paid(build, payer, world)
    await _given_back(build, world, service, made, "10.00", "20.00")
    notices = await told(payer, order_id, REFUNDED)
    assert len(notices) == 2
    for order in (notices[::-1], notices):
        await take_in(service, service, *order)
    assert [await outcome(build, one) for one in notices] == ["known", "known"]
    assert ("refunded_elsewhere" in await build.history(made), cried(caplog)) == (False, [])
    assert (await money(build, made))[2] == Decimal("30.00")


async def test_money_given_back_at_paypals_own_site_is_booked_and_told_to_a_person(
    build: Build, payer: Payer, world: World, service: World, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    made, order_id, capture_id = await paid(build, payer, world)
    await site.refund(capture_id, "40.00")
    [one] = await told(payer, order_id, REFUNDED)
    await take_in(service, service, one)
    assert (await outcome(build, one), (await build.history(made))[-1], bool(cried(caplog))) == ("external", "refunded_elsewhere", True)
    assert (await money(build, made))[2] == Decimal("40.00")


async def test_money_given_back_elsewhere_while_one_of_ours_is_open_is_not_taken_for_ours(
    build: Build, payer: Payer, world: World, service: World, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    made, order_id, capture_id = await paid(build, payer, world)
    door, actor = await staff_door(build)
    await refund.by_staff(world, door, made.id, Money(Decimal("10.00"), "USD"), actor, "a scratch that was there")
    await site.refund(capture_id, "40.00")
    [elsewhere] = await told(payer, order_id, REFUNDED)
    await take_in(service, service, elsewhere)
    assert (await outcome(build, elsewhere), bool(cried(caplog))) == ("external", True)
    assert (await money(build, made))[2] == Decimal("50.00")


async def test_all_given_back_elsewhere_ends_a_refund_of_ours_that_has_nothing_left(
    build: Build, payer: Payer, world: World, service: World, site: Site
) -> None:
    made, order_id, capture_id = await paid(build, payer, world)
    await site.refund(capture_id)
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    await take_in(service, service, *await told(payer, order_id, REFUNDED))
    total = made.held.total.amount
    assert await money(build, made) == ("refunded", total, total)
    assert await build.rows(
        """select o.origin, r.outcome from payment_operations o join payment_results r on r.operation_id = o.id and r.is_final
           where o.booking_id = $1 and o.kind = 'refund' order by o.attempt""",
        made.id,
    ) == [("ours", "failed"), ("external", "succeeded")]


async def test_our_refund_whose_answer_was_not_kept_is_settled_by_its_notice(
    build: Build, payer: Payer, world: World, service: World, caplog: pytest.LogCaptureFixture
) -> None:
    from exodrive.flows.checkout import refunding
    from exodrive.payments import store as payments

    made, order_id, _ = await paid(build, payer, world)
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    [(operation_id,)] = await build.rows("select id from payment_operations where booking_id = $1 and kind = 'refund'", made.id)
    async with service.door.scope() as db:
        operation, now = await payments.operation(db, operation_id), await read(db, made.id)
    assert operation
    await refunding.ask(service, operation, now)
    [one] = await told(payer, order_id, REFUNDED)
    await take_in(service, service, one)
    assert (await outcome(build, one), (await build.history(made))[-1], cried(caplog)) == ("settled", "refunded", [])


async def test_a_notice_of_a_refund_that_paypal_does_not_know_changes_nothing(
    build: Build, payer: Payer, world: World, service: World
) -> None:
    made, _, capture_id = await paid(build, payer, world)
    link = {"rel": "up", "href": f"https://api.paypal.com/v2/payments/captures/{capture_id}"}
    forged = notice(REFUNDED, {"id": new_key()[:17].upper(), "links": [link]})
    await take_in(service, service, forged)
    assert (await outcome(build, forged), (await money(build, made))[2]) == ("nothing open", 0)


# Reversals


async def test_a_chargeback_is_cried_out_kept_and_booked(
    build: Build, payer: Payer, world: World, service: World, site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    """As PayPal documents it: what is told of is the reversal, which looks like a refund of the capture."""
    made, order_id, capture_id = await paid(build, payer, world)
    await site.reverse(capture_id)
    [one] = await told(payer, order_id, REVERSED)
    await take_in(service, service, one)
    assert (await outcome(build, one), (await build.history(made))[-1]) == ("external", "charged_back")
    assert "a payment was reversed" in cried(caplog)
    assert await money(build, made) == ("refunded", made.held.total.amount, made.held.total.amount)
    assert await _open(build, made) == [("capture", capture_id, "reversed")]
    await take_in(service, service, one)
    again = notice(REVERSED, one.event.resource)
    await take_in(service, service, again)
    assert (await outcome(build, again), (await build.history(made)).count("charged_back")) == ("known", 1)


async def _open(build: Build, made: Made) -> list[tuple[Any, ...]]:
    asked = "select object, object_id, kind from money_differences where booking_id = $1 and resolved_at is null"
    return await build.rows(asked, made.id)


def _shapes(order_id: str, capture_id: str) -> Iterable[dict[str, Any]]:
    """Ways in which a reversal may be told without anything that can be read."""
    api = "https://api.paypal.com/v2"
    yield {"id": capture_id, "status": "COMPLETED", "links": [{"rel": "up", "href": f"{api}/checkout/orders/{order_id}"}]}
    yield {"id": "4KX123", "links": [{"rel": "up", "href": f"{api}/payments/captures/{capture_id}"}]}
    yield {"id": "4KX123", "supplementary_data": {"related_ids": {"capture_id": capture_id}}}
    yield {"id": "4KX123", "supplementary_data": {"related_ids": {"order_id": order_id}}}


@pytest.mark.parametrize("shape", range(4))
async def test_a_reversal_in_any_shape_is_cried_out_and_kept_though_paypal_shows_no_sum(
    build: Build, payer: Payer, world: World, service: World, caplog: pytest.LogCaptureFixture, shape: int
) -> None:
    """A notice is a hint: without a sum at PayPal nothing is booked, and a person has to look."""
    made, order_id, capture_id = await paid(build, payer, world)
    one = notice(REVERSED, list(_shapes(order_id, capture_id))[shape])
    await take_in(service, service, one)
    assert (await outcome(build, one), (await build.history(made))[-1]) == ("reversed", "charged_back")
    assert "a payment was reversed" in cried(caplog)
    assert await _open(build, made) == [("capture", capture_id, "reversed")]
    assert (await money(build, made))[2] == 0


async def test_a_chargeback_of_money_that_was_promised_back_ends_the_promise(
    build: Build, payer: Payer, world: World, service: World, site: Site
) -> None:
    """PayPal refuses a refund of what the bank took back already."""
    made, order_id, capture_id = await paid(build, payer, world)
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    await site.reverse(capture_id)
    [one] = await told(payer, order_id, REVERSED)
    await take_in(service, service, one)
    assert await outcome(build, one) == "external"
    assert await money(build, made) == ("refunded", made.held.total.amount, made.held.total.amount)
    assert "refund_failed" in await build.history(made)
