"""``python -m tests.trips --seed N --trips M``: see ``tests/soak.py``. Each third seed is deaf."""

from tests import soak
from tests.model.stage import Providers
from tests.servers import Servers
from tests.trips.play import Played, play


async def _play(servers: Servers, providers: Providers, seed: int, trips: int, is_deaf: bool) -> Played:
    return await play(servers, providers, seed, trips, "exodrive_trips", is_deaf=is_deaf or seed % 3 == 0)


if __name__ == "__main__":
    soak.main(soak.Soak("tests.trips", "trips", 300, 300, _play))
