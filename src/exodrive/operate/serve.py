"""The web server: Granian with the settings that survive a killed worker, a hanging stream and a dying parent."""

from granian import Granian
from granian.constants import Interfaces, Loops

from exodrive.operate.ports import LOOPBACK

APP = "exodrive.app:create"


def serve(*, host: str = LOOPBACK, port: int = 8000, workers: int = 1) -> None:
    """Serve the shop until SIGTERM: requests in flight are finished, a stream that never ends is cut after 10 s."""
    Granian(
        APP,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        workers=workers,
        loop=Loops.uvloop,
        websockets=False,
        log_access=False,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        respawn_interval=0.2,
    ).serve()
