"""`exodrive demo` as a person uses it: started, opened, stopped, killed and started again."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from exodrive.operate import ports
from tests.operate.conftest import all_gone, owners
from tests.servers import open_folder

PAGES = ("Shop", "Back office", "PayPal", "Mail")


class Demo:
    """A running demo and what it has told so far."""

    def __init__(self, folder: Path, port: int, **environment: str) -> None:
        command = [sys.executable, "-P", "-m", "exodrive", "demo", "--data", str(folder), "--port", str(port)]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("EXODRIVE_")}
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**inherited, "PYTHONUNBUFFERED": "1", **environment},
        )
        self.told = ""

    def until(self, words: str) -> "Demo":
        """Read on until it has told these words."""
        assert self.process.stdout
        while words not in self.told:
            line = self.process.stdout.readline()
            assert line, f"it ended without telling {words!r}:\n{self.told}"
            self.told += line
        return self

    def ready(self) -> "Demo":
        """Read on until everything has started."""
        return self.until("Ctrl-C stops everything")

    def address(self, page: str) -> str:
        """The address told for one of PAGES."""
        found = re.search(rf"^  {page}\s+(http://\S+)", self.told, re.MULTILINE)
        assert found, self.told
        return found[1]

    def family(self) -> list[psutil.Process]:
        """Every process below the launcher."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, how: signal.Signals) -> int:
        """Send a signal; the exit status once the launcher and every process below it is gone."""
        family = self.family()
        self.process.send_signal(how)
        rest, _ = self.process.communicate(timeout=60)
        self.told += rest
        left = all_gone(family, 90)
        assert left == [], [(one.cmdline(), Path(f"/proc/{one.pid}/status").read_text()) for one in left]
        return self.process.returncode


Start = Callable[..., Demo]


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One data folder for all tests here: each finds what the one before left, as a person would."""
    with open_folder() as made:
        yield made / "data"


@pytest.fixture
def start(data: Path) -> Iterator[Start]:
    started: list[Demo] = []

    def begin(port: int | None = None, *, folder: Path = data, **environment: str) -> Demo:
        started.append(Demo(folder, port or ports.any_free(), **environment))
        return started[-1]

    yield begin
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGKILL)


def test_every_page_it_names_opens_and_ctrl_c_stops_all_of_it_quietly(start: Start, data: Path) -> None:
    demo = start().ready()
    for page in PAGES:
        assert httpx.get(demo.address(page), follow_redirects=True).status_code == 200, page
    assert demo.end(signal.SIGINT) == 0
    assert json.loads((data / "logs" / "worker.log").read_text().splitlines()[-1])["message"] == "ended", "the worker had to be killed"
    assert demo.told.rstrip().splitlines()[-1].startswith("Stopping")
    assert "Traceback" not in demo.told


def test_data_survives_a_restart(start: Start, data: Path) -> None:
    first = start().ready()
    paypal = first.address("PayPal")
    httpx.post(f"{first.address('Mail')}emails", json=LETTER, headers=_key(data)).raise_for_status()
    first.end(signal.SIGTERM)
    keys = (data / "keys.json").read_bytes()
    second = start(int(first.address("Shop").rsplit(":", 1)[1].rstrip("/"))).ready()
    assert (data / "keys.json").read_bytes() == keys
    assert second.address("PayPal") == paypal
    assert second.address("Back office") != first.address("Back office")
    assert "A letter kept" in httpx.get(second.address("Mail")).text


def test_the_clock_of_the_shop_its_mail_and_paypal_is_moved_in_one_place_and_stays_moved(start: Start, data: Path) -> None:
    demo = start().ready()
    paypal = demo.address("PayPal")
    _hold(paypal)
    _move(paypal, {"advance": 29 * DAY})
    assert _are_ahead(demo, 29)
    told = {it["event_type"]: it for it in _deliveries(paypal)}
    assert "PAYMENT.AUTHORIZATION.VOIDED" in told
    assert {one["outcome"][:1] for it in told.values() for one in it["tries"]} == {"2"}
    assert "forged" not in (data / "logs" / "web.log").read_text()
    demo.end(signal.SIGTERM)
    again = start().ready()
    assert httpx.get(again.address("Back office"), follow_redirects=True).status_code == 200
    assert _are_ahead(again, 29)
    _move(again.address("PayPal"), {"shift": 0})
    until = time.monotonic() + 20
    while not _are_ahead(again, 0):
        assert time.monotonic() < until


DAY = 86_400


def _hold(paypal: str) -> None:
    """A hold, placed at the desk."""
    order_id = httpx.post(f"{paypal}desk/create/hold").headers["location"].removeprefix("/orders/").partition("?")[0]
    httpx.post(f"{paypal}control/orders/{order_id}/approve").raise_for_status()
    assert "Authorized" in httpx.post(f"{paypal}desk/authorize/{order_id}").headers["location"]


def _move(paypal: str, how: dict[str, float]) -> None:
    httpx.post(f"{paypal}control/clock", json=how, timeout=150).raise_for_status()


def _deliveries(paypal: str) -> list[dict[str, Any]]:
    """What the shop was told, when nothing of it is under way any more."""
    until = time.monotonic() + 20
    while True:
        listed = httpx.get(f"{paypal}control/deliveries").json()
        if all(it["status"] != "PENDING" for it in listed):
            return list(listed)
        assert time.monotonic() < until, listed
        time.sleep(0.1)


def _are_ahead(demo: Demo, days: int) -> bool:
    """Whether the clocks of shop and mail are moved by so much. The shop's is seen by the first day it lets: today or tomorrow."""
    first = re.search(r'name="start"[^>]* min="([^"]+)"', httpx.get(demo.address("Shop")).text)
    assert first
    shop = (date.fromisoformat(first[1]) - datetime.now(UTC).date()).days
    mail = httpx.get(f"{demo.address('Mail')}control/clock").json()["shift"]
    return abs(shop - days) <= 1 and round(mail / DAY) == days


def test_a_killed_launcher_leaves_no_process_and_the_next_start_recovers(start: Start) -> None:
    first = start().ready()
    assert owners(first.family()).keys() >= {"postgres", "valkey-server"}
    first.end(signal.SIGKILL)  # asserts that every process below it is gone
    second = start().ready()
    assert httpx.get(second.address("Shop")).status_code == 200


def test_everything_killed_at_once_recovers(start: Start) -> None:
    first = start().ready()
    for process in first.family():
        with suppress(psutil.NoSuchProcess):  # what it looked after may have ended with it
            process.kill()
    first.end(signal.SIGKILL)
    second = start().ready()
    assert httpx.get(second.address("Shop")).status_code == 200


def test_a_taken_port_picks_another_and_says_so(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        demo = start(number).ready()
        assert f"Port {number} is taken, so the shop is on " in demo.told
        assert httpx.get(demo.address("Shop")).status_code == 200


def test_one_demo_for_each_folder(start: Start, data: Path) -> None:
    first = start().until("Starting PostgreSQL")
    second = start()
    assert second.process.wait(30) == 1
    assert second.process.stdout
    told = second.process.stdout.read()
    assert f"{data} is in use by process {first.process.pid}" in told
    assert "Traceback" not in told
    first.ready()


def test_it_refuses_to_run_where_real_renters_are_served(start: Start, folder: Path) -> None:
    demo = start(folder=folder / "data", EXODRIVE_ENV="production").until("never runs in production")
    assert demo.process.wait(10) == 1
    assert not (folder / "data").exists()


def test_a_process_that_ends_by_itself_is_started_again(start: Start) -> None:
    demo = start().ready()
    worker = _worker(demo)
    assert worker
    worker.kill()
    demo.until("worker ended by itself (-9); starting it again")
    until = time.monotonic() + 10
    while not (again := _worker(demo)) or again.pid == worker.pid:
        assert time.monotonic() < until


def _worker(demo: Demo) -> psutil.Process | None:
    for process in demo.family():
        with suppress(psutil.NoSuchProcess):
            if "work" in process.cmdline():
                return process
    return None


def test_a_process_that_cannot_start_is_shown_with_the_end_of_its_log(start: Start, tmp_path: Path) -> None:
    trap = "import sys\nif 'exodrive_emulators.paypal' in sys.orig_argv: raise SystemExit('the printer is out of paper')\n"
    (tmp_path / "sitecustomize.py").write_text(trap)
    demo = start(PYTHONPATH=str(tmp_path)).until("the printer is out of paper")
    rest, _ = demo.process.communicate(timeout=30)
    assert demo.process.returncode == 1
    assert "operate/demo.py" not in demo.told + rest  # no traceback of ours


LETTER = {
    "from": "Exodrive <hello@exodrive.example>",
    "to": ["renter@example.com"],
    "subject": "A letter kept",
    "text": "It is still here.",
}


def _key(data: Path) -> dict[str, str]:
    key = re.search(r'"resend_key": "([^"]+)"', (data / "keys.json").read_text())
    assert key
    return {"Authorization": f"Bearer {key[1]}"}
