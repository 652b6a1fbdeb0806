"""Where the demo's cars are handed over: our own places, and now and then the door of an invented hotel."""

from decimal import Decimal

from exodrive.operate.seed.house import DemoPlace, id_of
from exodrive.operate.seed.life import Life
from exodrive.operate.seed.store import Row
from exodrive.pricing.model import Price

_HOTELS = (
    ("Hotel Bahia Clara", "72 Lantern Palm Avenue", "33139"),
    ("The Meridian Keys", "5 Harbor Glass Way", "33131"),
    ("Casa Almendra", "410 Banyan Court", "33134"),
)


def place_rows(life: Life, price: Price) -> list[Row]:
    """Return pick-up and return of a booking; a delivered car is brought to a hotel and returned to its home."""
    pickup = _hotel(life) if life.delivered else _ours(life.home)
    fee = price.inputs.delivery_fee or Decimal(0)
    return [_row(life, "pickup", pickup, fee), _row(life, "dropoff", _ours(life.home), Decimal(0))]


def _row(life: Life, kind: str, place: Row, fee: Decimal) -> Row:
    return {"id": id_of("booking place", f"{life.name} {kind}"), "booking_id": life.id, "type": kind, **place, "fee": fee}


def _ours(place: DemoPlace) -> Row:
    lines = [place.line1, place.line2, "Miami", f"FL {place.postal_code}", "US"]
    return {
        "location_id": place.id,
        "name": place.name,
        "address_line1": place.line1,
        "address_line2": place.line2,
        "city": "Miami",
        "state_province": "FL",
        "postal_code": place.postal_code,
        "country": "US",
        "formatted_address": ", ".join(line for line in lines if line),
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def _hotel(life: Life) -> Row:
    name, line, postal_code = _HOTELS[life.stay.seed % len(_HOTELS)]
    return {
        "location_id": None,
        "name": name,
        "address_line1": line,
        "address_line2": None,
        "city": "Miami",
        "state_province": "FL",
        "postal_code": postal_code,
        "country": "US",
        "formatted_address": f"{name}, {line}, Miami, FL {postal_code}, US",
        "latitude": None,
        "longitude": None,
    }
