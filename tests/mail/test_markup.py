"""Every letter is valid HTML."""

from pathlib import Path

import msgspec
import pytest

from exodrive.gateways.mailer import Letter
from exodrive.mail import render
from exodrive.mail.model import House, Message
from tests.mail.test_notice import NOTICE
from tests.mail.test_receipt import PAPER, RECEIPT
from tests.mail.test_render import HELD, TOLD
from tests.mail.test_task import TASK
from tests.markup import Markup

WRITTEN = Message("Ada Byron", "ada@example.com", "Do you have <b>child</b> seats?\n\nYours & truly")
LETTERS: dict[str, Letter] = {
    "confirmation": render.confirmation(TOLD),
    "confirmation without a link": render.confirmation(msgspec.structs.replace(TOLD, link="", house=House(), distance="")),
    "held": render.held(HELD),
    "receipt": render.receipt(RECEIPT, PAPER),
    "receipt without a link": render.receipt(msgspec.structs.replace(RECEIPT, link="", house=House()), PAPER),
    "notice": render.notice(NOTICE, "ended"),
    "notice without a link": render.notice(msgspec.structs.replace(NOTICE, link="", house=House()), "ended"),
    "confirmation of what we accepted": render.confirmation(msgspec.structs.replace(TOLD, is_accepted=True)),
    "task": render.task(TASK, "to_answer"),
    "contact": render.contact(WRITTEN, House(company="Palm Motors", support_email="help@palm.example")),
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_letter_is_valid_html(letter: Letter, markup: Markup) -> None:
    assert markup.faults(letter.html, "letter") == []


def test_every_letter_is_read() -> None:
    frames = {"frame"}  # each letter is read in it
    written = {path.stem for path in Path(render.FOLDER).glob("*.html")} - frames
    assert written <= {name.partition(" ")[0] for name in LETTERS}, "make one here"
