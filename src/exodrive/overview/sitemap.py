"""What search engines may find of the fleet: each shown car with the moment it last changed."""

from datetime import datetime

import msgspec

from exodrive.kit.db import Db


class Shown(msgspec.Struct, frozen=True):
    """A car of the shop window: ``changed`` is when it or its price last changed."""

    slug: str
    changed: datetime


async def shown(db: Db) -> list[Shown]:
    """Return the shown cars in the operator's order; a car without a price is not shown. One round trip."""
    rows = await db.fetch(
        """select c.slug, greatest(c.updated_at, p.updated_at) from cars c join car_pricing p on p.car_id = c.id
           where not c.hidden order by c.sort_order, c.id"""
    )
    return [Shown(*row) for row in rows]
