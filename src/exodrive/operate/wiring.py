"""How the demo's processes find each other: one set of EXODRIVE_* variables, and the command of each process."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exodrive.operate.child import Child
from exodrive.operate.keys import Keys
from exodrive.operate.leftovers import end_leftover
from exodrive.operate.ports import LOOPBACK


@dataclass(frozen=True, kw_only=True)
class Wiring:
    """Addresses and keys of one running system; `databases` by login (web, checkout, staff, worker, owner)."""

    folder: Path
    keys: Keys
    databases: Mapping[str, str]
    redis: str
    web_port: int
    paypal_port: int
    mail_port: int
    env: str = "demo"
    followed: bool = False  # whether somebody brings the others to PayPal's clock
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def web(self) -> str:
        """The shop's address."""
        return f"http://{LOOPBACK}:{self.web_port}"

    @property
    def paypal(self) -> str:
        """The PayPal emulator's address."""
        return f"http://{LOOPBACK}:{self.paypal_port}"

    @property
    def mail(self) -> str:
        """The Resend emulator's address, where the mails can be read."""
        return f"http://{LOOPBACK}:{self.mail_port}"

    def settings(self) -> dict[str, str]:
        """The settings of every process of the product."""
        keys = self.keys
        return {
            **{f"EXODRIVE_DATABASE_{login.upper()}_URL": url for login, url in self.databases.items()},
            "EXODRIVE_ENV": self.env,
            "EXODRIVE_PUBLIC_URL": self.web,
            "EXODRIVE_SUPPORT_EMAIL": "hello@exodrive.example",
            "EXODRIVE_DATABASE_DIRECT_URL": self.databases["worker"],
            "EXODRIVE_REDIS_URL": self.redis,
            "EXODRIVE_LINK_KEY": keys.link_key,
            "EXODRIVE_SECRET_KEY": keys.secret_key,
            "EXODRIVE_CRON_KEY": keys.cron_key,
            "EXODRIVE_PAYPAL_URL": self.paypal,
            "EXODRIVE_PAYPAL_WEB_URL": self.paypal,
            "EXODRIVE_PAYPAL_CLIENT_ID": keys.paypal_client_id,
            "EXODRIVE_PAYPAL_CLIENT_SECRET": keys.paypal_client_secret,
            "EXODRIVE_PAYPAL_WEBHOOK_ID": keys.paypal_webhook_id,
            "EXODRIVE_PAYPAL_CERT_HOSTS": self.paypal,
            "EXODRIVE_PAYPAL_ROOT_FILE": str(self.folder / "paypal" / "root.pem"),
            "EXODRIVE_RESEND_URL": self.mail,
            "EXODRIVE_RESEND_KEY": keys.resend_key,
            "EXODRIVE_MAIL_FROM": "Exodrive <hello@exodrive.example>",
            "EXODRIVE_DISPLAY_RATES": "EUR:0.92,GBP:0.79,JPY:157",
            "EXODRIVE_CLOCK": "movable",
            **self.more,
        }

    def environment(self) -> dict[str, str]:
        """The settings on top of what this shell has, without any EXODRIVE_* of its own."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("EXODRIVE_")}
        return {**inherited, **self.settings(), "PYTHONUNBUFFERED": "1"}

    def commands(self) -> dict[str, list[str]]:
        """The command of each process, in the order they start; they stop in the opposite order."""
        keys = self.keys
        python = [sys.executable, "-P", "-m"]
        where = ["--host", LOOPBACK, "--port"]
        return {
            "paypal": [
                *python, "exodrive_emulators.paypal", *where, str(self.paypal_port),
                "--state", str(self.folder / "paypal"), f"--client-id={keys.paypal_client_id}",
                f"--client-secret={keys.paypal_client_secret}",  # a key may begin with a dash
                "--webhook-url", f"{self.web}/api/webhooks/paypal", f"--webhook-id={keys.paypal_webhook_id}",
                *(["--followed"] if self.followed else []),
            ],
            "mail": [
                *python, "exodrive_emulators.resend", *where, str(self.mail_port),
                "--state", str(self.folder / "mail"), f"--api-key={keys.resend_key}",
            ],
            "worker": [*python, "exodrive", "work"],
            "web": [*python, "exodrive", "serve", "--port", str(self.web_port)],
        }  # fmt: skip


class Process:
    """One of the product's own programs as a part of the family. A leftover of a crashed launcher is ended first."""

    def __init__(self, wiring: Wiring, name: str) -> None:
        self._wiring = wiring
        self.child = Child(name=name, log=wiring.folder / "logs" / f"{name}.log", pid_file=wiring.folder / "pids" / name)

    def start(self) -> None:
        """Start it, or start it again."""
        end_leftover(self.child.pid_file, self.child.orders)
        command = self._wiring.commands()[self.child.name]
        self.child.start(command, env=self._wiring.environment(), cwd=self._wiring.folder)
