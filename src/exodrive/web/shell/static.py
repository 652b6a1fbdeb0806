"""Static files, from memory: addresses carry a hash of the whole folder, so browsers may keep them for ever."""

import gzip
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import Any, NamedTuple

from litestar import Request, Response, Router, route
from litestar.enums import HttpMethod

from exodrive.kit.errors import NotFound
from exodrive.kit.words import _
from exodrive.web.shell.doors import door

FOLDER = Path(__file__).parent.parent / "static"
_TEXT = {".css", ".js", ".svg", ".json", ".txt", ".webmanifest", ".mjs"}
_RULES = {"speculation.json": "application/speculationrules+json"}  # browsers take the rules under this type alone
_NONE = re.compile(r"q=0(\.0*)?")
_FOREVER = "public, max-age=31536000, immutable"

mimetypes.add_type("image/avif", ".avif")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


class Asset(NamedTuple):
    """One file, with its compressed form where that is smaller."""

    body: bytes
    gzipped: bytes | None
    media_type: str


class Assets:
    """All static files and the addresses pages use for them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        self.files = {path.relative_to(folder).as_posix(): _load(path) for path in paths}
        digest = hashlib.sha256()
        for name, asset in self.files.items():
            digest.update(name.encode() + hashlib.sha256(asset.body).digest())
        self.version = digest.hexdigest()[:10]

    def url(self, name: str) -> str:
        """Return the address of a file such as ``css/app.css``; KeyError when there is none, so a template cannot name a missing file."""
        if name not in self.files:
            raise KeyError(f"no static file {name!r}; third-party files are fetched by `make vendor`")
        return f"/static/{self.version}/{name}"

    def narrow(self, path: str, kind: str) -> str:
        """Return the address of a picture's form for small screens (720 pixels), in its kind (``avif``); nothing where there is none."""
        name = f"{path}-720.{kind}"
        return self.url(name) if name in self.files else ""

    def routes(self) -> Router:
        """Return the door that serves them."""

        @route("/{version:str}/{name:path}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False, sync_to_thread=False)
        def show(request: Request[Any, Any, Any], version: str, name: str) -> Response[bytes]:
            asset = self.files.get(name.lstrip("/"))
            if asset is None:
                raise NotFound(_("There is no such file."))
            return _answer(asset, accepts_gzip(request), keep=version == self.version)

        return door("static files", "/static", [show])


def accepts_gzip(request: Request[Any, Any, Any]) -> bool:
    """Tell whether the caller takes gzip."""
    taken = (part.partition(";") for part in request.headers.get("accept-encoding", "").split(","))
    return any(name.strip() == "gzip" and not _NONE.fullmatch(weight.strip()) for name, _semicolon, weight in taken)


def _answer(asset: Asset, accepts_gzip: bool, *, keep: bool) -> Response[bytes]:
    headers = {"cache-control": _FOREVER if keep else "no-cache", "vary": "accept-encoding"}
    if asset.gzipped and accepts_gzip:
        return Response(asset.gzipped, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(asset.body, media_type=asset.media_type, headers=headers)


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    media_type = _RULES.get(path.name) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if path.suffix not in _TEXT:
        return Asset(body, None, media_type)
    charset = "" if media_type.startswith("text/") else "; charset=utf-8"  # the framework adds it to text
    return Asset(body, gzip.compress(body, 9, mtime=0), media_type + charset)
