"""What was taken from a deposit goes back: in parts, once per key, and never more than was taken."""

from decimal import Decimal

import asyncpg
import pytest

from exodrive.flows.claiming import answer, letter, repaying, taking
from exodrive.flows.claiming.errors import NoClaim
from exodrive.flows.claiming.make import claim
from exodrive.flows.claiming.words import claimed_words
from exodrive.flows.comparison import booking as comparison
from exodrive.flows.refund import NothingLeft
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import new_id
from exodrive.kit.money import Money
from exodrive.overview.money_check import differences
from tests.builders import new_key
from tests.flows.claiming.test_claims import RULES, owing, state, work
from tests.flows.ending import IP
from tests.site import Site

TAKEN_BY = """select r.provider_id from payment_operations o join payment_results r on r.operation_id = o.id
              where o.booking_id = $1 and o.kind = 'claim' and r.outcome = 'succeeded'"""


async def settled(build, payer, world, service, wait_for, amount="300"):
    """A claim that is taken; the booking, a manager, and the claim."""
    made, sam = await owing(build, payer, world, wait_for, amount)
    await claim(RULES, sam.door, made.id, sam.actor)
    await answer.accept(world, made.id)
    [(claim_id,)] = await build.rows("select id from deposit_claims where booking_id = $1", made.id)
    await taking.take(service, claim_id)
    await work(service, made)
    return made, sam, (await state(build, made))[0]


async def went_back(payer, build, made):
    """What of the claim's capture went back by PayPal's own book."""
    capture = await build.value(TAKEN_BY, made.id)
    ledger = await payer.paypal.control("GET", "ledger")
    return [Decimal(row["refunded"]) for row in ledger["captures"] if row["id"] == capture]


async def told(build, office, resend, made):
    """What the renter reads once the letters about money that went back of a claim have left."""
    promised = """select w.id, (w.payload ->> 'operation_id')::uuid from outbox w
                  join payment_operations o on o.id::text = w.payload ->> 'operation_id'
                  where w.topic = 'mail.claim_repaid' and o.booking_id = $1 order by w.id"""
    for promise in await build.rows(promised, made.id):
        await letter.send_repaid(office, *promise)
    return [" ".join(mail["text"].split()) for mail in await resend.control("GET", "mails") if made.reference in mail["subject"]]


async def test_what_was_taken_goes_back_in_parts_once_per_key_and_never_more_than_was(build, payer, world, service, wait_for):
    made, sam, kept = await settled(build, payer, world, service, wait_for)
    before, key = await build.rows("select captured_amount, refunded_amount from payments where booking_id = $1", made.id), new_key()
    some = Money(Decimal(120), "USD")
    for _twice in range(2):
        told = await repaying.by_staff(sam.door, made.id, kept.id, some, sam.actor, "it cost less", key=key, ip=IP)
        assert (told.amount, told.left) == (Decimal(120), Decimal(180))
    with pytest.raises(BadInput) as refused:
        await repaying.by_staff(sam.door, made.id, kept.id, Money(Decimal("180.01"), "USD"), sam.actor, "all of it")
    assert "$180" in refused.value.fields["amount"]
    await work(service, made)
    kept = (await state(build, made))[0]
    assert (kept.repaid, await went_back(payer, build, made)) == (Decimal(120), [Decimal(120)])
    assert "$120.00 of that went back to you, the way it came." in " ".join(claimed_words(kept, "UTC"))
    await repaying.by_staff(sam.door, made.id, kept.id, Money(Decimal(180), "USD"), sam.actor, "not their scratch")
    await work(service, made)
    with pytest.raises(NothingLeft):
        await repaying.by_staff(sam.door, made.id, kept.id, some, sam.actor, "once more")
    assert await went_back(payer, build, made) == [Decimal(300)]
    assert await build.rows("select captured_amount, refunded_amount from payments where booking_id = $1", made.id) == before
    async with service.door.scope() as db:
        assert [one for one in await differences(db) if made.reference in str(one)] == []
    assert (await build.history(made)).count("claim_repaid") == 2


async def test_the_database_lets_no_more_go_back_than_was_taken_whoever_asks(build, payer, world, service, wait_for):
    made, sam, kept = await settled(build, payer, world, service, wait_for)
    line = """insert into payment_operations (id, booking_id, kind, attempt, request_id, amount, currency, target_id, reason, hold_id)
              values ($1, $2, 'repay', 9, gen_random_uuid()::text, $3, 'USD', 'X', 'x', $4)"""
    for door in (sam.door, service.door):
        with pytest.raises(asyncpg.CheckViolationError, match="so much was not taken"):
            async with door.scope() as db:
                await db.execute(line, new_id(), made.id, Decimal("300.01"), kept.hold_id)
    other = await build.paid()
    with pytest.raises(NoClaim):
        await repaying.by_staff(sam.door, other.id, kept.id, Money(Decimal(1), "USD"), sam.actor, "another's")


async def test_a_lost_answer_about_money_given_back_is_asked_for_again_under_the_same_id(build, payer, world, service, wait_for):
    made, sam, kept = await settled(build, payer, world, service, wait_for)
    await repaying.by_staff(sam.door, made.id, kept.id, Money(Decimal(50), "USD"), sam.actor, "it cost less")
    await payer.paypal.fault(kind="lost_after_commit", match={"path_regex": "/captures/.*/refund$"}, times=3)
    for _twice in range(2):
        await work(service, made)
    assert ((await state(build, made))[0].repaid, await went_back(payer, build, made)) == (Decimal(50), [Decimal(50)])


async def test_what_was_given_back_of_a_claim_at_paypals_own_site_is_booked_once_and_told(
    build, payer, world, service, office, resend, wait_for
):
    made, _sam, kept = await settled(build, payer, world, service, wait_for)
    await Site(payer.paypal).refund(await build.value(TAKEN_BY, made.id), "70")
    for _twice in range(2):
        await comparison.compare(service, made.id)
    assert (await state(build, made))[0].repaid == Decimal(70)
    booked = "select origin, amount, hold_id from payment_operations where booking_id = $1 and kind in ('repay', 'refund')"
    assert await build.rows(booked, made.id) == [("external", Decimal(70), kept.hold_id)]
    assert await build.value("select refunded_amount from payments where booking_id = $1", made.id) == 0
    assert (await build.history(made))[-1] == "refunded_elsewhere"
    [mail] = await told(build, office, resend, made)
    assert "We gave $70.00 back to you of the $300.00 that was taken from your deposit. It goes the way it came" in mail


async def test_the_renter_is_told_what_went_back_of_it_and_why(build, payer, world, office, resend, service, wait_for):
    made, sam, kept = await settled(build, payer, world, service, wait_for)
    for amount, why in (("120", "it cost less"), ("30", "and a little less again")):
        await repaying.by_staff(sam.door, made.id, kept.id, Money(Decimal(amount), "USD"), sam.actor, why)
        await work(service, made)
    first, second = await told(build, office, resend, made)
    assert "We gave $120.00 back to you of the $300.00 that was taken from your deposit. it cost less" in first
    assert "$30.00" in second
    assert "With it, $150.00 of $300.00 has gone back to you." in second
    assert (await build.history(made)).count("email_sent") == 2
