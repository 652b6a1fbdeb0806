"""The life of a booking, held equal to what the database knows."""

import re

import pytest

from exodrive.bookings.states import MOVES, BookingStatus, IllegalMove, check_move
from exodrive.payments.model import End, Kind, PaymentStatus

S = BookingStatus


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("bookings", "status", BookingStatus),
        ("payments", "status", PaymentStatus),
        ("payment_operations", "kind", Kind),
        ("payment_results", "outcome", End),
    ],
)
async def test_each_enum_is_its_check(doors, table, column, words):
    async with doors.service().scope() as db:
        checks = await db.fetch(
            "select pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::text::regclass and contype = 'c'", f"public.{table}"
        )
    lists = [re.findall("'([a-z_]+)'::text", check[0]) for check in checks if check[0].startswith(f"CHECK (({column} = ANY")]
    assert [sorted(found) for found in lists] == [sorted(words)]


def test_what_is_final_in_the_database_is_final_here():
    assert {end for end in End if end.is_final} == {End.SUCCEEDED, End.DECLINED, End.FAILED}


def test_a_booking_that_ended_never_moves():
    for end in (S.COMPLETED, S.CANCELLED, S.EXPIRED, S.NO_SHOW):
        assert end not in MOVES


@pytest.mark.parametrize(
    ("old", "new"), [(S.PENDING, S.UPCOMING), (S.UPCOMING, S.ACTIVE), (S.ACTIVE, S.COMPLETED), (S.UPCOMING, S.CANCELLED)]
)
def test_legal_moves_pass(old, new):
    check_move(old, new)


@pytest.mark.parametrize(("old", "new"), [(S.EXPIRED, S.UPCOMING), (S.PENDING, S.ACTIVE), (S.UPCOMING, S.PENDING), (S.PENDING, S.PENDING)])
def test_every_other_move_is_a_bug(old, new):
    with pytest.raises(IllegalMove):
        check_move(old, new)
