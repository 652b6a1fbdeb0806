"""Identifiers ordered by time, and references for the telephone."""

import re
import time

from exodrive.kit.ids import REFERENCE_LENGTH, new_id, new_reference


def test_ids_are_version_7_and_never_repeat():
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {"specified in RFC 4122"}


def test_ids_that_are_made_one_after_another_sort_like_that():
    ids = [new_id() for _ in range(2000)]
    assert sorted(ids) == ids


def test_an_id_tells_when_it_was_made():
    before = time.time_ns() // 1_000_000
    made = new_id().int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


def test_a_reference_fits_its_column_and_has_nothing_to_mishear():
    references = {new_reference() for _ in range(500)}
    assert len(references) == 500
    assert all(re.fullmatch("[0-9A-HJKMNP-TV-Z]{8}", reference) for reference in references)
    assert REFERENCE_LENGTH == 8
