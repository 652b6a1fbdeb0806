"""A wallet from the renter's agreement to its end at PayPal: kept with the payment, found, and deleted when the booking is settled."""

from dataclasses import replace
from datetime import timedelta

from exodrive.deposits.model import DepositRules
from exodrive.deposits.wallets.model import WalletStatus
from exodrive.flows import cancel, home, letters, tidy, webhooks
from exodrive.flows.checkout import pay, settling
from exodrive.flows.comparison import booking
from exodrive.flows.wallet import looking
from exodrive.gateways.paypal import Notice
from exodrive.kit import clock
from tests.builders import days_ahead
from tests.flows.test_cancel import staff_door
from tests.flows.wallet.conftest import after_return, holds_of, wallet_of, work
from tests.site import Site

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)


async def at_paypal(payer, made):
    """The wallets that PayPal keeps for a booking."""
    return [it for it in await payer.paypal.control("GET", "vault") if it["merchant_customer_id"] == str(made.id)]


async def heard(world, service, payer, thing, kind):
    """The worker hears of something."""
    start = clock.now() - HOUR
    [event] = [it for it in await world.paypal.events(start, clock.now() + HOUR) if (it.event_type, it.resource.get("id")) == (kind, thing)]
    await webhooks.take(service.door, Notice(f"{event.id}-sent", clock.now(), event))
    async with service.door.scope() as db:
        event_id = await db.fetchval("select id from webhook_events where event_id = $1", event.id)
    await webhooks.handle(service, event_id)
    async with service.door.scope() as db:
        return await db.fetchval("select outcome from webhook_events where id = $1", event_id)


async def test_it_is_kept_with_the_payment_and_found(build, payer, service, paid):
    made = await paid(ahead=10)
    assert (await wallet_of(service, made)).status is WalletStatus.AGREED
    for _ in range(2):
        assert await looking.look_at_all(service) >= 0
    [there] = await at_paypal(payer, made)
    wallet = await wallet_of(service, made)
    assert (wallet.status, wallet.token_id) == (WalletStatus.KEPT, there["id"])
    assert (await build.history(made)).count("wallet_kept") == 1
    assert there["wish"]["description"].startswith("Holds the deposit for ")


async def test_the_confirmation_says_what_was_agreed(build, office, resend, paid):
    made = await paid(ahead=10)
    [(promise,)] = await build.rows(
        "select id from outbox where topic = 'mail.confirmation' and payload ->> 'booking_id' = $1", str(made.id)
    )
    await letters.send_confirmation(office, promise, made.id)
    [mail] = [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]
    assert "from the PayPal wallet you paid with: held, not charged. You need do nothing." in " ".join(mail["text"].split())


async def test_turned_away_from_the_order_the_wallet_is_waited_for(service, stranger, paid):
    made = await paid(ahead=10)
    await looking.look_at(replace(stranger, deposits=service.deposits), made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.AGREED


async def test_who_does_not_agree_keeps_nothing(build, payer, service, paid):
    made = await paid(keep_wallet=False)
    assert await at_paypal(payer, made) == []
    assert await build.value("select count(*) from paypal_wallets where booking_id = $1", made.id) == 0


async def test_with_the_switch_off_nothing_is_kept(build, payer, world):
    off = replace(world, deposits=DepositRules())
    build.world = off
    made = await build.held(keep_wallet=True)
    order_id = (await pay.begin(off, made.id)).rpartition("=")[2]
    await payer.approve(order_id)
    await home.capture(off, order_id)
    assert await at_paypal(payer, made) == []
    assert await build.value("select count(*) from paypal_wallets where booking_id = $1", made.id) == 0


async def test_an_account_that_keeps_none_is_paid_all_the_same(build, payer, world, service):
    await payer.paypal.control("POST", "account", {"vaulting": False})
    made = await build.held(keep_wallet=True)
    await home.capture(world, await payer.approved(made))
    assert await build.status(made) == "upcoming"
    assert (await wallet_of(service, made)).status is WalletStatus.NONE


async def test_one_that_is_ready_late_is_told_of_or_found(payer, world, service, paid, wait_for):
    await payer.paypal.control("POST", "account", {"vaulting": True, "vault_delay": 1800})
    told, found = await paid(ahead=10), await paid(ahead=10)
    for made in (told, found):
        await looking.look_at(service, made.id)
        assert (await wallet_of(service, made)).status is WalletStatus.AGREED
    await wait_for(31 * MINUTE)
    [there] = await at_paypal(payer, told)
    assert await heard(world, service, payer, there["id"], "VAULT.PAYMENT-TOKEN.CREATED") == "kept"
    await looking.look_at_all(service)
    assert [(await wallet_of(service, made)).status for made in (told, found)] == [WalletStatus.KEPT] * 2


async def test_who_never_paid_has_none(build, payer, service, wait_for):
    made = await build.held(days=days_ahead(10, 3), keep_wallet=True)
    await payer.order(made)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.AGREED
    await wait_for(DAY)
    await tidy.expire_dead(service)
    assert await build.status(made) == "expired"
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.NONE


async def test_one_that_came_with_money_taken_at_paypals_own_site_is_found_and_deleted(build, payer, world, service):
    made = await build.held(days=days_ahead(10, 3), keep_wallet=True)
    order_id = await payer.approved(made)
    await cancel.by_renter(world, made.id)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.NONE
    await Site(payer.paypal).capture(order_id)
    await booking.compare(service, made.id)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.KEPT
    open_refund = "select id from payment_operations where booking_id = $1 and kind = 'refund'"
    await settling.settle(service, await build.value(open_refund, made.id))
    await looking.look_at(service, made.id)
    assert ((await wallet_of(service, made)).status, await at_paypal(payer, made)) == (WalletStatus.DELETED, [])


async def test_an_owner_who_ends_it_at_paypal_is_asked_as_any_other(payer, world, service, build, kept):
    made = await kept(10)
    [there] = await at_paypal(payer, made)
    await payer.paypal.control("POST", f"vault/{there['id']}/cancel", {})
    assert await heard(world, service, payer, there["id"], "VAULT.PAYMENT-TOKEN.DELETED") == "cancelled"
    assert (await wallet_of(service, made)).status is WalletStatus.CANCELLED


async def test_a_notice_that_it_is_gone_is_not_believed(payer, world, service, kept):
    made = await kept(10)
    wallet = await wallet_of(service, made)
    assert await looking.check(service, made.id) == "kept"
    assert (await wallet_of(service, made)) == wallet


async def test_cancelled_it_is_deleted(build, payer, world, service, kept):
    made = await kept(10)
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    for _ in range(2):
        await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.DELETED
    assert await at_paypal(payer, made) == []
    assert (await build.history(made))[-2:] == ["wallet_deletion_intended", "wallet_deleted"]


async def test_it_is_deleted_after_the_deposit_is_given_back_and_not_before(build, service, kept, wait_for):
    made = await kept(1)
    await work(service, build, made)
    await after_return(build, made)
    await wait_for(3 * DAY - HOUR)
    await work(service, build, made)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.KEPT
    await wait_for(2 * HOUR)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).deleting_at is None, "a hold is in force"
    await work(service, build, made)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.DELETED
    assert [hold.status for hold in await holds_of(service, made)] == ["released"]


async def test_while_something_may_still_be_claimed_it_is_kept_also_with_nothing_held(build, service, kept, wait_for):
    made = await kept(10)
    await after_return(build, made)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).deleting_at is None
    await wait_for(3 * DAY + MINUTE)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.DELETED


async def test_deleting_is_tried_until_paypal_has_heard(build, payer, world, service, kept, wait_for, caplog):
    made = await kept(10)
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")
    await payer.paypal.fault(kind="status", status=503, match={"method": "DELETE", "path_regex": "/vault/"}, times=3)
    await looking.look_at(service, made.id)
    wallet = await wallet_of(service, made)
    assert (wallet.status, wallet.deleting_at is None) == (WalletStatus.KEPT, False)
    assert [record.levelname for record in caplog.records if "not deleted" in record.message] == ["WARNING"]
    await payer.paypal.fault(kind="status", status=503, match={"method": "DELETE", "path_regex": "/vault/"}, times=3)
    await wait_for(DAY + HOUR)
    await looking.look_at(service, made.id)
    assert caplog.records[-1].levelname == "CRITICAL", "a person hears of it"
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.DELETED


async def refused_at_the_first_try(build, payer, world, service, wait_for):
    """A booking whose first payment was looked into and refused, while its wallet was kept."""
    made = await build.held(days=days_ahead(10, 3), keep_wallet=True)
    first = await payer.approved(made, funding="pending")
    await home.capture(world, first)
    [capture] = await payer.captures(first)
    await payer.paypal.control("POST", f"captures/{capture['id']}/settle", {"act": "decline"})
    await wait_for(7 * HOUR)
    await settling.settle_open(service)
    return made


async def paid_at_the_second_try(build, payer, world, service, wait_for):
    """The same, with another wallet kept with the second payment."""
    made = await refused_at_the_first_try(build, payer, world, service, wait_for)
    await home.capture(world, await payer.approved(made))
    assert await build.status(made) == "upcoming"
    assert len(await at_paypal(payer, made)) == 2
    return made


async def cancelled(build, world, made):
    door, actor = await staff_door(build)
    await cancel.by_staff(world, door, made.id, actor, "the car broke down")


async def test_one_kept_with_a_refused_payment_goes_when_no_other_follows(build, payer, world, service, wait_for):
    made = await refused_at_the_first_try(build, payer, world, service, wait_for)
    await payer.order(made)
    await wait_for(DAY)
    await tidy.expire_dead(service)
    assert (await build.status(made), len(await at_paypal(payer, made))) == ("expired", 1)
    for _ in range(2):
        await looking.look_at(service, made.id)
    assert ((await wallet_of(service, made)).status, await at_paypal(payer, made)) == (WalletStatus.DELETED, [])


async def test_when_two_orders_had_one_kept_both_are_deleted(build, payer, world, service, wait_for):
    made = await paid_at_the_second_try(build, payer, world, service, wait_for)
    await looking.look_at(service, made.id)
    await cancelled(build, world, made)
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.DELETED
    assert await at_paypal(payer, made) == []


async def test_another_one_that_comes_after_the_first_was_deleted_is_deleted_too(build, payer, world, service, wait_for):
    made = await paid_at_the_second_try(build, payer, world, service, wait_for)
    first, second = await at_paypal(payer, made)
    async with service.door.scope() as db:
        await db.execute(
            "update paypal_wallets set status = 'deleted', token_id = $2, deleting_at = $3, ended_at = $3 where booking_id = $1",
            made.id, first["id"], clock.now(),
        )  # fmt: skip
    await world.paypal.delete_wallet(first["id"])
    await cancelled(build, world, made)
    assert await heard(world, service, payer, second["id"], "VAULT.PAYMENT-TOKEN.CREATED") == "kept"
    await looking.look_at(service, made.id)
    assert (await wallet_of(service, made)).status is WalletStatus.DELETED
    assert await at_paypal(payer, made) == []
