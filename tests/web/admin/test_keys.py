"""The key on the booking's file and as JSON: handed over, taken back, and refused in words."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import asyncpg

from exodrive.kit import clock
from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, days_ahead, new_key, today
from tests.web.admin.test_endings import noted, panel
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]


async def begun(build: Build, deposit: int = 0, made: Made | None = None) -> Made:
    """A paid booking that has begun."""
    made = made or await build.paid(await build.car(price={"deposit_amount": deposit}), days_ahead(1, 3))
    db = await asyncpg.connect(build.superuser_url)
    await db.execute(
        """update bookings set start_date = start_date - 1, pickup_at = least(pickup_at, exodrive_private.now()) - interval '2 days'
           where id = $1""",
        made.id,
    )
    await db.close()
    return made


async def test_an_agent_hands_a_car_over_and_takes_it_back_and_the_file_shows_what_was_read(desk: Sit, build: Build) -> None:
    made, sam = await begun(build), await desk(StaffRole.AGENT)
    form = panel((await sam.get(f"/admin/bookings/{made.reference}")).text, "key") | {"odometer": "8412", "fuel": "100"}
    for _twice in range(2):
        assert (await sam.http.post(f"/admin/bookings/{made.reference}/hand-over", data=form)).status_code == 303
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    for said in ("8,412 mi", "tank or battery 100%", "Car handed over"):
        assert said in page, said
    form = panel(page, "key") | {"odometer": "8,000", "fuel": "75"}
    answer = await sam.http.post(f"/admin/bookings/{made.reference}/return", data=form)
    assert (answer.status_code, panel(answer.text, "key")["odometer"]) == (422, "8,000")
    form |= {"odometer": "8650", "day": today().isoformat()}
    answer = await sam.http.post(f"/admin/bookings/{made.reference}/return", data=form)
    assert "Give both day and time, or neither." in answer.text
    del form["day"]
    assert (await sam.http.post(f"/admin/bookings/{made.reference}/return", data=form)).status_code == 303
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    for said in ("8,650 mi", "Car returned", "Completed"):
        assert said in page, said
    assert await noted(build, made) == ["car_handed_over", "car_taken_back"]


async def test_without_a_deposit_an_agent_is_told_and_a_manager_says_why(desk: Sit, build: Build) -> None:
    made, sam, ann = await begun(build, 5000), await desk(StaffRole.AGENT), await desk()
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    assert "Without it only a manager hands over." in page
    assert "/hand-over" not in page
    answer = await sam.post(f"/admin/bookings/{made.reference}/hand-over", odometer="1", fuel="1")
    assert (answer.status_code, "No deposit is held." in answer.text) == (409, True)
    form = panel((await ann.get(f"/admin/bookings/{made.reference}")).text, "key") | {"odometer": "1", "fuel": "100", "reason": "A regular"}
    assert (await ann.http.post(f"/admin/bookings/{made.reference}/hand-over/without-deposit", data=form)).status_code == 303
    assert "A regular" in (await sam.get(f"/admin/bookings/{made.reference}")).text


async def test_as_json_once_per_key(desk: Sit, build: Build) -> None:
    made, sam, key = await begun(build), await desk(), new_key()
    path, read = f"/api/admin/bookings/{made.reference}", {"odometer": 100, "fuel": 100}
    told = [await sam.send("POST", f"{path}/hand-over", read, key=key) for _ in range(2)]
    assert [answer.status_code for answer in told] == [200, 200]
    assert told[0].json() == told[1].json() == {"at": told[0].json()["at"], "is_covered": True}
    ahead = (clock.now() + timedelta(days=1)).isoformat()
    refused = await sam.send("POST", f"{path}/return", {"odometer": 99, "fuel": 100, "at": ahead}, key=new_key())
    assert (refused.status_code, {error["field"] for error in refused.json()["errors"]}) == (422, {"odometer", "at"})
    back = await sam.send("POST", f"{path}/return", {"odometer": 130, "fuel": 90}, key=new_key())
    assert back.status_code == 200
    assert await build.status(made) == "completed"
    assert (await sam.send("POST", f"{path}/return", {"odometer": 130, "fuel": 90}, key=new_key())).status_code == 409
