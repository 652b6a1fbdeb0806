"""The letter with a receipt or credit note: text and HTML say the same, and the paper goes with it."""

import html

import msgspec
import pytest

from exodrive.gateways.mailer import Attachment
from exodrive.mail import render
from exodrive.mail.model import House, NotOneAddress, ReceiptLetter
from tests.mail.test_render import hrefs, visible

LINK = "https://cars.example.com/booking/" + "k" * 43
RECEIPT = ReceiptLetter(
    to="ada@example.com",
    first_name="Ada",
    reference="7K3M9QXD",
    title="Credit note",
    code="C-2026-000007",
    about="We gave this amount back through PayPal, to the account it was paid from.",
    amount_label="Paid back",
    amount="$1,033.00",
    link=LINK,
    house=House(company="Palm Motors", address="2 Bay Road, Miami", support_email="help@palm.example", support_phone="+1 305 555 0199"),
)
PAPER = Attachment("C-2026-000007.pdf", b"%PDF-", "application/pdf")


@pytest.mark.parametrize(
    "fact",
    [
        "Hello Ada,",
        "C-2026-000007",
        "7K3M9QXD",
        "to the account it was paid from",
        "Paid back",
        "$1,033.00",
        "help@palm.example",
        "2 Bay Road",
    ],
)
def test_text_and_html_tell_the_same(fact: str) -> None:
    letter = render.receipt(RECEIPT, PAPER)
    assert fact in letter.text
    assert fact in visible(letter.html)


def test_the_paper_goes_with_it_and_the_subject_names_it() -> None:
    letter = render.receipt(RECEIPT, PAPER)
    assert letter.subject == "Credit note C-2026-000007 for booking 7K3M9QXD"
    assert letter.attachments == (PAPER,)
    assert hrefs(letter.html) == [LINK]


def test_without_a_living_link_it_has_none() -> None:
    letter = render.receipt(msgspec.structs.replace(RECEIPT, link=""), PAPER)
    assert hrefs(letter.html) == []
    assert "private booking page" not in letter.text


def test_what_a_renter_typed_stays_text() -> None:
    name = '<b onclick="x">Ada</b>'
    letter = render.receipt(msgspec.structs.replace(RECEIPT, first_name=name), PAPER)
    assert html.escape(name, quote=False).replace('"', "&#34;") in letter.html
    assert name in letter.text


def test_it_goes_to_one_bare_address() -> None:
    with pytest.raises(NotOneAddress):
        render.receipt(msgspec.structs.replace(RECEIPT, to="a@example.com, b@example.com"), PAPER)
