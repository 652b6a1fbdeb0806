"""Seeds that are played in every build: a few hundred deeds of anybody, and every law looked at after each.

Tried by hand besides: where what an invoice brought settles no charge, seed 21, deaf, with 180 steps goes red.
"""

from collections.abc import Iterator

import pytest

from tests.model.play import play
from tests.model.stage import Providers
from tests.servers import Servers

OWED = ("staff charge", "staff claim", "the renter answers a claim", "staff invoice", "the renter pays an invoice")


@pytest.fixture(scope="module")
def providers() -> Iterator[Providers]:
    """Both emulators, for these seeds alone."""
    providers = Providers()
    yield providers
    providers.stop()


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "steps"), [(1, 130), (16, 85), (18, 85)])
async def test_whatever_anybody_does_and_whatever_breaks_no_law_is_broken(
    servers: Servers, worker_number: int, providers: Providers, seed: int, steps: int
) -> None:
    played = await play(servers, providers, seed, steps, f"exodrive_model{worker_number}")
    assert played.steps >= steps
    assert played.told["told of a capture: succeeded"] > 1, "nobody paid but who had been there before: this seed proves nothing"
    assert any(played.told[what] for what in OWED), "nobody owed anything"
    assert played.told["something breaks"]
    assert played.told["killed"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [21, 26])
async def test_scenario_9_with_no_notice_ever_coming_all_ends_by_the_same_laws(
    servers: Servers, worker_number: int, providers: Providers, seed: int
) -> None:
    played = await play(servers, providers, seed, 85, f"exodrive_model{worker_number}", is_deaf=True)
    assert not {what for what in played.told if "notice" in what}
    assert played.told["told of a capture: succeeded"] > 1
