"""Lighthouse for phones, the median of three: performance, accessibility, best practices, search; and what a browser loads."""

import json
import shutil
import subprocess
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from urllib.parse import parse_qs, urlsplit

import msgspec

from bench import load, orders
from bench.figures import Figure
from bench.system import System, running

TIMES = 3
AIMS = {"performance": 98, "accessibility": 100, "best practices": 100, "search": 100}
# These pages keep search engines away on purpose, and Lighthouse takes a third of the last score for that alone.
_PRIVATE = ["is-crawlable"]
_HERE = Path(__file__).parent / "lighthouse"
_INSTALL = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")


class _Seen(msgspec.Struct):
    """One measurement, as measure.mjs writes it; sizes in bytes as they came over the wire, times in ms."""

    name: str
    address: str
    scores: list[int]
    missed: list[str]
    paint: float
    shift: float
    weight: int
    script: int


def measure() -> Iterator[Figure]:
    """Without Node.js or a browser there is nothing to tell."""
    chromium = next(filter(None, map(shutil.which, _CHROMIUMS)), None)
    if not chromium or not shutil.which("npm"):
        missing = "Chromium" if shutil.which("npm") else "Node.js"
        yield Figure(f"not measured: there is no {missing} on this machine", 0, "")
        return
    if not (_HERE / "node_modules" / "lighthouse").exists():
        subprocess.run(_INSTALL, cwd=_HERE, check=True, stdin=subprocess.DEVNULL)
    with running() as system:
        pages = _pages(system)
        seen = defaultdict(list)
        for one in _measured(chromium, pages):
            seen[one.name].append(one)
        for name, found in seen.items():
            yield from _figures(name, found)


def _pages(system: System) -> list[dict[str, object]]:
    shop, start = system.wiring.web, date.today() + timedelta(days=200)  # noqa: DTZ011 - some days ahead
    with urllib.request.urlopen(f"{shop}/cars") as answer:
        car = answer.read().decode().partition('href="/cars/')[2].partition('"')[0]
    reference, token = _paid(system)
    public = {name: {"url": shop + path} for name, path in (("home", "/"), ("fleet", "/cars"), ("car", f"/cars/{car}"))}
    private = {
        "checkout": {"url": f"{shop}/cars/{car}/checkout?start={start}&end={start}", "skip": _PRIVATE},
        "booking": {"url": f"{shop}/booking/{reference}", "skip": _PRIVATE, "headers": {"Cookie": f"exodrive_b_{reference}={token}"}},
    }
    return [{"name": name, **page} for name, page in (public | private).items()]


def _paid(system: System) -> tuple[str, str]:
    """Book and pay for a car; the booking's reference and the key of its page."""
    [request] = orders.bookings(system, orders.make_cars(system, 1)[0][:1])
    [held] = load.send(system.wiring.web_port, [request], at_once=1)
    assert held.status == 201, held
    told = msgspec.json.decode(held.body)
    reference, token = told["reference"], told["link"].rpartition("/")[2]
    payment = load.post(f"/api/bookings/{reference}/payment", b"", Authorization=f"Bearer {token}")
    [begun] = load.send(system.wiring.web_port, [payment], at_once=1)
    order = parse_qs(urlsplit(msgspec.json.decode(begun.body)["approve_url"]).query)["token"][0]
    approve = load.post(f"/control/orders/{order}/approve", b'{"funding": "instant"}')
    load.send(system.wiring.paypal_port, [approve], at_once=1)
    [back] = load.send(system.wiring.web_port, [load.get(f"/paypal/return?token={order}")], at_once=1)
    assert back.status == 200, back
    return reference, token


def _measured(chromium: str, pages: list[dict[str, object]]) -> Iterator[_Seen]:
    words = json.dumps({"chromium": chromium, "times": TIMES, "pages": pages})
    done = subprocess.run(["node", "measure.mjs"], cwd=_HERE, input=words, stdout=subprocess.PIPE, text=True, check=True)
    return (msgspec.json.decode(line, type=_Seen) for line in done.stdout.splitlines())


def _figures(name: str, found: list[_Seen]) -> Iterator[Figure]:
    for number, (category, aim) in enumerate(AIMS.items()):
        note = ", ".join(sorted({missed for one in found for missed in one.missed})) if not number else ""
        yield Figure(f"{name}: {category}", median(one.scores[number] for one in found), "", f"≥ {aim}", note)
    paint, shift = (median(getattr(one, what) for one in found) for what in ("paint", "shift"))
    yield Figure(f"{name}: largest paint on a slow telephone", paint / 1000, "s", note=f"layout shift {shift:.3f}")
    yield Figure(f"{name}: all that is loaded", median(one.weight for one in found) / 1024, "KiB", "≤ 200")
    yield Figure(f"{name}: of it scripts", median(one.script for one in found) / 1000, "kB", "≤ 25")
