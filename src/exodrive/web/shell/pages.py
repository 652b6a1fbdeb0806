"""Pages: typed values into Jinja2 templates, a fresh nonce for each answer, and a short memory for public pages."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable, Mapping, MutableMapping
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Self
from urllib.parse import quote

import msgspec
from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from litestar import Request, Response
from litestar.status_codes import HTTP_304_NOT_MODIFIED
from markupsafe import Markup

from exodrive import __version__
from exodrive.kit import words
from exodrive.web.shell import display, formats
from exodrive.web.shell.headers import NONCE_PLACE, new_nonce, policy
from exodrive.web.shell.kept import Kept
from exodrive.web.shell.site import Site
from exodrive.web.shell.static import Assets, accepts_gzip

TEMPLATES = Path(__file__).parent.parent / "templates"
_KEPT_PAGES = 500
_KEPT_PARTS = 5000  # a few hundred bytes each
_RULES = "speculation.json"  # which links a browser may open ahead of the click
_SHARED = "public, max-age=0, must-revalidate, s-maxage=5"
_ASKED_BY_HTMX = ("hx-request", "hx-history-restore-request")  # it sends the one, or going back the other
_VARY = ", ".join(("accept-encoding", *_ASKED_BY_HTMX))
_ADDRESS = ":/?#[]@!$&'()*+,;=%-._~"  # RFC 3986
AnyRequest = Request[Any, Any, Any]


class _Environment(Environment):
    """Jinja's, with all that templates may call in one dictionary: nothing is added once the first of them is loaded."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return them as they are now; Jinja's chain of two is walked in Python for each page and each import in it."""
        return {**self.globals, **(d or {})}


class _Compiled(FileSystemBytecodeCache):
    """What templates were compiled to, kept for the next process in this account's own folder for passing files.

    Compiling them all is half of what a start costs. A disk that is full keeps nothing, and that is all.
    """

    @classmethod
    def here(cls) -> Self | None:
        """Return it, or None where there is no folder that nobody else may write to."""
        try:
            return cls(pattern=f"exodrive-{__version__}-%s")
        except (OSError, RuntimeError):
            return None

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template's code, unless a power cut left half of it."""
        try:
            super().load_bytecode(bucket)
        except (OSError, EOFError, ValueError, UnpicklingError):
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def environment(site: Site, assets: Assets, more: Mapping[str, Any] | None = None, folder: Path = TEMPLATES) -> Environment:
    """Make the one template environment of the process; all templates are loaded at start. ``more`` is for them to call."""
    env = _Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_Compiled.here(),
        extensions=["jinja2.ext.i18n"],
    )
    env.globals.update(_=_gettext, gettext=_gettext, ngettext=_ngettext)
    env.globals.update(site=site, asset=assets.url, narrow=assets.narrow, nonce=NONCE_PLACE.decode())
    env.globals.update(policy=repr(policy(site)).encode())  # a page under another policy is another page
    env.globals.update(locale=words.locale, is_rtl=formats.is_right_to_left, again=_again)
    env.globals.update(about=partial(display.about, site))
    env.globals.update(more or {})
    env.filters.update(formats.FILTERS)
    for name in env.list_templates(extensions=["html"]):
        env.get_template(name)
    return env


@lru_cache(maxsize=4096)
def _said(text: str, _language: str) -> Markup:
    return Markup(words.gettext(text))  # noqa: S704 - sentences are ours, or their translators'


def _gettext(text: str, /, **values: object) -> Markup:
    """Say a sentence in a template, with values in it escaped; Jinja's own way makes one anew each time, and fills it even with nothing."""
    said = _said(text, words.language())
    return said % values if values or "%" in said else said


def _ngettext(one: str, many: str, number: int, /, **values: object) -> Markup:
    return Markup(words.ngettext(one, many, number)) % {"num": number, **values}  # noqa: S704 - as above


def _again(macro: Callable[..., Markup], *values: Hashable) -> Markup:
    """Fill a macro, or repeat what it made of these very values, in this language and currency: it may look at nothing else."""
    return _made(macro, words.locale(), display.shown(), *values)


@lru_cache(maxsize=_KEPT_PARTS)
def _made(macro: Callable[..., Markup], _locale: str, _currency: str, *values: Hashable) -> Markup:
    return macro(*values)


class Store:
    """Rendered public pages, kept for a second or two per process. They never decide anything: a claim asks the database."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._pages: OrderedDict[str, tuple[float, Kept]] = OrderedDict()

    def get(self, key: str) -> Kept | None:
        """Return a page that is still fresh."""
        kept = self._pages.get(key)
        return kept[1] if kept and kept[0] > time.monotonic() else None

    def put(self, key: str, page: Kept) -> None:
        """Keep a page; the oldest goes when there are too many."""
        self._pages[key] = (time.monotonic() + self._seconds, page)
        self._pages.move_to_end(key)
        if len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)


def render(
    request: AnyRequest,
    template: str,
    view: msgspec.Struct,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    cookies: Any = None,
) -> Response[bytes]:
    """Answer with a personal page: never stored by anyone. The template sees the view as ``page``."""
    body = _fill(request, template, view).plain(_new_nonce(request))
    return Response(body, media_type="text/html", status_code=status, headers=headers, cookies=cookies)


async def public(request: AnyRequest, template: str, make: Callable[[], Awaitable[msgspec.Struct]]) -> Response[bytes]:
    """Answer with a public page: the same for everybody, made at most once every two seconds per address, to be shared for five more.

    Its policy names no nonce: all its scripts are files of ours. The nonce that marks what htmx may act on was drawn after the words of
    the page stood, so nobody could write it into them; a part that htmx asks for has a nonce of its own in body and policy, by which it
    is known, and is nobody else's. Whoever has a page already is told so (304). It is sent compressed, which a personal page never is:
    its length must tell nothing of what stands in it.
    """
    store: Store = request.app.state.pages
    key = f"{template} {request.scope['raw_path'].decode('latin-1')}?{request.scope['query_string'].decode('latin-1')}"
    page = store.get(key)
    if page is None:
        page = _fill(request, template, await make())
        store.put(key, page)
    known = request.app.state.templates.globals
    is_part = any(mark in request.headers for mark in _ASKED_BY_HTMX)
    headers = {"cache-control": "private, no-cache" if is_part else _SHARED, "vary": _VARY, "etag": page.tag(known["policy"])}
    if not is_part and headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, media_type="text/html", headers=headers)
    headers["speculation-rules"] = f'"{known["asset"](_RULES)}"'
    nonce = _new_nonce(request) if is_part else page.word
    if accepts_gzip(request):
        return Response(page.gzipped(nonce), media_type="text/html", headers={**headers, "content-encoding": "gzip"})
    return Response(page.plain(nonce), media_type="text/html", headers=headers)


def _fill(request: AnyRequest, template: str, view: msgspec.Struct) -> Kept:
    env: Environment = request.app.state.templates
    query = request.query_params
    currency = display.chosen_in(query.get(display.FIELD, ""), request.app.state.site)
    path = request.url.path
    again = path if request.method in ("GET", "HEAD") and display.has_prices(path) else ""
    asked = {name: ",".join(query.getall(name)) for name in query if name != display.FIELD} if again else {}
    with display.showing(currency):
        body = env.get_template(template).render(page=view, path=path, once_more=again, asked=asked, shown_in=currency)
    return Kept((display.carried(body, currency) if currency else body).encode(), NONCE_PLACE, new_nonce().encode())


def _new_nonce(request: AnyRequest) -> bytes:
    """Draw the nonce of this answer, and remember it for its headers."""
    nonce = request.scope["state"]["nonce"] = new_nonce()
    return nonce.encode()


def see_other(path: str, cookies: Any = None) -> Response[bytes]:
    """Answer a form with 303: go there, with GET. What an address cannot hold is written with percent signs."""
    return Response(b"", status_code=303, headers={"location": quote(path, safe=_ADDRESS)}, cookies=cookies, media_type="text/plain")
