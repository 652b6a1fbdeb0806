"""What the demo tells the public: the top of its home page, and what renters said once their car was back."""

from datetime import datetime, timedelta
from random import Random

import msgspec

from exodrive.bookings.states import BookingStatus
from exodrive.operate.seed.cars import car_id
from exodrive.operate.seed.house import id_of
from exodrive.operate.seed.life import Life
from exodrive.operate.seed.store import Row, Table

_LEADING = "averno-v10"
_FIRST_LOOK = timedelta(days=2)  # so long a review waits for staff
_WORDS = (
    (5, "Exactly the car in the pictures, and spotless. Handing over took five minutes on either end."),
    (5, "We drove down to the Keys and back and nobody wanted to get out. The calendar, the price, the deposit: all as promised."),
    (4, "Wonderful car. I would have liked the showroom to open an hour earlier."),
    (5, "Booked on Monday evening, driving on Friday. They even showed me how the front lift works."),
    (3, "The car is great. My delivery came half an hour late, though they called before."),
    (4, ""),
    (5, "Third time with them. It is always the very car you chose."),
    (4, "A joy on the causeway, and less thirsty than I feared. The boot takes one bag, believe them."),
)


class Said(msgspec.Struct, frozen=True):
    """A review of a demo booking, and when it was left."""

    at: datetime
    rating: int
    comment: str


def front_rows() -> list[Table]:
    """Return the rows of the home page."""
    hero = {
        "id": id_of("hero", "first"),
        "badge_text": "Miami, all year",
        "title": "Extraordinary cars,\nby the day",
        "subtitle": "Pick your days, see the whole price, pay, and collect the keys.",
        "background_src": f"fleet/{_LEADING}-front34",
        "is_active": True,
    }
    return [("hero_content", [hero]), ("homepage_settings", [{"id": id_of("home", "only"), "featured_car_id": car_id(_LEADING)}])]


def said_of(life: Life, now: datetime) -> Said | None:
    """Return what the renter of a booking said, or None: two of three say something, within a day of the return."""
    rng = Random(f"said {life.stay.seed}")  # noqa: S311 - a story, not a secret
    if life.status is not BookingStatus.COMPLETED or life.returned_at is None or rng.random() < 1 / 3:
        return None
    at = life.returned_at + timedelta(minutes=rng.randint(60, 1400))
    return Said(at, *rng.choice(_WORDS)) if at < now else None


def review_row(life: Life, said: Said, now: datetime) -> Row:
    """Return the row of a review; the newest ones still wait for staff."""
    shown_at = said.at + _FIRST_LOOK
    person = life.person
    return {
        "id": id_of("review", life.name),
        "car_id": car_id(life.stay.slug),
        "booking_id": life.id,
        "date": life.stay.days.start,
        "name": f"{person.first_name} {person.last_name[0]}.",
        "rating": said.rating,
        "comment": said.comment,
        "is_approved": shown_at < now,
        "decided_at": shown_at if shown_at < now else None,
        "created_at": said.at,
    }
