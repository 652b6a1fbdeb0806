"""Cars and bookings as rows, for tests that need no more than that. Every call makes new ones; what is not said is plausible."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from exodrive.kit.days import Days
from exodrive.kit.db import Doors
from exodrive.kit.ids import BookingId, CarId, LocationId, new_id, new_reference
from exodrive.pricing.kinds import Rule
from exodrive.pricing.service import save_rule

ZONE = "America/New_York"


@dataclass(frozen=True)
class MadeCar:
    """A car in the database, with its home."""

    id: CarId
    slug: str
    location_id: LocationId


async def insert(db: Any, table: str, **columns: Any) -> None:
    """Insert one row."""
    places = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await db.execute(f"insert into {table} ({', '.join(columns)}) values ({places})", *columns.values())


async def new_place(doors: Doors, hours: dict[int, tuple[time, time]] | None = None, **changes: Any) -> LocationId:
    """A place of ours, open every day from 8 to 20 unless told otherwise."""
    place = LocationId(new_id())
    columns = {"name": "Test Garage", "address_line1": "1 Test Way", "city": "Miami", "country": "US", "time_zone": ZONE} | changes
    async with doors.service().scope() as db:
        await insert(db, "locations", id=place, **columns)
        for weekday, (opens, closes) in (hours or dict.fromkeys(range(1, 8), (time(8), time(20)))).items():
            await insert(db, "location_hours", location_id=place, weekday=weekday, opens=opens, closes=closes)
    return place


async def new_car(
    doors: Doors, *, price: dict[str, Any] | None = None, fees: list[dict[str, Any]] | None = None, **changes: Any
) -> MadeCar:
    """A car at a place of its own, for $1,000 a day."""
    place = changes.pop("home_location_id", None) or await new_place(doors, time_zone=changes.pop("time_zone", ZONE))
    car, slug = CarId(new_id()), f"car-{uuid4().hex}"
    columns = {"slug": slug, "name": "Test Car", "category": "Coupe", "home_location_id": place} | changes
    rates = {"currency": "USD", "base_price": Decimal(1000), "deposit_amount": Decimal(5000)} | (price or {})
    async with doors.service().scope() as db:
        await insert(db, "cars", id=car, **columns)
        await insert(db, "car_pricing", id=new_id(), car_id=car, **rates)
        for number, fee in enumerate(fees or []):
            await insert(db, "car_additional_fees", id=new_id(), car_id=car, sort_order=number, **fee)
    return MadeCar(car, columns["slug"], place)


async def new_booking(doors: Doors, car_id: CarId, days: Days, *, status: str = "pending", **changes: Any) -> BookingId:
    """A booking without days, as far as the tables insist on it."""
    booking = BookingId(new_id())
    async with doors.service().scope() as db:
        await insert_booking(db, booking, car_id, days, status=status, **changes)
    return booking


async def insert_booking(db: Any, booking: BookingId, car_id: CarId, days: Days, *, status: str = "pending", **changes: Any) -> None:
    """The booking's row and its customer's, in a scope that is already open."""
    customer: UUID = new_id()
    email = f"{customer}@example.com"
    await insert(db, "customers", id=customer, email=email, first_name="Ada", last_name="Renter", phone="+1 305 555 0100")
    columns = {
        "reference": new_reference(),
        "customer_id": customer,
        "car_id": car_id,
        "status": status,
        "start_date": days.start,
        "end_date": days.end,
        "time_zone": ZONE,
        "pickup_at": datetime.combine(days.start, time(14), UTC),
        "return_due_at": datetime.combine(days.end, time(22), UTC),
        "contact_email": email,
        "contact_first_name": "Ada",
        "contact_last_name": "Renter",
        "contact_phone": "+1 305 555 0100",
        "driver_birth_date": date(1990, 1, 1),
        "currency": "USD",
        "total_price": Decimal(1000),
        "security_deposit_amount": Decimal(5000),
        "price_snapshot": {},
        "terms_version": "test",
        "cancellation_tiers": [],
    }
    if status == "cancelled":
        columns["cancelled_at"] = datetime.now(UTC)
    await insert(db, "bookings", id=booking, **(columns | changes))


async def house_rules(doors: Doors) -> dict[str, Decimal]:
    """The rules of the house in force, made where a kind has none: amount or percentage by kind. They hold for all tests of a database."""
    async with doors.service().scope() as db:
        for kind, column, value in (("delivery", "amount", 150), ("collection", "amount", 120), ("tax", "percent", 7)):
            currency = "'USD'" if column == "amount" else "null"
            await db.execute(
                f"""insert into price_rules (id, kind, name, {column}, currency) values ($1, $2, initcap($2), $3, {currency})
                    on conflict do nothing""",
                new_id(),
                kind,
                Decimal(value),
            )
        rows = await db.fetch(
            """select kind, coalesce(amount, percent) from price_rules
            where superseded_at is null and code = '' and car_id is null and category is null"""
        )
    return dict(rows)


async def new_rules(doors: Doors, *rules: Rule) -> None:
    """Price rules, saved as staff save them; for one car or category, because a rule of the house holds for all tests of a database."""
    async with doors.service().scope() as db:
        for rule in rules:
            await save_rule(db, rule)
