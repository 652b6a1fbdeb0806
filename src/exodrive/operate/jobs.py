"""Failed work from the command line: what there is, and trying it again."""

from collections.abc import Collection
from uuid import UUID

from redis.exceptions import RedisError

from exodrive.kit import outbox
from exodrive.kit import redis as kit_redis
from exodrive.kit.outbox import pulse
from exodrive.kit.outbox.store import DeadLetter
from exodrive.operate.asking import service_door
from exodrive.settings import Settings

_MOST = 2000  # characters of an error


class NotFailed(Exception):
    """Work was to be tried again that did not fail."""


class NobodyAtWork(Exception):
    """No worker reached database and queue lately."""


async def failed(settings: Settings) -> list[str]:
    """Return all work that failed its last try, the newest first, recurring work among it."""
    async with service_door(settings.database_worker_url) as door, door.scope() as db:
        dead = await outbox.dead_letters(db)
    return [line for one in dead for line in _described(one)] or ["No work has failed."]


def _described(one: DeadLetter) -> list[str]:
    about = " ".join(f"{name}={value}" for name, value in sorted(one.payload.items()))
    return [f"{one.id}  {one.topic}  {about}".rstrip(), f"    given up {one.dead_at:%Y-%m-%d %H:%M} UTC: {one.error[:_MOST]}"]


async def retry(settings: Settings, ids: Collection[UUID]) -> list[str]:
    """Have the named work tried again, or all without a name; all of it or none. Raises NotFailed naming what did not fail."""
    async with service_door(settings.database_worker_url) as door, door.scope() as db:
        chosen = ids or [one.id for one in await outbox.dead_letters(db)]
        for work_id in chosen:
            if not await outbox.retry(db, work_id):
                raise NotFailed(f"{work_id} did not fail, or is being tried again; see: exodrive jobs failed")
    return [f"{len(chosen)} to be tried again." if chosen else "No work has failed."]


async def check(settings: Settings) -> list[str]:
    """Say that somebody is at work. Raises NobodyAtWork when no worker reached database and queue in the last twenty seconds."""
    try:
        async with kit_redis.patient(settings.redis_url, wait=2.0) as redis:
            felt = await pulse.felt(redis)
    except (RedisError, OSError) as away:
        raise NobodyAtWork(f"Redis does not answer: {away}") from away
    if not felt:
        raise NobodyAtWork(f"No worker reached database and queue in the last {pulse.SECONDS} seconds.")
    return ["A worker is at work."]
