"""More days, asked for while the car is out."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.trips.trip import Trip


async def extend(trip: "Trip") -> None:
    """Ask for more days, and pay for them."""
    trip.meets("asked for more days")
