"""Redis as a courtesy: asked briefly, left alone after a failure, never blamed for our own trouble."""

import asyncio
import time

import pytest
from redis.exceptions import RedisError

from exodrive.kit.redis import Courtesy, RedisAway, impatient, patient
from exodrive.operate.valkey import Valkey
from tests.kit.conftest import kill, revive


async def test_after_a_failure_redis_is_left_alone_for_a_second(valkey: Valkey) -> None:
    courtesy = Courtesy(impatient(valkey.url()))

    async def fail() -> None:
        raise ConnectionResetError

    with pytest.raises(RedisAway):
        await courtesy.ask(fail)
    asked = []
    with pytest.raises(RedisAway):
        await courtesy.ask(lambda: asked.append(1))
    assert asked == []
    await asyncio.sleep(1.05)
    assert await courtesy.ask(courtesy.redis.ping)
    await courtesy.close()


async def test_a_process_that_was_busy_itself_does_not_blame_redis(valkey: Valkey) -> None:
    # Connecting takes several turns of the loop, so the time-out comes. Half a second: a crowded machine is not what is tested.
    cold = Courtesy(impatient(valkey.url(), patience=0.5), patience=0.5)

    async def be_busy() -> None:
        await asyncio.sleep(0)
        time.sleep(1.5)

    first, _ = await asyncio.gather(cold.ask(cold.redis.ping), be_busy(), return_exceptions=True)
    assert isinstance(first, RedisAway)
    assert not cold.resting
    assert await cold.ask(cold.redis.ping)
    await cold.close()


async def test_fifty_at_once_find_their_turn(courtesy: Courtesy) -> None:
    assert await courtesy.ask(courtesy.redis.ping)
    assert all(await asyncio.gather(*(courtesy.ask(courtesy.redis.ping) for _ in range(50))))


async def test_a_patient_client_gets_over_a_restart_and_tells_when_nobody_is_there(valkey: Valkey) -> None:
    async with patient(valkey.url(), wait=2.0) as redis:
        assert await redis.set("key", "words")
        kill(valkey)
        with pytest.raises((RedisError, OSError)):
            await redis.get("key")
        revive(valkey)
        assert await redis.set("key", "words")
        assert await redis.get("key") == "words"
