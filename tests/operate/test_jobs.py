"""Failed work and the workers' pulse, as an operator asks at a terminal."""

from uuid import UUID

from redis.asyncio import Redis

from exodrive.kit import outbox
from exodrive.kit.db import Doors
from exodrive.kit.ids import new_id
from exodrive.kit.outbox import pulse, store
from tests.operate.test_commands import exodrive, settings
from tests.servers import Database


async def failed(doors: Doors) -> UUID:
    """Work that was given up; nobody here takes it up again."""
    async with doors.service().scope() as db:
        work_id = await outbox.enqueue(db, "mail.confirmation", booking_id=new_id())
        await store.mark_dead(db, work_id, "Refused('validation_error')")
    return work_id


async def is_dead(doors: Doors, work_id: UUID) -> bool:
    async with doors.service().scope() as db:
        return work_id in {letter.id for letter in await outbox.dead_letters(db)}


async def test_failed_work_is_shown_with_its_cause_and_tried_again_by_its_id(database: Database, doors: Doors) -> None:
    one, other = await failed(doors), await failed(doors)
    shown = exodrive("jobs", "failed", **settings(database)).stdout
    assert f"{one}  mail.confirmation  booking_id=" in shown
    assert "UTC: Refused('validation_error')" in shown
    assert exodrive("jobs", "retry", str(one), **settings(database)).stdout == "1 to be tried again.\n"
    assert (await is_dead(doors, one), await is_dead(doors, other)) == (False, True)
    refused = exodrive("jobs", "retry", str(other), str(one), **settings(database))
    assert (refused.returncode, f"{one} did not fail" in refused.stderr, "Traceback" in refused.stderr) == (1, True, False)
    assert await is_dead(doors, other), "all that is named, or none of it"
    assert exodrive("jobs", "retry", "--all", **settings(database)).returncode == 0
    assert not await is_dead(doors, other)
    assert exodrive("jobs", "failed", **settings(database)).stdout == "No work has failed.\n"


def test_what_is_to_be_tried_again_is_named(database: Database) -> None:
    told = exodrive("jobs", "retry", **settings(database))
    assert (told.returncode, "say --all" in told.stderr) == (2, True)


async def test_whether_a_worker_is_at_work_is_told_by_the_exit_code(database: Database, redis_url: str) -> None:
    async with Redis.from_url(redis_url, protocol=2) as redis:
        await redis.delete(pulse.KEY)
        resting = exodrive("work", "--check", **settings(database), EXODRIVE_REDIS_URL=redis_url)
        assert (resting.returncode, "No worker reached" in resting.stderr, "Traceback" in resting.stderr) == (1, True, False)
        await pulse.beat(redis, "a test")
    assert exodrive("work", "--check", **settings(database), EXODRIVE_REDIS_URL=redis_url).returncode == 0
    away = exodrive("work", "--check", **settings(database), EXODRIVE_REDIS_URL="redis://127.0.0.1:1/0")
    assert (away.returncode, "Redis does not answer" in away.stderr) == (1, True)
