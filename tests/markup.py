"""Two readers of HTML that the tests hold pages against: html-validate always, the Nu Html Checker where TEST_JAVA names a Java."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from exodrive.operate import ports
from tools import checkers


class HtmlValidate:
    """One running html-validate: a page in, what is wrong with it out."""

    def __init__(self) -> None:
        assert checkers.is_ready(), f"html-validate is missing or not the pinned one: {checkers.COMMAND}"
        program = [checkers.node(), str(checkers.PLACE / "read.mjs")]
        self.process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def read(self, html: str, kind: str) -> list[str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"kind": kind, "html": html}) + "\n")
        self.process.stdin.flush()
        found: list[str] = json.loads(self.process.stdout.readline())
        return found

    def stop(self) -> None:
        self.process.communicate()


class Nu:
    """One running Nu Html Checker, asked over loopback; it takes a dozen seconds to start."""

    def __init__(self, java: str) -> None:
        port = ports.any_free()
        settings = ["-Dnu.validator.servlet.bind-address=127.0.0.1", "-Xss8m"]  # its schemas nest deeply
        program = [java, *settings, "-cp", str(checkers.NU), "nu.validator.servlet.Main", str(port)]
        self.process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        until = time.monotonic() + 120
        while ports.is_free(port):
            assert self.process.poll() is None, "the Nu Html Checker ended at once"
            assert time.monotonic() < until, "the Nu Html Checker does not listen"
            time.sleep(0.2)

    def read(self, html: str) -> list[str]:
        answer = self.http.post("/?out=json&level=error", content=html.encode(), headers={"content-type": "text/html; charset=utf-8"})
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return [f"{one.get('lastLine')}: {one['message']}" for one in messages if one["type"] == "error"]

    def stop(self) -> None:
        self.http.close()
        self.process.terminate()
        self.process.wait()


class Markup:
    """What the readers think of a page, a part of one, or a letter."""

    def __init__(self) -> None:
        java = os.environ.get("TEST_JAVA", "")
        self.first = HtmlValidate()
        self.second = Nu(java) if java else None

    def faults(self, html: str, kind: str = "page") -> list[str]:
        """Return what is wrong, a line each; a part of a page is read by the first alone, since the second knows whole pages only."""
        found = self.first.read(html, kind)
        if self.second and html.lstrip()[:9].lower() == "<!doctype":
            found += self.second.read(html)
        return found

    def stop(self) -> None:
        self.first.stop()
        if self.second:
            self.second.stop()


@pytest.fixture(scope="session")
def markup() -> Iterator[Markup]:
    """The readers of this test worker."""
    markup = Markup()
    yield markup
    markup.stop()
