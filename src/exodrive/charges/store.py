"""All SQL of charges by themselves. Who writes holds the lock of the booking's car."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from exodrive.charges.model import Bill, Charge, ChargeKind
from exodrive.charges.states import ChargeStatus, check_move
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id

# By name, in the order of the struct; shared with the read-only joins, which name `booking_charges g` alike.
CHARGE = """g.id, g.number, g.kind, g.status, g.amount, g.fee, g.tax, g.total, g.currency, g.facts, g.reason, g.evidence, g.happened_at,
            g.created_at, g.due_at, g.ended_at, g.withdrawn_because, g.paid"""


def charge_of(columns: Iterable[Any]) -> Charge:
    """Build a charge from the columns of CHARGE."""
    named = dict(zip(Charge.__struct_fields__, columns, strict=True))
    return Charge(**(named | {"kind": ChargeKind(named["kind"]), "status": ChargeStatus(named["status"])}))


async def add(db: Db, booking_id: BookingId, bill: Bill, status: ChargeStatus, staff_id: UUID) -> UUID:
    """Write a charge, proposed or due at once."""
    charge_id = new_id()
    await db.execute(
        """
        insert into booking_charges (id, booking_id, number, kind, status, amount, fee, tax, currency, facts, reason, evidence, happened_at,
                                     staff_id, due_at)
        select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
               case when $4 = 'due' then (select exodrive_private.now()) end
        from booking_charges where booking_id = $2""",
        charge_id,
        booking_id,
        bill.kind,
        status,
        bill.amount,
        bill.fee,
        bill.tax,
        bill.currency,
        bill.facts,
        bill.reason,
        bill.evidence,
        bill.happened_at,
        staff_id,
    )
    return charge_id


async def of_booking(db: Db, booking_id: BookingId) -> list[Charge]:
    """Return all charges of a booking, in the order they were made."""
    rows = await db.fetch(f"select {CHARGE} from booking_charges g where g.booking_id = $1 order by g.number", booking_id)  # noqa: S608
    return [charge_of(row) for row in rows]


async def find(db: Db, booking_id: BookingId, charge_id: UUID) -> Charge | None:
    """Return a charge of a booking."""
    query = f"select {CHARGE} from booking_charges g where g.booking_id = $1 and g.id = $2"  # noqa: S608
    row = await db.fetchrow(query, booking_id, charge_id)
    return charge_of(row) if row else None


async def confirm(db: Db, charge_id: UUID) -> bool:
    """Ask the renter for a charge that was proposed; False when it is not any more."""
    check_move(ChargeStatus.PROPOSED, ChargeStatus.DUE)
    done = await db.fetchval(
        """
        update booking_charges set status = 'due', due_at = (select exodrive_private.now())
        where id = $1 and status = 'proposed' returning true""",
        charge_id,
    )
    return done is not None


async def withdraw(db: Db, charge_id: UUID, old: ChargeStatus, reason: str) -> bool:
    """Take a charge back from the state it was seen in; False when it is no longer in it."""
    check_move(old, ChargeStatus.WITHDRAWN)
    done = await db.fetchval(
        """
        update booking_charges set status = 'withdrawn', withdrawn_because = $3, ended_at = (select exodrive_private.now())
        where id = $1 and status = $2 returning true""",
        charge_id,
        old,
        reason,
    )
    return done is not None


async def claim(db: Db, booking_id: BookingId, claim_id: UUID) -> None:
    """Let all that is due of a booking wait for a claim."""
    check_move(ChargeStatus.DUE, ChargeStatus.CLAIMED)
    query = "update booking_charges set status = 'claimed', claim_id = $2 where booking_id = $1 and status = 'due'"
    await db.execute(query, booking_id, claim_id)


async def of_claim(db: Db, claim_id: UUID) -> list[Charge]:
    """Return the charges that wait for a claim, in the order they were made."""
    query = f"select {CHARGE} from booking_charges g where g.claim_id = $1 and g.status = 'claimed' order by g.number"  # noqa: S608
    return [charge_of(row) for row in await db.fetch(query, claim_id)]


async def unclaim(db: Db, claim_id: UUID) -> None:
    """Let the charges of a claim that came to nothing be due again, as far as they are not paid."""
    check_move(ChargeStatus.CLAIMED, ChargeStatus.DUE)
    await db.execute("update booking_charges set status = 'due' where claim_id = $1 and status = 'claimed'", claim_id)


async def pay(db: Db, charge: Charge, amount: Decimal) -> None:
    """Pay a charge that is claimed, wholly or in part; what is left of it is due again."""
    await db.execute(
        """
        update booking_charges set paid = paid + $2, status = case when paid + $2 = total then 'settled' else 'due' end
        where id = $1 and status = 'claimed'""",
        charge.id,
        amount,
    )


async def invoice(db: Db, charge_ids: Iterable[UUID]) -> None:
    """Let charges that are due wait for an invoice."""
    check_move(ChargeStatus.DUE, ChargeStatus.INVOICED)
    await db.execute("update booking_charges set status = 'invoiced' where id = any($1::uuid[]) and status = 'due'", list(charge_ids))


async def uninvoice(db: Db, charge_ids: Iterable[UUID]) -> None:
    """Let the charges of an invoice that came to nothing be due again, as far as they are not paid."""
    check_move(ChargeStatus.INVOICED, ChargeStatus.DUE)
    await db.execute("update booking_charges set status = 'due' where id = any($1::uuid[]) and status = 'invoiced'", list(charge_ids))


async def pay_invoiced(db: Db, charge: Charge, amount: Decimal) -> None:
    """Pay a charge that is invoiced, wholly or in part; what is left of it is still waited for."""
    await db.execute(
        """
        update booking_charges set paid = paid + $2, status = case when paid + $2 = total then 'settled' else status end
        where id = $1 and status = 'invoiced'""",
        charge.id,
        amount,
    )
