"""Differences with PayPal in the back office: listed with what to do, resolved with a reason, and noted."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from exodrive.kit.ids import new_id
from exodrive.staff.model import StaffRole
from tests.builders import Build
from tests.garage import insert
from tests.web.desk import Desk

NewDesk = Callable[..., Awaitable[Desk]]
NASTY = "<script>alert('x')</script>"


async def difference(build: Build, **changes: Any) -> UUID:
    """A difference that is open."""
    difference_id = new_id()
    about = {"object": "capture", "object_id": f"C{difference_id}", "kind": "amount", "ours": "10.00 USD", "theirs": "12.00 USD"}
    async with build.doors.service().scope() as db:
        await insert(db, "money_differences", id=difference_id, **(about | changes))
    return difference_id


async def test_the_list_says_what_differs_and_what_to_do(build: Build, desk: NewDesk) -> None:
    made = await build.paid()
    named = await difference(build, booking_id=made.id)
    stranger = await difference(build, kind="unknown", ours=None, theirs=NASTY)
    page = (await (await desk()).get("/admin/money")).text
    assert f'id="d-{named}"' in page
    assert f'href="/admin/bookings/{made.reference}"' in page
    assert "Another amount at PayPal" in page
    assert "give it back there" in page
    assert f'id="d-{stranger}"' in page
    assert "no booking" in page
    assert NASTY not in page


async def test_a_manager_resolves_one_with_a_reason_and_it_is_noted(build: Build, desk: NewDesk) -> None:
    manager, difference_id = await desk(), await difference(build)
    answer = await manager.post(f"/admin/money/{difference_id}/resolution", reason="agreed with the renter")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/money")
    rows = await build.rows("select resolved_by, reason from money_differences where id = $1", difference_id)
    assert rows == [(manager.person.id, "agreed with the renter")]
    noted = await build.rows("select staff_id, action, details from audit_log where subject_id = $1", str(difference_id))
    assert noted == [(manager.person.id, "difference_resolved", {"reason": "agreed with the renter"})]
    assert f'id="d-{difference_id}"' not in (await manager.get("/admin/money")).text
    resolved = (await manager.get("/admin/money?shown=resolved")).text
    assert f'id="d-{difference_id}"' in resolved
    assert "agreed with the renter" in resolved
    again = await manager.post(f"/admin/money/{difference_id}/resolution", reason="once more")
    assert again.status_code == 409
    assert "not open any more" in again.text


async def test_without_a_reason_nothing_is_resolved_and_the_form_stays_open(build: Build, desk: NewDesk) -> None:
    manager, difference_id = await desk(), await difference(build)
    answer = await manager.post(f"/admin/money/{difference_id}/resolution", reason="")
    assert answer.status_code == 422
    assert "Say why, in a few words" in answer.text
    assert await build.value("select resolved_at from money_differences where id = $1", difference_id) is None


async def test_agents_do_not_see_the_money(build: Build, desk: NewDesk) -> None:
    agent, difference_id = await desk(StaffRole.AGENT), await difference(build)
    assert (await agent.get("/admin/money")).status_code == 403
    assert (await agent.post(f"/admin/money/{difference_id}/resolution", reason="a good reason")).status_code == 403


@pytest.mark.parametrize("query", ["shown=strange", "before=x", "before=2026-01-01_x"])
async def test_a_strange_address_is_a_sentence_and_no_crash(desk: NewDesk, query: str) -> None:
    assert (await (await desk()).get(f"/admin/money?{query}")).status_code == 422


async def test_the_same_as_json(build: Build, desk: NewDesk) -> None:
    manager, difference_id = await desk(), await difference(build)
    listed = (await manager.send("GET", "/api/admin/money/differences")).json()
    [one] = [row for row in listed["differences"] if row["id"] == str(difference_id)]
    assert (one["object"], one["kind"], one["ours"], one["theirs"], one["reference"]) == (
        "capture",
        "amount",
        "10.00 USD",
        "12.00 USD",
        None,
    )
    assert one["says"] == "Another amount at PayPal"
    assert "give it back there" in one["advice"]
    path = f"/api/admin/money/differences/{difference_id}/resolution"
    assert (await manager.send("POST", path, {})).status_code == 422
    assert (await manager.send("POST", path, {"reason": "agreed with the renter"})).status_code == 204
    assert (await manager.send("POST", path, {"reason": "agreed with the renter"})).status_code == 409
    unknown = f"/api/admin/money/differences/{new_id()}/resolution"
    assert (await manager.send("POST", unknown, {"reason": "agreed with the renter"})).status_code == 404
    resolved = (await manager.send("GET", "/api/admin/money/differences?shown=resolved")).json()
    [one] = [row for row in resolved["differences"] if row["id"] == str(difference_id)]
    assert (one["resolved_by"], one["reason"]) == (manager.person.name, "agreed with the renter")
