"""Free ports on the loopback address."""

import socket

LOOPBACK = "127.0.0.1"


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
    """A port that nobody listens on, chosen by the system."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    return port


def near(wanted: int, *, avoiding: frozenset[int] = frozenset()) -> int:
    """The wanted port, or the next free one above it, or any."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if port not in avoiding and is_free(port):
            return port
    return any_free()
