"""Killed at any point of any story with money and started again, the car and the money agree, and nobody has paid twice."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from exodrive.deposits.model import DepositRules
from exodrive.kit import clock, failpoints
from exodrive.kit.db import Doors
from exodrive.kit.failpoints import points
from exodrive.operate.wiring import Wiring
from tests.builders import Build, make_world
from tests.crash.cases import CASES
from tests.crash.cast import Addresses
from tests.crash.run import Run, Theatre
from tests.crash.scene import Scene
from tests.crash.stories import PLAYS
from tests.flows.conftest import Payer, make_service
from tests.product import Emulator
from tests.servers import Servers, make_database


@pytest.fixture(scope="module")
async def run(servers: Servers, worker_number: int, redis_url: str, paypal: Emulator, _beside: Wiring) -> AsyncIterator[Run]:
    """All of it, in a database of its own whose clock may be moved."""
    database = await make_database(servers, f"exodrive_crash{worker_number}")
    urls = {login: database.url(login) for login in ("web", "checkout", "staff", "worker")}
    doors = await Doors.open(**urls, pooler=servers.pooler)
    keys = _beside.keys
    client, secret = keys.paypal_client_id, keys.paypal_client_secret
    parts = {"public_url": "http://shop.test", "deposits": DepositRules(wallet=True)}
    world = make_world(doors, redis_url, paypal_url=paypal.url, client=client, secret=secret, **parts)
    theatre = await Theatre.open(Addresses(urls, database.url("superuser"), servers.pooler, redis_url, paypal.url, client, secret))
    scene = Scene(world, make_service(world), Build(world, database.url("superuser")), Payer(world, paypal))
    run = Run(scene, theatre, database, paypal)
    try:
        for phase in (run.grow_old, run.rehearse, run.cut_short, run.bring_to_an_end, run.judge):
            await phase()
        yield run
    finally:
        await paypal.control("POST", "account", {"vaulting": False})
        await paypal.move(-clock.shift().total_seconds())
        clock.move_to_shift(timedelta())
        await theatre.close()
        await world.paypal.close()
        await world.locks._courtesy.close()
        await doors.close()


@pytest.mark.parametrize("point", sorted(points()))
def test_killed_there_and_started_again_car_and_money_agree(run: Run, point: str) -> None:
    cuts = [cut for cut in run.cuts if cut.point.partition("#")[0] == point]
    assert cuts, f"no story passes {point}: let one in tests/crash/cases.py do so, or take the point away"
    troubled = {str(cut): cut.trouble for cut in cuts if cut.trouble}
    assert not troubled, "\n".join(f"{name}: {'; '.join(trouble)}" for name, trouble in troubled.items())


def test_every_commit_and_every_call_of_these_stories_has_a_name(run: Run) -> None:
    unnamed = {name: passed for name, found in run.passed.items() if (passed := [point for point in found if "unnamed" in point])}
    assert not unnamed, f"name them with failpoints.commits or failpoints.calls: {unnamed}"


def test_every_story_is_cut_short_somewhere(run: Run) -> None:
    assert {cut.case for cut in run.cuts} == set(CASES)
    assert {case.story for case in CASES.values()} | {"work"} == set(PLAYS)
    assert set(failpoints.STEPS) >= {"hold.claim", "open.ask", "capture.ask", "refund.ask", "cancel.write"}
