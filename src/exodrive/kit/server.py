"""Which PostgreSQL servers are safe enough for row security."""

from typing import Any


class ServerTooOld(RuntimeError):
    """The PostgreSQL server lacks fixes that row security depends on."""


# CVE-2025-8713 (statistics leak rows that a policy hides) and its forerunners are fixed from these on; later majors were born fixed.
_OLDEST_SAFE = {15: 14, 16: 10, 17: 6}


def refuse_unsafe_server(db: Any) -> None:
    """Raise ServerTooOld unless the connected server is PostgreSQL 15 or newer with the minor version that row security needs."""
    version = db.get_server_version()  # asyncpg calls the second part of 15.14 `micro`
    if version.major < min(_OLDEST_SAFE) or version.micro < _OLDEST_SAFE.get(version.major, 0):
        wanted = ", ".join(f"{major}.{minor}" for major, minor in _OLDEST_SAFE.items())
        raise ServerTooOld(f"PostgreSQL {version.major}.{version.micro} is too old: use {wanted} or newer within its series, or 18 and up")
