"""Free ports on the loopback address."""

import itertools
import os
import socket

LOOPBACK = "127.0.0.1"
_FIRST, _LAST = 10_000, 32_000  # below those that go to connections, which would take one before a server of ours has started
_own = itertools.count(os.getpid() * 7919)


def is_free(port: int) -> bool:
    """Whether a server of ours could listen on this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port that nobody listens on.

    Each process looks from a place of its own on and names none twice: of two that look at once, neither takes what the other was told.
    """
    return next(port for number in _own if is_free(port := _FIRST + number % (_LAST - _FIRST)))


def near(wanted: int, *, avoiding: frozenset[int] = frozenset()) -> int:
    """The wanted port, or the next free one above it, or any."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if port not in avoiding and is_free(port):
            return port
    return any_free()
