"""Kept pages, redirects, and templates that are whole before the first request."""

import errno
import tempfile
import time
from contextvars import copy_context
from pathlib import Path

import httpx
import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import TemplateSyntaxError

from exodrive.app import site_of
from exodrive.kit import words
from exodrive.settings import Settings
from exodrive.web.shell import pages
from exodrive.web.shell.static import Assets
from tests.builders import Build

SITE = site_of(Settings(public_url="https://cars.example.com", support_email="help@cars.example.com"))


def test_a_kept_page_is_given_until_it_is_old() -> None:
    store = pages.Store(seconds=0.2)
    assert store.get("/") is None
    store.put("/", b"home")
    assert (store.get("/"), store.get("/cars")) == (b"home", None)
    time.sleep(0.25)
    assert store.get("/") is None


def test_of_too_many_kept_pages_the_oldest_goes() -> None:
    store = pages.Store(seconds=60)
    for number in range(600):
        store.put(str(number), b"x")
    assert [store.get(str(number)) is not None for number in (0, 99, 100, 599)] == [False, False, True, True]
    store.put("100", b"y")
    store.put("600", b"x")
    assert store.get("100") == b"y", "what is put again is young again"


async def test_a_kept_page_belongs_to_its_address_alone(http: httpx.AsyncClient, build: Build) -> None:
    cars = [await build.car(name=f"Test Car {name}") for name in ("Alpha", "Beta")]
    for _ in range(2):
        for car, name in zip(cars, ("Alpha", "Beta"), strict=True):
            page = (await http.get(f"/cars/{car.slug}")).text
            assert f"Test Car {name}" in page
    assert (await http.get(f"/cars/{cars[0].slug}?x=1")).status_code == 200


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/booking/ABC?told=paid#details", "/booking/ABC?told=paid#details"),
        ("/cars/a\r\nset-cookie: x=y#calendar", "/cars/a%0D%0Aset-cookie:%20x=y#calendar"),
        ("/cars/é😀", "/cars/%C3%A9%F0%9F%98%80"),
        ("/cars/%20", "/cars/%20"),
        ("https://www.paypal.com/checkoutnow?token=5O1", "https://www.paypal.com/checkoutnow?token=5O1"),
    ],
)
def test_a_redirect_is_an_address_whatever_stands_in_it(path: str, location: str) -> None:
    answer = pages.see_other(path)
    assert (answer.status_code, answer.headers["location"]) == (303, location)


def _environment(folder: Path, source: str) -> object:
    (folder / "page.html").write_text(source)
    return pages.environment(SITE, Assets(), folder=folder).get_template("page.html").render()


def test_a_broken_template_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(TemplateSyntaxError):
        _environment(tmp_path, "{% if %}")


def test_a_name_that_is_not_there_is_an_error_and_never_an_empty_place(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError):
        _environment(tmp_path, "{{ page.nmae }}")
    with pytest.raises(KeyError):
        _environment(tmp_path, "{{ asset('css/none.css') }}")


def test_what_stands_in_a_page_is_escaped(tmp_path: Path) -> None:
    assert _environment(tmp_path, "{{ '<b>' }}{{ '\"'~'&' }}") == "&lt;b&gt;&#34;&amp;"


def test_a_part_is_made_once_for_the_same_values_and_anew_for_others_and_in_another_language(tmp_path: Path) -> None:
    made: list[str] = []
    (tmp_path / "part.html").write_text("{% macro part(word) %}<b>{{ make(word) }}</b>{% endmacro %}")
    (tmp_path / "page.html").write_text('{% from "part.html" import part %}{{ again(part, word) }}')
    make = {"make": lambda word: made.append(word) or f"{word} {words.locale()}"}
    page = pages.environment(SITE, Assets(), make, folder=tmp_path).get_template("page.html")

    def fill(locale: str, word: str) -> str:
        words.use(locale)
        return page.render(word=word)

    filled = [copy_context().run(fill, locale, word) for locale, word in (("en_US", "<a>"), ("en_US", "<a>"), ("en_US", "b"), ("de", "b"))]
    assert filled == ["<b>&lt;a&gt; en_US</b>", "<b>&lt;a&gt; en_US</b>", "<b>b en_US</b>", "<b>b de</b>"]
    assert made == ["<a>", "b", "b"]


@pytest.fixture
def spare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for passing files that is this test's alone."""
    folder = tmp_path / "passing"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_what_a_template_was_compiled_to_serves_the_next_process_until_the_template_changes(tmp_path: Path, spare: Path) -> None:
    assert _environment(tmp_path, "first") == "first"
    (kept,) = spare.glob("*/exodrive-*")
    written = kept.stat().st_mtime_ns
    assert _environment(tmp_path, "first") == "first"
    assert kept.stat().st_mtime_ns == written, "it was not compiled again"
    assert _environment(tmp_path, "second") == "second"


@pytest.mark.parametrize("broken", [b"", b"j2", b"\x00" * 1000])
def test_a_compiled_template_that_was_cut_short_is_compiled_again(tmp_path: Path, spare: Path, broken: bytes) -> None:
    _environment(tmp_path, "whole")
    (kept,) = spare.glob("*/exodrive-*")
    kept.write_bytes(kept.read_bytes()[:20] if broken == b"j2" else broken)
    assert _environment(tmp_path, "whole") == "whole"


def test_templates_are_compiled_where_there_is_no_folder_to_keep_them_in(tmp_path: Path, spare: Path) -> None:
    spare.rmdir()
    assert _environment(tmp_path, "all the same") == "all the same"


def test_templates_are_compiled_where_there_is_no_room_to_keep_them(tmp_path: Path, spare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)
    assert _environment(tmp_path, "all the same") == "all the same"
    assert not list(spare.glob("*/exodrive-*"))
