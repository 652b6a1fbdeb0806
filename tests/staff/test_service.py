"""Invitations, signing in with two proofs, and the life of a session."""

import asyncio
import time
from datetime import timedelta
from statistics import median
from typing import Any

import pytest

from exodrive.kit import links
from exodrive.kit.errors import BadInput, Forbidden, NotFound
from exodrive.staff import codes, service
from exodrive.staff.model import LinkPurpose, Opened, StaffRole
from tests.team import PASSWORD, VISIT, Person, Team, Wait

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def accept(team: Team, token: str, *, password: str = PASSWORD, code: str | None = None) -> Opened:
    person = Person(None, "", "", codes.new_secret())  # type: ignore[arg-type]  # only their phone matters
    return await service.accept(team.door, token, password, person.secret, person.code() if code is None else code, VISIT)


async def refusal(attempt: Any) -> tuple[str, dict[str, str]]:
    with pytest.raises(Forbidden) as refused:
        await attempt
    return refused.value.detail, refused.value.fields


# --- invitations -------------------------------------------------------------------------------------------------------


async def test_an_invitation_may_be_looked_at_any_number_of_times_and_is_used_once(team: Team) -> None:
    token = await team.invitation(StaffRole.MANAGER)
    for _ in range(3):
        assert (await service.invited(team.door, token)).name == "Ann Keeper"
    opened = await accept(team, token)
    session = await team.session(opened.token)
    assert session is not None
    assert session.role is StaffRole.MANAGER
    for again in (service.invited(team.door, token), accept(team, token)):
        with pytest.raises(NotFound):
            await again


async def test_of_two_who_accept_at_once_one_gets_in(team: Team) -> None:
    token = await team.invitation()
    ends = await asyncio.gather(*[accept(team, token) for _ in range(6)], return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["NotFound"] * 5 + ["Opened"]


async def test_an_invitation_lasts_a_week(team: Team, wait_for: Wait) -> None:
    token = await team.invitation()
    await wait_for(7 * DAY - MINUTE)
    await service.invited(team.door, token)
    await wait_for(MINUTE)
    for late in (service.invited(team.door, token), accept(team, token)):
        with pytest.raises(NotFound):
            await late


async def test_a_new_invitation_ends_the_one_before(team: Team) -> None:
    first = await team.invitation(email="Twice@Example.com")
    second = await team.invitation(email=" twice@example.com ", again=True)
    with pytest.raises(NotFound):
        await service.invited(team.door, first)
    assert (await service.invited(team.door, second)).email == "twice@example.com"


async def test_a_weak_password_or_a_wrong_code_leaves_the_invitation_as_it_was(team: Team) -> None:
    token = await team.invitation()
    with pytest.raises(BadInput):
        await accept(team, token, password="password1234")
    told, fields = await refusal(accept(team, token, code="000000"))
    assert fields == {"code": told}
    assert await team.session((await accept(team, token)).token)


async def test_an_invitation_is_no_demo_link_and_a_demo_link_no_invitation(team: Team) -> None:
    invitation = await team.invitation()
    demo = await service.invite(team.doors.service(), "demo@example.com", "Demo", StaffRole.OWNER, LinkPurpose.DEMO)
    with pytest.raises(NotFound):
        await service.sign_in_by_demo_link(team.door, invitation, VISIT)
    with pytest.raises(NotFound):
        await accept(team, demo)


async def test_somebody_invited_again_gets_new_proofs_and_loses_the_old_ones_with_all_sessions(team: Team, wait_for: Wait) -> None:
    person = await team.member()
    token = await service.invite(team.doors.service(), person.email, person.name, StaffRole.AGENT, again=True)
    assert await team.session(person.token), "an invitation alone ends nothing"
    await accept(team, token, password="four green lamps hum")
    assert await team.session(person.token) is None
    await wait_for(MINUTE)
    await refusal(team.sign_in(person))


async def test_the_demos_link_works_once_and_for_a_day(team: Team, wait_for: Wait) -> None:
    tokens = [await service.invite(team.doors.service(), f"demo{n}@example.com", "Demo", StaffRole.OWNER, LinkPurpose.DEMO) for n in (1, 2)]
    opened = await service.sign_in_by_demo_link(team.door, tokens[0], VISIT)
    assert await team.session(opened.token)
    await wait_for(DAY)
    for token in tokens:
        with pytest.raises(NotFound):
            await service.sign_in_by_demo_link(team.door, token, VISIT)


# --- signing in --------------------------------------------------------------------------------------------------------


async def test_password_and_code_open_a_session_in_any_case_of_the_address(team: Team) -> None:
    person = await team.member()
    opened = await service.sign_in(team.door, f" {person.email.upper()} ", PASSWORD, person.code(), VISIT)
    session = await team.session(opened.token)
    assert session is not None
    assert (session.staff_id, session.email) == (person.id, person.email)


async def test_every_wrong_sign_in_is_refused_in_the_same_words(team: Team) -> None:
    person, invited = await team.member(), await team.invitation(email="not-yet@example.com")
    stranger = Person(person.id, "nobody@example.com", "", person.secret)
    unready = Person(person.id, "not-yet@example.com", "", person.secret)
    told = {
        await refusal_text(team.sign_in(stranger)),
        await refusal_text(team.sign_in(unready)),
        await refusal_text(team.sign_in(person, password="green kettle sings low")),
        await refusal_text(team.sign_in(person, password="")),
        await refusal_text(team.sign_in(person, code="000000")),
        await refusal_text(team.sign_in(person, code=person.used)),
        await refusal_text(team.sign_in(person, code=person.code(3))),
        await refusal_text(team.sign_in(person, code="")),
    }
    assert len(told) == 1
    assert invited


async def refusal_text(attempt: Any) -> str:
    detail, fields = await refusal(attempt)
    assert not fields, "naming a field would tell which proof was right"
    return detail


async def test_an_unknown_address_takes_as_long_as_a_wrong_password(team: Team) -> None:
    person = await team.member()
    stranger = Person(person.id, "nobody@example.com", "", person.secret)

    async def seconds(who: Person) -> float:
        began = time.perf_counter()
        await refusal(team.sign_in(who, password="green kettle sings low"))
        return time.perf_counter() - began

    spent = [(await seconds(person), await seconds(stranger)) for _ in range(9)]
    known, unknown = median(pair[0] for pair in spent), median(pair[1] for pair in spent)
    assert 0.5 < unknown / known < 2


async def test_a_code_opens_one_session_also_when_two_come_at_once(team: Team) -> None:
    person = await team.member()
    code = person.code()
    ends = await asyncio.gather(*[team.sign_in(person, code=code) for _ in range(5)], return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Forbidden"] * 4 + ["Opened"]
    await refusal(team.sign_in(person, code=code))


async def test_a_wrong_password_does_not_use_the_code_up(team: Team) -> None:
    person = await team.member()
    code = person.code()
    await refusal(team.sign_in(person, code=code, password="green kettle sings low"))
    assert await team.sign_in(person, code=code)


async def test_the_code_of_the_invitation_does_not_sign_in(team: Team) -> None:
    person = await team.member()
    await refusal(team.sign_in(person, code=person.used))


async def test_who_was_let_go_is_refused_like_a_stranger(team: Team) -> None:
    person = await team.member()
    await team.change("update public.staff set disabled_at = exodrive_private.now() where id = $1", person.id)
    assert "not right" in await refusal_text(team.sign_in(person))


async def test_the_book_tells_who_came_and_who_was_refused_from_where(team: Team) -> None:
    person = await team.member()
    await refusal(team.sign_in(person, code="000000"))
    opened = await team.sign_in(person)
    session = await team.session(opened.token)
    assert session is not None
    await service.sign_out(team.door, session, VISIT)
    again = await team.session(person.token)
    assert again is not None
    await service.sign_out(team.door, again, VISIT, everywhere=True)
    actions = ["staff_joined", "sign_in_refused", "signed_in", "signed_out", "signed_out_everywhere"]
    assert await team.notes(person) == [(action, VISIT.ip) for action in actions]


async def test_the_database_keeps_no_password_and_no_token(team: Team) -> None:
    person = await team.member()
    invitation = await team.invitation()
    async with team.doors.service().scope() as db:
        rows = [
            await db.fetch(f"select t::text from public.{table} t") for table in ("staff", "staff_sessions", "staff_links", "audit_log")
        ]
    kept = "\n".join(row[0] for found in rows for row in found)
    assert person.email in kept
    for secret in (PASSWORD, person.token, invitation, links.hash_of(person.token).hex() + "0"):
        assert secret not in kept
    assert links.hash_of(person.token).hex() in kept
