"""The one clock. Everything that asks for the time asks here; SQL asks ``exodrive_private.now()``."""

from datetime import UTC, datetime, timedelta

#: The database's channel on which processes tell that they have followed its clock.
CHANNEL = "exodrive_clock"

_state: dict[str, timedelta] = {"shift": timedelta(0)}


def now() -> datetime:
    """Return the present moment, aware, in UTC; moved by ``shift()`` in the demo and in tests."""
    return datetime.now(UTC) + _state["shift"]


def shift() -> timedelta:
    """Return by how much this process's clock is moved; zero in production."""
    return _state["shift"]


def move_to_shift(shift: timedelta) -> None:
    """Move this process's clock. Only the follower of the database's clock and tests call it."""
    _state["shift"] = shift
