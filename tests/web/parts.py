"""Bookings that are paid in two parts, for tests over HTTP."""

from decimal import Decimal
from typing import Any

import asyncpg

from exodrive.pricing.kinds import PartPayment
from tests.builders import Build, Made, days_ahead
from tests.garage import new_rules


async def in_two_parts(build: Build, *, ahead: int = 20, **order: Any) -> Made:
    """A booking of which 30 percent are paid, and the rest is due a week before the pick-up."""
    car = await build.car()
    await new_rules(build.doors, PartPayment(name="In two parts", percent=Decimal(30), days_before=7, car_id=car.id))
    return await build.paid(car, days_ahead(ahead, 3), part_payment=True, **order)


async def rest_of(build: Build, made: Made) -> tuple[str, str]:
    """How the rest of a booking stands, and how much it is as pages write it."""
    [(status, amount)] = await build.rows("select status, amount from booking_instalments where booking_id = $1", made.id)
    return status, f"${amount:,.2f}"


async def due_in(build: Build, made: Made, days: int) -> None:
    """Let the rest be due so many days from now, behind everybody's back."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute(
        """with moved as (update bookings set due_on = (exodrive_private.now() at time zone time_zone)::date + $2::integer
                          where id = $1 returning id, due_on)
           update booking_instalments i set due_on = moved.due_on from moved where i.booking_id = moved.id""",
        made.id,
        days,
    )
    await db.close()
