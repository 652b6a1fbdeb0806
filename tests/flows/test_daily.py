"""What is thrown away with time, and what is not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from uuid import UUID

import asyncpg
import pytest

from exodrive.flows import daily
from exodrive.flows.world import World
from exodrive.kit import clock, outbox
from exodrive.kit.db import Doors
from exodrive.kit.ids import new_id
from exodrive.kit.links import new_token
from exodrive.kit.outbox import AlreadyDone
from tests.garage import insert, new_booking, new_car
from tests.mail.paid import DAYS
from tests.servers import Database, Servers, make_database

NOW = clock.now()
LONG_AGO, LATELY, TOMORROW = NOW - timedelta(days=31), NOW - timedelta(days=29), NOW + timedelta(days=1)


@pytest.fixture(scope="module")
async def database(servers: Servers, worker_number: int) -> Database:
    """A database of these tests' own: they throw things away."""
    return await make_database(servers, f"exodrive_daily{worker_number}")


@pytest.fixture(scope="module")
async def attic(database: Database, servers: Servers) -> AsyncIterator[Doors]:
    """The worker's door to it."""
    doors = await Doors.open(worker=database.url("worker"), pooler=servers.pooler)
    yield doors
    await doors.close()


@pytest.fixture
def world(attic: Doors) -> World:
    return cast("World", SimpleNamespace(door=attic.service()))  # all that pruning uses


async def test_work_done_long_ago_goes_and_open_or_dead_work_stays(attic: Doors, world: World) -> None:
    async with attic.service().scope() as db:
        for topic, columns in {
            "old": {"done_at": LONG_AGO},
            "lately": {"done_at": LATELY},
            "open": {"created_at": LONG_AGO},
            "dead": {"created_at": LONG_AGO, "dead_at": LONG_AGO},
        }.items():
            await insert(db, "outbox", id=new_id(), topic=topic, **columns)
    await daily.prune(world, await promised(attic))
    assert await left(attic, "select topic from outbox where topic <> 'outbox.prune'") == {"lately", "open", "dead"}


async def test_messages_are_kept_for_a_year(attic: Doors, world: World, database: Database) -> None:
    db = await asyncpg.connect(database.url("superuser"))
    for name, days in (("old", 366), ("lately", 364)):
        moment = NOW - timedelta(days=days)
        await insert(db, "contact_messages", id=new_id(), name=name, email="a@b.example", message="x", created_at=moment)
    await db.close()
    await daily.prune(world, await promised(attic))
    assert await left(attic, "select name from contact_messages") == {"lately"}


async def test_answers_to_repeated_requests_are_kept_for_a_week(attic: Doors, world: World) -> None:
    booking_id = await new_booking(attic, (await new_car(attic)).id, DAYS)
    async with attic.service().scope() as db:
        for key, days in (("eight-days", 8), ("six-days", 6)):
            await insert(
                db, "idempotency_keys", scope="test", key=key, request_hash=bytes(32), booking_id=booking_id, answer={},
                created_at=NOW - timedelta(days=days),
            )  # fmt: skip
    await daily.prune(world, await promised(attic))
    assert await left(attic, "select key from idempotency_keys") == {"six-days"}


async def test_sessions_and_links_go_long_after_they_ended(attic: Doors, world: World) -> None:
    ends = {
        "expired long ago": (LONG_AGO, None),
        "expired lately": (LATELY, None),
        "ended long ago": (TOMORROW, LONG_AGO),
        "ended lately": (TOMORROW, LATELY),
        "living": (TOMORROW, None),
    }
    async with attic.service().scope() as db:
        staff_id = new_id()
        await insert(db, "staff", id=staff_id, email=f"{staff_id}@example.com", name="Sam", role="owner")
        for name, (expires, ended) in ends.items():
            row = {"id": new_id(), "staff_id": staff_id, "expires_at": expires}
            await insert(db, "staff_sessions", **row, token_hash=a_hash(), csrf_token=name, revoked_at=ended)
            await insert(db, "staff_links", **row, token_hash=a_hash(), purpose="invite", used_at=ended)
    await daily.prune(world, await promised(attic))
    assert await left(attic, "select csrf_token from staff_sessions") == {"expired lately", "ended lately", "living"}
    assert await left(attic, "select expires_at from staff_links where used_at is null") == {LATELY, TOMORROW}
    assert await left(attic, "select used_at from staff_links where used_at is not null") == {LATELY}


async def test_pruning_is_done_with_its_promise(attic: Doors, world: World) -> None:
    outbox_id = await promised(attic)
    await daily.prune(world, outbox_id)
    with pytest.raises(AlreadyDone):
        await daily.prune(world, outbox_id)


def a_hash() -> bytes:
    return new_token().encode()[:32]


async def promised(attic: Doors) -> UUID:
    async with attic.service().scope() as db:
        return await outbox.enqueue(db, "outbox.prune")


async def left(attic: Doors, question: str) -> set[object]:
    async with attic.service().scope() as db:
        return {row[0] for row in await db.fetch(question)}


async def test_deliveries_go_when_their_signature_is_long_too_old(attic: Doors, world: World) -> None:
    async with attic.service().scope() as db:
        for name, at in (("old", LONG_AGO), ("young", LATELY)):
            row = {"source": "paypal", "transmission_id": name, "event_id": name, "digest": bytes(32), "received_at": at}
            await insert(db, "webhook_deliveries", **row)
    await daily.prune(world, await promised(attic))
    async with attic.service().scope() as db:
        assert [row[0] for row in await db.fetch("select transmission_id from webhook_deliveries")] == ["young"]


async def test_tries_of_a_pin_go_when_none_of_them_counts_any_more(attic: Doors, world: World) -> None:
    booking_id, link_id = await new_booking(attic, (await new_car(attic)).id, DAYS), new_id()
    async with attic.service().scope() as db:
        kept = {"id": link_id, "booking_id": booking_id, "nonce": a_hash(), "token_hash": a_hash(), "expires_at": TOMORROW}
        await insert(db, "booking_secure_tokens", **kept)
        for network, hours in (("old", 49), ("young", 25)):
            row = {"id": new_id(), "link_id": link_id, "network": network, "tried_at": NOW - timedelta(hours=hours)}
            await insert(db, "booking_pin_tries", **row)
    await daily.prune(world, await promised(attic))
    assert await left(attic, "select network from booking_pin_tries") == {"young"}
