"""A transaction clashes with another in the middle of a deed with money: it runs again, and PayPal hears of nothing twice."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from exodrive.flows.again import ATTEMPTS, Busy
from exodrive.flows.world import World
from exodrive.kit.errors import Unavailable
from tests.builders import Build
from tests.flows.conftest import Payer
from tests.flows.deeds import COMMITS, Begun, Scene, at, settled, state
from tests.product import Emulator

CLASHES = [asyncpg.DeadlockDetectedError, asyncpg.SerializationError]


def breaking(error: type[asyncpg.PostgresError], times: int, runs: list[str]) -> Callable[[], None]:
    """What the database does at the end of a transaction so many times, and how often it came so far."""

    def happens() -> None:
        runs.append("run")
        if len(runs) <= times:
            raise error("injected")

    return happens


async def asked(paypal: Emulator, deed: Begun, world: World) -> tuple[Any, Counter[tuple[str, str]]]:
    """Do it; what PayPal was asked meanwhile, without the names of things."""
    before = len(await paypal.calls())
    told = await deed.once(world)
    new = (await paypal.calls())[before:]
    return told, Counter((call["method"], call["path"].rstrip("/").split("/")[3]) for call in new if "oauth2" not in call["path"])


@pytest.mark.parametrize("clash", CLASHES)
@pytest.mark.parametrize("step", COMMITS)
async def test_scenario_17_a_clash_runs_the_transaction_again_and_asks_paypal_nothing_twice(
    step: str, clash: type[asyncpg.PostgresError], build: Build, payer: Payer, world: World, service: World, paypal: Emulator
) -> None:
    scene, runs = Scene(build, payer, world, service), list[str]()
    calm, clashing = await COMMITS[step](scene), await COMMITS[step](scene)
    _told, usual = await asked(paypal, calm, world)
    with at(f"{step}.before", breaking(clash, ATTEMPTS - 1, runs)):
        _told, calls = await asked(paypal, clashing, world)
    assert len(runs) == ATTEMPTS == 3
    assert calls == usual
    assert await settled(scene, clashing) == await settled(scene, calm)


@pytest.mark.parametrize("clash", CLASHES)
@pytest.mark.parametrize("step", COMMITS)
async def test_scenario_17_the_third_clash_is_told_nothing_is_half_done_and_a_second_try_does_it(
    step: str, clash: type[asyncpg.PostgresError], build: Build, payer: Payer, world: World, service: World
) -> None:
    scene, runs = Scene(build, payer, world, service), list[str]()
    calm, clashing = await COMMITS[step](scene), await COMMITS[step](scene)
    await calm.once(world)
    with at(f"{step}.before", breaking(clash, 99, runs)), pytest.raises(Unavailable) as refused:
        await clashing.once(world)
    assert (refused.value.status, refused.value.retry_after, len(runs)) == (503, 2, 3)
    await clashing.once(world)
    assert await settled(scene, clashing) == await settled(scene, calm)


@pytest.mark.parametrize("step", COMMITS)
async def test_scenario_17_who_waited_for_a_lock_is_told_at_once_and_changed_nothing(
    step: str, build: Build, payer: Payer, world: World, service: World
) -> None:
    scene, runs = Scene(build, payer, world, service), list[str]()
    deed = await COMMITS[step](scene)
    before = await state(scene, deed)
    with at(f"{step}.before", breaking(asyncpg.LockNotAvailableError, 99, runs)), pytest.raises(Busy) as refused:
        await deed.once(world)
    assert (refused.value.status, refused.value.extra["retry_after"], len(runs)) == (409, 1, 1)
    if not step.endswith("record"):  # before it the intent was written, and PayPal asked
        assert await state(scene, deed) == before
