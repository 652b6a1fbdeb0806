"""Seeds that are played in every build: a few hundred deeds of anybody, and every law looked at after each."""

from collections.abc import Iterator

import pytest

from tests.model.play import play
from tests.model.stage import Providers
from tests.servers import Servers


@pytest.fixture(scope="module")
def providers() -> Iterator[Providers]:
    """Both emulators, for these seeds alone."""
    providers = Providers()
    yield providers
    providers.stop()


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "steps"), [(1, 150), (16, 120), (18, 120)])
async def test_whatever_anybody_does_and_whatever_breaks_no_law_is_broken(
    servers: Servers, worker_number: int, providers: Providers, seed: int, steps: int
) -> None:
    played = await play(servers, providers, seed, steps, f"exodrive_model{worker_number}")
    assert played.steps >= steps
    moved = {what.partition(":")[0] for what in played.told if what.startswith("told of")}
    assert {"told of a create_order", "told of a capture"} <= moved, "nobody paid: this seed proves nothing"
    assert played.told["something breaks"]
    assert played.told["killed"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [9, 26])
async def test_scenario_9_with_no_notice_ever_coming_all_ends_by_the_same_laws(
    servers: Servers, worker_number: int, providers: Providers, seed: int
) -> None:
    played = await play(servers, providers, seed, 100, f"exodrive_model{worker_number}", is_deaf=True)
    assert not {what for what in played.told if "notice" in what}
    assert played.told["told of a capture: succeeded"]
