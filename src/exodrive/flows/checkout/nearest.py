"""What to offer instead of days that are gone: days on which the same order would not be refused."""

from collections.abc import Iterable

import msgspec

from exodrive.availability import service as availability
from exodrive.bookings.model import CheckoutOrder
from exodrive.flows.checkout import order as ordering
from exodrive.flows.checkout.model import Facts, Standing
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from exodrive.kit.ids import BookingId
from exodrive.overview import shop
from exodrive.overview.shop.hindered import fitting

Ranges = list[dict[str, str]]


async def nearest_for(world: World, order: CheckoutOrder, facts: Facts, *, besides: BookingId | None = None) -> Ranges:
    """Return up to three nearest ranges for an order that lost its days, as ISO texts ``start`` and ``end``.

    Everything else of the order stays: a day on which its place is closed, or its hour too soon, is none of them. Days that its own
    booking has, ``besides``, count as free.
    """
    rules, longest = world.rules, world.rules.longest_rental_days
    lawful = fitting(facts.rules, facts.house, now=facts.now, zone=facts.home_zone, longest_rental_days=longest)

    def fit(days: Days) -> Days | None:
        found = lawful(days)
        if found is None:
            return None
        return found if ordering.can_stand(msgspec.structs.replace(order, start=found.start, end=found.end), facts, rules) else None

    async with world.door.scope() as db:
        ranges = await availability.nearest_free(
            db,
            order.car_id,
            order.days,
            today=day_at(facts.now, facts.home_zone),
            furthest_day_days=rules.furthest_day_days,
            fit=fit,
            turnaround_days=facts.turnaround_days,
            besides=besides,
        )
    return told(ranges)


async def nearest_to(world: World, booking: Standing) -> Ranges:
    """Return the same for a booking whose days ran out: by the calendar of its car and the rules of its price."""
    rules = world.rules
    async with world.door.scope() as db:
        ranges = await shop.nearest_days(
            db,
            booking.car_id,
            booking.days,
            now=clock.now(),
            longest_rental_days=rules.longest_rental_days,
            furthest_day_days=rules.furthest_day_days,
        )
    return told(ranges)


def told(ranges: Iterable[Days]) -> Ranges:
    """Return ranges as ISO texts."""
    return [{"start": days.start.isoformat(), "end": days.end.isoformat()} for days in ranges]
