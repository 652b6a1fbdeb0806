"""``python -m tests.model --seed N --steps M``: see ``tests/soak.py``. After 500 steps a town has come to an end, and the next begins."""

from tests import soak
from tests.model.play import Play, play
from tests.model.stage import Providers
from tests.servers import Servers


async def _play(servers: Servers, providers: Providers, seed: int, steps: int, is_deaf: bool) -> Play:
    return await play(servers, providers, seed, steps, "exodrive_model", is_deaf=is_deaf)


if __name__ == "__main__":
    soak.main(soak.Soak("tests.model", "steps", 1000, 500, _play))
