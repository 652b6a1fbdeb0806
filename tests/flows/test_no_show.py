"""Nobody came: noted after the pick-up, taken back while there is time, and settled by the clock when it is over."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from exodrive.bookings.endings import How
from exodrive.flows import cancel, no_show
from exodrive.flows.ending import letter
from exodrive.flows.ending.errors import NotCancellable, NothingNoted, TooEarly
from exodrive.kit.errors import BadInput
from exodrive.kit.idempotency import KeyReused
from tests.builders import days_ahead, new_key
from tests.flows.ending import at_paypal, paid_at_paypal, pick_up_in, refunds, send_ended, settle_refunds, share, staff_of

HOUR, WINDOW = timedelta(hours=1), timedelta(minutes=120)


async def missed(build, made=None):
    """A paid booking whose pick-up was an hour ago."""
    made = made or await build.paid()
    await pick_up_in(build, made, -HOUR)
    return made


async def noted_at(build, made):
    return await build.value("select no_show_at from bookings where id = $1", made.id)


async def with_tier(build, made, percent):
    """Let a booking have been sold with this much for who never comes."""
    db = await asyncpg.connect(build.superuser_url)
    tiers = f'[{{"hours_before": 0, "percent": 0}}, {{"hours_before": null, "percent": {percent}}}]'
    await db.execute("update bookings set cancellation_tiers = $2::jsonb where id = $1", made.id, tiers)
    await db.close()


async def test_when_the_time_is_over_the_days_are_free_and_nothing_goes_back(build, service, wait_for):
    car = await build.car()
    made, sam = await missed(build, await build.paid(car, days_ahead(10, 3))), await staff_of(build)
    told = await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited two hours")
    assert await noted_at(build, made) == told.no_show_at
    await no_show.settle_due(service)
    assert (await build.status(made), len(await build.days_of(made))) == ("upcoming", 3), "there is time to take it back"
    await wait_for(WINDOW + timedelta(minutes=1))
    await asyncio.gather(*(no_show.settle_due(service) for _ in range(4)))
    assert (await build.status(made), await build.days_of(made)) == ("no_show", [])
    assert await refunds(build, made) == []
    columns = "how, percent, paid, refund"
    assert await build.rows(f"select {columns} from booking_endings where booking_id = $1", made.id) == [
        ("no_show", 0, made.held.total.amount, Decimal(0))
    ]
    assert (await build.history(made))[-2:] == ["no_show_noted", "no_show"]
    assert [action for action, _details in await sam.noted(build)] == ["no_show_noted"]
    await build.held(car, made.order.days)


async def test_a_tier_for_who_never_comes_says_what_goes_back(build, payer, world, service, wait_for):
    made, sam = await missed(build, await paid_at_paypal(build, payer, world)), await staff_of(build)
    await with_tier(build, made, 20)
    await no_show.mark(world, sam.door, made.id, sam.actor, "waited two hours")
    await wait_for(WINDOW + timedelta(minutes=1))
    await no_show.settle_due(service)
    await settle_refunds(build, service, made)
    assert await at_paypal(build, payer, made) == share(made, 20)
    assert await build.value("select how from booking_endings where booking_id = $1", made.id) == How.NO_SHOW


async def test_who_comes_after_all_has_their_car(build, service, wait_for):
    made, sam = await missed(build), await staff_of(build)
    await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited two hours")
    assert (await no_show.undo(build.world, sam.door, made.id, sam.actor, "the flight was late")).no_show_at is None
    await wait_for(WINDOW + HOUR)
    await no_show.settle_due(service)
    assert (await build.status(made), await noted_at(build, made), len(await build.days_of(made))) == ("upcoming", None, 3)
    assert (await build.history(made))[-2:] == ["no_show_noted", "no_show_withdrawn"]
    with pytest.raises(NothingNoted):
        await no_show.undo(build.world, sam.door, made.id, sam.actor, "once more")


async def test_when_the_time_is_over_it_cannot_be_taken_back(build, wait_for):
    made, sam = await missed(build), await staff_of(build)
    await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited two hours")
    await wait_for(WINDOW + timedelta(minutes=1))
    with pytest.raises(NothingNoted):
        await no_show.undo(build.world, sam.door, made.id, sam.actor, "too late")


async def test_noted_again_the_first_time_counts(build, wait_for):
    made, sam, key = await missed(build), await staff_of(build), new_key()
    first = await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited", key=key)
    await wait_for(HOUR)
    told = [await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited", key=key) for _ in range(2)]
    told.append(await no_show.mark(build.world, sam.door, made.id, sam.actor, "and waited"))
    assert {one.no_show_at for one in told} == {first.no_show_at}
    assert (await build.history(made)).count("no_show_noted") == 1
    with pytest.raises(KeyReused):
        await no_show.mark(build.world, sam.door, made.id, sam.actor, "something else", key=key)


async def test_before_the_pick_up_nobody_can_have_missed_it(build):
    made, sam = await build.paid(), await staff_of(build)
    with pytest.raises(TooEarly):
        await no_show.mark(build.world, sam.door, made.id, sam.actor, "a hunch")
    with pytest.raises(asyncpg.CheckViolationError, match="bookings_no_show_late"):
        await build.value("update bookings set no_show_at = exodrive_private.now() where id = $1 returning true", made.id)


async def test_whose_key_is_out_has_come(build, service, wait_for):
    begun, out, sam = await missed(build), await missed(build), await staff_of(build)
    for made in (begun, out):
        await build.value("update bookings set status = 'active' where id = $1 returning true", made.id)
        await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited two hours")
    await build.value("update bookings set handed_over_at = exodrive_private.now() where id = $1 returning true", out.id)
    await wait_for(WINDOW + timedelta(minutes=1))
    await no_show.settle_due(service)
    assert (await build.status(begun), await build.status(out)) == ("no_show", "active")
    with pytest.raises(NotCancellable):
        await no_show.mark(build.world, sam.door, out.id, sam.actor, "waited on")


async def test_what_was_cancelled_meanwhile_stays_cancelled(build, service, wait_for):
    made, sam = await missed(build), await staff_of(build)
    await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited two hours")
    await cancel.by_staff(build.world, sam.door, made.id, sam.actor, "they were ill")
    await wait_for(WINDOW + timedelta(minutes=1))
    await no_show.settle_due(service)
    assert await build.status(made) == "cancelled"
    assert await refunds(build, made) == [(made.held.total.amount, None)]


async def test_a_reason_is_asked_for(build):
    made, sam = await missed(build), await staff_of(build)
    for verb in (no_show.mark, no_show.undo):
        with pytest.raises(BadInput):
            await verb(build.world, sam.door, made.id, sam.actor, " ")


async def test_the_renter_is_told_until_when_to_call_and_what_came_of_it(build, office, resend, wait_for):
    made, sam = await missed(build), await staff_of(build)
    await no_show.mark(build.world, sam.door, made.id, sam.actor, "between us")
    [(work,)] = await build.rows("select id from outbox where topic = 'mail.no_show' and payload ->> 'booking_id' = $1", str(made.id))
    await letter.send_no_show(office, work, made.id)
    await wait_for(WINDOW + timedelta(minutes=1))
    await no_show.settle_due(office)
    await send_ended(build, office, made)
    mails = [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]]
    asked, over = sorted(mails, key=lambda mail: mail["subject"])
    assert asked["subject"].startswith("Are you coming? Test Car, ")
    assert "call us before" in asked["text"]
    assert "between us" not in asked["text"] + over["text"]
    assert over["subject"].startswith("Not picked up: Test Car, ")
    assert "By the rules you accepted, nothing of what you paid goes back." in " ".join(over["text"].split())


async def test_who_came_before_the_letter_left_gets_none(build, office, resend):
    made, sam = await missed(build), await staff_of(build)
    await no_show.mark(build.world, sam.door, made.id, sam.actor, "waited")
    await no_show.undo(build.world, sam.door, made.id, sam.actor, "they came")
    [(work,)] = await build.rows("select id from outbox where topic = 'mail.no_show' and payload ->> 'booking_id' = $1", str(made.id))
    await letter.send_no_show(office, work, made.id)
    assert [mail for mail in await resend.control("GET", "mails") if mail["to"] == [made.order.email]] == []
