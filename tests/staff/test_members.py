"""Who works here, changed by whoever runs the installation: sessions end at once, an owner is left, and each change is noted."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from exodrive.kit.db import Doors
from exodrive.staff import members, service
from exodrive.staff.members import DisabledMember, KnownMember, LastOwner, UnknownMember
from exodrive.staff.model import StaffRole
from tests import servers as embedded
from tests.team import Person, Team


async def noted(team: Team, person: Person) -> list[tuple[Any, ...]]:
    async with team.doors.service().scope() as db:
        rows = await db.fetch(
            "select action, staff_id, details from audit_log where subject_type = 'staff' and subject_id = $1 order by id", str(person.id)
        )
    return [tuple(row) for row in rows]


async def test_whoever_is_let_go_is_out_at_once_and_stays_out(team: Team) -> None:
    person = await team.member()
    assert (await members.disable(team.doors.service(), person.email.upper())).is_disabled
    assert await team.session(person.token) is None
    with pytest.raises(Exception, match="not right"):
        await team.sign_in(person)
    with pytest.raises(DisabledMember, match="was let go"):
        await team.invitation(email=person.email, again=True)


async def test_an_invitation_that_is_out_ends_with_whoever_it_was_for(team: Team) -> None:
    person = await team.member()
    token = await team.invitation(email=person.email, again=True)
    await members.disable(team.doors.service(), person.email)
    await members.enable(team.doors.service(), person.email)
    with pytest.raises(Exception, match="no longer good"):
        await service.invited(team.door, token)


async def test_whoever_is_let_in_again_has_the_old_proofs_and_no_old_session(team: Team) -> None:
    person = await team.member()
    for _time in range(2):
        await members.disable(team.doors.service(), person.email)
    for _time in range(2):
        await members.enable(team.doors.service(), person.email)
    assert await team.session(person.token) is None
    assert await team.session((await team.sign_in(person)).token)
    assert [note[0] for note in await noted(team, person)] == ["staff_invited", "staff_disabled", "staff_enabled"]


async def test_another_role_counts_at_once_and_asks_for_a_new_sign_in(team: Team) -> None:
    person = await team.member()
    await members.change_role(team.doors.service(), person.email, StaffRole.MANAGER)
    assert await team.session(person.token) is None
    session = await team.session((await team.sign_in(person)).token)
    assert session
    assert session.role is StaffRole.MANAGER
    last = (await noted(team, person))[-1]
    assert last[:2] == ("staff_role_changed", None)
    assert (last[2]["before"], last[2]["after"], last[2]["by"]) == ("agent", "manager", "command line")


async def test_the_same_role_again_changes_nothing(team: Team) -> None:
    person = await team.member()
    await members.change_role(team.doors.service(), person.email, StaffRole.AGENT)
    assert await team.session(person.token)
    assert [note[0] for note in await noted(team, person)] == ["staff_invited"]


async def test_a_known_address_is_told_and_its_role_stays(team: Team) -> None:
    person = await team.member()
    with pytest.raises(KnownMember, match="works here already, as agent"):
        await team.invitation(StaffRole.OWNER, email=person.email)
    assert await team.session(person.token)
    again = await service.invited(team.door, await team.invitation(StaffRole.OWNER, email=person.email, again=True))
    assert again.role is StaffRole.AGENT


async def test_nobody_is_an_unknown_member(team: Team) -> None:
    door = team.doors.service()
    for ask in (members.disable(door, "x@example.com"), members.enable(door, "x@example.com"),
                members.change_role(door, "x@example.com", StaffRole.OWNER)):  # fmt: skip
        with pytest.raises(UnknownMember, match="Nobody with the address"):
            await ask


@pytest.fixture
async def own_team(servers: Any, worker_number: int) -> AsyncIterator[Team]:
    """A company of one's own."""
    database = await embedded.make_database(servers, f"exodrive_members{worker_number}")
    doors = await Doors.open(**{login: database.url(login) for login in ("staff", "worker")}, size=4)
    yield Team(doors)
    await doors.close()
    await embedded.drop_database(database)


async def test_an_owner_is_always_left(own_team: Team) -> None:
    first, second = await own_team.member(StaffRole.OWNER), await own_team.member(StaffRole.OWNER)
    door = own_team.doors.service()
    ends = await asyncio.gather(*(members.disable(door, owner.email) for owner in (first, second)), return_exceptions=True)
    assert sorted(type(end) for end in ends if isinstance(end, Exception)) == [LastOwner]
    left = next(member for member in await members.everybody(door) if not member.is_disabled)
    with pytest.raises(LastOwner, match="is the only owner"):
        await members.change_role(door, left.email, StaffRole.MANAGER)
    assert [(member.role, member.has_password) for member in await members.everybody(door)] == [(StaffRole.OWNER, True)] * 2
