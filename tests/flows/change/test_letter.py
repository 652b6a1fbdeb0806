"""The letter about a change says what was and what is, once, and tells all about the booking as it stands now."""

from datetime import time

import msgspec

from exodrive.bookings.model import Address, Place
from exodrive.flows import home
from exodrive.flows.change import letter, telling
from exodrive.flows.change.model import Change, chosen_in
from exodrive.flows.change.words import line, rows
from exodrive.kit.days import Days
from exodrive.pricing import engine
from exodrive.pricing.words import days_range, money
from tests.flows.change.test_by_staff import ask
from tests.flows.change.test_days import DAY
from tests.flows.change.test_pay import approved

NEXT = """select w.id, c.id from outbox w join booking_changes c on c.id::text = w.payload ->> 'change_id'
          where w.topic = 'mail.changed' and w.done_at is null and c.booking_id = $1 order by w.id"""


async def written(build, office, resend, made):
    """The letters about changes that are to be sent now."""
    for work, change_id in await build.rows(NEXT, made.id):
        await letter.send(office, work, change_id)
    return [mail for mail in await resend.control("GET", "mails") if made.reference in mail["subject"]]


def text(mail):
    return " ".join(mail["text"].split())


async def test_what_was_and_what_is_is_said_of_hours_places_and_extras(build, renter, office, resend):
    ada = await renter()
    await ada.change(pickup=msgspec.structs.replace(ada.made.order.pickup, time=time(11)))
    [mail] = await written(build, office, resend, ada.made)
    assert mail["subject"].startswith("Changed: ")
    assert "Your booking is changed. This is what was and what is: - Pick-up time: 10:00 AM → 11:00 AM Nothing is to be paid" in text(mail)
    assert "Return time" not in mail["text"]
    assert "1 Test Way" in mail["text"], "all about the booking as it stands now follows"
    assert (await build.history(ada.made))[-1] == "email_sent"
    away = Place(time=time(17), address=Address(line1="9 Palm Ave", city="Miami", country="US"))
    proposal = await ada.preview(dropoff=msgspec.structs.replace(ada.made.order.dropoff, time=time(17)), extras={ada.code: 1})
    names = {str(ada.made.order.dropoff.location_id): "Test Garage"}
    said = [" ".join(line(row).split()) for row in rows(as_kept(proposal, dropoff=away), names)]
    assert "Return place: Test Garage → 9 Palm Ave, Miami, US" in said
    assert any(one.startswith("Return time: ") and one.endswith("5:00 PM") for one in said)
    assert any(one.endswith(", new") and "Child seat" in one for one in said)


def as_kept(proposal, **chosen):
    """A change that is only thought of, as it would be kept."""
    arranged = msgspec.structs.replace(proposal.arranged, chosen=msgspec.structs.replace(proposal.arranged.chosen, **chosen))
    about = dict.fromkeys(Change.__struct_fields__)
    prices = {"before_price": proposal.sold.snapshot, "after_price": engine.snapshot(proposal.price)}
    told = {"before": chosen_in(proposal.old), "after": arranged, "difference": proposal.difference.amount, "currency": "USD"}
    return Change(**(about | prices | told))


async def test_other_days_are_said_with_the_price_before_and_after_and_what_was_paid(build, renter, payer, world, office, resend):
    ada = await renter()
    sold, order = await ada.price(), ada.made.order
    _change_id, order_id = await approved(ada, payer, end=order.end + DAY)
    await home.capture(world, order_id)
    now = await ada.price()
    [mail] = await written(build, office, resend, ada.made)
    said = text(mail)
    days = [" ".join(days_range(one).split()) for one in (order.days, Days(order.start, order.end + DAY))]
    assert f"- Days: {days[0]} → {days[1]} - " in said
    assert f"- Total: {money(sold.total, 'USD')} → {money(now.total, 'USD')} " in said
    assert f"You paid {money(now.total - sold.total, 'USD')} for the change." in said
    assert await written(build, office, resend, ada.made) == [mail]


async def test_a_change_that_waits_for_its_payment_is_told_with_what_is_and_would_be(build, renter, office, resend):
    ada, other = await renter(await build.car()), await build.car(name="Comet RS")
    await ask(ada, build, car_id=other.id, end=ada.made.order.end + DAY)
    [(work,)] = await build.rows(
        "select id from outbox where topic = 'mail.change_to_pay' and payload ->> 'booking_id' = $1", str(ada.made.id)
    )
    await telling.send(office, work, ada.made.id)
    [mail] = [mail for mail in await resend.control("GET", "mails") if ada.made.reference in mail["subject"]]
    assert "→ Comet RS" in mail["text"]
    assert "Days: " in mail["text"]
    assert "Total: " in mail["text"]
