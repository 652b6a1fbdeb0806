"""A booking for a calendar: pick-up and return as two appointments (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from exodrive.kit.words import _
from exodrive.overview.booking_page import BookingPage, Meeting
from exodrive.web.shell.site import Site

_HALF_HOUR = timedelta(minutes=30)
_LONGEST_LINE = 75  # octets, without the line break


def calendar_file(booking: BookingPage, site: Site, now: datetime, sequence: int = 0) -> bytes:
    """Return the two appointments of a booking, after so many changes. The page's address is in them, its secret link is not."""
    title = {"car": booking.car.name}
    about = (booking, site, now, sequence)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_escaped(site.company_name)}//exodrive//EN",
        *_event(*about, "pickup", _("Pick up: %(car)s") % title, booking.pickup_at, booking.pickup),
        *_event(*about, "return", _("Bring back: %(car)s") % title, booking.return_due_at - _HALF_HOUR, booking.dropoff),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(
    booking: BookingPage, site: Site, now: datetime, sequence: int, what: str, title: str, start: datetime, meeting: Meeting
) -> list[str]:
    where = f"{meeting.name}, {meeting.formatted}" if meeting.name else meeting.formatted
    page = site.url(f"/booking/{booking.reference}")
    about = _("Booking %(reference)s") % {"reference": booking.reference}
    return [
        "BEGIN:VEVENT",
        f"UID:{booking.id}-{what}@exodrive",
        f"DTSTAMP:{_stamp(now)}",
        f"SEQUENCE:{sequence}",
        f"DTSTART:{_stamp(start)}",
        f"DTEND:{_stamp(start + _HALF_HOUR)}",
        f"SUMMARY:{_escaped(title)}",
        f"LOCATION:{_escaped(where)}",
        f"DESCRIPTION:{_escaped(about)}",
        f"URL:{page}",
        "END:VEVENT",
    ]


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> bytes:
    """Break a line after 75 octets, between characters; what follows begins with a space."""
    parts, part = [], b""
    for letter in line:
        if len(part) + len(letter.encode()) > _LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += letter.encode()
    return b"\r\n".join([*parts, part]) + b"\r\n"
