"""Places, their hours and their address."""

from datetime import date, time
from uuid import uuid4

from exodrive.fleet.model import Hours, Location
from exodrive.kit.ids import LocationId


def place(*hours: Hours, **changes) -> Location:
    columns = {
        "id": LocationId(uuid4()),
        "name": "Brickell Showroom",
        "address_line1": "1180 Mangrove Exchange",
        "address_line2": None,
        "city": "Miami",
        "state_province": "FL",
        "postal_code": "33131",
        "country": "US",
        "latitude": None,
        "longitude": None,
        "phone": None,
        "directions": None,
        "time_zone": "America/New_York",
        "is_active": True,
    }
    return Location(**(columns | changes), hours=hours)


def test_hours_go_by_the_iso_weekday():
    friday = Hours(5, time(9), time(19))
    assert place(friday).hours_on(date(2026, 6, 5)) == friday
    assert place(friday).hours_on(date(2026, 6, 6)) is None


def test_an_address_is_one_line_without_gaps():
    assert place().formatted_address == "1180 Mangrove Exchange, Miami, FL 33131, US"
    full = place(address_line2="Ground floor", state_province=None)
    assert full.formatted_address == "1180 Mangrove Exchange, Ground floor, Miami, 33131, US"
