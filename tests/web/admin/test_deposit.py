"""The deposit on the booking's file and as JSON: every hold, what comes next, asked for by mail, given back with a reason."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import asyncpg

from exodrive.kit import clock
from exodrive.kit.ids import new_id
from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, days_ahead, new_key
from tests.web.admin.test_charges import of_panel
from tests.web.admin.test_endings import noted
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]


async def with_a_hold(build: Build, ends_in: int = 27) -> Made:
    """A paid booking that is picked up tomorrow, with a deposit that our book says is held."""
    made = await build.paid(await build.car(price={"deposit_amount": 5000}), days_ahead(1, 3))
    hold_id, db = new_id(), await asyncpg.connect(build.superuser_url)
    await db.execute(
        """insert into deposit_holds (id, booking_id, number, way, status, amount, currency, authorization_id, parent_authorization_id,
                                      authorized_at, covered_until, guaranteed_until)
           values ($1::uuid, $2, 1, 'approval', 'held', 5000, 'USD', $3, $3, $4::timestamptz, $4::timestamptz + interval '29 days',
                   $4::timestamptz + interval '3 days')""",
        *(hold_id, made.id, f"A{hold_id.hex[:16]}", clock.now() - timedelta(days=29 - ends_in)),
    )
    await db.close()
    return made


async def test_the_file_shows_the_hold_and_what_comes_next_and_a_manager_gives_it_back(desk: Sit, build: Build) -> None:
    made, ann, sam = await with_a_hold(build), await desk(), await desk(StaffRole.AGENT)
    path, release = f"/admin/bookings/{made.reference}", f"/admin/bookings/{made.reference}/deposit/release"
    page = (await sam.get(path)).text
    for said in (
        "Held, not charged",
        "$5,000.00",
        "Covered until",
        "Money certain until",
        "It is renewed once, on ",
        "It is given back 3 days after",
    ):
        assert said in page, said
    assert release not in page
    assert (await sam.post(release, reason="Paid in cash")).status_code == 403
    form = of_panel((await ann.get(path)).text, release) | {"reason": "x"}
    refused = await ann.http.post(release, data=form)
    assert (refused.status_code, "Say why, in a few words" in refused.text) == (422, True)
    form["reason"] = "Paid in cash"
    for _twice in range(2):
        assert (await ann.http.post(release, data=form)).status_code == 303
    page = (await ann.get(path)).text
    assert release not in page
    assert "Paid in cash" in page
    assert await noted(build, made) == ["deposit_given_back"]
    asked = "select count(*) from payment_operations where booking_id = $1 and kind = 'release'"
    assert await build.value(asked, made.id) == 1


async def test_an_agent_asks_for_it_by_mail(desk: Sit, build: Build) -> None:
    made, sam = await build.paid(await build.car(price={"deposit_amount": 5000}), days_ahead(1, 3)), await desk(StaffRole.AGENT)
    path, ask = f"/admin/bookings/{made.reference}", f"/admin/bookings/{made.reference}/deposit/request"
    page = (await sam.get(path)).text
    assert "Nothing was held so far." in page
    assert "The renter is asked for it on the booking’s page, and by mail." in page
    form = of_panel(page, ask)
    for _twice in range(2):
        assert (await sam.http.post(ask, data=form)).status_code == 303
    assert await noted(build, made) == ["deposit_asked_again"]


async def test_the_file_says_from_when_on_it_is_asked_for_and_nothing_of_a_car_without(desk: Sit, build: Build) -> None:
    early, free = (
        await build.paid(await build.car(price={"deposit_amount": 5000}), days_ahead(20, 3)),
        await build.car(price={"deposit_amount": 0}),
    )
    sam, without = await desk(StaffRole.AGENT), await build.paid(free, days_ahead(1, 3))
    page = (await sam.get(f"/admin/bookings/{early.reference}")).text
    assert "The renter is asked for it from " in page
    assert "/deposit/request" not in page
    assert 'id="deposit"' not in (await sam.get(f"/admin/bookings/{without.reference}")).text


async def test_as_json_it_is_read_asked_for_and_given_back_once_per_key(desk: Sit, build: Build) -> None:
    made, ann, key = await with_a_hold(build), await desk(), new_key()
    path = f"/api/admin/bookings/{made.reference}/deposit"
    seen = (await ann.get(path)).json()
    assert (Decimal(seen["amount"]), seen["currency"], seen["is_wanted"], seen["alarms"]) == (5000, "USD", False, [])
    assert [(hold["number"], hold["status"]) for hold in seen["holds"]] == [(1, "held")]
    assert seen["again_at"] > clock.now().isoformat()[:19]
    refused = await ann.send("POST", f"{path}/request", key=new_key())
    assert (refused.status_code, refused.json()["type"].endswith("no-hold-wanted")) == (409, True)
    told = [await ann.send("POST", f"{path}/release", {"reason": "Paid in cash"}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in told] == [202, 202]
    assert told[0].json() == told[1].json() == {"amount": "5000.00", "currency": "USD"}
    again = await ann.send("POST", f"{path}/release", {"reason": "Once more"}, key=new_key())
    assert (again.status_code, again.json()["type"].endswith("nothing-held")) == (409, True)


async def test_open_alarms_are_listed_until_they_are_closed(desk: Sit, build: Build) -> None:
    made, sam = await with_a_hold(build), await desk(StaffRole.AGENT)
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("insert into booking_alarms (booking_id, kind) values ($1, 'claim')", made.id)

    async def listed() -> list[str]:
        alarms = (await sam.get("/api/admin/deposit-alarms")).json()["alarms"]
        return [alarm["kind"] for alarm in alarms if alarm["reference"] == made.reference]

    assert await listed() == ["claim"]
    assert "A claim on the deposit needs a decision" in (await sam.get(f"/admin/bookings/{made.reference}")).text
    await db.execute("update booking_alarms set closed_at = exodrive_private.now() where booking_id = $1", made.id)
    await db.close()
    assert await listed() == []
