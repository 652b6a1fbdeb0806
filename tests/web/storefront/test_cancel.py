"""Cancelling a booking by its private page, over HTTP: what goes back is shown first, and a press does it."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.builders import Build, Made
from tests.flows.ending import pick_up_in
from tests.web.storefront.conftest import NewVisitor, as_holder
from tests.web.storefront.forms import Form


def said(page: str) -> str:
    """The words of a page."""
    return re.sub(r"<[^>]+>|\s+", " ", page)


async def refunds(build: Build, made: Made) -> list[Decimal]:
    rows = await build.rows("select amount from payment_operations where booking_id = $1 and kind = 'refund'", made.id)
    return [amount for (amount,) in rows]


async def test_the_page_shows_what_goes_back_and_the_press_does_it(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    page = (await http.get(f"/booking/{made.reference}")).text
    assert f'href="/booking/{made.reference}/cancellation"' in page
    total = f"${made.held.total.amount:,.2f}"
    page = (await http.get(f"/booking/{made.reference}/cancellation")).text
    for words in ("Cancel your booking?", f"{total} goes back", "100%", f"Cancel and get {total} back", "Until 24 hours before pick-up"):
        assert words in said(page), words
    assert (await build.status(made), await refunds(build, made)) == ("upcoming", []), "looking changes nothing"
    fields = Form(page).fields
    assert fields == {"refund": made.held.total.text}
    answer = await http.post(f"/booking/{made.reference}/cancellation", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{made.reference}?told=cancelled")
    assert (await build.status(made), await refunds(build, made)) == ("cancelled", [made.held.total.amount])
    page = said((await http.get(answer.headers["location"])).text)
    for words in ("This booking is cancelled", "You cancelled this booking.", f"within a few days: {total}.", "A mail with all of it"):
        assert words in page, words
    again = await http.post(f"/booking/{made.reference}/cancellation", data=fields)
    assert again.headers["location"].endswith("?told=cancelled")
    assert len(await refunds(build, made)) == 1


@pytest.mark.parametrize("shown", ["", "1", "0", "much", "NaN", "sNaN", "1e99"])
async def test_a_form_that_shows_another_sum_is_shown_again_and_does_nothing(visitor: NewVisitor, build: Build, shown: str) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    answer = await http.post(f"/booking/{made.reference}/cancellation", data={"refund": shown})
    assert answer.status_code == 409
    assert "What goes back has changed" in answer.text
    assert Form(answer.text).fields == {"refund": made.held.total.text}
    assert await build.status(made) == "upcoming"


async def test_from_the_cut_off_on_the_page_does_not_offer_it_and_the_form_is_refused(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    await pick_up_in(build, made, timedelta(hours=47))
    http = as_holder(visitor(), made)
    page = (await http.get(f"/booking/{made.reference}")).text
    assert f'href="/booking/{made.reference}/cancellation"' not in page
    assert "To change or cancel, write to us" in page
    for answer in (
        await http.get(f"/booking/{made.reference}/cancellation"),
        await http.post(f"/booking/{made.reference}/cancellation", data={"refund": made.held.total.text}),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, f"/booking/{made.reference}?told=cancel-closed")
    assert "can no longer be cancelled here" in (await http.get(f"/booking/{made.reference}?told=cancel-closed")).text
    assert await build.status(made) == "upcoming"


async def test_only_its_holder_cancels_a_booking(visitor: NewVisitor, build: Build) -> None:
    mine, theirs = await build.paid(), await build.paid()
    http = as_holder(visitor(), mine)
    http.cookies.set(f"exodrive_b_{theirs.reference}", mine.token)
    for somebody in (http, visitor()):
        assert (await somebody.get(f"/booking/{theirs.reference}/cancellation")).status_code == 404
        answer = await somebody.post(f"/booking/{theirs.reference}/cancellation", data={"refund": theirs.held.total.text})
        assert answer.status_code == 404
    assert await build.status(theirs) == "upcoming"


async def test_another_site_cannot_make_a_browser_cancel(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    answer = await http.post(
        f"/booking/{made.reference}/cancellation", data={"refund": made.held.total.text}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert await build.status(made) == "upcoming"


async def test_who_holds_a_car_unpaid_gives_it_up(visitor: NewVisitor, build: Build) -> None:
    made = await build.held()
    http = as_holder(visitor(), made)
    assert "Give up the car" in (await http.get(f"/booking/{made.reference}")).text
    page = (await http.get(f"/booking/{made.reference}/cancellation")).text
    assert "Nothing was charged" in page
    for _ in range(2):
        answer = await http.post(f"/booking/{made.reference}/cancellation", data=Form(page).fields)
        assert answer.headers["location"] == f"/booking/{made.reference}?told=given-up"
    assert (await build.status(made), await build.days_of(made)) == ("cancelled", [])


async def test_after_the_cancellation_the_same_days_are_offered_again(visitor: NewVisitor, build: Build) -> None:
    made = await build.paid()
    http = as_holder(visitor(), made)
    await http.post(f"/booking/{made.reference}/cancellation", data={"refund": made.held.total.text})
    assert "The same days are still free" in (await http.get(f"/booking/{made.reference}")).text
