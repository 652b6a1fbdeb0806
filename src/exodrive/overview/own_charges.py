"""What the holder of a private link is asked for beside the rental: read as the holder, so only that booking, and nothing proposed."""

import msgspec

from exodrive.charges.model import Charge
from exodrive.charges.store import charge_of
from exodrive.deposits.claims.model import Claim
from exodrive.deposits.claims.store import claim_of
from exodrive.kit.db import Db

# What staff know besides is none of the holder's: ids, who entered it, and when.
_CHARGES = """
    select b.id, g.number, g.kind, g.status, g.amount, g.fee, g.tax, g.total, g.currency, g.facts, g.reason, g.evidence, g.happened_at,
           g.due_at, g.due_at, g.ended_at, g.withdrawn_because, g.paid
    from bookings b join booking_charges g on g.booking_id = b.id where b.reference = $1 and g.due_at is not null order by g.number"""
_CLAIM = """
    select b.id, b.id, b.id, k.number, k.status, k.asked, k.amount, k.currency, k.answer_by, k.answer, k.objection, k.answered_at, k.reason,
           k.created_at, k.ended_at
    from bookings b join deposit_claims k on k.booking_id = b.id where b.reference = $1 order by k.number desc limit 1"""


class Owed(msgspec.Struct, frozen=True):
    """What a renter is asked for beside the rental, in the order it was, and the newest claim on their deposit."""

    charges: tuple[Charge, ...] = ()
    claim: Claim | None = None


async def own_charges(db: Db, reference: str) -> Owed:
    """Return what a booking's holder is asked for beside the rental."""
    charges = tuple(charge_of(row) for row in await db.fetch(_CHARGES, reference))
    claim = await db.fetchrow(_CLAIM, reference) if charges else None
    return Owed(charges, claim_of(claim) if claim else None)
