"""A page packed once, with a word of its own in every answer."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.web.shell.kept import Kept

PLACE = b"@@nonce@@"


@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=5), words=st.lists(st.binary(max_size=40), min_size=1, max_size=3))
def test_the_packed_page_unpacks_to_the_plain_one_whatever_is_filled_in(parts: list[bytes], words: list[bytes]) -> None:
    page = Kept(PLACE.join(parts), PLACE)
    for word in words:
        assert gzip.decompress(page.gzipped(word)) == page.plain(word)


@pytest.mark.parametrize("body", [b"", PLACE, PLACE * 3, b"a" * 200_000 + PLACE, b"no place at all"])
def test_pages_of_any_shape_come_out_as_they_went_in(body: bytes) -> None:
    page = Kept(body, PLACE)
    assert page.plain(b"word") == body.replace(PLACE, b"word")
    assert gzip.decompress(page.gzipped(b"word")) == page.plain(b"word")


def test_a_page_is_smaller_packed() -> None:
    page = Kept(b"<p class=car>the same again</p>" * 300 + PLACE + b"<p class=car>the same again</p>" * 300, PLACE)
    assert len(page.gzipped(b"x" * 22)) < len(page.plain(b"x" * 22)) / 10
