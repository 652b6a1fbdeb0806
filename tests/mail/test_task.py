"""The letter that tells staff what is to be done: text and HTML say the same, and nothing a renter typed becomes markup."""

import html

import msgspec
import pytest

from exodrive.mail import render
from exodrive.mail.model import House, NotOneAddress, Task
from tests.mail.test_render import hrefs, visible

LINK = "https://cars.example.com/admin/bookings/7K3M9QXD"
TASK = Task(
    to="desk@palm.example",
    reference="7K3M9QXD",
    subject="Answer by Fri, Jun 5, 10:00 AM: Aurora GT",
    text=("Ada has paid $900.00 for the Aurora GT.", "Accept or refuse the booking before Fri, Jun 5, 10:00 AM."),
    link=LINK,
    house=House(company="Palm Motors", support_email="desk@palm.example"),
)


@pytest.mark.parametrize("fact", ["Ada has paid $900.00", "Accept or refuse", "Palm Motors"])
def test_text_and_html_tell_the_same(fact: str) -> None:
    letter = render.task(TASK, "to_answer")
    assert fact in letter.text
    assert fact in visible(letter.html)


def test_it_leads_to_the_file_and_nowhere_else() -> None:
    letter = render.task(TASK, "to_answer")
    assert LINK in letter.text.splitlines()
    assert hrefs(letter.html) == [LINK]
    assert (letter.subject, letter.tags) == (TASK.subject, {"letter": "to_answer"})


def test_a_name_is_only_text_and_the_letter_goes_to_one_address() -> None:
    letter = render.task(msgspec.structs.replace(TASK, text=("<b>Ada</b> & Co",)), "to_answer")
    assert "<b>Ada</b> & Co" in letter.text
    assert html.escape("<b>Ada</b> & Co") in letter.html
    with pytest.raises(NotOneAddress):
        render.task(msgspec.structs.replace(TASK, to="a@example.com, b@example.com"), "to_answer")
