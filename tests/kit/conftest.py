"""A Valkey of these tests' own, to be frozen and killed."""

import os
import signal
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from exodrive.kit.redis import Courtesy, impatient
from exodrive.operate.valkey import Valkey

# What is tested is what Redis answers, not how fast a crowded machine lets it: the product's 50 ms are kept for the tests of impatience.
UNHURRIED = 5.0


@pytest.fixture(scope="session")
def one_valkey() -> Iterator[Valkey]:
    # Not below pytest's own folder: every run that begins closes that to other accounts, and the server may run as another.
    with tempfile.TemporaryDirectory(prefix="exodrive-valkey-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with Valkey(folder, unsafe_fast=True) as valkey:
            yield valkey


@pytest.fixture
async def valkey(one_valkey: Valkey) -> AsyncIterator[Valkey]:
    """Empty, running, and running again after a test that froze or killed it."""
    async with Redis.from_url(one_valkey.url(), protocol=2) as admin:
        await admin.flushall()
    yield one_valkey
    if one_valkey.child.ended() is not None:
        revive(one_valkey)
    thaw(one_valkey)


@pytest.fixture
async def courtesy(valkey: Valkey) -> AsyncIterator[Courtesy]:
    """Redis as a courtesy, with time enough for it to answer on a crowded machine."""
    courtesy = Courtesy(impatient(valkey.url(), patience=UNHURRIED), patience=UNHURRIED)
    await courtesy.redis.ping()
    yield courtesy
    await courtesy.close()


@pytest.fixture
async def hurried(valkey: Valkey) -> AsyncIterator[Courtesy]:
    """Redis as the product asks it: 50 ms."""
    courtesy = Courtesy(impatient(valkey.url()))
    yield courtesy
    await courtesy.close()


def freeze(valkey: Valkey) -> None:
    os.kill(pid_of(valkey), signal.SIGSTOP)


def thaw(valkey: Valkey) -> None:
    os.kill(pid_of(valkey), signal.SIGCONT)


def thaw_after(valkey: Valkey, seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, thaw, (valkey,))
    timer.start()
    return timer


def kill(valkey: Valkey) -> None:
    os.kill(pid_of(valkey), signal.SIGKILL)
    while valkey.child.ended() is None:
        pass


def revive(valkey: Valkey) -> None:
    valkey.start()
    valkey.wait()


def pid_of(valkey: Valkey) -> int:
    assert valkey.child.pid is not None
    return valkey.child.pid
