"""Places and times that the checkout offers."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from exodrive.fleet.model import Hours, Location
from exodrive.kit.ids import LocationId, new_id
from exodrive.pricing.kinds import AfterHours
from exodrive.web.storefront.places import NOTICE, likely_place, likely_time, place_choices, time_choices

ZONE = "America/New_York"
MONDAY, SUNDAY = date(2026, 11, 30), date(2026, 12, 6)
NOON = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)  # 12:00 in Miami


def place(name: str, hours: dict[int, tuple[int, int]]) -> Location:
    opening = tuple(Hours(day, time(opens), time(closes)) for day, (opens, closes) in hours.items())
    return Location(LocationId(new_id()), name, "1 Way", None, "Miami", "FL", "33131", "US", None, None, None, None, ZONE, True, opening)


WEEKDAYS = place("Showroom", dict.fromkeys(range(1, 7), (9, 17)))
DAILY = place("Hangar", dict.fromkeys(range(1, 8), (7, 22)))


def test_a_place_tells_its_hours_on_the_day() -> None:
    monday, sunday = place_choices([WEEKDAYS], MONDAY)[0], place_choices([WEEKDAYS], SUNDAY)[0]
    assert (monday.is_closed, sunday.is_closed) == (False, True)
    assert monday.hours.replace("\u202f", " ") == "Open 9:00 AM – 5:00 PM"
    assert sunday.hours == "Closed on this day"


def test_a_day_offers_only_what_is_still_to_come() -> None:
    assert time_choices(MONDAY, ZONE, NOON + NOTICE)[0].value == "13:00"
    assert time_choices(MONDAY + timedelta(days=1), ZONE, NOON)[0].value == "06:00"


def test_the_night_is_offered_where_it_has_a_fee() -> None:
    tomorrow = MONDAY + timedelta(days=1)
    late = AfterHours(name="Late", amount=Decimal(75), currency="USD", since=time(20), until=time(1))
    offered = [choice.value for choice in time_choices(tomorrow, ZONE, NOON, [late])]
    assert (offered[:3], offered[-1], len(offered)) == (["00:00", "00:30", "06:00"], "23:30", 38)


def test_late_at_night_today_offers_nothing() -> None:
    assert time_choices(MONDAY, ZONE, NOON + timedelta(hours=11)) == ()


def test_the_cars_home_is_likely_unless_it_is_closed() -> None:
    assert likely_place([DAILY, WEEKDAYS], WEEKDAYS, MONDAY) == str(WEEKDAYS.id)
    assert likely_place([DAILY, WEEKDAYS], WEEKDAYS, SUNDAY) == str(DAILY.id)


def test_a_likely_time_lies_within_the_hours_and_in_the_future() -> None:
    later = MONDAY + timedelta(days=1)
    assert likely_time(time(18), WEEKDAYS, later, time_choices(later, ZONE, NOON + NOTICE)) == "17:00"
    assert likely_time(time(6), WEEKDAYS, later, time_choices(later, ZONE, NOON + NOTICE)) == "09:00"
    assert likely_time(time(10), DAILY, MONDAY, time_choices(MONDAY, ZONE, NOON + NOTICE)) == "13:00"
