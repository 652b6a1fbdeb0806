"""Differences: one row while open, closed when gone, silent once a person has said why, and never without words."""

import pytest

from exodrive.kit.ids import new_id
from exodrive.payments.differences import store
from exodrive.payments.differences.model import Finding, Gap, Thing
from exodrive.payments.differences.words import advice, gap_words, thing_words
from tests.builders import Build
from tests.garage import insert


def finding(object_id: str, gap: Gap = Gap.AMOUNT, theirs: str = "12.00 USD") -> Finding:
    return Finding(Thing.CAPTURE, object_id, gap, "10.00 USD", theirs)


async def rows(build: Build, object_id: str) -> list[tuple[object, ...]]:
    return await build.rows(
        "select theirs, resolved_at is null, resolved_by is null from money_differences where object_id = $1 order by first_seen", object_id
    )


async def noted(build: Build, *found: Finding) -> list[bool]:
    answers = []
    for one in found:
        async with build.doors.service().scope() as db:
            answers.append(await store.note(db, one))
    return answers


async def test_it_is_one_row_while_it_is_open_with_what_is_said_now(build: Build) -> None:
    name = str(new_id())
    assert await noted(build, finding(name), finding(name), finding(name, theirs="13.00 USD")) == [True] * 3
    assert await rows(build, name) == [("13.00 USD", True, True)]


async def test_what_is_gone_is_closed_and_opens_anew_when_it_comes_back(build: Build) -> None:
    name = str(new_id())
    await noted(build, finding(name), finding(name, Gap.STATUS))
    async with build.doors.service().scope() as db:
        assert await store.close_gone(db, Thing.CAPTURE, name, {Gap.STATUS}) == 1
    await noted(build, finding(name))
    assert [row[1] for row in await build.rows("select kind, resolved_at is null from money_differences where object_id = $1", name)].count(
        True
    ) == 2


@pytest.mark.parametrize(("theirs", "is_told"), [("12.00 USD", False), ("13.00 USD", True)])
async def test_what_a_person_resolved_is_told_again_only_when_it_is_something_else(build: Build, theirs: str, is_told: bool) -> None:
    name, staff_id = str(new_id()), new_id()
    await noted(build, finding(name))
    async with build.doors.service().scope() as db:
        await insert(db, "staff", id=staff_id, email=f"{staff_id}@example.com", name="Sam", role="manager")
    [(difference_id,)] = await build.rows("select id from money_differences where object_id = $1", name)
    for first in (True, False):
        async with build.doors.admin(staff_id).scope() as db:
            assert await store.resolve(db, difference_id, staff_id, "agreed with the renter") is first
    assert await noted(build, finding(name, theirs=theirs)) == [is_told]
    assert len(await rows(build, name)) == 1 + is_told


async def test_what_only_events_tell_is_not_closed_by_a_look_at_the_thing(build: Build) -> None:
    name = str(new_id())
    await noted(build, finding(name, Gap.REVERSED))
    async with build.doors.service().scope() as db:
        assert await store.close_gone(db, Thing.CAPTURE, name, ()) == 0


def test_there_are_words_for_everything() -> None:
    assert all(thing_words(thing) for thing in Thing)
    assert len({gap_words(gap) for gap in Gap}) == len({advice(gap) for gap in Gap}) == len(Gap)
