"""What was read when the demo's cars went out and came back: so that whoever has one now can bring it back."""

from datetime import datetime, timedelta

from exodrive.handovers.model import Way
from exodrive.operate.seed.cars import car_id
from exodrive.operate.seed.house import id_of
from exodrive.operate.seed.life import Life
from exodrive.operate.seed.store import Row
from exodrive.operate.seed.terms import TERMS

_A_DAY = 20  # driven each day on average: few enough for the youngest car of the fleet
_DAY = timedelta(days=1)
_FULL, _LESS = 100, 96


def handover_rows(life: Life, now: datetime) -> list[Row]:
    """Return what was read of a booking's car; the odometer only ever rises, to what the car shows today."""
    moments = ((Way.OUT, life.handed_over_at, _FULL), (Way.IN, life.returned_at, _LESS))
    return [_row(life, way, at, fuel, now) for way, at, fuel in moments if at is not None]


def _row(life: Life, way: Way, at: datetime, fuel: int, now: datetime) -> Row:
    driven_since = int((now - at) / _DAY * _A_DAY)
    about = {"id": id_of(f"hand-over {way}", life.name), "booking_id": life.id, "car_id": car_id(life.stay.slug), "way": way, "at": at}
    return about | {"odometer": TERMS[life.stay.slug].odometer - driven_since, "fuel": fuel, "noted_at": at}
