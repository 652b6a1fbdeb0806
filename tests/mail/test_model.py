"""One line is one line, and one address is one address, whatever was typed in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.mail.model import NotOneAddress, one_address, one_line


@pytest.mark.parametrize(
    "address",
    ["ada@example.com", "a.b+c@sub.example.co.uk", "o'brien@example.com", "jürgen@bücher.example", "a@localhost", "x_y-z@e-x.org"],
)
def test_an_address_stays_as_it_is(address: str) -> None:
    assert one_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "a@b@example.com",
        "ada@example.com\nBcc: all@example.com",
        "ada@example.com\r\nSubject: x",
        "ada@example.com,eve@example.com",
        "ada@example.com;eve@example.com",
        "Ada <ada@example.com>",
        "<ada@example.com>",
        '"ada"@example.com',
        "ada eve@example.com",
        "ada@example.com ",
        "ada@.com",
        "ada@example..com",
        "ada@[127.0.0.1]",
        "a" * 250 + "@example.com",
    ],
)
def test_what_is_not_one_bare_address_is_refused(address: str) -> None:
    with pytest.raises(NotOneAddress):
        one_address(address)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Booked: Aurora", "Booked: Aurora"),
        ("  Aurora \t GT ", "Aurora GT"),
        ("Aurora\r\nBcc: all@example.com", "Aurora Bcc: all@example.com"),
        ("Aurora\u2028GT\x00\x0bX", "Aurora GT X"),
    ],
)
def test_a_line_has_no_break_in_it(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.text())
def test_no_text_breaks_a_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not any(ord(sign) < 32 or ord(sign) == 127 for sign in line)
