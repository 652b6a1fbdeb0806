"""A deposit held from a kept wallet: by the worker alone, and by the renter's own press where the wallet does not serve."""

import asyncio
from datetime import timedelta

import pytest

from exodrive.deposits.model import Way
from exodrive.deposits.states import HoldStatus
from exodrive.deposits.wallets.model import WalletStatus
from exodrive.flows import home
from exodrive.flows.checkout import settling
from exodrive.flows.deposit import asking, hearing, look, telling
from exodrive.flows.deposit.errors import NoHoldWanted
from exodrive.flows.wallet import looking
from tests.flows.conftest import order_in
from tests.flows.wallet.conftest import holds_of, letters, wallet_of, work

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
CREATE = {"method": "POST", "path_regex": "/checkout/orders$"}


async def states(service, made):
    return [(hold.way, hold.status) for hold in await holds_of(service, made)]


async def there(payer, made):
    """What is held at PayPal for a booking."""
    ledger = await payer.paypal.control("GET", "ledger")
    return [row["status"] for row in ledger["authorizations"] if row.get("custom_id") == str(made.id)]


async def backs(service, payer, made, **backing):
    """What a hold by the wallet will meet."""
    await payer.paypal.control("POST", f"vault/{(await wallet_of(service, made)).token_id}", backing)


async def hand_over(build, made):
    async with build.doors.service().scope() as db:
        await db.execute("update bookings set status = 'active', handed_over_at = exodrive_private.now() where id = $1", made.id)


async def test_near_the_pick_up_it_is_held_without_anybody(build, payer, service, kept, wait_for):
    made = await kept(5)
    await work(service, build, made)
    assert await holds_of(service, made) == []
    await wait_for(4 * DAY)
    for _ in range(2):
        await work(service, build, made)
    [hold] = await holds_of(service, made)
    assert (hold.way, hold.status, hold.money.text) == (Way.WALLET, HoldStatus.HELD, "5000.00")
    assert hold.covered_until - hold.authorized_at == 29 * DAY
    assert await there(payer, made) == ["CREATED"]
    assert await letters(build, made) == ["mail.deposit_held"]
    assert "deposit_held" in await build.history(made)
    captured = await build.value("select captured_amount from payments where booking_id = $1", made.id)
    assert captured == made.held.total.amount


async def test_the_renter_is_told_that_it_is_held_and_not_charged(build, office, resend, service, kept):
    made = await kept()
    await work(service, build, made)
    [(promise,)] = await build.rows(
        "select id from outbox where topic = 'mail.deposit_held' and payload ->> 'booking_id' = $1", str(made.id)
    )
    await telling.send(office, promise, made.id)
    [mail] = [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]
    assert mail["subject"].startswith("The deposit is held, not charged: ")
    assert "reserved, not charged" in mail["text"]
    assert "$5,000.00" in mail["text"]


@pytest.mark.parametrize("backing", [{"funding": "declined"}, {"asks": True}])
async def test_declined_or_to_be_approved_the_renter_is_asked(build, payer, world, service, kept, backing):
    made = await kept()
    await backs(service, payer, made, **backing)
    await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.DECLINED)]
    await work(service, build, made)
    assert await letters(build, made) == ["mail.deposit"]
    order_id = order_in(await asking.begin(world, made.id))
    await payer.approve(order_id)
    await home.capture(world, order_id)
    await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.DECLINED), (Way.APPROVAL, HoldStatus.HELD)]
    assert await there(payer, made) == ["CREATED"]


async def test_of_a_wallet_that_is_gone_nobody_heard(build, payer, service, kept):
    made = await kept()
    token_id = (await wallet_of(service, made)).token_id
    await payer.paypal.control("POST", f"vault/{token_id}/cancel", {})
    await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.DECLINED)]
    assert (
        await build.value("select count(*) from outbox where topic = 'wallets.check' and payload ->> 'booking_id' = $1", str(made.id)) == 1
    )
    assert await looking.check(service, made.id) == "cancelled"
    assert (await wallet_of(service, made)).status is WalletStatus.CANCELLED


async def test_an_answer_that_got_lost_is_asked_for_again_and_held_once(build, payer, service, kept, wait_for):
    made = await kept()
    await payer.paypal.fault(kind="lost_after_commit", match=CREATE, times=3)
    await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.ASKED)]
    await wait_for(MINUTE)
    await settling.settle_open(service)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.HELD)]
    assert await there(payer, made) == ["CREATED"]


async def test_turned_away_after_a_lost_answer_nobody_knows(build, payer, service, stranger, kept, wait_for):
    made = await kept()
    await payer.paypal.fault(kind="lost_after_commit", match=CREATE, times=3)
    await work(service, build, made)
    await wait_for(MINUTE)
    await settling.settle_open(stranger)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.ASKED)]
    await wait_for(10 * MINUTE)
    await settling.settle_open(service)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.HELD)]
    assert await there(payer, made) == ["CREATED"]


async def test_of_two_who_ask_at_once_one_hold_comes(build, payer, service, kept):
    made = await kept()
    await asyncio.gather(*(work(service, build, made) for _ in range(3)))
    assert await states(service, made) == [(Way.WALLET, HoldStatus.HELD)]
    assert await there(payer, made) == ["CREATED"]


async def test_after_paypal_forgot_the_request_what_is_held_is_found_among_its_events(build, payer, service, kept, wait_for):
    made = await kept()
    await payer.paypal.fault(kind="lost_after_commit", match=CREATE, times=3)
    await work(service, build, made)
    await wait_for(7 * HOUR)
    await settling.settle_open(service)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.HELD)]
    assert await there(payer, made) == ["CREATED"]


async def test_what_never_came_to_paypal_ends_when_its_events_tell_of_nothing(build, payer, service, kept, wait_for):
    made = await kept()
    await payer.paypal.fault(kind="status", status=503, match=CREATE, times=3)
    await work(service, build, made)
    await wait_for(6 * HOUR)
    await settling.settle_open(service)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.ASKED)]
    await wait_for(2 * HOUR)
    await settling.settle_open(service)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.DECLINED)]
    assert await there(payer, made) == []


async def test_while_paypal_is_away_for_long_the_renter_is_asked_and_what_comes_late_is_given_back(
    build, payer, world, service, kept, wait_for
):
    made = await kept(1)
    await payer.paypal.fault(kind="lost_after_commit", match=CREATE, times=3)
    await work(service, build, made)
    with pytest.raises(NoHoldWanted):
        await asking.begin(world, made.id)
    await wait_for(6 * HOUR)  # more than an eighth of what was left
    await look.look_at(service, made.id)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.DROPPED)]
    assert await letters(build, made) == ["mail.deposit"]
    order_id = order_in(await asking.begin(world, made.id))
    await payer.approve(order_id)
    await home.capture(world, order_id)
    await settling.settle_open(service)
    await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.RELEASED), (Way.APPROVAL, HoldStatus.HELD)]
    assert sorted(await there(payer, made)) == ["CREATED", "VOIDED"]


async def test_a_notice_that_comes_before_the_answer_has_it_settled(build, payer, world, service, kept):
    made = await kept()
    await payer.paypal.fault(kind="lost_after_commit", match=CREATE, times=3)
    await work(service, build, made)
    ledger = await payer.paypal.control("GET", "ledger")
    [row] = [row for row in ledger["authorizations"] if row.get("custom_id") == str(made.id)]

    class Event:
        resource_id, payload = row["id"], {"resource": row}

    assert await hearing.changed(service, Event()) == "asked by wallet"
    await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.HELD)]
    assert await hearing.changed(service, Event()) == "nothing open"


async def test_under_review_it_is_waited_for_and_read(build, payer, service, kept):
    made = await kept()
    await backs(service, payer, made, funding="pending")
    await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.ASKED)]
    ledger = await payer.paypal.control("GET", "ledger")
    [hold_id] = [row["id"] for row in ledger["authorizations"] if row.get("custom_id") == str(made.id)]
    await payer.paypal.control("POST", f"authorizations/{hold_id}/settle", {"act": "complete"})
    await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.HELD)]


async def test_one_that_will_not_last_is_replaced_by_the_wallet_too(build, payer, service, kept, wait_for):
    made = await kept(1, 30)
    await work(service, build, made)
    await hand_over(build, made)
    await wait_for(26 * DAY + MINUTE)
    for _ in range(2):
        await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.RELEASED), (Way.WALLET, HoldStatus.HELD)]
    assert (await there(payer, made)).count("CREATED") == 1


async def test_given_back_on_purpose_it_is_not_held_again(build, service, kept):
    made = await kept()
    await work(service, build, made)
    async with build.doors.service().scope() as db:
        await db.execute("update deposit_holds set status = 'released', ended_at = exodrive_private.now() where booking_id = $1", made.id)
    await look.look_at(service, made.id)
    assert len(await holds_of(service, made)) == 1


async def test_cancelled_before_paypal_has_heard_it_is_not_asked_again(build, payer, service, kept, wait_for):
    made = await kept()
    await payer.paypal.fault(kind="status", status=503, match=CREATE, times=3)
    await work(service, build, made)
    async with build.doors.service().scope() as db:
        await db.execute("update bookings set status = 'cancelled', cancelled_at = exodrive_private.now() where id = $1", made.id)
    await wait_for(MINUTE)
    await settling.settle_open(service)
    await wait_for(8 * HOUR)
    await settling.settle_open(service)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.DECLINED)]
    assert await there(payer, made) == []


async def test_cancelled_in_between_what_was_held_is_given_back(build, payer, service, kept, wait_for):
    made = await kept(1)
    await payer.paypal.fault(kind="lost_after_commit", match=CREATE, times=3)
    await work(service, build, made)
    async with build.doors.service().scope() as db:
        await db.execute("update bookings set status = 'cancelled', cancelled_at = exodrive_private.now() where id = $1", made.id)
    await wait_for(MINUTE)
    await settling.settle_open(service)
    for _ in range(2):
        await work(service, build, made)
    assert await states(service, made) == [(Way.WALLET, HoldStatus.RELEASED)]
    assert await there(payer, made) == ["VOIDED"]
