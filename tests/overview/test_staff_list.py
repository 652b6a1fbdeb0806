"""The list of bookings that staff see."""

from typing import Any
from uuid import uuid4

import pytest

from exodrive.bookings.model import BookingStatus
from exodrive.kit.db import Doors
from exodrive.overview import staff_list
from exodrive.overview.staff_list import Listed
from exodrive.web.admin.bookings import Filter, ListPage, key_of
from tests.builders import days_ahead
from tests.garage import new_booking, new_car


async def find(doors: Doors, **wanted: Any) -> Listed:
    async with doors.service().scope() as db:
        return await staff_list.page(db, **({"status": None, "search": "", "before": None} | wanted))


async def books(doors: Doors, *statuses: str, **more: Any) -> list[Any]:
    car = await new_car(doors)
    return [await new_booking(doors, car.id, days_ahead(10), status=status, **more) for status in statuses]


@pytest.mark.parametrize("status", [None, "no_show"])
async def test_the_list_is_newest_first_and_goes_on_where_a_page_ended(doors: Doors, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    made = await books(doors, *["no_show"] * 5)
    monkeypatch.setattr(staff_list, "PAGE", 2)
    rows, page = [], await find(doors, status=status)
    rows += page.rows
    while made[0] not in {row.id for row in rows}:  # another test may have made some in days to come: they stand before ours
        assert len(page.rows) == 2
        page = await find(doors, status=status, before=key_of(page.next or ""))
        rows += page.rows
    keys = [(row.created_at, row.id) for row in rows]
    assert keys == sorted(set(keys), reverse=True)
    assert [row.id for row in rows if row.id in made] == made[::-1]
    assert status is None or {row.status for row in rows} == {status}


async def test_a_search_finds_a_reference_and_parts_of_name_mail_and_car_in_a_state_or_in_any(doors: Doors) -> None:
    name = uuid4().hex
    made = await books(doors, "upcoming", "completed", contact_first_name=f"Zoë{name}")
    assert {row.id for row in (await find(doors, search=name[4:-4].upper())).rows} == set(made)
    only = await find(doors, search=name, status="completed")
    assert [row.id for row in only.rows] == made[1:]
    assert only.counts == {"upcoming": 1, "completed": 1}, "counts leave the state aside"
    row = only.rows[0]
    for search in (row.reference.lower(), row.email[5:20]):
        assert [found.id for found in (await find(doors, search=search)).rows] == [row.id]


async def test_nobody_counts_further_than_a_thousand(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    await books(doors, *["no_show"] * 3, "active")
    every = (await find(doors)).counts
    assert set(every) == set(BookingStatus)
    assert every["no_show"] >= 3
    monkeypatch.setattr(staff_list, "COUNTED", 2)
    assert (await find(doors)).counts["no_show"] == 3, "one more than is counted says that there are more"


def test_counts_beyond_a_thousand_say_so() -> None:
    listed = Listed([], None, {"upcoming": 40, "completed": 1001, "expired": 1000})
    page = ListPage(None, Filter(), listed, [])  # type: ignore[arg-type]  # nobody need be signed in to count
    assert [page.number(state) for state in ("upcoming", "completed", "expired", "pending")] == ["40", "1,000+", "1,000", "0"]
    assert page.number("upcoming", "completed") == "1,040+"
