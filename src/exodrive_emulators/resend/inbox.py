"""The page that shows the mails."""

import re
from datetime import datetime
from pathlib import Path

from markupsafe import Markup, escape

from exodrive_emulators.kit.http import Answer, Request, html_answer
from exodrive_emulators.kit.pages import HERE as KIT
from exodrive_emulators.kit.pages import Pages, static_file
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.resend.errors import error
from exodrive_emulators.resend.world import Resend

HERE = Path(__file__).parent
# A letter may look as it likes and link anywhere, in a new tab; it runs nothing and belongs to no origin.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
LETTER_POLICY = f"sandbox {SANDBOX}; default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; font-src data:"
_BASE = '<base target="_blank">'
_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*<!doctype[^>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def _linked(text: str) -> Markup:
    """Plain text with its addresses as links."""
    parts, end = [], 0
    for found in _ADDRESS.finditer(text):
        parts += [escape(text[end : found.start()]), _link(found.group())]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _link(address: str) -> Markup:
    return Markup('<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>').format(address)


def _when(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


PAGES = Pages(HERE)
PAGES.add_filters(linked=_linked, when=_when)


async def show_list(world: Resend, _: Request) -> Answer:
    """GET /, newest first."""
    return PAGES.answer("inbox.html", mails=list(world.mails)[::-1])


async def show_mail(world: Resend, request: Request) -> Answer:
    """GET /mails/{id}."""
    mail = world.mails.get(request.params["id"])
    if not mail:
        return PAGES.answer("gone.html", 404)
    return PAGES.answer("mail.html", mail=mail, sandbox=SANDBOX)


async def show_letter(world: Resend, request: Request) -> Answer:
    """GET /mails/{id}/html: the letter alone, for the frame; its links open in a new tab."""
    mail = world.mails.get(request.params["id"])
    if not mail or mail.html is None:
        return error(404)
    headers = {"content-security-policy": LETTER_POLICY, "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}
    return html_answer(200, _with_base(mail.html), headers)


async def static(world: Resend, request: Request) -> Answer:
    """GET /static/{name}."""
    return static_file((HERE, KIT), request) or error(404)


def _with_base(html: str) -> str:
    """Put the base element where it works without pushing the document into quirks mode."""
    if found := _HEAD.search(html) or _DOCTYPE.match(html):
        return html[: found.end()] + _BASE + html[found.end() :]
    return f"<!doctype html>{_BASE}{html}"


LINES: list[Line[Resend]] = [
    ("GET", "/", show_list),
    ("GET", "/mails/{id}", show_mail),
    ("GET", "/mails/{id}/html", show_letter),
    ("GET", "/static/{name}", static),
]
