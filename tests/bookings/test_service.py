"""The private link: made again from its nonce, issued anew, revoked."""

import asyncio

import pytest

from exodrive.bookings import service
from exodrive.bookings.model import Actor
from exodrive.bookings.service import NoBooking
from exodrive.kit.ids import BookingId, StaffId, new_id
from exodrive.kit.links import LinkKeys, hash_of


async def opens(doors, token):
    async with doors.token(hash_of(token)).scope() as db:
        return await db.fetchval("select id from bookings")


async def reissue(build, made):
    async with build.doors.service().scope() as db:
        return await service.reissue_link(db, build.world.links, build.world.rules, made.id, Actor("system"))


async def test_the_worker_makes_the_same_token_again(build, doors):
    made = await build.held()
    async with doors.service().scope() as db:
        assert await service.token_of(db, build.world.links, made.id) == made.token


async def test_a_new_link_ends_the_old_one(build, doors):
    made = await build.held()
    token = await reissue(build, made)
    assert (await opens(doors, token), await opens(doors, made.token)) == (made.id, None)
    assert (await build.history(made))[-1] == "link_reissued"


async def test_two_who_reissue_at_once_leave_one_link(build, doors):
    made = await build.held()
    tokens = await asyncio.gather(*(reissue(build, made) for _ in range(4)))
    assert [await opens(doors, token) for token in tokens].count(made.id) == 1


async def test_staff_issue_and_revoke_through_their_own_door(build, doors):
    made = await build.held()
    staff = StaffId(new_id())
    actor = Actor("admin", str(staff), "Sam")
    async with doors.admin(staff).scope() as db:
        token = await service.reissue_link(db, build.world.links, build.world.rules, made.id, actor)
    assert await opens(doors, token) == made.id
    async with doors.admin(staff).scope() as db:
        assert await service.revoke_link(db, made.id, actor)
        assert not await service.revoke_link(db, made.id, actor)
    assert await opens(doors, token) is None
    assert (await build.history(made))[-2:] == ["link_reissued", "link_revoked"]


async def test_an_unknown_booking_has_no_link(build):
    with pytest.raises(NoBooking):
        async with build.doors.service().scope() as db:
            await service.reissue_link(db, build.world.links, build.world.rules, BookingId(new_id()), Actor("system"))


async def test_a_link_outlives_a_new_key_as_long_as_the_old_one_is_listed(build, doors):
    made = await build.held()
    from tests.builders import LINK_KEY

    async with doors.service().scope() as db:
        assert await service.token_of(db, LinkKeys(["a new key that is long enough, surely", LINK_KEY]), made.id) == made.token
        with pytest.raises(ValueError, match="no link key"):
            await service.token_of(db, LinkKeys(["a new key that is long enough, surely"]), made.id)


async def test_a_link_lives_some_days_beyond_the_return(build):
    made = await build.held()
    [(lives,)] = await build.rows(
        "select t.expires_at - b.return_due_at from booking_secure_tokens t join bookings b on b.id = t.booking_id where b.id = $1", made.id
    )
    assert lives.days == build.world.rules.link_days
