"""Calendar days at a place: ranges with both ends included, and the way between days and moments."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

ONE_DAY = timedelta(days=1)


class Days(msgspec.Struct, frozen=True, order=True):
    """A run of calendar days, both ends included; the same day twice is one day."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a range cannot end before it starts")

    def __len__(self) -> int:
        return (self.end - self.start).days + 1

    def __iter__(self) -> Iterator[date]:
        return (self.start + ONE_DAY * n for n in range(len(self)))

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.start <= day <= self.end

    def overlaps(self, other: "Days") -> bool:
        """Tell whether the two ranges share a day."""
        return self.start <= other.end and other.start <= self.end

    @classmethod
    def parse(cls, text: str) -> "Days":
        """Read ``2026-06-01..2026-06-03``, ``2026-06-01..03`` or one single day."""
        first, _, last = text.partition("..")
        return cls(date.fromisoformat(first), date.fromisoformat(first[: -len(last)] + last if last else first))


def day_at(moment: datetime, zone: str) -> date:
    """Return the calendar day it is at a place (IANA zone) at a moment."""
    return moment.astimezone(ZoneInfo(zone)).date()


def moment_at(day: date, clock_time: time, zone: str) -> datetime:
    """Return the moment, in UTC, when the wall clock of a place shows this day and time.

    A time that the wall clock skips in spring is read with the offset before the change, or with the one after it where that would lie
    on the next day, as in Greenland, whose clocks jump to midnight; of a time shown twice in autumn the first is meant (PEP 495, fold=0).
    """
    wall = datetime.combine(day, clock_time, tzinfo=ZoneInfo(zone))
    moment = wall.astimezone(UTC)
    return moment if day_at(moment, zone) == day else wall.replace(fold=1).astimezone(UTC)
