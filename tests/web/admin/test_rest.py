"""The rest of a price on the booking's file: what is open, and that a manager waives it."""

from collections.abc import Awaitable, Callable

from exodrive.staff.model import StaffRole
from tests.builders import Build, new_key
from tests.web.admin.test_endings import noted, panel
from tests.web.conftest import Client
from tests.web.desk import Desk
from tests.web.parts import due_in, in_two_parts, rest_of

Sit = Callable[..., Awaitable[Desk]]


async def test_a_manager_waives_the_rest_with_a_reason(desk: Sit, build: Build, client: Client) -> None:
    made, sam = await in_two_parts(build), await desk()
    _status, amount = await rest_of(build, made)
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    assert f"Waive {amount}" in page
    form = panel(page, "rest")
    refused = await sam.http.post(f"/admin/bookings/{made.reference}/rest/waiver", data=form)
    assert refused.status_code == 422
    form |= {"reason": "the pool was not heated"}
    for _ in range(2):
        assert (await sam.http.post(f"/admin/bookings/{made.reference}/rest/waiver", data=form)).status_code == 303
    assert await rest_of(build, made) == ("waived", amount)
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    assert "the pool was not heated" in page
    assert "Rest waived" in page
    assert "Waived" in page
    assert await noted(build, made) == ["instalment_waived"]
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token})
    seen = (await renter.get(f"/booking/{made.reference}")).text
    assert f"The rest, {amount}, need not be paid: we waived it." in seen


async def test_staff_see_that_it_is_overdue_and_an_agent_waives_nothing(desk: Sit, build: Build) -> None:
    made, eve = await in_two_parts(build), await desk(StaffRole.AGENT)
    await due_in(build, made, -1)
    page = (await eve.get(f"/admin/bookings/{made.reference}")).text
    assert "The rest is overdue" in page
    _status, amount = await rest_of(build, made)
    assert f"{amount} more by" in (await eve.get(f"/admin/bookings?q={made.order.email}")).text
    assert "rest/waiver" not in page


async def test_a_program_waives_it_once_per_key(desk: Sit, build: Build) -> None:
    made, sam, key = await in_two_parts(build), await desk(), new_key()
    _status, amount = await rest_of(build, made)
    path = f"/api/admin/bookings/{made.reference}/rest/waiver"
    answers = [await sam.send("POST", path, {"reason": "a good customer"}, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert answers[0].json() == answers[1].json()
    assert f"${float(answers[0].json()['amount']):,.2f}" == amount
    again = await sam.send("POST", path, {"reason": "a good customer"}, key=new_key())
    assert (again.status_code, again.json()["type"]) == (409, "/problems/no-rest")
