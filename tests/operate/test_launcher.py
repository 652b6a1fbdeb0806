"""What is left of a launcher that is killed, and what the next one finds."""

import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
from redis.asyncio import Redis

from tests.operate.conftest import Launcher, owners

Launch = Callable[[Path], Launcher]


async def test_a_killed_launcher_leaves_no_process_and_loses_no_row(launch: Launch, folder: Path) -> None:
    first = launch(folder)
    await _write(first, 300)
    assert owners(first.servers()).keys() >= {"postgres", "valkey-server"}
    first.end(signal.SIGKILL)  # asserts that all that it started is gone
    assert await _read(launch(folder)) == (300, 300)


async def test_servers_and_launcher_killed_together_lose_no_row(launch: Launch, folder: Path) -> None:
    first = launch(folder)
    await _write(first, 300)
    for process in first.servers():
        with suppress(psutil.NoSuchProcess):  # what it looked after may have ended with it
            process.kill()
    first.end(signal.SIGKILL)
    assert await _read(launch(folder)) == (300, 300)


def test_a_second_launcher_on_the_same_folder_is_refused(launch: Launch, folder: Path) -> None:
    first = launch(folder)
    second = launch(folder)
    assert f"{folder} is in use by process {first.process.pid}" in second.told["refused"]
    assert first.process.poll() is None


def test_the_folder_is_free_again_once_its_launcher_is_gone(launch: Launch, folder: Path) -> None:
    launch(folder).end(signal.SIGKILL)
    assert "postgres" in launch(folder).told


def test_the_server_of_root_runs_as_somebody_else(folder: Path) -> None:
    launcher = Launcher(folder)
    found = owners(launcher.servers())
    launcher.end(signal.SIGKILL)
    assert found.keys() >= {"postgres", "valkey-server"}
    assert 0 not in found.values()


def test_folders_above_keep_their_modes(folder: Path) -> None:
    above = folder / "above"
    above.mkdir(mode=0o751)
    before = {path: path.stat().st_mode for path in above.parents} | {above: above.stat().st_mode}
    launcher = Launcher(above / "data")
    assert "postgres" in launcher.told
    launcher.end(signal.SIGKILL)
    assert {path: path.stat().st_mode for path in before} == before


async def _write(launcher: Launcher, rows: int) -> None:
    db = await asyncpg.connect(launcher.told["postgres"])
    await db.execute("create table kept (n int primary key)")
    redis = Redis.from_url(launcher.told["valkey"])
    for number in range(rows):
        await db.execute("insert into kept values ($1)", number)
        await redis.set(f"kept:{number}", number)
    await redis.aclose()
    await db.close()


async def _read(launcher: Launcher) -> tuple[int, int]:
    db = await asyncpg.connect(launcher.told["postgres"])
    redis = Redis.from_url(launcher.told["valkey"])
    found = (await db.fetchval("select count(*) from kept"), await redis.dbsize())
    await redis.aclose()
    await db.close()
    return found
