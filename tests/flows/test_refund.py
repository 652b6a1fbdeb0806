"""Giving money back by hand: any part of what is left, once per key, never more than was taken."""

import asyncio
from decimal import ROUND_DOWN, Decimal

import asyncpg
import pytest

from exodrive.flows import cancel, refund
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.model import Step
from exodrive.flows.refund import NothingLeft
from exodrive.kit.errors import BadInput, Conflict
from exodrive.kit.idempotency import KeyReused
from exodrive.kit.money import Money
from tests.builders import new_key
from tests.flows.ending import IP, at_paypal, money_of, paid_at_paypal, refunds, settle_refunds, staff_of, total

_EARLY = """
    select count(*) from payment_operations o where o.booking_id = $1 and o.kind = 'refund' and o.created_at < (
        select r.created_at from payment_results r join payment_operations c on c.id = r.operation_id
        where c.booking_id = $1 and c.kind = 'capture' and r.outcome = 'succeeded')"""


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


async def test_a_part_goes_back_at_paypal_and_what_is_left_is_told(build, payer, world, service):
    made, sam = await paid_at_paypal(build, payer, world), await staff_of(build)
    told = await refund.by_staff(world, sam.door, made.id, dollars("120.50"), sam.actor, "The roof leaked", ip=IP)
    assert (told.amount, told.currency, told.left) == (Decimal("120.50"), "USD", total(made) - Decimal("120.50"))
    await settle_refunds(build, service, made)
    assert await at_paypal(build, payer, made) == Decimal("120.50")
    assert await money_of(build, made) == ("partly_refunded", total(made), Decimal("120.50"))
    assert await build.status(made) == "upcoming"
    assert (await build.history(made))[-2:] == ["refund_promised", "refunded"]
    assert await sam.noted(build) == [("booking_refunded", {"amount": "120.50", "currency": "USD", "reason": "The roof leaked"})]
    assert (
        await build.value("select reason from payment_operations where booking_id = $1 and kind = 'refund'", made.id) == "The roof leaked"
    )
    await refund.by_staff(world, sam.door, made.id, Money(told.left, "USD"), sam.actor, "All of it after all")
    await settle_refunds(build, service, made)
    assert await money_of(build, made) == ("refunded", total(made), total(made))
    with pytest.raises(NothingLeft):
        await refund.by_staff(world, sam.door, made.id, dollars("1"), sam.actor, "and more")


@pytest.mark.parametrize("status", ["active", "completed", "cancelled", "no_show"])
async def test_any_booking_that_was_paid_may_get_something_back(build, status):
    made, sam = await build.paid(), await staff_of(build)
    async with build.doors.service().scope() as db:
        moment = "exodrive_private.now()" if status == "cancelled" else "null"
        await db.execute(f"update bookings set status = $2, cancelled_at = {moment} where id = $1", made.id, status)
    await refund.by_staff(build.world, sam.door, made.id, dollars("10"), sam.actor, "A parking fine that was ours")
    assert await refunds(build, made) == [(Decimal(10), None)]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "10.005", "1000000", "1e30", "NaN", "Infinity", "-Infinity", "sNaN"])
async def test_a_sum_that_cannot_be_is_refused(build, amount):
    made, sam = await build.paid(), await staff_of(build)
    with pytest.raises(BadInput) as refused:
        await refund.by_staff(build.world, sam.door, made.id, Money(Decimal(amount), "USD"), sam.actor, "So much")
    assert list(refused.value.fields) == ["amount"]
    assert await refunds(build, made) == []


async def test_another_currency_is_refused_and_one_without_decimals_takes_none(build):
    sam = await staff_of(build)
    made = await build.paid(await build.car(price={"currency": "JPY", "base_price": Decimal(100_000)}))
    for wrong in (Money(Decimal(10), "USD"), Money(Decimal("10.5"), "JPY")):
        with pytest.raises(BadInput):
            await refund.by_staff(build.world, sam.door, made.id, wrong, sam.actor, "A gesture")
    told = await refund.by_staff(build.world, sam.door, made.id, Money(Decimal(1000), "JPY"), sam.actor, "A gesture")
    assert told.left == total(made) - 1000


@pytest.mark.parametrize("reason", ["", "  "])
async def test_a_reason_is_asked_for(build, reason):
    made, sam = await build.paid(), await staff_of(build)
    with pytest.raises(BadInput) as refused:
        await refund.by_staff(build.world, sam.door, made.id, dollars("10"), sam.actor, reason)
    assert list(refused.value.fields) == ["reason"]


async def test_what_was_never_paid_is_never_given_back(build):
    made, sam = await build.held(), await staff_of(build)
    with pytest.raises(NothingLeft):
        await refund.by_staff(build.world, sam.door, made.id, dollars("10"), sam.actor, "By mistake")


async def test_the_same_key_gives_back_once_and_another_sum_under_it_is_refused(build):
    made, sam, key = await build.paid(), await staff_of(build), new_key()

    async def give(amount: str) -> object:
        return await refund.by_staff(build.world, sam.door, made.id, dollars(amount), sam.actor, "A gesture", key=key)

    told = await asyncio.gather(*(give("100") for _ in range(8)))
    assert {(one.amount, one.left) for one in told} == {(Decimal(100), total(made) - 100)}
    assert await refunds(build, made) == [(Decimal(100), None)]
    assert len(await sam.noted(build)) == 1
    with pytest.raises(KeyReused):
        await give("101")


async def test_scenario_23_of_twenty_refunds_at_once_exactly_ten_are_given(build, payer, world, service):
    """From twenty desks at once, ten more than there is money for, beside refunds that PayPal is being asked for, three times each."""
    made, sam = await paid_at_paypal(build, payer, world), await staff_of(build)
    tenth = (total(made) / 10).quantize(Decimal("0.01"), ROUND_DOWN)

    async def give() -> Decimal | None:
        try:
            return (await refund.by_staff(world, sam.door, made.id, Money(tenth, "USD"), sam.actor, "At once")).amount
        except (BadInput, NothingLeft):
            return None

    given = await asyncio.gather(*(give() for _ in range(20)), settle_refunds(build, service, made))
    assert [one for one in given[:20] if one] == [tenth] * 10
    await asyncio.gather(*(settle_refunds(build, service, made) for _ in range(3)))
    assert await refunds(build, made) == [(tenth, "succeeded")] * 10
    assert await at_paypal(build, payer, made) == 10 * tenth
    is_all = 10 * tenth == total(made)
    assert await money_of(build, made) == ("refunded" if is_all else "partly_refunded", total(made), 10 * tenth)


async def test_scenario_23_refunds_raced_with_the_capture_are_given_of_what_was_captured_and_of_nothing_before(
    build, payer, world, service, paypal
):
    """Twenty desks press again and again while PayPal takes its time over the money."""
    made, sam = await build.held(), await staff_of(build)
    order_id = await payer.approved(made)
    await paypal.fault(kind="slow", match={"path_regex": f"{order_id}/capture"}, delay=0.4)
    third, refused = Money((total(made) / 3).quantize(Decimal("0.01"), ROUND_DOWN), "USD"), []

    async def give():
        while True:
            is_last = capture.done()
            try:
                return await refund.by_staff(world, sam.door, made.id, third, sam.actor, "At once")
            except (BadInput, Conflict) as no:
                refused.append(no)
                if is_last:
                    return None
            await asyncio.sleep(0.02)

    capture = asyncio.create_task(pay.capture(world, order_id))
    await asyncio.gather(*(give() for _ in range(20)))
    assert (await capture).step is Step.PAID
    await settle_refunds(build, service, made)
    assert any(isinstance(no, NothingLeft) for no in refused), "some came before the money"
    assert await refunds(build, made) == [(third.amount, "succeeded")] * 3
    assert await build.value(_EARLY, made.id) == 0
    assert await at_paypal(build, payer, made) == 3 * third.amount <= total(made)


async def test_a_refund_that_paypal_refused_after_cancelling_is_asked_for_again(build, payer, world, service, paypal):
    made, sam = await paid_at_paypal(build, payer, world), await staff_of(build)
    await cancel.by_staff(world, sam.door, made.id, sam.actor, "Engine trouble")
    capture_id = await build.value("select paypal_capture_id from payments where booking_id = $1", made.id)
    await paypal.fault(kind="refused", issue="REFUND_FAILED_INSUFFICIENT_FUNDS", match={"path_regex": f"{capture_id}/refund"}, times=1)
    await settle_refunds(build, service, made)
    assert await refunds(build, made) == [(total(made), "failed")]
    assert (await build.history(made))[-1] == "refund_failed"
    told = await refund.by_staff(world, sam.door, made.id, made.held.total, sam.actor, "Once more, the account is filled")
    assert told.left == 0
    await settle_refunds(build, service, made)
    assert await refunds(build, made) == [(total(made), "failed"), (total(made), "succeeded")]
    assert await at_paypal(build, payer, made) == total(made)


async def test_what_went_back_at_paypals_own_site_is_not_promised_again(build):
    made, sam = await build.paid(), await staff_of(build)
    async with build.doors.service().scope() as db:
        await db.execute("update payments set refunded_amount = 800, status = 'partly_refunded' where booking_id = $1", made.id)
    await refund.by_staff(build.world, sam.door, made.id, dollars("200"), sam.actor, "A gesture")
    with pytest.raises(BadInput, match="marked"):
        await refund.by_staff(build.world, sam.door, made.id, Money(total(made) - Decimal("999.99"), "USD"), sam.actor, "Too much")
    await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "Engine trouble")
    assert [amount for amount, _end in await refunds(build, made)] == [Decimal(200), total(made) - 1000]


async def test_what_is_noted_is_done_and_what_cannot_be_noted_is_not(build):
    """Under somebody else's name nothing is noted, and so nothing is given back: one transaction."""
    made, sam, eve = await build.paid(), await staff_of(build), await staff_of(build)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await refund.by_staff(build.world, sam.door, made.id, dollars("10"), eve.actor, "In another's name")
    assert await refunds(build, made) == []
    assert "refund_promised" not in await build.history(made)
