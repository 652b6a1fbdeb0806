"""What to offer instead of days that are gone."""

from exodrive.availability import service as availability
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.days import Days, day_at
from exodrive.kit.ids import CarId


async def nearest_free(world: World, car_id: CarId, days: Days, zone: str, turnaround_days: int) -> list[dict[str, str]]:
    """Return up to three nearest free ranges as long as these days, as ISO texts ``start`` and ``end``."""
    async with world.door.scope() as db:
        ranges = await availability.nearest_free(
            db,
            car_id,
            days,
            today=day_at(clock.now(), zone),
            furthest_day_days=world.rules.furthest_day_days,
            turnaround_days=turnaround_days,
        )
    return [{"start": free.start.isoformat(), "end": free.end.isoformat()} for free in ranges]
