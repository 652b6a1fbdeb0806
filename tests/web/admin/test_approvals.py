"""Bookings that wait for an answer: listed with the time left, accepted or refused on their file and as JSON."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg

from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, new_key
from tests.web.admin.test_endings import noted, panel
from tests.web.conftest import Client
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]


async def waiting(build: Build) -> Made:
    return await build.paid(await build.car(requires_approval=True, name="Rare One"))


async def due_in(build: Build, made: Made, span: timedelta) -> None:
    """Let there be so much time left to answer, behind everybody's back."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("update bookings set approval_due_at = exodrive_private.now() + $2::interval where id = $1", made.id, span)
    await db.close()


def line(page: str, made: Made) -> str:
    """The line of a booking in the list."""
    return page.partition(f"/admin/bookings/{made.reference}")[2].partition("</tr>")[0]


async def test_the_list_has_what_waits_with_the_time_left_the_most_urgent_first(desk: Sit, build: Build) -> None:
    first, urgent, accepted, ann = await waiting(build), await waiting(build), await waiting(build), await desk(StaffRole.AGENT)
    free = await build.paid()
    await due_in(build, urgent, timedelta(minutes=40, seconds=30))
    await due_in(build, first, timedelta(hours=3, minutes=5, seconds=30))
    assert (await ann.post(f"/admin/bookings/{accepted.reference}/acceptance")).status_code == 303
    page = (await ann.get("/admin/approvals")).text
    assert "40 min left" in line(page, urgent)
    assert "3 h 5 min left" in line(page, first)
    assert page.index(urgent.reference) < page.index(first.reference)
    assert not {one for one in (accepted, free) if one.reference in page}
    listed = (await ann.get(f"/admin/bookings?q={first.order.email}")).text, (await ann.get(f"/admin/bookings?q={free.order.email}")).text
    assert ["to accept" in page for page in listed] == [True, False]
    answer = (await ann.send("GET", "/api/admin/approvals")).json()
    told = [one for one in answer["bookings"] if one["reference"] in (first.reference, urgent.reference)]
    assert [one["reference"] for one in told] == [urgent.reference, first.reference]
    assert 2390 < told[0]["seconds_left"] <= 2430
    assert (told[0]["car"], told[0]["paid"], answer["has_more"]) == ("Rare One", urgent.held.total.text, False)


async def test_an_agent_accepts_on_the_file_and_the_renter_sees_it(desk: Sit, build: Build, client: Client) -> None:
    made, ann = await waiting(build), await desk(StaffRole.AGENT)
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token})
    seen = (await renter.get(f"/booking/{made.reference}")).text
    for said in ("Paid, waiting for our answer", "You have our answer by", "We accept the booking"):
        assert said in seen, said
    assert "calendar.ics" not in seen
    page = (await ann.get(f"/admin/bookings/{made.reference}")).text
    assert "Waits for your answer" in page
    assert "Refuse the booking" not in page, "an agent moves no money"
    form = panel(page, "answer")
    for _ in range(2):
        assert (await ann.http.post(f"/admin/bookings/{made.reference}/acceptance", data=form)).status_code == 303
    page = (await ann.get(f"/admin/bookings/{made.reference}")).text
    assert "The booking was accepted" in page
    assert "Waits for your answer" not in page
    seen = (await renter.get(f"/booking/{made.reference}")).text
    for said in ("Confirmed", "Accepted on"):
        assert said in seen, said
    assert "waiting for our answer" not in seen
    assert await noted(build, made) == ["booking_accepted"]


async def test_a_manager_refuses_with_a_reason_and_everything_goes_back(desk: Sit, build: Build, client: Client) -> None:
    made, sam = await waiting(build), await desk()
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    refused = f"/admin/bookings/{made.reference}/refusal"
    answer = await sam.http.post(refused, data=panel(page, "answer") | {"reason": ""})
    assert answer.status_code == 422
    assert "Say why, in a few words" in answer.text
    assert (await sam.post(refused, reason="too young")).status_code == 303
    assert await build.status(made) == "cancelled"
    assert await build.rows("select amount from payment_operations where booking_id = $1 and kind = 'refund'", made.id) == [
        (made.held.total.amount,)
    ]
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token})
    seen = (await renter.get(f"/booking/{made.reference}")).text
    assert "We cannot accept this booking, and we are sorry." in seen
    assert "too young" not in seen
    late = await sam.post(f"/admin/bookings/{made.reference}/acceptance")
    assert late.status_code == 409
    assert "does not wait for an answer" in late.text
    assert await noted(build, made) == ["booking_refused"]


async def test_an_agent_may_not_refuse(desk: Sit, build: Build) -> None:
    made, ann = await waiting(build), await desk(StaffRole.AGENT)
    assert (await ann.post(f"/admin/bookings/{made.reference}/refusal", reason="too young")).status_code == 403
    path = f"/api/admin/bookings/{made.reference}/refusal"
    assert (await ann.send("POST", path, {"reason": "too young"}, key=new_key())).status_code == 403
    assert await build.status(made) == "upcoming"


async def test_a_program_answers_once_per_key(desk: Sit, build: Build) -> None:
    made, other, sam, key = await waiting(build), await waiting(build), await desk(), new_key()
    accept = [await sam.send("POST", f"/api/admin/bookings/{made.reference}/acceptance", key=key) for _ in range(2)]
    assert [answer.status_code for answer in accept] == [200, 200]
    assert accept[0].json() == accept[1].json()
    assert set(accept[0].json()) == {"approved_at"}
    path = f"/api/admin/bookings/{other.reference}/refusal"
    refuse = [await sam.send("POST", path, {"reason": "too young"}, key=key) for _ in range(2)]
    assert [(answer.status_code, answer.json()["how"], answer.json()["percent"]) for answer in refuse] == [(200, "refused", 100)] * 2
    late = await sam.send("POST", f"/api/admin/bookings/{made.reference}/refusal", {"reason": "too young"}, key=new_key())
    assert (late.status_code, late.json()["type"]) == (409, "/problems/not-awaited")
    without = await sam.send("POST", f"/api/admin/bookings/{made.reference}/acceptance")
    assert without.status_code == 422
