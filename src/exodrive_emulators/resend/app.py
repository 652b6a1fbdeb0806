"""Puts this Resend together."""

from pathlib import Path

from exodrive_emulators.kit import control as shared
from exodrive_emulators.kit.app import App
from exodrive_emulators.kit.routes import Line, Routes
from exodrive_emulators.kit.run import Emulator
from exodrive_emulators.kit.store import Store
from exodrive_emulators.resend import api, control, inbox
from exodrive_emulators.resend.errors import Refused, error
from exodrive_emulators.resend.world import Resend

API = ("/emails",)
BUSY = Refused("concurrent_idempotent_requests")


def build(*, state: Path | None, api_key: str, per_second: int) -> Emulator:
    """Everything, ready to be served."""
    store = Store(state)
    world = Resend(store, api_key=api_key, per_second=per_second)
    controls: list[Line[Resend]] = [*shared.LINES, *control.LINES]
    lines = [*api.LINES, *map(shared.guarded, controls), *inbox.LINES]
    return Emulator(App(world, Routes(lines), api=API, failure=error, busy=BUSY.answer), store)
