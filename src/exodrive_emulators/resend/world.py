"""This Resend as a whole."""

from exodrive_emulators.kit.faults import Fault, Kind
from exodrive_emulators.kit.store import Store
from exodrive_emulators.kit.world import World
from exodrive_emulators.resend.limit import Limit
from exodrive_emulators.resend.model import Mail, Remembered


class Resend(World):
    """Handed to every handler."""

    def __init__(self, store: Store, *, api_key: str, per_second: int) -> None:
        super().__init__(store, "idempotency-key")
        self.api_key = api_key
        self.usual_limit, self.limit = per_second, Limit(per_second)
        self.mails = store.table("mail", Mail)
        self.remembered = store.table("key", Remembered)
        self.in_flight: set[str] = set()

    def check_fault(self, fault: Fault) -> None:
        """There are no tokens here that end, and no issues; raises ValueError."""
        if fault.kind in (Kind.TOKEN_EXPIRED, Kind.REFUSED):
            raise ValueError(f"{fault.kind} is no fault of Resend")

    def reset(self) -> None:
        """No mails, no keys, the limit of the start."""
        super().reset()
        self.mails.clear()
        self.remembered.clear()
        self.limit = Limit(self.usual_limit)
