"""Start and end of an emulator's process."""

import argparse
import asyncio
import ctypes
import ipaddress
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, NamedTuple

from exodrive_emulators.kit.server import Handler, serve
from exodrive_emulators.kit.store import Store

_PR_SET_PDEATHSIG = 1


class Emulator(NamedTuple):
    """What runs: the handler, the work beside it (never returns), and the memory to close at the end."""

    handler: Handler
    store: Store
    beside: Coroutine[Any, Any, None] | None = None


def options(name: str) -> argparse.ArgumentParser:
    """The command line every emulator has."""
    parser = argparse.ArgumentParser(prog=f"python -m exodrive_emulators.{name}")
    parser.add_argument("--host", default="127.0.0.1", type=_loopback, help="a loopback address, nothing else")
    parser.add_argument("--port", default=0, type=int, help="0 picks a free one")
    parser.add_argument("--state", default=None, type=_folder, help="folder that keeps the state, or `none`")
    return parser


def run(chosen: argparse.Namespace, build: Callable[[str], Emulator]) -> None:
    """Serve until SIGTERM or Ctrl-C; `build` is given the address it will be found at."""
    if os.environ.get("EXODRIVE_ENV") == "production":
        sys.exit("The emulators never run in production (EXODRIVE_ENV=production).")
    _end_with_the_parent()
    asyncio.run(_serve(chosen.host, chosen.port, build))


async def _serve(host: str, port: int, build: Callable[[str], Emulator]) -> None:
    listening = _listen(host, port)
    url = f"http://{_in_url(host)}:{listening.getsockname()[1]}"
    emulator = build(url)
    emulator.store.commit()
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    beside = asyncio.create_task(emulator.beside or asyncio.sleep(float("inf")))
    beside.add_done_callback(lambda _: ended.set())  # it only ends by failing
    server = await serve(emulator.handler, listening)
    print(f"ready {url}", flush=True)  # noqa: T201  the one line a starter waits for
    await ended.wait()
    server.close()
    beside.cancel()
    emulator.store.close()
    # A time-out that ends at the same moment may swallow a cancellation; the end of the loop cancels once more.
    await asyncio.wait({beside}, timeout=2)
    if beside.done() and not beside.cancelled():
        beside.result()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as taken:
        sys.exit(f"Cannot listen on {host}:{port}: {taken.strerror}")


def _loopback(host: str) -> str:
    if host == "localhost":
        return "127.0.0.1"
    if not ipaddress.ip_address(host).is_loopback:
        raise argparse.ArgumentTypeError("an emulator listens on loopback only")
    return host


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _folder(text: str) -> Path | None:
    return None if text == "none" else Path(text)


def _end_with_the_parent() -> None:
    """On Linux the kernel sends SIGTERM when the thread that started this process is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
