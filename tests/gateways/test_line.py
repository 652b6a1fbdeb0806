"""Reading how long to wait."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from exodrive.gateways.line import seconds_to_wait
from exodrive.kit import clock


@pytest.mark.parametrize(("told", "seconds"), [("7", 7), ("0", 0), ("", 1), ("soon", 1), ("-5", 1), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)])
def test_seconds_and_dates_are_read_and_nonsense_is_a_second(told: str, seconds: float) -> None:
    assert seconds_to_wait({"retry-after": told}) == seconds


def test_a_date_to_come_is_waited_for() -> None:
    told = format_datetime(clock.now() + timedelta(seconds=60), usegmt=True)
    assert seconds_to_wait({"retry-after": told}) == pytest.approx(60, abs=2)


def test_saying_nothing_is_a_second() -> None:
    assert seconds_to_wait({}) == 1
