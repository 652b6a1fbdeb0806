"""The private page over HTTP: who sees it, what it says, and what cannot be learned from outside."""

import re

import asyncpg
import httpx
import pytest

from exodrive.bookings import service as bookings
from exodrive.bookings.model import SYSTEM
from tests.builders import Build
from tests.web.storefront.conftest import NewVisitor, as_holder
from tests.web.storefront.forms import Form


def below(page: str) -> str:
    """What a page says from its main part on, without the nonces, which are never the same."""
    return re.sub(r'nonce="[^"]+"', "", page.split("<main")[1])


async def test_only_the_bookings_own_link_opens_it(visitor: NewVisitor, build: Build) -> None:
    mine, theirs = await build.paid(), await build.paid()
    http = as_holder(visitor(), mine)
    assert (await http.get(f"/booking/{mine.reference}")).status_code == 200
    http.cookies.set(f"exodrive_b_{theirs.reference}", mine.token)
    assert (await http.get(f"/booking/{theirs.reference}")).status_code == 404
    assert (await visitor().get(f"/booking/{mine.reference}")).status_code == 404


async def test_wrong_expired_and_revoked_links_answer_the_same(visitor: NewVisitor, build: Build) -> None:
    revoked, expired = await build.paid(), await build.paid()
    async with build.doors.service().scope() as db:
        await bookings.revoke_link(db, revoked.id, SYSTEM)
    expire = "update booking_secure_tokens set expires_at = exodrive_private.now() - interval '1 second' where booking_id = $1"
    await superuser(build, expire, expired.id)
    answers = [
        await visitor().post("/booking/open", data={"token": token})
        for token in (revoked.token, expired.token, "A" * 43, "short", "é" * 43)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({below(answer.text) for answer in answers}) == 1
    assert not [answer for answer in answers if "set-cookie" in answer.headers]
    pages = [below((await as_holder(visitor(), made).get(f"/booking/{made.reference}")).text) for made in (revoked, expired)]
    assert set(pages) == {below(answers[0].text)}


async def test_following_a_link_changes_nothing(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    page = await http.get(f"/booking/{made.token}")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    assert '<meta name="referrer" content="no-referrer">' in page.text
    assert "noindex" in page.text
    assert (await http.head(f"/booking/{made.token}")).status_code == 200


async def test_the_landing_page_is_the_same_for_any_token(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    real, unreal = await http.get(f"/booking/{made.token}"), await http.get(f"/booking/{'B' * 43}")
    plain = [below(page.text).replace(token, "") for page, token in ((real, made.token), (unreal, "B" * 43))]
    assert plain[0] == plain[1]


async def test_the_button_sets_the_cookie_and_shows_the_page(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    answer = await http.post("/booking/open", data={"token": made.token})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{made.reference}")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"exodrive_b_{made.reference}={made.token};")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = await http.get(answer.headers["location"])
    assert "Confirmed" in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_a_paid_page_says_everything_a_renter_needs(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    page = (await as_holder(visitor(), made).get(f"/booking/{made.reference}")).text
    for said in (
        "Test Car",
        "Test Garage",
        "1 Test Way",
        "Paid: $",
        "A deposit of $5,000 is held near your pick-up",
        "Until 48 hours before pick-up",
    ):
        assert said in page, said
    assert made.token not in page


async def test_a_page_never_shows_what_belongs_to_paypal(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    secrets = await build.rows("select paypal_order_id, paypal_capture_id, approve_url from payments where booking_id = $1", made.id)
    page = (await as_holder(visitor(), made).get(f"/booking/{made.reference}")).text
    assert not [secret for secret in secrets[0] if secret and secret in page]


async def test_an_unpaid_page_counts_down_and_a_lapsed_one_offers_other_days(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    http = as_holder(visitor(), made)
    page = (await http.get(f"/booking/{made.reference}")).text
    assert "<ex-countdown" in page
    assert f'action="/booking/{made.reference}/payment"' in page
    await build.lapse(made)
    page = (await http.get(f"/booking/{made.reference}")).text
    assert "The days are free for others again" in page
    assert f'action="/booking/{made.reference}/payment"' not in page
    assert "The same days are still free" in page
    form = Form(page.partition('action="/cars/')[2])
    assert form.fields["email"] == made.order.email
    assert form.fields["start"] == made.order.start.isoformat()


async def test_a_hold_that_ran_out_is_held_again_in_one_press_with_all_that_was_typed(visitor: NewVisitor, build: Build) -> None:
    made = await build.held(notes="Blue <b>suitcase</b>")
    await build.lapse(made)
    http = as_holder(visitor(), made)
    page = (await http.get(f"/booking/{made.reference}")).text
    again = page.partition('action="/cars/')[2]
    answer = await http.post("/cars/" + again.partition('"')[0], data=Form(again).fields)
    assert answer.status_code == 303
    assert "/checkoutnow?token=" in answer.headers["location"], answer.headers["location"]
    new = next(name.removeprefix("exodrive_b_") for name in answer.cookies if name.startswith("exodrive_b_"))
    columns = """contact_email, contact_first_name, contact_phone, driver_birth_date, notes, start_date, end_date, pickup_at, return_due_at,
                 total_price"""
    rows = [await build.rows(f"select {columns} from bookings where reference = $1", name) for name in (made.reference, new)]
    assert new != made.reference
    assert rows[0] == rows[1]
    assert await build.status(made) == "expired"


async def test_days_that_went_to_somebody_else_leave_the_nearest_with_all_that_was_typed(visitor: NewVisitor, build: Build) -> None:
    car = await build.car()
    made = await build.held(car)
    await build.lapse(made)
    await build.held(car, made.order.days)
    http = as_holder(visitor(), made)
    page = (await http.get(f"/booking/{made.reference}?told=gone")).text
    assert "The car went to somebody else" in page
    assert "The same days are still free" not in page
    again = page.partition('action="/cars/')[2]
    wanted = again.partition('name="range" value="')[2].partition('"')[0]
    answer = await http.post("/cars/" + again.partition('"')[0], data=Form(again).fields | {"range": wanted})
    assert answer.status_code == 200
    assert Form(answer.text).fields["email"] == made.order.email
    assert Form(answer.text).fields["start"] == wanted.partition("..")[0]


async def test_turning_back_by_the_browsers_button_finds_the_held_booking(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    slug = await build.value("select slug from cars where id = $1", made.order.car_id)
    address = f"/cars/{slug}/checkout?start={made.order.start}&end={made.order.end}"
    answer = await as_holder(visitor(), made).get(address)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{made.reference}?told=yours")
    stranger = await visitor().get(address)
    assert stranger.headers["location"].startswith(f"/cars/{slug}?")


async def test_the_link_is_shared_on_a_page_of_its_own(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    page = await http.get(f"/booking/{made.reference}/share")
    assert page.status_code == 200
    assert Form(page.text).fields == {}, "the field is for reading: nothing is sent"
    assert f'value="{build.world.public_url.rpartition(":")[0]}' in page.text
    assert f"/booking/{made.token}" in page.text
    assert "Whoever has this link can see the booking" in page.text
    assert '<meta name="referrer" content="no-referrer">' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert (await visitor().get(f"/booking/{made.reference}/share")).status_code == 404


async def test_a_place_without_a_position_is_looked_up_by_its_address(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    page = (await as_holder(visitor(), made).get(f"/booking/{made.reference}")).text
    assert "https://www.openstreetmap.org/search?query=1%20Test%20Way%2C%20Miami" in page


async def test_only_known_news_is_repeated_from_the_address(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    http = as_holder(visitor(), made)
    assert "You turned back at PayPal" in (await http.get(f"/booking/{made.reference}?told=stopped")).text
    assert "evil" not in (await http.get(f"/booking/{made.reference}?told=evil")).text


async def test_the_receipt_exists_once_something_was_paid(visitor: NewVisitor, build: Build) -> None:
    paid, unpaid = await build.paid(), await build.held()
    receipt = await as_holder(visitor(), paid).get(f"/booking/{paid.reference}/receipt")
    assert receipt.status_code == 200
    assert "Ada Renter" in receipt.text
    answer = await as_holder(visitor(), unpaid).get(f"/booking/{unpaid.reference}/receipt")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{unpaid.reference}")
    assert (await visitor().get(f"/booking/{paid.reference}/receipt")).status_code == 404


async def test_appointments_come_as_a_file_without_the_secret(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    answer = await as_holder(visitor(), made).get(f"/booking/{made.reference}/calendar.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    assert f"booking-{made.reference}.ics" in answer.headers["content-disposition"]
    assert answer.text.count("BEGIN:VEVENT") == 2
    assert made.token not in answer.text
    assert (await visitor().get(f"/booking/{made.reference}/calendar.ics")).status_code == 404


async def test_details_are_changed_by_the_holder_alone(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    new = {"first_name": "Grace", "last_name": "Hopper", "phone": "+1 212 555 0101", "notes": "Blue suitcase"}
    assert (await visitor().post(f"/booking/{made.reference}/details", data=new)).status_code == 404
    answer = await as_holder(visitor(), made).post(f"/booking/{made.reference}/details", data=new)
    assert answer.status_code == 303
    columns = "contact_first_name, contact_last_name, contact_phone, notes, contact_email"
    rows = await build.rows(f"select {columns} from bookings where id = $1", made.id)
    assert rows[0] == (*new.values(), made.order.email)


async def test_refused_details_are_kept_in_the_form(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    new = {"first_name": "", "last_name": "Hopper", "phone": "x", "notes": "Blue <b>suitcase</b>"}
    answer = await as_holder(visitor(), made).post(f"/booking/{made.reference}/details", data=new)
    assert answer.status_code == 422
    assert "Blue &lt;b&gt;suitcase&lt;/b&gt;" in answer.text
    assert "2 fields need your attention" in answer.text


async def test_details_that_are_too_long_are_refused_at_the_field(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    plain = {"first_name": "Grace", "last_name": "Hopper", "phone": "+1 212 555 0101"}
    for field, most in (("first_name", 100), ("last_name", 100), ("notes", 2000)):
        http = as_holder(visitor(), made)
        assert (await http.post(f"/booking/{made.reference}/details", data=plain | {field: "x" * most})).status_code == 303
        answer = await http.post(f"/booking/{made.reference}/details", data=plain | {field: "x" * (most + 1)})
        assert answer.status_code == 422, field
        assert "This is too long." in answer.text


async def test_details_are_fixed_from_the_pick_up_on(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    await superuser(build, "update bookings set pickup_at = exodrive_private.now() - interval '1 hour' where id = $1", made.id)
    http = as_holder(visitor(), made)
    assert "Change name, phone or notes" not in (await http.get(f"/booking/{made.reference}")).text
    answer = await http.post(f"/booking/{made.reference}/details", data={"first_name": "G", "last_name": "H", "phone": "+1 212 555 0101"})
    assert answer.status_code == 409


async def superuser(build: Build, statement: str, *values: object) -> None:
    db = await asyncpg.connect(build.superuser_url)
    await db.execute(statement, *values)
    await db.close()


@pytest.mark.parametrize("reference", ["abcdefgh", "ABCDEFG", "ABCDEFGHI", "ABCDEFGU", "..%2F..", "%00"])
async def test_what_is_no_reference_is_not_found(http: httpx.AsyncClient, reference: str) -> None:
    assert (await http.get(f"/booking/{reference}")).status_code == 404
