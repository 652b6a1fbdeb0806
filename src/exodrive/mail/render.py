"""Letters from their templates: subject, plain text and HTML of equal content, in the language of the present task."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from exodrive.gateways.mailer import Attachment, Letter
from exodrive.kit import words
from exodrive.mail.model import (
    LONGEST_SUBJECT,
    Confirmation,
    Forwarded,
    HeldLetter,
    House,
    Message,
    Notice,
    ReceiptLetter,
    Task,
    one_address,
    one_line,
)

FOLDER = Path(__file__).parent / "letters"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return the environment of all letters; HTML is escaped, and a name that is not given is an error."""
    env = Environment(
        loader=FileSystemLoader(FOLDER),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined] # made by the extension
    return env


def confirmation(told: Confirmation) -> Letter:
    """Return the letter that confirms a paid booking. Raises NotOneAddress."""
    return Letter(
        to=one_address(told.to),
        subject=one_line(_render("confirmation.subject", told))[:LONGEST_SUBJECT],
        text=_render("confirmation.txt", told).strip() + "\n",
        html=_render("confirmation.html", told),
        tags={"letter": "changed" if told.changed else "confirmation"},
    )


def held(told: HeldLetter) -> Letter:
    """Return the letter that brings the link of a held, unpaid booking. Raises NotOneAddress."""
    return Letter(
        to=one_address(told.to),
        subject=one_line(_render("held.subject", told))[:LONGEST_SUBJECT],
        text=_render("held.txt", told).strip() + "\n",
        html=_render("held.html", told),
        tags={"letter": "held"},
    )


def receipt(told: ReceiptLetter, paper: Attachment) -> Letter:
    """Return the letter that brings a receipt or credit note. Raises NotOneAddress."""
    return Letter(
        to=one_address(told.to),
        subject=one_line(_render("receipt.subject", told))[:LONGEST_SUBJECT],
        text=_render("receipt.txt", told).strip() + "\n",
        html=_render("receipt.html", told),
        tags={"letter": "receipt"},
        attachments=(paper,),
    )


def notice(told: Notice, kind: str) -> Letter:
    """Return a letter with news about a booking; ``kind`` says for the mail service which. Raises NotOneAddress."""
    return Letter(
        to=one_address(told.to),
        subject=one_line(_render("notice.subject", told))[:LONGEST_SUBJECT],
        text=_render("notice.txt", told).strip() + "\n",
        html=_render("notice.html", told),
        tags={"letter": kind},
    )


def task(told: Task, kind: str) -> Letter:
    """Return a letter that tells staff what is to be done; ``kind`` says for the mail service which. Raises NotOneAddress."""
    return Letter(
        to=one_address(told.to),
        subject=one_line(_render("task.subject", told))[:LONGEST_SUBJECT],
        text=_render("task.txt", told).strip() + "\n",
        html=_render("task.html", told),
        tags={"letter": kind},
    )


def contact(message: Message, house: House) -> Letter:
    """Return the letter that brings a message to staff; a reply goes to whoever wrote it. Raises NotOneAddress."""
    told = Forwarded(message, house)
    return Letter(
        to=one_address(house.support_email),
        subject=one_line(_render("contact.subject", told))[:LONGEST_SUBJECT],
        text=_render("contact.txt", told).strip() + "\n",
        html=_render("contact.html", told),
        reply_to=one_address(message.email),
        tags={"letter": "contact"},
    )


def _render(template: str, told: Confirmation | HeldLetter | ReceiptLetter | Notice | Task | Forwarded) -> str:
    return environment().get_template(template).render(b=told, lang=words.locale().replace("_", "-"))
