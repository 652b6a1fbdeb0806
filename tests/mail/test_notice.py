"""The letter with news about a booking: text and HTML say the same, and nothing a renter typed becomes markup or a header."""

import html

import msgspec
import pytest

from exodrive.mail import render
from exodrive.mail.model import House, Notice, NotOneAddress
from tests.mail.test_render import hrefs, visible

LINK = "https://cars.example.com/booking/" + "k" * 43
NOTICE = Notice(
    to="ada@example.com",
    first_name="Ada",
    reference="7K3M9QXD",
    car="Aurora GT",
    days="Fri, Jun 5 – Sun, Jun 7 (3 days)",
    subject="Cancelled: Aurora GT, Fri, Jun 5 – Sun, Jun 7 (3 days) (7K3M9QXD)",
    text=("You cancelled this booking.", "50% of $900.00 goes back the way you paid, within a few days: $450.00."),
    link=LINK,
    house=House(company="Palm Motors", address="2 Bay Road, Miami", support_email="help@palm.example", support_phone="+1 305 555 0199"),
)


@pytest.mark.parametrize(
    "fact",
    [
        "Hello Ada,",
        "Aurora GT",
        "3 days",
        "7K3M9QXD",
        "You cancelled",
        "50% of $900.00",
        "help@palm.example",
        "+1 305 555 0199",
        "2 Bay Road",
    ],
)
def test_text_and_html_tell_the_same(fact: str) -> None:
    letter = render.notice(NOTICE, "ended")
    assert fact in letter.text
    assert fact in visible(letter.html)


def test_the_link_is_in_both_and_without_a_living_one_there_is_none() -> None:
    letter = render.notice(NOTICE, "ended")
    assert LINK in letter.text.splitlines()
    assert hrefs(letter.html) == [LINK]
    without = render.notice(msgspec.structs.replace(NOTICE, link=""), "ended")
    assert hrefs(without.html) == []
    assert "booking page" not in without.text


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{7*7}}", "Ada & Co"])
def test_a_name_is_only_text(name: str) -> None:
    letter = render.notice(msgspec.structs.replace(NOTICE, first_name=name), "ended")
    assert name in letter.text
    assert html.escape(name) in letter.html


def test_a_subject_is_one_line_and_the_letter_goes_to_one_address() -> None:
    letter = render.notice(msgspec.structs.replace(NOTICE, subject="Cancelled\r\nBcc: eve@example.com"), "ended")
    assert letter.subject == "Cancelled Bcc: eve@example.com"
    assert letter.tags == {"letter": "ended"}
    with pytest.raises(NotOneAddress):
        render.notice(msgspec.structs.replace(NOTICE, to="a@example.com, b@example.com"), "ended")
