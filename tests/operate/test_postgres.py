"""The embedded PostgreSQL: safe by default, and undisturbed by what a crash left in its folder."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from exodrive.operate import ports
from exodrive.operate.account import servant
from exodrive.operate.binaries import postgres_programs, readable_by
from exodrive.operate.postgres import Postgres, ServerFailed


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    with Postgres(folder / "postgres") as running:
        yield running


async def show(postgres: Postgres, *names: str) -> dict[str, str]:
    db = await asyncpg.connect(postgres.url())
    shown = {name: await db.fetchval(f"show {name}") for name in names}
    await db.close()
    return shown


async def test_it_is_safe_against_a_power_cut(postgres: Postgres) -> None:
    safe = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "data_checksums": "on"}
    assert await show(postgres, *safe) == safe


async def test_it_sorts_the_same_everywhere(postgres: Postgres) -> None:
    db = await asyncpg.connect(postgres.url())
    found = await db.fetchrow(
        "select datlocprovider::text, datlocale, pg_encoding_to_char(encoding) from pg_database where datname = 'postgres'"
    )
    await db.close()
    assert tuple(found) == ("b", "C.UTF-8", "UTF8")


@pytest.mark.parametrize("way", ["url", "socket_url"])
async def test_nobody_enters_without_the_password(postgres: Postgres, way: str) -> None:
    right, wrong = getattr(postgres, way)(), getattr(postgres, way)(password="a guess")
    db = await asyncpg.connect(right)
    assert await db.fetchval("select current_user") == "postgres"
    await db.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(wrong)


def test_it_listens_on_loopback_only(postgres: Postgres) -> None:
    listening = [c.laddr for c in psutil.Process(postgres.child.pid).net_connections("tcp") if c.status == "LISTEN"]
    assert listening == [("127.0.0.1", postgres.port)]


def test_the_password_is_for_its_owner_alone(postgres: Postgres) -> None:
    file = postgres.folder / "superuser-password"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text() == postgres.password
    assert not (postgres.folder / "initdb.pw").exists()


async def test_a_stale_file_that_names_a_strangers_process_is_dropped_and_the_stranger_lives(folder: Path) -> None:
    with Postgres(folder / "postgres") as first:
        lines = (first.folder / "cluster" / "postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (folder / "postgres" / "cluster" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]))
        with Postgres(folder / "postgres") as second:
            assert await show(second, "fsync") == {"fsync": "on"}
        assert stranger.poll() is None
        stranger.kill()


async def test_a_server_that_was_left_behind_is_ended_first(folder: Path) -> None:
    with Postgres(folder / "postgres") as first:
        db = await asyncpg.connect(first.url())
        await db.execute("create table kept (n int)")
        await db.close()
    left = _leave_behind(first)
    with Postgres(folder / "postgres") as second:
        assert not psutil.pid_exists(left.pid) or left.poll() is not None
        db = await asyncpg.connect(second.url())
        assert await db.fetchval("select count(*) from kept") == 0
        await db.close()


def _leave_behind(stopped: Postgres) -> subprocess.Popen[bytes]:
    """A server over the same cluster that no launcher knows and no parent's death ends."""
    port, account = ports.any_free(), servant()
    who = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    cluster = stopped.folder / "cluster"
    program = readable_by(account, postgres_programs() / "postgres", stopped.folder / "programs")
    command = [program, "-D", cluster, "-p", str(port), "-k", str(stopped.folder / "socket")]
    left = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL, **who)
    while not (cluster / "postmaster.pid").exists() or "ready" not in (cluster / "postmaster.pid").read_text():
        assert left.poll() is None
    return left


async def test_a_first_start_that_was_broken_off_leaves_nothing_in_the_way(folder: Path) -> None:
    unfinished = folder / "postgres" / "cluster.part"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with Postgres(folder / "postgres") as postgres:
        assert await show(postgres, "fsync") == {"fsync": "on"}
    assert not unfinished.exists()


async def test_rows_survive_a_server_killed_under_our_hands(folder: Path) -> None:
    with Postgres(folder / "postgres") as postgres:
        db = await asyncpg.connect(postgres.url())
        await db.execute("create table kept as select n from generate_series(1, 500) n")
        os.kill(postgres.child.pid, signal.SIGKILL)
        assert postgres.child.process.wait(10) == -signal.SIGKILL
        postgres.start()
        postgres.wait()
        db = await asyncpg.connect(postgres.url())
        assert await db.fetchval("select count(*) from kept") == 500
        await db.close()


def test_a_start_that_fails_shows_the_end_of_the_log(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        postgres = Postgres(folder / "postgres", port=taken.getsockname()[1])
        with pytest.raises(ServerFailed, match="could not bind IPv4 address"):
            postgres.__enter__()
    assert postgres.child.ended() is not None


@pytest.mark.skipif(servant() is None, reason="only root's servant account can be kept out of a folder")
async def test_programs_in_a_closed_folder_are_copied_and_the_folder_stays_closed(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    wheel = postgres_programs().parent.parent
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(part, closed / "site-packages" / part.name)
    with Postgres(folder / "postgres", programs=closed / "site-packages" / wheel.name / "pginstall" / "bin") as postgres:
        assert await show(postgres, "fsync") == {"fsync": "on"}
        assert Path(psutil.Process(postgres.child.pid).exe()).is_relative_to(folder / "postgres" / "programs")
    assert closed.stat().st_mode & 0o777 == 0o700


def test_stopping_it_stops_every_process_of_it(folder: Path) -> None:
    with Postgres(folder / "postgres") as postgres:
        main = psutil.Process(postgres.child.pid)
        until = time.monotonic() + 10  # it takes connections before the last of its processes has started
        while len(family := main.children(recursive=True)) < 4:
            assert time.monotonic() < until
    assert [p for p in family if p.is_running()] == []
    assert postgres.child.pid is None
