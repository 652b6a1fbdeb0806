"""All SQL that asks the money's book by ids of PayPal's."""

from collections.abc import Iterable

import msgspec

from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, OperationId
from exodrive.payments.model import End, Kind


class Opened(msgspec.Struct, frozen=True):
    """By which attempt an order was opened, whom PayPal said it pays, and the deposit that is to be held by it, if one is."""

    attempt: int
    payee: str | None
    deposit: str | None


async def opened_by(db: Db, booking_id: BookingId, order_id: str) -> Opened | None:
    """Return how an order of a booking, or of a change of it, was opened; None for one that we did not open for it."""
    row = await db.fetchrow(
        """
        select o.attempt, r.details ->> 'merchant_id', o.request ->> 'deposit'
        from payment_operations o join payment_results r on r.operation_id = o.id
        where o.booking_id = $1 and o.kind = 'create_order' and r.provider_id = $2 and r.outcome = 'succeeded'""",
        booking_id,
        order_id,
    )
    return Opened(*row) if row else None


async def payee_of(db: Db, booking_id: BookingId, capture_id: str) -> str | None:
    """Return who was paid by a capture; None when nobody was named."""
    payee: str | None = await db.fetchval(
        """
        select o.request ->> 'payee' from payment_operations o join payment_results r on r.operation_id = o.id
        where o.booking_id = $1 and o.kind = 'capture' and r.provider_id = $2 and r.outcome = 'succeeded'""",
        booking_id,
        capture_id,
    )
    return payee


class Known(msgspec.Struct, frozen=True):
    """An intent, or what was done at PayPal's own site, by an id that PayPal gave it; ``end`` is the newest."""

    name: str
    booking_id: BookingId
    operation_id: OperationId
    kind: Kind
    end: End


async def known(db: Db, names: Iterable[str]) -> list[Known]:
    """Return what our book knows under any of these ids, whichever result named it."""
    rows = await db.fetch(
        """
        select distinct named.provider_id, o.booking_id, o.id, o.kind, last.outcome
        from payment_results named join payment_operations o on o.id = named.operation_id
        join lateral (select r.outcome from payment_results r where r.operation_id = o.id order by r.id desc limit 1) last on true
        where named.provider_id = any($1::text[])""",
        list(names),
    )
    return [Known(row[0], BookingId(row[1]), OperationId(row[2]), Kind(row[3]), End(row[4])) for row in rows]


async def is_booked_by_another(db: Db, operation_id: OperationId, kind: Kind, name: str) -> bool:
    """Tell whether money that moved under an id of PayPal's is in our book already, by another intent or done at PayPal's own site."""
    return bool(
        await db.fetchval(
            """
            select exists (select from payment_results r join payment_operations o on o.id = r.operation_id
                           where r.provider_id = $1 and r.outcome = 'succeeded' and o.kind = $2 and o.id <> $3)""",
            name,
            kind,
            operation_id,
        )
    )


async def open_intents(db: Db, booking_id: BookingId, kind: Kind) -> list[OperationId]:
    """Return all intents of a kind for a booking and its changes whose end is not known, the oldest first."""
    rows = await db.fetch(
        """
        select o.id from payment_operations o where o.booking_id = $1 and o.kind = $2
        and not exists (select from payment_results r where r.operation_id = o.id and r.is_final) order by o.attempt""",
        booking_id,
        kind,
    )
    return [OperationId(row[0]) for row in rows]


async def captures_of(db: Db, orders: Iterable[str]) -> list[str]:
    """Return the captures that took the money of any of these orders."""
    rows = await db.fetch(
        """
        select taken.provider_id from payment_results opened
        join payment_operations o on o.id = opened.operation_id and o.kind = 'create_order'
        join payment_operations c on c.booking_id = o.booking_id and c.kind = 'capture' and c.target_id = opened.provider_id
        join payment_results taken on taken.operation_id = c.id and taken.outcome = 'succeeded'
        where opened.provider_id = any($1::text[])""",
        list(orders),
    )
    return [row[0] for row in rows]
