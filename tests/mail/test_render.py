"""Letters as they leave: subject, plain text and HTML that say the same, and nothing a renter typed becomes markup or a header."""

import html
import re
from html.parser import HTMLParser

import msgspec
import pytest

from exodrive.kit import words
from exodrive.mail import render
from exodrive.mail.model import Changed, Confirmation, HeldLetter, House, Message, NotOneAddress, Stop

LINK = "https://cars.example.com/booking/" + "k" * 43
TOLD = Confirmation(
    to="ada@example.com",
    first_name="Ada",
    reference="7K3M9QXD",
    car="Aurora GT",
    days="Fri, Jun 5 – Sun, Jun 7 (3 days)",
    pickup=Stop(when="Friday, June 5, 2026, 10:00 AM", name="Ocean Drive", address="1 Ocean Drive, Miami, US", notes="Ring at the gate"),
    dropoff=Stop(when="Sunday, June 7, 2026, 6:00 PM", name="", address="9 Palm Ave, Miami, US", notes=""),
    price_lines=[("Weekend package", "$2,900.00"), ("Sales tax, 7%", "$203.00")],
    total="$3,103.00",
    paid="Paid: $3,103.00",
    excess="Of a damage that is covered you bear $1,500 at most.",
    deposit="A security deposit of $5,000.00 is held shortly before pick-up.",
    distance="300 mi included, then $3.50 per mi",
    bring=["Your driving licence", "Your passport"],
    link=LINK,
    house=House(company="Palm Motors", address="2 Bay Road, Miami", support_email="help@palm.example", support_phone="+1 305 555 0199"),
)
FACTS = [
    "Hello Ada,",
    "Aurora GT",
    "Fri, Jun 5 – Sun, Jun 7 (3 days)",
    "7K3M9QXD",
    "Friday, June 5, 2026, 10:00 AM",
    "Ocean Drive",
    "1 Ocean Drive, Miami, US",
    "Ring at the gate",
    "Sunday, June 7, 2026, 6:00 PM",
    "9 Palm Ave, Miami, US",
    "Weekend package",
    "$2,900.00",
    "Sales tax, 7%",
    "$3,103.00",
    "Paid: $3,103.00",
    "Of a damage that is covered you bear $1,500 at most.",
    "300 mi included, then $3.50 per mi",
    "A security deposit of $5,000.00 is held shortly before pick-up.",
    "Your driving licence",
    "Your passport",
    "keep it to yourself",
    "help@palm.example",
    "+1 305 555 0199",
    "Palm Motors",
    "2 Bay Road, Miami",
]


@pytest.mark.parametrize("fact", FACTS)
def test_text_and_html_tell_the_same(fact: str) -> None:
    letter = render.confirmation(TOLD)
    assert fact in letter.text
    assert fact in visible(letter.html)


def test_a_changed_booking_says_what_was_and_what_is() -> None:
    rows = (("Days", "Jun 5 – 6", "Jun 5 – 7"), ("Child seat", "", "$30.00"), ("Cover", "$90.00", ""))
    told = Changed(rows, ("Days: Jun 5 – 6 → Jun 5 – 7", "Child seat: $30.00, new"), "You paid $30.00 for the change.")
    letter = render.confirmation(msgspec.structs.replace(TOLD, changed=told))
    assert letter.subject == "Changed: Aurora GT, Fri, Jun 5 – Sun, Jun 7 (3 days) (7K3M9QXD)"
    assert "- Days: Jun 5 – 6 → Jun 5 – 7\n- Child seat: $30.00, new\n\nYou paid $30.00 for the change.\n" in letter.text
    page = visible(letter.html)
    for said in ("Jun 5 – 6 →", "Jun 5 – 7", "$30.00, new", "no longer, it was $90.00", "You paid $30.00 for the change.", "1 Ocean Drive"):
        assert said in page, said
    assert "Your booking is paid" not in letter.text + page


def test_the_link_is_in_both() -> None:
    letter = render.confirmation(TOLD)
    assert LINK in letter.text.splitlines()
    assert hrefs(letter.html) == [LINK]


def test_the_subject_names_car_days_and_reference() -> None:
    assert render.confirmation(TOLD).subject == "Booked: Aurora GT, Fri, Jun 5 – Sun, Jun 7 (3 days) (7K3M9QXD)"


HELD = HeldLetter(
    to="ada@example.com",
    first_name="Ada",
    reference="7K3M9QXD",
    car="Aurora GT",
    days="Fri, Jun 5 – Sun, Jun 7 (3 days)",
    until="2:20 PM",
    total="$3,103.00",
    link=LINK,
    house=TOLD.house,
)


@pytest.mark.parametrize(
    "fact", ["Hello Ada,", "Aurora GT", "3 days", "held for you until 2:20 PM", "nothing was charged yet", "$3,103.00", "7K3M9QXD"]
)
def test_the_letter_of_a_held_car_says_the_same_in_text_and_html(fact: str) -> None:
    letter = render.held(HELD)
    assert fact in letter.text
    assert fact in visible(letter.html)
    assert hrefs(letter.html) == [LINK]
    assert LINK in letter.text.splitlines()


def test_without_a_living_link_the_letter_has_none() -> None:
    letter = render.confirmation(msgspec.structs.replace(TOLD, link=""))
    assert "booking page" not in letter.text
    assert hrefs(letter.html) == []


def test_what_the_house_does_not_have_is_left_out() -> None:
    letter = render.confirmation(msgspec.structs.replace(TOLD, house=House(), distance=""))
    for said in (letter.text, visible(letter.html)):
        assert "Questions?" not in said
        assert "Call us" not in said
        assert "Driving:" not in said


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}{% raw %}",
        "%(reference)s 100%",
        "O'Brien & Söhne",
    ],
)
def test_what_a_renter_typed_stays_text(name: str) -> None:
    letter = render.confirmation(msgspec.structs.replace(TOLD, first_name=name, car=name))
    assert f"Hello {name}," in letter.text
    assert f"Hello {name}," in visible(letter.html)
    assert tags(letter.html) == tags(render.confirmation(TOLD).html)


@pytest.mark.parametrize("car", ["Aurora\r\nBcc: all@example.com", "Aurora\nX: y", "Aurora\u2028GT", "A" * 400])
def test_a_subject_is_one_line_of_bounded_length(car: str) -> None:
    subject = render.confirmation(msgspec.structs.replace(TOLD, car=car)).subject
    assert len(subject.splitlines()) == 1
    assert len(subject) <= 150


@pytest.mark.parametrize("to", ["ada@example.com\nBcc: all@example.com", "ada@example.com, eve@example.com", "Ada <ada@example.com>"])
def test_a_letter_goes_to_one_bare_address(to: str) -> None:
    with pytest.raises(NotOneAddress):
        render.confirmation(msgspec.structs.replace(TOLD, to=to))


def test_the_letter_is_the_same_each_time_so_that_it_can_be_sent_again_under_its_key() -> None:
    assert render.confirmation(TOLD) == render.confirmation(TOLD)


def test_the_html_asks_nobody_for_anything_and_suits_dark_mode() -> None:
    letter = render.confirmation(TOLD)
    assert not re.search(r"<(img|link|script|iframe|form)\b|url\(|@import", letter.html)
    assert '<meta name="color-scheme" content="light dark">' in letter.html
    assert "prefers-color-scheme: dark" in letter.html
    assert '<html lang="en-US">' in letter.html
    assert len(letter.html) < 20_000  # mail readers cut long letters


def test_the_letter_speaks_the_language_of_the_task() -> None:
    before = words.locale()
    words.use("de_DE")
    try:
        assert '<html lang="de-DE">' in render.confirmation(TOLD).html
    finally:
        words.use(before)


def test_no_blank_lines_pile_up_in_the_text() -> None:
    for told in (TOLD, msgspec.structs.replace(TOLD, link="", distance="", house=House())):
        assert "\n\n\n" not in render.confirmation(told).text


class _Reader(HTMLParser):
    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.hrefs: list[str] = []
        self.words: list[str] = []
        self._hidden = 0
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.hrefs += [value for name, value in attrs if name == "href" and value]
        self._hidden += tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def visible(document: str) -> str:
    return html.unescape("".join(_Reader(document).words))


def tags(document: str) -> list[str]:
    return _Reader(document).tags


def hrefs(document: str) -> list[str]:
    return _Reader(document).hrefs


def test_a_message_to_staff_can_be_answered_and_no_word_of_it_is_markup_or_a_header() -> None:
    message = Message("Ada\r\nBcc: eve@example.com", "ada@example.com", "<script>alert(1)</script>\nBye")
    letter = render.contact(message, TOLD.house)
    assert (letter.to, letter.reply_to) == ("help@palm.example", "ada@example.com")
    assert letter.subject == "Message from Ada Bcc: eve@example.com"
    assert "<script>alert(1)</script>\nBye" in letter.text
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html


@pytest.mark.parametrize("email", ["ada@example.com\nBcc: eve@example.com", "ada@example.com, eve@example.com", ""])
def test_a_message_from_no_single_address_becomes_no_letter(email: str) -> None:
    with pytest.raises(NotOneAddress):
        render.contact(Message("Ada", email, "x"), TOLD.house)
