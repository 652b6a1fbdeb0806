"""The SQL of looking at orders unasked: which of them are due."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from exodrive.kit.db import Db


class Due(msgspec.Struct, frozen=True):
    """An order, and the moment it was due to be looked at."""

    order_id: str
    at: datetime


async def due(db: Db, since: datetime, until: datetime, marks: Sequence[timedelta], limit: int) -> list[Due]:
    """Return the orders that came to one of the ``marks`` of their age after ``since`` and by ``until``, those first that came first.

    Left out is what has been paid or held by then. One that passed several marks is named once.
    """
    rows = await db.fetch(
        """
        select r.provider_id, max(r.created_at + mark) as at
        from (  -- along an index: few are of these hours, of very many
            select provider_id, operation_id, created_at from payment_results
            where created_at > $1::timestamptz - $4::interval and created_at < $2::timestamptz and outcome = 'succeeded'
            order by created_at limit 50 * $5::integer) r
        cross join unnest($3::interval[]) as mark
        cross join lateral (
            select o.booking_id, o.kind from payment_operations o where o.id = r.operation_id limit 1) o
        left join lateral (
            select true as is_done from payment_operations taken join payment_results t on t.operation_id = taken.id
            where taken.booking_id = o.booking_id and taken.target_id = r.provider_id and taken.kind in ('capture', 'hold')
              and t.outcome = 'succeeded' limit 1) done on true
        where r.created_at + mark > $1 and r.created_at + mark <= $2 and o.kind in ('create_order', 'open_hold') and done.is_done is null
        group by r.provider_id order by at limit $5""",
        since,
        until,
        list(marks),
        max(marks),
        limit,
    )
    return [Due(*row) for row in rows]
