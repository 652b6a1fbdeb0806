"""The product and the emulators as real processes on loopback, one set for each test worker."""

import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from babel import Locale

from exodrive.kit import pseudo
from exodrive.kit.db import Doors
from exodrive.operate import ports
from exodrive.operate.health import wait_until_healthy, wait_until_ready
from exodrive.operate.keys import Keys
from exodrive.operate.wiring import Process, Wiring
from tests.servers import Database, Servers, make_database

PARTS = ("web", "checkout", "staff", "worker", "owner")
STACKS_REDIS = 32  # the stack's numbered Redis database, counted from here; the tests' own are below


class Emulator:
    """A running emulator and its control interface.

    ``away`` is a listener of its that nobody answers for: it is told nothing. One ``without_limit`` takes any number of calls a second.
    """

    def __init__(self, process: Process, url: str, away: str = "", *, without_limit: bool = False) -> None:
        self.process = process
        self.url = url
        self._away = away
        self._without_limit = without_limit
        self._http = httpx.AsyncClient(base_url=url, timeout=10, verify=False)

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.process.start()
        wait_until_ready(self.process.child)
        if self._away:
            httpx.patch(f"{self.url}/control/webhooks/{self._away}", json={"mode": "drop"}, verify=False).raise_for_status()
        if self._without_limit:
            httpx.post(f"{self.url}/control/rate", json={"per_second": 0}, verify=False).raise_for_status()

    async def control(self, method: str, path: str, body: object = None) -> Any:
        """One request to /control/<path>; the decoded answer, None when it is empty."""
        answer = await self._http.request(method, f"/control/{path}", json=body)
        assert answer.is_success, f"{method} /control/{path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def calls(self) -> list[dict[str, Any]]:
        """What it was asked so far."""
        return list(await self.control("GET", "calls"))

    async def forget_calls(self) -> None:
        """Count calls from here."""
        await self.control("DELETE", "calls")

    async def fault(self, **order: object) -> None:
        """Order a fault."""
        await self.control("POST", "faults", order)

    async def move(self, seconds: float) -> None:
        """Move its clock forward."""
        await self.control("POST", "clock", {"advance": seconds})

    async def reset(self) -> None:
        """Forget everything."""
        await self.control("POST", "reset")
        if self._away:
            await self.control("PATCH", f"webhooks/{self._away}", {"mode": "drop"})
        if self._without_limit:
            await self.control("POST", "rate", {"per_second": 0})


class Stack:
    """The whole product over a database and a Redis of its own: web, worker, PayPal and mail."""

    def __init__(self, wiring: Wiring, database: Database, doors: Doors) -> None:
        self.wiring = wiring
        self.database = database
        self.doors = doors
        self.redis_url = wiring.redis
        self.url = wiring.web
        self.processes = {name: Process(wiring, name) for name in wiring.commands()}
        self.paypal = Emulator(self.processes["paypal"], wiring.paypal)
        # hundreds of tests leave letters behind, and one that waits for its own would wait for all of them
        self.resend = Emulator(self.processes["mail"], wiring.mail, without_limit=True)

    def start(self) -> None:
        """Start everything and wait until the shop answers."""
        self.paypal.start()
        self.resend.start()
        self.processes["worker"].start()
        self.processes["web"].start()
        self.wait()

    def wait(self) -> None:
        """Wait until the shop answers."""
        wait_until_healthy(self.processes["web"].child, self.wiring.web_port, "/healthz")

    def kill(self, name: str) -> None:
        """End a process (web, worker, paypal, mail) at once, as a crash would."""
        child = self.processes[name].child
        assert child.process is not None
        child.process.send_signal(signal.SIGKILL)
        child.process.wait()

    def start_again(self, name: str) -> None:
        """Start a process that was killed or stopped."""
        self.processes[name].child.stop()
        self.processes[name].start()

    def stop(self) -> None:
        """Stop everything, the last started first."""
        for name in ("web", "worker", "mail", "paypal"):
            self.processes[name].child.stop()


def wire(folder: Path, database: Database, redis: str) -> Wiring:
    """Addresses of one set of processes, on free ports."""
    found: list[int] = []
    while len(found) < 3:
        found.append(ports.any_free())
    return Wiring(
        folder=folder,
        keys=Keys.of(folder),
        databases={part: database.url(part) for part in PARTS},
        redis=redis,
        web_port=found[0],
        paypal_port=found[1],
        mail_port=found[2],
        env="test",
        more={
            "EXODRIVE_TRUSTED_PROXIES": "127.0.0.1/32",
            "EXODRIVE_DATABASE_POOLER": database.servers.pooler,
            "EXODRIVE_DATABASE_DIRECT_URL": database.direct_url("worker"),
        },
    )


@pytest.fixture(scope="session")
def _beside(_database: Database, redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Wiring:
    return wire(tmp_path_factory.mktemp("emulators"), _database, redis_url)


def _emulator(wiring: Wiring, name: str, url: str, away: str = "") -> Iterator[Emulator]:
    emulator = Emulator(Process(wiring, name), url, away)
    emulator.start()
    yield emulator
    emulator.process.child.stop()


@pytest.fixture(scope="session")
def paypal(_beside: Wiring) -> Iterator[Emulator]:
    """A PayPal emulator of this test worker's own, which tells nobody of anything (the stack has its own PayPal)."""
    yield from _emulator(_beside, "paypal", _beside.paypal, _beside.keys.paypal_webhook_id)


@pytest.fixture(scope="session")
def resend(_beside: Wiring) -> Iterator[Emulator]:
    """A Resend emulator of this test worker's own."""
    yield from _emulator(_beside, "mail", _beside.mail)


@asynccontextmanager
async def running(servers: Servers, number: int, folder: Path) -> AsyncIterator[Stack]:
    """The whole product as real processes, with a database and a Redis of its own, so that no test shares its worker."""
    database = await make_database(servers, f"exodrive_stack{number}")
    doors = await Doors.open(**{part: database.url(part) for part in PARTS if part != "owner"}, pooler=servers.pooler)
    stack = Stack(wire(folder, database, servers.redis(STACKS_REDIS + number)), database, doors)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
        await doors.close()


@pytest.fixture(scope="session")
async def stack(servers: Servers, worker_number: int, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """The product of this test worker."""
    async with running(servers, worker_number, tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@dataclass(frozen=True)
class Foreign:
    """A second web process of the stack that speaks another language."""

    url: str
    language: str

    def say(self, sentence: str) -> str:
        """Return how one of our sentences looks there, when the language is a made-up one (``ar_AE@pseudo``)."""
        locale = Locale.parse(self.language.removesuffix(pseudo.MARK))
        return pseudo.say(sentence, right_to_left=locale.text_direction == "rtl")


@pytest.fixture(scope="session")
def speaking(stack: Stack) -> Iterator[Callable[[str], Foreign]]:
    """Serve the stack in another language too: `speaking("ar_AE@pseudo")`; started once for each language."""
    started: dict[str, tuple[Process, Foreign]] = {}

    def start(language: str) -> Foreign:
        if language not in started:
            port, folder = ports.any_free(), stack.wiring.folder / language
            for name in ("logs", "pids"):
                (folder / name).mkdir(parents=True)
            more = {**stack.wiring.more, "EXODRIVE_LOCALE": language, "EXODRIVE_PAYPAL_ROOT_FILE": _root_file(stack)}
            process = Process(replace(stack.wiring, folder=folder, web_port=port, more=more), "web")
            process.start()
            started[language] = process, Foreign(f"http://127.0.0.1:{port}", language)
            wait_until_healthy(process.child, port, "/healthz")
        return started[language][1]

    yield start
    for process, _foreign in started.values():
        process.child.stop()


def _root_file(stack: Stack) -> str:
    return str(stack.wiring.folder / "paypal" / "root.pem")
