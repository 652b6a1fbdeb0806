"""A sign of life that workers leave in Redis, for whoever watches over them."""

from redis.asyncio import Redis
from redis.exceptions import RedisError

from exodrive.kit.redis import patient

KEY = "exodrive:worker"
SECONDS = 20  # how long one beat is felt


class NobodyAtWork(RuntimeError):
    """No worker gave a sign of life lately, or Redis, where they leave it, does not answer."""


async def beat(redis: "Redis", who: str) -> None:
    """Say that a worker is at work and reaches database and queue; ``who`` names it."""
    await redis.set(KEY, who, ex=SECONDS)


async def felt(redis: "Redis") -> bool:
    """Tell whether any worker gave a sign of life in the last twenty seconds. Raises RedisError when Redis is away."""
    return await redis.exists(KEY) > 0


async def check(redis_url: str) -> None:
    """Return when a worker is at work. Raises NobodyAtWork."""
    try:
        async with patient(redis_url, wait=2.0) as redis:
            is_felt = await felt(redis)
    except (RedisError, OSError) as away:
        raise NobodyAtWork(f"Redis does not answer: {away}") from away
    if not is_felt:
        raise NobodyAtWork(f"No worker gave a sign of life in the last {SECONDS} seconds.")
