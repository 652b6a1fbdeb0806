"""Values from forms and bodies: every wrong field named at once, in words that help."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NewType
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.kit.errors import BadInput
from exodrive.web.shell.forms import fill

Id = NewType("Id", UUID)
ID = "01a2040e-f088-75c9-b50b-440ce5132c87"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(msgspec.Struct):
    at: time
    note: Annotated[str, msgspec.Meta(max_length=5)] = ""


class Outer(msgspec.Struct):
    id: Id
    day: date
    inner: Inner
    born: date | None
    count: int = 1
    price: Decimal = Decimal(0)
    colour: Colour = Colour.RED
    other: Inner | None = None


GOOD: dict[str, Any] = {"id": ID, "day": "2026-06-01", "inner": {"at": "10:00"}, "born": None}


def wrong(**changes: Any) -> dict[str, str]:
    with pytest.raises(BadInput) as refused:
        fill(GOOD | changes, Outer)
    return refused.value.fields


def test_good_values_are_what_they_say() -> None:
    made = fill(GOOD | {"count": "7", "price": "1.50", "colour": "blue", "other": {"at": "23:59:00", "note": "abc"}}, Outer)
    assert made == Outer(UUID(ID), date(2026, 6, 1), Inner(time(10)), None, 7, Decimal("1.50"), Colour.BLUE, Inner(time(23, 59), "abc"))  # type: ignore[arg-type]


def test_what_is_missing_and_what_is_unknown_is_named() -> None:
    with pytest.raises(BadInput) as refused:
        fill({"x": 1, "inner": {"y": 2}}, Outer)
    assert refused.value.fields == {
        "id": "Please fill this in.",
        "day": "Please fill this in.",
        "born": "Please fill this in.",
        "inner.at": "Please fill this in.",
        "x": "There is no such field; leave it out.",
        "inner.y": "There is no such field; leave it out.",
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"id": "x"}, {"id": "This is not one of our ids."}),
        ({"day": "June"}, {"day": "Please give a date, such as 2026-06-01."}),
        ({"born": 5}, {"born": "Please give a date, such as 2026-06-01."}),
        ({"inner": {"at": "10:00:01"}}, {"inner.at": "Please give a time, such as 10:00."}),
        ({"inner": {"at": "25:00"}}, {"inner.at": "Please give a time, such as 10:00."}),
        ({"inner": {"at": "10:00", "note": "abcdef"}}, {"inner.note": "This is too long."}),
        ({"inner": "10:00"}, {"inner": "Send an object."}),
        ({"inner": ["10:00"]}, {"inner": "Send an object."}),
        ({"other": {}}, {"other.at": "Please fill this in."}),
        ({"count": "many"}, {"count": "Please give a number."}),
        ({"price": "1,50"}, {"price": "Please give a number."}),
        ({"inner": {"at": "10:00", "note": "a\0"}}, {"inner.note": "This contains characters that cannot be used."}),
        ({"inner": {"at": "10:00", "note": "\ud800"}}, {"inner.note": "This contains characters that cannot be used."}),
    ],
)
def test_a_wrong_value_is_told_in_words_that_help(changes: dict[str, Any], told: dict[str, str]) -> None:
    assert wrong(**changes) == told


def test_all_that_is_wrong_is_told_together() -> None:
    assert set(wrong(id="x", day="x", inner={"at": "x", "note": "too long", "z": 1}, count="x")) == {
        "id", "day", "inner.at", "inner.note", "inner.z", "count",
    }  # fmt: skip


def test_a_strangers_name_for_a_field_is_told_back_short_and_harmless() -> None:
    (name,) = wrong(**{"a\r\nb" + "x" * 500: 1})
    assert name == "a??b" + "x" * 96


VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates().map(str), st.times().map(str), st.just(ID)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["at", "note", "id", "z"]), inner, max_size=3)),
    max_leaves=8,
)


@given(values=st.dictionaries(st.one_of(st.sampled_from(list(Outer.__struct_fields__)), st.text(max_size=5)), VALUE, max_size=8))
def test_whatever_is_sent_is_a_struct_or_named_fields(values: dict[str, Any]) -> None:
    told: dict[str, str] = {}
    try:
        assert isinstance(fill(values, Outer), Outer)
    except BadInput as refused:
        told = refused.fields
        if not told:
            raise
    assert all(name.isprintable() for name in told)
    assert all(told.values())
