"""The embedded Valkey: it keeps what it acknowledged, and answers only to its password."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from exodrive.operate.valkey import Valkey


@pytest.fixture
def valkey(folder: Path) -> Iterator[Valkey]:
    with Valkey(folder / "valkey") as running:
        yield running


async def test_keys_survive_a_server_killed_under_our_hands(valkey: Valkey) -> None:
    redis = Redis.from_url(valkey.url())
    for number in range(500):
        await redis.set(f"kept:{number}", number)
    assert (await redis.execute_command("WAITAOF", 1, 0, 20_000))[0] == 1  # on the disk: else a busy one may lose the last two seconds
    os.kill(valkey.child.pid, signal.SIGKILL)
    valkey.child.process.wait(10)
    valkey.start()
    valkey.wait()
    await redis.aclose()
    again = Redis.from_url(valkey.url())
    assert await again.dbsize() == 500
    await again.aclose()


async def test_it_refuses_to_forget_when_memory_is_short(valkey: Valkey) -> None:
    redis = Redis.from_url(valkey.url(), decode_responses=True)
    told = await redis.config_get("maxmemory-policy", "appendonly", "appendfsync", "save")
    await redis.aclose()
    assert told == {"maxmemory-policy": "noeviction", "appendonly": "yes", "appendfsync": "everysec", "save": ""}


@pytest.mark.parametrize("way", ["url", "socket_url"])
async def test_nobody_enters_without_the_password(valkey: Valkey, way: str) -> None:
    right = getattr(valkey, way)()
    redis, stranger = Redis.from_url(right), Redis.from_url(right.replace(valkey.password, "a-guess"))
    assert await redis.ping()
    with pytest.raises(RedisError, match="invalid username-password pair"):
        await stranger.ping()
    await redis.aclose()
    await stranger.aclose()


def test_the_password_is_not_on_the_command_line(valkey: Valkey) -> None:
    process = psutil.Process(valkey.child.pid)
    assert valkey.password not in " ".join(process.cmdline())
    assert (valkey.folder / "store" / "valkey.conf").stat().st_mode & 0o777 == 0o600


def test_it_listens_on_loopback_only(valkey: Valkey) -> None:
    listening = [c.laddr for c in psutil.Process(valkey.child.pid).net_connections("tcp") if c.status == "LISTEN"]
    assert listening == [("127.0.0.1", valkey.port)]
