"""A paid booking as its letter needs it: places, price snapshot, payment and living link."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from exodrive.kit import clock
from exodrive.kit.days import Days
from exodrive.kit.db import Db, Doors
from exodrive.kit.ids import BookingId, LocationId, new_id, new_reference
from exodrive.kit.links import LinkKeys, hash_of
from exodrive.pricing import engine
from exodrive.pricing.model import InputsV1
from tests.garage import insert, insert_booking, new_car

DAYS = Days.parse("2030-06-05..07")


@dataclass(frozen=True)
class Paid:
    """A paid booking, and the token of its private link."""

    id: BookingId
    reference: str
    email: str
    token: str


async def paid_booking(
    doors: Doors, links: LinkKeys, *, status: str = "upcoming", dropoff: LocationId | None = None, **changes: Any
) -> Paid:
    """A booking of a car at $1,000 a day for a weekend, paid in full, picked up at ours and brought back from an address."""
    car = await new_car(doors, name="Aurora GT", licence_years=3)
    inputs = InputsV1(
        car_id=car.id, start=DAYS.start, end=DAYS.end, currency="USD", base_price=Decimal(1000), tax_percent=Decimal(7),
        tax_name="Sales tax", deposit=Decimal(5000),
    )  # fmt: skip
    price = engine.price(inputs)
    booking_id, nonce = BookingId(new_id()), links.new_nonce()
    token = links.token(nonce)
    email = changes.pop("contact_email", f"ada-{booking_id}@example.com")
    columns = {
        "reference": new_reference(), "contact_email": email, "price_snapshot": engine.snapshot(price), "total_price": price.total,
        "security_deposit_amount": price.deposit,
    } | changes  # fmt: skip
    async with doors.service().scope() as db:
        await insert_booking(db, booking_id, car.id, DAYS, status=status, **columns)
        await _places(db, booking_id, car.location_id, dropoff)
        await insert(
            db, "payments", id=new_id(), booking_id=booking_id, status="captured", amount=price.total, captured_amount=price.total,
            currency="USD",
        )  # fmt: skip
        await insert(
            db, "booking_secure_tokens", id=new_id(), booking_id=booking_id, nonce=nonce, token_hash=hash_of(token),
            expires_at=clock.now() + timedelta(days=3000),
        )  # fmt: skip
    return Paid(booking_id, columns["reference"], email, token)


async def _places(db: Db, booking_id: BookingId, home: LocationId, dropoff: LocationId | None) -> None:
    start = {"location_id": home, "address_line1": "1 Test Way", "formatted_address": "1 Test Way, Miami, US"}
    end = {"location_id": dropoff, "address_line1": "9 Palm Ave", "formatted_address": "9 Palm Ave, Miami, US"}
    for kind, place in (("pickup", start), ("dropoff", end | {"special_instructions": "Ring twice"})):
        await insert(db, "booking_locations", id=new_id(), booking_id=booking_id, type=kind, city="Miami", country="US", **place)
