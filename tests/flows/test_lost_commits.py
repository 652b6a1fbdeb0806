"""The answer to a commit is lost: whoever asks again finds what was done, and nothing is done twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from exodrive.flows.world import World
from exodrive.kit.db import Doors
from tests.builders import Build
from tests.flows.conftest import Payer
from tests.flows.deeds import COMMITS, Scene, at, settled, state
from tests.line import Line
from tests.servers import Database


@asynccontextmanager
async def behind_a_line(world: World, database: Database) -> AsyncIterator[tuple[World, Line]]:
    """The same world, and the line over which it talks to its database."""
    line = Line(urlsplit(database.port_url("web")).port or 5432)
    line.start()
    urls = {login: _through(line, database.port_url(login)) for login in ("web", "checkout", "staff", "worker")}
    doors = await Doors.open(**urls, size=2)
    try:
        yield replace(world, doors=doors, door=doors.checkout()), line
    finally:
        await doors.close()
        line.stop()


def _through(line: Line, url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.username}:{parts.password}@127.0.0.1:{line.port}"))


@pytest.mark.parametrize("step", COMMITS)
async def test_scenario_16_asked_again_after_a_commit_without_an_answer_finds_what_was_done(
    step: str, build: Build, payer: Payer, world: World, service: World, database: Database
) -> None:
    scene = Scene(build, payer, world, service)
    calm, cut = await COMMITS[step](scene), await COMMITS[step](scene)
    before = await state(scene, cut)
    async with behind_a_line(world, database) as (far, line):
        with at(f"{step}.before", lambda: line.hang_up_behind(b"commit")), pytest.raises((OSError, asyncpg.PostgresConnectionError)):
            await cut.once(far)
        async with asyncio.timeout(5):
            while await state(scene, cut) == before:  # until the server has come to the words it was sent
                await asyncio.sleep(0.01)
        told = [await cut.once(far) for _ in range(2)]
    assert told[0] == told[1]
    for _ in range(3):
        await calm.once(world)
    assert calm.answers[-1] == calm.answers[0]
    assert await settled(scene, cut) == await settled(scene, calm)
