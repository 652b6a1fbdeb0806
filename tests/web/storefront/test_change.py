"""Changing a booking by its private page, over HTTP."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import asyncpg
import httpx
import pytest

from exodrive.pricing.kinds import AdditionalDriver, Extra, PartPayment, Waiver
from tests.builders import Build, Made, days_ahead
from tests.garage import MadeCar, new_rules
from tests.web.storefront.conftest import NewVisitor, as_holder
from tests.web.storefront.forms import Form


async def equipped(build: Build) -> tuple[MadeCar, str, str]:
    """A car with a child seat ($18 a day, two at most), a cover ($50 a day) and further drivers ($25)."""
    car = await build.car()
    code, cover = f"seat-{uuid4().hex[:8]}", f"cover-{uuid4().hex[:8]}"
    await new_rules(
        build.doors,
        Extra(name="Child seat", code=code, per="day", amount=Decimal(18), most=2, stock=2, car_id=car.id, currency="USD"),
        Waiver(name="Full cover", code=cover, per="day", amount=Decimal(50), excess=Decimal(500), car_id=car.id, currency="USD"),
        AdditionalDriver(name="Further driver", amount=Decimal(25), most=1, car_id=car.id, currency="USD"),
    )
    return car, code, cover


async def form_of(http: httpx.AsyncClient, made: Made) -> dict[str, str]:
    """The page's form with what is booked."""
    page = await http.get(f"/booking/{made.reference}/change")
    assert page.status_code == 200, page.headers
    return Form(page.text).fields


def confirming(page: str) -> dict[str, str]:
    """The form that makes the change just shown."""
    return Form(page.partition('id="preview"')[2]).fields


async def test_the_form_shows_what_is_booked_and_the_preview_what_it_would_cost(visitor: NewVisitor, build: Build) -> None:
    car, code, cover = await equipped(build)
    made = await build.paid(car, extras={code: 1})
    http = as_holder(visitor(), made)
    fields = await form_of(http, made)
    assert (fields[f"extras.{code}"], fields["pickup_time"], fields["waiver"]) == ("1", "10:00", "")
    answer = await http.post(f"/booking/{made.reference}/change/preview", data=fields | {f"extras.{code}": "2", "waiver": cover})
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>|\s+", " ", answer.text)
    for said in ("Child seat, 2 ×", "Full cover", "You asked for it.", "You chose this cover.", "Price before", "New price"):
        assert said in text, said
    assert re.search(r"Pay \$[\d,.]+ with PayPal", text)
    assert await build.value("select count(*) from booking_changes where booking_id = $1", made.id) == 0


async def test_a_change_at_no_cost_is_made_by_the_second_press(visitor: NewVisitor, build: Build) -> None:
    car, code, _cover = await equipped(build)
    made = await build.paid(car, extras={code: 1})
    http = as_holder(visitor(), made)
    shown = await http.post(f"/booking/{made.reference}/change/preview", data=await form_of(http, made) | {"pickup_time": "11:00"})
    assert "The price stays" in shown.text
    answer = await http.post(f"/booking/{made.reference}/change", data=confirming(shown.text))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{made.reference}?told=changed")
    again = await http.post(f"/booking/{made.reference}/change", data=confirming(shown.text))
    assert again.headers["location"] == f"/booking/{made.reference}?told=changed", "sent twice it is the same"
    page = (await http.get(answer.headers["location"])).text
    assert "Your booking is changed" in page
    assert "11:00\u202fAM" in page
    assert "at no cost." in page
    assert await build.value("select quantity from booking_extras where booking_id = $1", made.id) == 1


async def test_a_dearer_change_leads_to_paypal_and_waits(visitor: NewVisitor, build: Build) -> None:
    car, code, _cover = await equipped(build)
    made = await build.paid(car)
    http = as_holder(visitor(), made)
    shown = await http.post(f"/booking/{made.reference}/change/preview", data=await form_of(http, made) | {f"extras.{code}": "1"})
    answer = await http.post(f"/booking/{made.reference}/change", data=confirming(shown.text))
    assert answer.status_code == 303
    assert "/checkoutnow?token=" in answer.headers["location"], answer.headers["location"]
    page = (await http.get(f"/booking/{made.reference}")).text
    assert "Your change waits for its payment" in page
    begun = await http.post(f"/booking/{made.reference}/change/payment")
    assert begun.headers["location"] == answer.headers["location"]
    token = answer.headers["location"].partition("token=")[2]
    turned = await http.get("/paypal/cancel", params={"token": token})
    assert turned.headers["location"] == f"/booking/{made.reference}?told=change-stopped"
    assert "your booking stands as it was" in (await http.get(turned.headers["location"])).text
    stranger = await visitor().get("/paypal/cancel", params={"token": token})
    assert made.reference not in stranger.text
    assert "Your change was not made" in stranger.text
    gone = await http.post(f"/booking/{made.reference}/change/withdrawal")
    assert gone.headers["location"] == f"/booking/{made.reference}?told=withdrawn"
    assert "waits for its payment" not in (await http.get(f"/booking/{made.reference}")).text


async def test_a_cheaper_change_says_what_comes_back(visitor: NewVisitor, build: Build) -> None:
    car, code, cover = await equipped(build)
    made = await build.paid(car, extras={code: 2}, waiver=cover, additional_drivers=1)
    http = as_holder(visitor(), made)
    fields = await form_of(http, made)
    assert (fields["waiver"], fields["additional_drivers"]) == (cover, "1")
    del fields["additional_drivers"]
    shown = await http.post(f"/booking/{made.reference}/change/preview", data=fields | {"waiver": "", f"extras.{code}": ""})
    assert "taken off" in shown.text
    assert re.search(r"Change it and get \$[\d,.]+ back", shown.text)
    answer = await http.post(f"/booking/{made.reference}/change", data=confirming(shown.text))
    assert answer.headers["location"] == f"/booking/{made.reference}?told=changed"
    rows = await build.rows("select waiver, additional_drivers from bookings where id = $1", made.id)
    assert (rows, await build.rows("select code from booking_extras where booking_id = $1", made.id)) == ([("", 0)], [])
    assert "paid back." in (await http.get(f"/booking/{made.reference}")).text


def said_in(page: str) -> str:
    """The words of what a change would cost."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition('id="preview"')[2]).split())


async def test_in_two_parts_the_page_says_what_is_paid_now_and_what_later(visitor: NewVisitor, build: Build) -> None:
    car, code, _cover = await equipped(build)
    await new_rules(build.doors, PartPayment(name="Two parts", percent=Decimal(50), days_before=5, car_id=car.id))
    made = await build.paid(car, part_payment=True, extras={code: 1})
    http = as_holder(visitor(), made)
    typed = await form_of(http, made)
    dearer = said_in((await http.post(f"/booking/{made.reference}/change/preview", data=typed | {f"extras.{code}": "2"})).text)
    assert "You pay your part of the difference now" in dearer
    assert re.search(r"To be paid by .* before: \$[\d,.]+ now: \$", dearer)
    [more], [pay] = re.findall(r"\$([\d.]+) more", dearer), re.findall(r"Pay \$([\d.]+) with PayPal", dearer)
    assert abs(Decimal(more) - 2 * Decimal(pay)) <= Decimal("0.01")
    cheaper = said_in((await http.post(f"/booking/{made.reference}/change/preview", data=typed | {f"extras.{code}": ""})).text)
    assert "What you have still to pay becomes less. What you have paid too much goes back" in cheaper


async def test_once_the_rest_is_due_what_is_taken_off_makes_it_less(visitor: NewVisitor, build: Build) -> None:
    car, code, _cover = await equipped(build)
    await new_rules(build.doors, PartPayment(name="Two parts", percent=Decimal(50), days_before=5, car_id=car.id))
    made = await build.paid(car, part_payment=True, extras={code: 1})
    await fall_due(build, made)
    http = as_holder(visitor(), made)
    typed = await form_of(http, made) | {f"extras.{code}": ""}
    shown = await http.post(f"/booking/{made.reference}/change/preview", data=typed)
    assert re.search(r"\$[\d.]+ less.*What you have still to pay becomes less\. Change it ", said_in(shown.text))
    await http.post(f"/booking/{made.reference}/change", data=confirming(shown.text))
    page = (await http.get(f"/booking/{made.reference}")).text
    assert "nothing was paid for it or paid back" in page


async def fall_due(build: Build, made: Made) -> None:
    """Let the rest of a booking have been due some days ago."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("set session_replication_role = replica")  # what was sold is guarded by triggers
    await db.execute(
        """update bookings set due_on = due_on - 10,
                  price_snapshot = jsonb_set(jsonb_set(price_snapshot, '{due_on}', to_jsonb(due_on - 10)),
                                             '{inputs,part,due}', to_jsonb(due_on - 10)) where id = $1""",
        made.id,
    )
    await db.execute("update booking_instalments set due_on = due_on - 10 where booking_id = $1", made.id)
    await db.close()


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(visitor: NewVisitor, build: Build) -> None:
    car, code, _cover = await equipped(build)
    made = await build.paid(car)
    http = as_holder(visitor(), made)
    typed = await form_of(http, made) | {f"extras.{code}": "1", "pickup_time": "06:00"}
    answer = await http.post(f"/booking/{made.reference}/change/preview", data=typed)
    assert answer.status_code == 422
    assert "One field needs your attention" in answer.text
    fields = Form(answer.text).fields
    assert (fields["pickup_time"], fields[f"extras.{code}"]) == ("06:00", "1")


async def test_nothing_chosen_is_told_so(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    answer = await http.post(f"/booking/{made.reference}/change/preview", data=await form_of(http, made))
    assert answer.status_code == 422
    assert "Nothing would change" in answer.text


async def test_what_is_no_longer_offered_stays_unless_it_is_taken_off(visitor: NewVisitor, build: Build) -> None:
    car, code, cover = await equipped(build)
    made = await build.paid(car, extras={code: 1}, waiver=cover)
    async with build.doors.service().scope() as db:
        await db.execute("update price_rules set superseded_at = exodrive_private.now() where code = any($1)", [code, cover])
    http = as_holder(visitor(), made)
    fields = await form_of(http, made)
    assert (fields[f"extras.{code}"], fields["waiver"]) == ("1", cover)
    shown = await http.post(f"/booking/{made.reference}/change/preview", data=fields | {"pickup_time": "12:00"})
    assert "The price stays" in shown.text


@pytest.mark.parametrize("path", ["change", "change/preview", "change/payment", "change/withdrawal"])
async def test_only_the_holder_changes_a_booking(visitor: NewVisitor, build: Build, path: str) -> None:
    made, other = await build.paid(), await build.paid()
    stranger = as_holder(visitor(), other)
    assert (await stranger.post(f"/booking/{made.reference}/{path}", data={"x": "y"})).status_code == 404


async def test_too_late_or_unpaid_there_is_no_form(visitor: NewVisitor, build: Build) -> None:
    held = await build.held()
    answer = await as_holder(visitor(), held).get(f"/booking/{held.reference}/change")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{held.reference}?told=not-changeable")


async def test_days_are_shown_old_beside_new_and_need_the_terms(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid(await build.car())
    http = as_holder(visitor(), made)
    fields = await form_of(http, made)
    assert (fields["start"], fields["end"]) == (str(made.order.start), str(made.order.end))
    later = {"end": str(made.order.end + timedelta(days=2))}
    answer = await http.post(f"/booking/{made.reference}/change/preview", data=fields | later)
    text = re.sub(r"<[^>]+>|\s+", " ", answer.text)
    assert answer.status_code == 200, text
    assert re.search(r"Days +before: .* now: ", text)
    confirmed = confirming(answer.text)
    assert confirmed["end"] == later["end"]
    refused = await http.post(f"/booking/{made.reference}/change", data=confirmed | {"terms": ""})
    assert "Please accept the rental terms." in refused.text
    answer = await http.post(f"/booking/{made.reference}/change", data=confirmed | {"terms": build.world.rules.terms_version})
    assert (answer.status_code, "checkoutnow" in answer.headers["location"]) == (303, True)
    page = (await http.get(f"/booking/{made.reference}")).text
    assert "Your change waits for its payment" in page
    assert " becomes " in page


async def test_taken_days_are_refused_with_links_to_those_that_can_be_had(visitor: NewVisitor, build: Build) -> None:
    car = await build.car()
    made = await build.paid(car)
    await build.held(car, days_ahead(13, 1))
    http = as_holder(visitor(), made)
    fields = await form_of(http, made)
    answer = await http.post(f"/booking/{made.reference}/change/preview", data=fields | {"end": str(made.order.end + timedelta(days=1))})
    assert answer.status_code == 409
    [first, *_more] = re.findall(r'href="(/booking/[^"]+/change\?start=[^"]+)"', answer.text)
    prefilled = Form((await http.get(first.replace("&amp;", "&"))).text).fields
    assert f"start={prefilled['start']}&amp;end={prefilled['end']}" in first


async def test_a_car_that_is_out_can_be_kept_longer_on_its_page(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid(await build.car())
    await build.value("update bookings set status = 'active', handed_over_at = exodrive_private.now() where id = $1", made.id)
    http = as_holder(visitor(), made)
    assert "Keep the car longer" in (await http.get(f"/booking/{made.reference}")).text
    fields = await form_of(http, made)
    assert (set(fields) & {"start", "pickup_time", "car_id"}, fields["end"]) == (set(), str(made.order.end))
    assert "SEQUENCE:0" in (await http.get(f"/booking/{made.reference}/calendar.ics")).text
    answer = await http.post(f"/booking/{made.reference}/change/preview", data=fields | {"end": str(made.order.end + timedelta(days=1))})
    assert re.search(r"Pay \$[\d,.]+ with PayPal", answer.text)


async def test_another_car_is_offered_by_its_price_for_the_days(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid(await build.car())
    other = await build.car(name="Other Car", price={"base_price": Decimal(500)})
    http = as_holder(visitor(), made)
    fields = await form_of(http, made)
    answer = await http.post(f"/booking/{made.reference}/change/preview", data=fields | {"car_id": str(other.id)})
    assert re.search(r"Test Car.*Other Car", re.sub(r"<[^>]+>|\s+", " ", answer.text.partition('id="preview"')[2]))
    wrong = await http.post(f"/booking/{made.reference}/change/preview", data=fields | {"end": "soon"})
    assert (wrong.status_code, "Write the day like" in wrong.text) == (422, True)


@pytest.mark.parametrize(("start", "end"), [("9999-12-31", "9999-12-31"), ("2026-12-24", "9998-12-31"), ("0001-01-01", "0001-01-02")])
async def test_days_that_nobody_means_are_refused_and_no_car_is_priced_for_them(
    visitor: NewVisitor, build: Build, start: str, end: str
) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    asked = {"start": start, "end": end}
    shown = await http.get(f"/booking/{made.reference}/change", params=asked)
    assert shown.status_code == 200
    fields = Form(shown.text).fields
    for path in ("change/preview", "change"):
        answer = await http.post(f"/booking/{made.reference}/{path}", data=fields | asked | {"pickup_time": "x"})
        assert answer.status_code == 422, path
    assert await build.value("select count(*) from booking_changes where booking_id = $1", made.id) == 0
