"""What needs a person now: on one page with a count in every menu, as JSON, and a clash closed with what was done."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import asyncpg

from exodrive.kit.ids import new_id
from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, new_key
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]


async def clash(build: Build) -> tuple[Made, Made, UUID]:
    """A booking that is late, one that needs its car, and their clash; the first has an alarm and a hold that ran out, too."""
    late, hit, clash_id = await build.paid(), await build.paid(), new_id()
    async with build.doors.service().scope() as db:
        about = (clash_id, late.id, hit.id, late.order.car_id, hit.order.start)
        await db.execute("insert into booking_clashes (id, late_id, hit_id, car_id, day) values ($1, $2, $3, $4, $5)", *about)
    owner = await asyncpg.connect(build.superuser_url)
    await owner.execute("insert into booking_alarms (booking_id, kind) values ($1, 'uncovered')", late.id)
    await owner.execute(
        """insert into deposit_holds (id, booking_id, number, way, status, amount, currency, ended_at, authorization_id,
                                      parent_authorization_id, authorized_at, covered_until)
           values ($1, $2, 1, 'approval', 'lapsed', 5000, 'USD', exodrive_private.now(), gen_random_uuid()::text,
                   gen_random_uuid()::text, exodrive_private.now() - interval '29 days',
                   exodrive_private.now())""",
        new_id(),
        late.id,
    )
    await owner.close()
    return late, hit, clash_id


async def test_the_page_says_whom_to_call_and_every_menu_how_many_there_are(desk: Sit, build: Build) -> None:
    ann = await desk(StaffRole.AGENT)
    before = (await ann.get("/admin/bookings")).text.partition('href="/admin/alarms">')[2].partition("</a>")[0]
    late, hit, _clash = await clash(build)
    page = (await ann.get("/admin/alarms")).text
    for said in (late.reference, hit.reference, "tel:+13055550100", "The car is out and no deposit stands behind it", "Holds that ran out"):
        assert said in page, said
    after = (await ann.get("/admin/bookings")).text.partition('href="/admin/alarms">')[2].partition("</a>")[0]
    assert number(after) == number(before) + 2


def number(link: str) -> int:
    """How many alarms a menu tells of."""
    return int(link.partition('count">')[2].partition("<")[0] or 0)


async def test_an_agent_closes_a_clash_and_says_what_was_done(desk: Sit, build: Build) -> None:
    (late, hit, clash_id), ann = await clash(build), await desk(StaffRole.AGENT)
    refused = await ann.post(f"/admin/alarms/{clash_id}/closing", reason="x")
    assert (refused.status_code, "Say what was done" in refused.text) == (422, True)
    assert (await ann.post(f"/admin/alarms/{clash_id}/closing", reason="They take the other car")).status_code == 303
    assert str(clash_id) not in (await ann.get("/admin/alarms")).text
    for made in (late, hit):
        assert "clash_closed" in await build.history(made)
    gone = await ann.post(f"/admin/alarms/{clash_id}/closing", reason="again")
    assert (gone.status_code, "This clash is over" in gone.text) == (404, True)


async def test_the_same_as_json(desk: Sit, build: Build) -> None:
    (late, hit, clash_id), ann = await clash(build), await desk(StaffRole.AGENT)
    told = (await ann.send("GET", "/api/admin/alarms")).json()
    [mine] = [one for one in told["clashes"] if one["id"] == str(clash_id)]
    assert (mine["late"]["reference"], mine["hit"]["reference"]) == (late.reference, hit.reference)
    assert late.reference in {one["reference"] for one in told["deposits"]} & {one["reference"] for one in told["lapsed"]}
    key = new_key()
    for _twice in range(2):
        answer = await ann.send("POST", f"/api/admin/clashes/{clash_id}/closing", {"reason": "another car"}, key=key)
        assert (answer.status_code, answer.json()) == (200, {"how": "staff"})
    again = await ann.send("POST", f"/api/admin/clashes/{clash_id}/closing", {"reason": "again"}, key=new_key())
    assert (again.status_code, "This clash is over" in again.text) == (404, True)
