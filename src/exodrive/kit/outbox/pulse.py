"""A sign of life that workers leave in Redis, for readiness checks and the doctor."""

from redis.asyncio import Redis

KEY = "exodrive:worker"
SECONDS = 20  # how long one beat is felt


async def beat(redis: "Redis", who: str) -> None:
    """Say that a worker is at work and reaches database and queue; ``who`` names it."""
    await redis.set(KEY, who, ex=SECONDS)


async def felt(redis: "Redis") -> bool:
    """Tell whether any worker gave a sign of life in the last twenty seconds. Raises RedisError when Redis is away."""
    return await redis.exists(KEY) > 0
