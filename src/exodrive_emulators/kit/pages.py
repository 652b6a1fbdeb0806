"""Pages: one template environment, one style sheet, one set of headers."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from exodrive_emulators.kit.http import Answer, Request, html_answer

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "frame-src 'self'; base-uri 'none'; frame-ancestors 'self'"
)
HEADERS = {"content-security-policy": POLICY, "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


class Pages:
    """Templates of one emulator on top of the shared ones."""

    def __init__(self, folder: Path) -> None:
        loader = FileSystemLoader([folder / "templates", HERE / "templates"])
        self._templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)

    def add_filters(self, **filters: Any) -> None:
        """Filters the templates may use."""
        self._templates.filters.update(filters)

    def answer(self, name: str, status: int = 200, **values: Any) -> Answer:
        """The page called `name`."""
        return html_answer(status, self._templates.get_template(name).render(**values), HEADERS)


def static_file(folders: Iterable[Path], request: Request) -> Answer | None:
    """A file that travels with the emulator, by its plain name."""
    for folder in folders:
        file = folder / "static" / request.params["name"]
        if file.suffix in TYPES and file.parent == folder / "static" and file.is_file():
            return Answer(200, file.read_bytes(), {"content-type": TYPES[file.suffix], "cache-control": "max-age=60"})
    return None
