"""Other days for a booking, on its file and as JSON."""

from datetime import timedelta

from exodrive.staff.model import StaffRole
from tests.builders import Build
from tests.web.admin.test_endings import Sit, noted, panel


async def test_a_manager_sees_the_price_first_and_the_second_press_changes_the_days(desk: Sit, build: Build) -> None:
    made, sam = await build.paid(await build.car()), await desk()
    address = f"/admin/bookings/{made.reference}"
    asked = panel((await sam.get(address)).text, "days") | {"end": str(made.order.end + timedelta(days=2)), "reason": "by telephone"}
    shown = await sam.post(f"{address}/days", **asked)
    assert (shown.status_code, "The renter pays " in shown.text) == (409, True)
    assert await noted(build, made) == []
    pressed = panel(shown.text, "days")
    assert (await sam.post(f"{address}/days", **pressed)).status_code == 303
    assert (await sam.post(f"{address}/days", **pressed)).status_code == 303
    assert await noted(build, made) == ["booking_changed"]
    assert await build.value("select count(*) from booking_changes where booking_id = $1 and status = 'pending'", made.id) == 1
    listed = card((await sam.get(address)).text, "changes")
    assert "Waits to be paid until " in listed
    assert " → " in listed.partition("Days: ")[2].partition("<")[0]
    for said in ("Total: ", " more</span>", "by telephone", f"Change 1 · {sam.person.name}"):
        assert said in listed, said
    [told] = (await sam.http.get(f"/api{address}/changes")).json()
    assert (told["number"], told["status"], told["reason"], told["actor_name"]) == (1, "pending", "by telephone", sam.person.name)
    assert float(told["difference"]) > 0
    assert told["decided_at"] is None
    assert any(said.startswith("Days: ") for said in told["lines"])


def card(page: str, name: str) -> str:
    """A part of the file."""
    return page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


async def test_a_booking_that_was_never_changed_has_no_list_of_changes(desk: Sit, build: Build) -> None:
    made, ann = await build.paid(await build.car()), await desk(StaffRole.AGENT)
    assert card((await ann.get(f"/admin/bookings/{made.reference}")).text, "changes") == ""
    assert (await ann.http.get(f"/api/admin/bookings/{made.reference}/changes")).json() == []


async def test_an_agent_changes_no_days(desk: Sit, build: Build) -> None:
    made, ann = await build.paid(await build.car()), await desk(StaffRole.AGENT)
    assert panel((await ann.get(f"/admin/bookings/{made.reference}")).text, "days") == {}


async def test_a_manager_gives_a_booking_another_car(desk: Sit, build: Build) -> None:
    made, other, sam = await build.paid(await build.car()), await build.car(), await desk()
    address = f"/admin/bookings/{made.reference}"
    asked = panel((await sam.get(address)).text, "days") | {"car_id": str(other.id), "reason": "the first one broke down"}
    shown = await sam.post(f"{address}/days", **asked)
    name = await build.value("select name from cars where id = $1", other.id)
    assert f"<p>{name}, " in shown.text
    assert (await sam.post(f"{address}/days", **panel(shown.text, "days"))).status_code == 303
    assert await build.value("select car_id from bookings where id = $1", made.id) == other.id
    assert await build.value("select count(*) from car_availability where car_id = $1 and booking_id = $2", made.order.car_id, made.id) == 0


async def test_a_car_that_is_none_is_said_at_its_field(desk: Sit, build: Build) -> None:
    made, sam = await build.paid(await build.car()), await desk()
    address = f"/admin/bookings/{made.reference}"
    asked = panel((await sam.get(address)).text, "days") | {"car_id": "the red one", "reason": "a wish"}
    answer = await sam.post(f"{address}/days", **asked)
    assert (answer.status_code, "Choose a car of the list." in answer.text) == (422, True)
