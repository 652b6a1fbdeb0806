"""The look at the money's book that an operator takes by hand."""

from exodrive.kit.db import Doors
from exodrive.overview.money_check import Difference, differences


async def check(worker_url: str, reference: str | None = None) -> list[Difference]:
    """Return what differs between payments and their book, of all bookings or of one."""
    doors = await Doors.open(worker=worker_url, size=2)
    try:
        async with doors.service().scope() as db:
            return await differences(db, reference)
    finally:
        await doors.close()
