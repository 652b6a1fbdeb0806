"""The life of a session: idle, absolute, rotated, ended. Time passes by the one clock."""

import asyncio
from datetime import timedelta

from exodrive.kit import links
from exodrive.staff import service
from exodrive.staff.model import StaffRole
from tests.team import VISIT, Team, Wait

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def test_each_session_has_a_random_token_of_256_bits_and_a_form_token_of_its_own(team: Team) -> None:
    people = [await team.member() for _ in range(4)]
    sessions = [await team.session(person.token) for person in people]
    assert len({person.token for person in people}) == 4
    assert {len(person.token) for person in people} == {links.TOKEN_LENGTH}
    assert len({session.csrf_token for session in sessions if session}) == 4


async def test_a_session_nobody_uses_ends_after_an_hour(team: Team, wait_for: Wait) -> None:
    person, other = await team.member(), await team.member()
    await wait_for(59 * MINUTE)
    used, replaced = await service.session_of(team.door, person.token)
    assert used
    assert replaced
    await wait_for(2 * MINUTE)
    assert await team.session(replaced.token)
    assert await team.session(other.token) is None


async def test_any_session_ends_after_twelve_hours_of_use(team: Team, wait_for: Wait) -> None:
    person = await team.member()
    token = person.token
    for _ in range(23):
        await wait_for(30 * MINUTE)
        session, opened = await service.session_of(team.door, token)
        assert session is not None
        token = opened.token if opened else token
    await wait_for(29 * MINUTE)
    assert await team.session(token)
    await wait_for(MINUTE)
    assert await team.session(token) is None


async def test_the_cookie_is_replaced_every_quarter_of_an_hour_and_the_old_one_lives_a_minute_more(team: Team, wait_for: Wait) -> None:
    person = await team.member()
    await wait_for(14 * MINUTE)
    assert (await service.session_of(team.door, person.token))[1] is None
    await wait_for(2 * MINUTE)
    session, opened = await service.session_of(team.door, person.token)
    assert session is not None
    assert opened is not None
    assert opened.token != person.token
    assert await team.session(person.token), "a request that was on its way"
    await wait_for(timedelta(seconds=61))
    assert await team.session(person.token) is None
    same = await team.session(opened.token)
    assert same is not None
    assert (same.id, same.csrf_token) == (session.id, session.csrf_token), "open forms stay good"


async def test_of_many_requests_with_the_old_cookie_at_once_all_are_served_and_one_brings_the_new_cookie(
    team: Team, wait_for: Wait
) -> None:
    person = await team.member()
    await wait_for(16 * MINUTE)
    answers = await asyncio.gather(*[service.session_of(team.door, person.token) for _ in range(8)])
    assert all(session for session, _opened in answers)
    fresh = [opened.token for _session, opened in answers if opened]
    assert len(fresh) == 1
    assert await team.session(fresh[0])


async def test_the_cookie_before_the_last_is_worth_nothing(team: Team, wait_for: Wait) -> None:
    person = await team.member()
    tokens = [person.token]
    for _ in range(2):
        await wait_for(16 * MINUTE)
        tokens.append((await service.session_of(team.door, tokens[-1]))[1].token)  # type: ignore[union-attr]
    assert [bool(await team.session(token)) for token in tokens] == [False, True, True]


async def test_signing_out_ends_this_session_and_no_other(team: Team) -> None:
    person, colleague = await team.member(), await team.member()
    second = await team.sign_in(person)
    session = await team.session(person.token)
    assert session is not None
    await service.sign_out(team.door, session, VISIT)
    assert [bool(await team.session(token)) for token in (person.token, second.token, colleague.token)] == [False, True, True]


async def test_signing_out_everywhere_ends_all_sessions_of_this_person(team: Team) -> None:
    person, colleague = await team.member(), await team.member()
    second = await team.sign_in(person)
    session = await team.session(second.token)
    assert session is not None
    await service.sign_out(team.door, session, VISIT, everywhere=True)
    assert [bool(await team.session(token)) for token in (person.token, second.token, colleague.token)] == [False, False, True]


async def test_an_ended_session_is_not_woken_by_a_rotation(team: Team, wait_for: Wait) -> None:
    person = await team.member()
    await wait_for(16 * MINUTE)
    session = await team.session(person.token)
    assert session is not None
    await service.sign_out(team.door, session, VISIT)
    assert await service.session_of(team.door, person.token) == (None, None)


async def test_a_changed_role_counts_at_once_and_who_is_let_go_is_out_at_once(team: Team) -> None:
    person = await team.member(StaffRole.MANAGER)
    await team.change("update public.staff set role = 'agent' where id = $1", person.id)
    session = await team.session(person.token)
    assert session is not None
    assert session.role is StaffRole.AGENT
    await team.change("update public.staff set disabled_at = exodrive_private.now() where id = $1", person.id)
    assert await team.session(person.token) is None


async def test_forgetting_a_cookie_ends_its_session_also_by_the_cookie_before(team: Team, wait_for: Wait) -> None:
    first, second = await team.member(), await team.member()
    await service.forget(team.door, first.token)
    assert await team.session(first.token) is None
    await wait_for(16 * MINUTE)
    fresh = (await service.session_of(team.door, second.token))[1]
    assert fresh is not None
    await service.forget(team.door, second.token)
    assert await team.session(fresh.token) is None
    await service.forget(team.door, "")
    await service.forget(team.door, "nobody's")


async def test_what_is_no_token_opens_nothing(team: Team) -> None:
    person = await team.member()
    for token in ("", "x" * 43, person.token[:-1], person.token.swapcase(), person.token + "=", "é" * 43):
        assert await team.session(token) is None
