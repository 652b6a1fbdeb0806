"""The SQL of a comparison's progress: begun once a day, taken up by one worker at a time, and gone on with where it was left."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from exodrive.flows.comparison.model import Phase, Run
from exodrive.kit.db import Db
from exodrive.kit.ids import new_id


async def begin(db: Db, window: timedelta) -> None:
    """Begin the comparison of today (UTC), unless one has begun today or another is not finished.

    It looks back as far as the one would have that was due a day after the last that came to its end: what changed while none did is not
    left out. The first one looks at all there is.
    """
    await db.execute(
        """
        insert into money_comparisons (id, since, phase, events_until)
        select $1, case when last.began_at is null then 'epoch' else least(clock.now, last.began_at + interval '1 day') - $2::interval end,
               'bookings', clock.now
        from (select exodrive_private.now() as now) clock,
             (select max(began_at) as began_at from money_comparisons where finished_at is not null) last
        where not exists (select from money_comparisons
                          where finished_at is null or began_at >= date_trunc('day', clock.now, 'UTC'))
        on conflict do nothing""",
        new_id(),
        window,
    )


async def take(db: Db, lease: timedelta) -> Run | None:
    """Take up the comparison that is not finished for so long at most; None when there is none, or somebody is at it."""
    row = await db.fetchrow(
        """
        update money_comparisons set working_until = (select exodrive_private.now()) + $1::interval
        where finished_at is null and (working_until is null or working_until <= (select exodrive_private.now()))
        returning id, since, phase, after, events_until""",
        lease,
    )
    return _run(row) if row else None


async def rest(db: Db, run_id: UUID, paused_by: str | None) -> None:
    """Let go of a comparison, with the reason when it was cut short."""
    await db.execute("update money_comparisons set working_until = null, paused_by = $2 where id = $1", run_id, paused_by)


async def compared(db: Db, run: Run, booking_id: UUID, booked: int) -> Run:
    """Remember that a booking was compared."""
    return _run(
        await db.fetchrow(
            """
            update money_comparisons set after = $2, bookings = bookings + 1, booked = booked + $3 where id = $1
            returning id, since, phase, after, events_until""",
            run.id,
            booking_id,
            booked,
        )
    )


async def read_down_to(db: Db, run: Run, until: datetime, events: int, booked: int) -> Run:
    """Remember down to which moment PayPal's list of events was read."""
    return _run(
        await db.fetchrow(
            """
            update money_comparisons set events_until = $2, events = events + $3, booked = booked + $4 where id = $1
            returning id, since, phase, after, events_until""",
            run.id,
            until,
            events,
            booked,
        )
    )


async def move(db: Db, run: Run, phase: Phase) -> Run:
    """Go on to the next phase; the last one ends the comparison."""
    return _run(
        await db.fetchrow(
            """
            update money_comparisons set phase = $2, finished_at = case when $2 = 'done' then (select exodrive_private.now()) end
            where id = $1 returning id, since, phase, after, events_until""",
            run.id,
            phase,
        )
    )


def _run(row: Any) -> Run:
    return Run(row[0], row[1], Phase(row[2]), row[3], row[4])
