"""Appointments as a calendar reads them."""

from exodrive.web.storefront.ics import _escaped, _folded


def test_long_lines_are_folded_after_75_octets_between_characters() -> None:
    line = "SUMMARY:" + "Ünïcödé " * 30
    parts = _folded(line).decode().removesuffix("\r\n").split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert "".join([parts[0], *(part[1:] for part in parts[1:])]) == line


def test_what_would_end_a_value_is_escaped() -> None:
    assert _escaped("a;b,c\\d\ne\r") == "a\\;b\\,c\\\\d\\ne"
