"""`exodrive demo`: the whole system on one machine, started, watched and stopped together."""

import asyncio
import os
import time
from contextlib import ExitStack
from pathlib import Path

from exodrive.operate.account import servant
from exodrive.operate.clock.together import Together
from exodrive.operate.folder import FolderLock, default_folder, own_folder, usable
from exodrive.operate.health import wait_until_healthy, wait_until_ready
from exodrive.operate.keys import Keys
from exodrive.operate.logins import LOGINS
from exodrive.operate.ports import near
from exodrive.operate.postgres import Postgres
from exodrive.operate.prepare import prepare
from exodrive.operate.seed.paypal import tell_paypal
from exodrive.operate.supervisor import Family
from exodrive.operate.telling import Telling
from exodrive.operate.valkey import Valkey
from exodrive.operate.wiring import Process, Wiring

DATABASE = "exodrive"
PORTS = {"the shop": 8000, "PayPal": 8010, "mail": 8020}


class NotInProduction(RuntimeError):
    """The demo was asked for where real renters are served."""


class Demo:
    """One run of the demo over its data folder. `programs` names the folder of another PostgreSQL's programs."""

    def __init__(self, folder: Path | None, *, port: int, programs: Path | None, tell: Telling) -> None:
        if os.environ.get("EXODRIVE_ENV") == "production":
            raise NotInProduction("The demo never runs in production (EXODRIVE_ENV=production).")
        self._tell = tell
        self._port = port
        self._programs = programs
        self._wanted = (folder or default_folder()).expanduser().absolute()
        self.folder = usable(self._wanted)

    def run(self) -> None:
        """Start everything, greet, and stay until Stopped is raised; then stop everything."""
        began = time.monotonic()
        self._tell.say(f"Exodrive demo, with its data in {self.folder}")
        if self.folder != self._wanted:
            self._tell.say(f"(PostgreSQL does not run as root, and its account may not enter {self._wanted.parent}.)")
        # Only root's servant account needs to pass through here to what is its own.
        own_folder(self.folder, None, 0o711 if servant() else 0o700)
        for private in ("logs", "mail", "paypal", "pids"):
            own_folder(self.folder / private, None, 0o700)
        with ExitStack() as held:
            held.enter_context(FolderLock(self.folder))
            family = Family(self._tell.say)
            held.callback(self._stop, family)
            wiring, link = self._start(family)
            held.enter_context(Together(wiring.paypal, wiring.mail, wiring.databases["owner"]))
            self._greet(wiring, link, time.monotonic() - began)
            family.watch()

    def _start(self, family: Family) -> tuple[Wiring, str]:
        with self._tell.step("Starting PostgreSQL and Valkey"):
            postgres, valkey = self._servers()
            family.add(valkey)
            family.add(postgres)
        wiring = self._wiring(postgres, valkey)
        parts = {name: Process(wiring, name) for name in wiring.commands()}
        with self._tell.step("Preparing PayPal, mail and the database"):
            family.add(parts["paypal"])
            family.add(parts["mail"])
            postgres.wait()
            link = prepare(postgres.url(), wiring.databases, wiring.keys, database=DATABASE, public_url=wiring.web)
            valkey.wait()
            wait_until_ready(parts["paypal"].child)
            asyncio.run(tell_paypal(wiring.databases["worker"], wiring.paypal))
            wait_until_ready(parts["mail"].child)
        with self._tell.step("Starting the shop and its worker"):
            family.add(parts["worker"])
            family.add(parts["web"])
            wait_until_healthy(parts["web"].child, wiring.web_port, "/healthz")
        return wiring, link

    def _servers(self) -> tuple[Postgres, Valkey]:
        logs = self.folder / "logs"
        postgres = Postgres(self.folder / "postgres", log=logs / "postgres.log", programs=self._programs)
        return postgres, Valkey(self.folder / "valkey", log=logs / "valkey.log")

    def _wiring(self, postgres: Postgres, valkey: Valkey) -> Wiring:
        keys = Keys.of(self.folder)
        web, paypal, mail = self._ports()
        return Wiring(
            folder=self.folder,
            keys=keys,
            databases={part: postgres.socket_url(name, keys.passwords[name], DATABASE) for part, name in LOGINS.items()},
            redis=valkey.socket_url(),
            web_port=web,
            paypal_port=paypal,
            mail_port=mail,
            followed=True,
        )

    def _ports(self) -> list[int]:
        """A port for each page a person opens: the usual one, or the next free one, and then we say so."""
        found: list[int] = []
        for name, usual in (PORTS | {"the shop": self._port}).items():
            found.append(near(usual, avoiding=frozenset(found)))
            if found[-1] != usual:
                self._tell.say(f"Port {usual} is taken, so {name} is on {found[-1]}.")
        return found

    def _greet(self, wiring: Wiring, link: str, seconds: float) -> None:
        self._tell.say(f"\nReady after {seconds:.1f} s.\n")
        self._tell.say(f"  Shop         {wiring.web}/")
        self._tell.say(f"  Back office  {link}   (signs you in, once)")
        self._tell.say(f"  PayPal       {wiring.paypal}/")
        self._tell.say(f"  Mail         {wiring.mail}/")
        self._tell.say(f"  Clock        {wiring.paypal}/clock   (moves all of it together)")
        self._tell.say(f"\nLogs are in {self.folder / 'logs'}. Ctrl-C stops everything; the data stays.")

    def _stop(self, family: Family) -> None:
        with self._tell.step("\nStopping"):
            family.stop()
