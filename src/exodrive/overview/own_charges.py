"""What the holder of a private link is asked for beside the rental: read as the holder, so only that booking, and nothing proposed."""

from exodrive.charges.model import Charge
from exodrive.charges.store import charge_of
from exodrive.kit.db import Db

# What staff know besides is none of the holder's: the id, and when it was entered.
_OWN = """
    select b.id, g.number, g.kind, g.status, g.amount, g.fee, g.tax, g.total, g.currency, g.facts, g.reason, g.evidence, g.happened_at,
           g.due_at, g.due_at, g.ended_at, g.withdrawn_because
    from bookings b join booking_charges g on g.booking_id = b.id where b.reference = $1 and g.due_at is not null order by g.number"""


async def own_charges(db: Db, reference: str) -> tuple[Charge, ...]:
    """Return the charges of a booking as its holder sees them, in the order they were made."""
    return tuple(charge_of(row) for row in await db.fetch(_OWN, reference))
