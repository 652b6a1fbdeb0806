"""Letters about the rest: before, on and after its day, each once, none when there is nothing to be paid."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from exodrive.flows.instalment import capturing, reminding, waive
from exodrive.kit import clock
from exodrive.payments.instalments.model import REMINDERS
from tests.flows.ending import staff_of
from tests.garage import ZONE

DAY = timedelta(days=1)


async def promised(build, ada):
    return await build.rows(
        "select id from outbox where topic = 'mail.instalment' and payload ->> 'booking_id' = $1 order by id", str(ada.made.id)
    )


async def at(wait_for, moment):
    await wait_for(moment - clock.now())


async def letters(resend, ada):
    """The letters about the rest that the renter got, the oldest first."""
    mails = [mail for mail in await resend.control("GET", "mails") if mail["to"] == [ada.made.order.email]]
    return sorted(mails, key=lambda mail: mail["created"])


def nine(day):
    return datetime.combine(day, time(9), ZoneInfo(ZONE))


async def test_three_letters_are_sent_before_on_and_after_the_day_each_once(build, owing, office, resend, wait_for):
    ada = await owing()
    rest = await ada.rest()
    assert rest.remind_at == nine(rest.due_on - REMINDERS[0] * DAY)
    assert await reminding._remind_one(office, ada.made.id) is False
    for number, days in enumerate(REMINDERS, start=1):
        await at(wait_for, nine(rest.due_on - days * DAY) + timedelta(minutes=1))
        assert await reminding.remind_due(office) >= 1
        for _ in range(2):
            await reminding.remind_due(office)
        works = await promised(build, ada)
        assert len(works) == number
        await reminding.send(office, works[-1][0], ada.made.id)
    assert (await ada.rest()).remind_at is None
    found = await letters(resend, ada)
    assert [mail["subject"].partition(":")[0].partition(" by ")[0] for mail in found] == [
        "The rest is due",
        "The rest is due today",
        "The rest is overdue",
    ]
    amount = f"${rest.amount:,.2f}"
    assert all(amount in mail["text"] and "/booking/" in mail["text"] for mail in found)
    assert (await build.history(ada.made)).count("instalment_reminded") == 3


async def test_after_a_pause_only_the_newest_letter_is_sent(build, owing, office, wait_for):
    ada = await owing()
    rest = await ada.rest()
    await at(wait_for, nine(rest.due_on) + timedelta(hours=1))
    await reminding.remind_due(office)
    assert len(await promised(build, ada)) == 1
    assert (await ada.rest()).remind_at == nine(rest.due_on + 2 * DAY)


async def test_a_rest_that_is_due_soon_is_not_reminded_of_at_once(owing):
    """Its renter has just read it."""
    ada = await owing(ahead=9)
    rest = await ada.rest()
    assert rest.remind_at is not None
    assert rest.remind_at > clock.now()
    assert rest.remind_at in (nine(rest.due_on), nine(rest.due_on + 2 * DAY))


async def test_no_letter_comes_once_the_car_should_be_out(build, owing, office, wait_for):
    ada = await owing(ahead=9, days_before=1)
    rest = await ada.rest()
    await at(wait_for, nine(rest.due_on) + timedelta(minutes=1))
    await reminding.remind_due(office)
    assert len(await promised(build, ada)) == 1
    assert (await ada.rest()).remind_at is None


@pytest.mark.parametrize("how", ["paid", "waived", "being paid"])
async def test_no_letter_leaves_about_a_rest_that_is_settled_meanwhile(build, owing, world, office, resend, how):
    ada = await owing()
    await build.value("update booking_instalments set remind_at = exodrive_private.now() where booking_id = $1", ada.made.id)
    assert await reminding._remind_one(office, ada.made.id)
    [(work,)] = await promised(build, ada)
    if how == "paid":
        await ada.paid()
    elif how == "waived":
        sam = await staff_of(build)
        await waive.by_staff(sam.door, ada.made.id, sam.actor, "a good customer")
    else:
        assert await capturing.intend(world, ada.made.id, await ada.approved(), capturing.SYSTEM)
    await reminding.send(office, work, ada.made.id)
    assert await letters(resend, ada) == []


async def test_many_workers_promise_a_letter_once(build, owing, office):
    import asyncio

    ada = await owing()
    await build.value("update booking_instalments set remind_at = exodrive_private.now() where booking_id = $1", ada.made.id)
    assert sum(await asyncio.gather(*(reminding._remind_one(office, ada.made.id) for _ in range(5)))) == 1
    assert len(await promised(build, ada)) == 1
