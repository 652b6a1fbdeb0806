"""Pages: typed values into Jinja2 templates, a fresh nonce for each answer, and a short memory for public pages."""

import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response

from exodrive.kit import words
from exodrive.web.shell import formats
from exodrive.web.shell.headers import NONCE_PLACE, new_nonce
from exodrive.web.shell.site import Site
from exodrive.web.shell.static import Assets, accepts_gzip

TEMPLATES = Path(__file__).parent.parent / "templates"
_KEPT_PAGES = 500
_RULES = "speculation.json"  # which links a browser may open ahead of the click
_ADDRESS = ":/?#[]@!$&'()*+,;=%-._~"  # RFC 3986
AnyRequest = Request[Any, Any, Any]


def environment(site: Site, assets: Assets, more: Mapping[str, Any] | None = None, folder: Path = TEMPLATES) -> Environment:
    """Make the one template environment of the process; all templates are compiled at start. ``more`` is for them to call."""
    env = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(site=site, asset=assets.url, narrow=assets.narrow, nonce=NONCE_PLACE.decode())
    env.globals.update(locale=words.locale, is_rtl=formats.is_right_to_left)
    env.globals.update(more or {})
    env.filters.update(formats.FILTERS)
    for name in env.list_templates(extensions=["html"]):
        env.get_template(name)
    return env


class Store:
    """Rendered public pages, kept for a second or two per process. They never decide anything: a claim asks the database."""

    def __init__(self, seconds: float = 2.0) -> None:
        self._seconds = seconds
        self._pages: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """Return a page that is still fresh."""
        kept = self._pages.get(key)
        return kept[1] if kept and kept[0] > time.monotonic() else None

    def put(self, key: str, body: bytes) -> None:
        """Keep a page; the oldest goes when there are too many."""
        self._pages[key] = (time.monotonic() + self._seconds, body)
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
    return _send(request, _fill(request, template, view), status, headers or {}, cookies)


async def public(request: AnyRequest, template: str, make: Callable[[], Awaitable[msgspec.Struct]]) -> Response[bytes]:
    """Answer with a public page: the same for everybody, made at most once every two seconds per address.

    It is sent compressed, which a personal page never is: its length must tell nothing of what stands in it.
    """
    store: Store = request.app.state.pages
    key = f"{template} {request.scope['raw_path'].decode('latin-1')}?{request.scope['query_string'].decode('latin-1')}"
    body = store.get(key)
    if body is None:
        body = _fill(request, template, await make())
        store.put(key, body)
    rules = request.app.state.templates.globals["asset"](_RULES)
    headers = {"cache-control": "no-cache", "vary": "accept-encoding", "speculation-rules": f'"{rules}"'}
    return _send(request, body, 200, headers, None, squeeze=accepts_gzip(request))


def _fill(request: AnyRequest, template: str, view: msgspec.Struct) -> bytes:
    env: Environment = request.app.state.templates
    return env.get_template(template).render(page=view, path=request.url.path).encode()


def _send(
    request: AnyRequest, body: bytes, status: int, headers: dict[str, str], cookies: Any, *, squeeze: bool = False
) -> Response[bytes]:
    nonce = request.scope["state"]["nonce"] = new_nonce()
    content = body.replace(NONCE_PLACE, nonce.encode())
    if squeeze:
        content, headers = gzip.compress(content, 1, mtime=0), {**headers, "content-encoding": "gzip"}
    return Response(content, media_type="text/html", status_code=status, headers=headers, cookies=cookies)


def see_other(path: str, cookies: Any = None) -> Response[bytes]:
    """Answer a form with 303: go there, with GET. What an address cannot hold is written with percent signs."""
    return Response(b"", status_code=303, headers={"location": quote(path, safe=_ADDRESS)}, cookies=cookies, media_type="text/plain")
