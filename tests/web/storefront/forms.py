"""The forms of pages, as a browser would send them."""

from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from exodrive.bookings.model import Rules


class Form(HTMLParser):
    """The fields of a page's form with what is in them, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        name, value = about.get("name") or "", about.get("value") or ""
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in about:
            self.fields[self._select] = value
        elif tag == "input" and name and (about.get("type") not in ("radio", "checkbox") or "checked" in about):
            self.fields[name] = value


def filled(page: str, **changes: Any) -> dict[str, str]:
    """The page's form, filled in by somebody who may drive."""
    person = {"first_name": "Ada", "last_name": "Byron", "phone": "+1 305 555 0142", "birth_date": "1985-12-10"}
    return Form(page).fields | person | {"email": f"{uuid4().hex}@example.com"} | {"terms": Rules().terms_version} | changes
