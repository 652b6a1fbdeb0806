"""Moments as staff type them: a day and a time on some wall clock, both or neither."""

from datetime import date, datetime, time

from exodrive.kit.days import moment_at
from exodrive.kit.errors import BadInput
from exodrive.kit.words import _


def moment_of(day: date | None, hour: time | None, zone: str) -> datetime | None:
    """Return the moment of a wall clock; None when neither day nor time is said. Raises BadInput where only one is."""
    if day is None and hour is None:
        return None
    if day is None or hour is None:
        missing = "day" if day is None else "hour"
        raise BadInput(_("Please check the fields that are marked."), fields={missing: _("Give both day and time, or neither.")})
    return moment_at(day, hour, zone)
