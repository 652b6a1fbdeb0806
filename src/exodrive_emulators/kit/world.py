"""What every emulator's world has: memory, clock, calls and faults."""

from typing import Any

from exodrive_emulators.kit.calls import Calls
from exodrive_emulators.kit.clock import Clock
from exodrive_emulators.kit.faults import Fault, Faults
from exodrive_emulators.kit.store import Store


class World:
    """Base of the two worlds; handed to every handler."""

    def __init__(self, store: Store, key_header: str) -> None:
        self.store = store
        self.clock = Clock(store)
        self.calls = Calls(key_header)
        self.faults = Faults(store.table("fault", Fault))

    def check_fault(self, fault: Fault) -> None:
        """Raise ValueError for an order that could never come true here."""

    def order_faults(self, faults: list[Fault]) -> None:
        """From now on, one after the other; raises ValueError and then none is ordered."""
        for fault in faults:
            self.check_fault(fault)
        for fault in faults:
            self.faults.order(fault)

    def happen(self) -> None:
        """Called before every call: what has fallen due since the last one happens, in order."""

    def sign_out(self) -> None:
        """Make every access token worthless, where there are such."""

    def move_clock(self, shift: float) -> None:
        """Go to so many seconds ahead of the real time; raises ValueError beyond a century."""
        self.clock.put(shift)

    async def clock_moved(self) -> bool:
        """Wait until it is there and all that fell due on the way has happened; False when that takes too long."""
        return True

    def clock_state(self) -> dict[str, Any]:
        """What the control interface tells of the clock beside its time."""
        return {}

    def reset(self) -> None:
        """As new: no calls, no faults, the real time. Worlds add their own."""
        self.calls.clear()
        self.faults.withdraw()
        self.clock.reset()
