"""All SQL of holds and of what staff must know about them. Who writes holds the lock of the booking's car."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from exodrive.deposits.model import CERTAIN, LIFE, Hold, Way
from exodrive.deposits.states import HoldStatus, check_move
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId, new_id
from exodrive.kit.money import Money

_HOLD = """
    select h.id, h.booking_id, h.number, h.way, h.status, h.amount, h.currency, h.paypal_order_id, h.approve_url, h.parent_authorization_id,
           h.authorization_id, h.authorized_at, h.covered_until, h.guaranteed_until, h.renewed_at, h.claimed_amount, h.created_at
    from deposit_holds h"""
_NAMES = Hold.__struct_fields__


async def ask(db: Db, booking_id: BookingId, money: Money, way: Way = Way.APPROVAL) -> UUID:
    """Write a hold that the renter is to approve."""
    hold_id = new_id()
    await db.execute(
        """
        insert into deposit_holds (id, booking_id, number, way, status, amount, currency)
        select $1, $2, coalesce(max(number), 0) + 1, $3, 'asked', $4, $5 from deposit_holds where booking_id = $2""",
        hold_id,
        booking_id,
        way,
        money.amount,
        money.currency,
    )
    return hold_id


async def find(db: Db, hold_id: UUID) -> Hold | None:
    """Return a hold."""
    return _hold(await db.fetchrow(f"{_HOLD} where h.id = $1", hold_id))


async def of_order(db: Db, order_id: str) -> Hold | None:
    """Return the hold that an order at PayPal is for."""
    return _hold(await db.fetchrow(f"{_HOLD} where h.paypal_order_id = $1", order_id))


async def of_authorization(db: Db, authorization_id: str) -> Hold | None:
    """Return the hold behind one of PayPal's ids, the first or the present one."""
    return _hold(await db.fetchrow(f"{_HOLD} where h.authorization_id = $1 or h.parent_authorization_id = $1", authorization_id))


async def of_booking(db: Db, booking_id: BookingId) -> list[Hold]:
    """Return all holds of a booking, in the order they were asked for."""
    rows = await db.fetch(f"{_HOLD} where h.booking_id = $1 order by h.number", booking_id)
    return [Hold(**dict(zip(_NAMES, _typed(row), strict=True))) for row in rows]


def _hold(row: Any) -> Hold | None:
    return Hold(**dict(zip(_NAMES, _typed(row), strict=True))) if row else None


def _typed(row: Any) -> tuple[Any, ...]:
    return *row[:3], Way(row[3]), HoldStatus(row[4]), *row[5:]


async def opened(db: Db, hold_id: UUID, order_id: str, approve_url: str | None) -> None:
    """Remember where the renter approves a hold that is asked for."""
    await db.execute(
        "update deposit_holds set paypal_order_id = $2, approve_url = $3 where id = $1 and status in ('asked', 'dropped')",
        hold_id,
        order_id,
        approve_url,
    )


async def forget_order(db: Db, hold_id: UUID, order_id: str) -> None:
    """Forget where a hold was approved, if it is still this order: the next press opens a new one."""
    await db.execute("update deposit_holds set approve_url = null where id = $1 and paypal_order_id = $2", hold_id, order_id)


async def placed(db: Db, hold_id: UUID, authorization_id: str, at: datetime, until: datetime | None) -> bool:
    """Remember that the money is held from a moment on, also where that was not waited for any more; False when it was decided first."""
    check_move(HoldStatus.ASKED, HoldStatus.HELD)
    done = await db.fetchval(
        """
        update deposit_holds set status = 'held', authorization_id = $2, parent_authorization_id = $2, authorized_at = $3,
               covered_until = $4, guaranteed_until = $5, approve_url = null, ended_at = null
        where id = $1 and status in ('asked', 'dropped') returning true""",
        hold_id,
        authorization_id,
        at,
        until or at + LIFE,
        at + CERTAIN,
    )
    return done is not None


async def renewed(db: Db, hold_id: UUID, authorization_id: str, at: datetime) -> None:
    """Remember that a hold goes on under another id, and is certain for three more days; it lives no longer."""
    await db.execute(
        "update deposit_holds set authorization_id = $2, renewed_at = $3, guaranteed_until = least(covered_until, $4) where id = $1",
        hold_id,
        authorization_id,
        at,
        at + CERTAIN,
    )


async def not_renewed(db: Db, hold_id: UUID, at: datetime) -> None:
    """Remember that PayPal refused to renew a hold; it is not asked again."""
    await db.execute("update deposit_holds set renewed_at = $2 where id = $1", hold_id, at)


async def end(db: Db, hold_id: UUID, old: HoldStatus, new: HoldStatus) -> bool:
    """End a hold from the state it was seen in; False when it is no longer in it."""
    check_move(old, new)
    done = await db.fetchval(
        """
        update deposit_holds set status = $3, approve_url = null, ended_at = (select exodrive_private.now())
        where id = $1 and status = $2 returning true""",
        hold_id,
        old,
        new,
    )
    return done is not None


async def drop(db: Db, hold_id: UUID) -> None:
    """End a hold that was asked for and not placed; its order may be approved later, for another."""
    check_move(HoldStatus.ASKED, HoldStatus.DROPPED)
    await db.execute(
        """
        update deposit_holds set status = 'dropped', paypal_order_id = null, approve_url = null, ended_at = (select exodrive_private.now())
        where id = $1 and status = 'asked'""",
        hold_id,
    )


async def claimed(db: Db, hold_id: UUID, amount: Decimal) -> bool:
    """Remember that so much of a hold was taken, and the rest given back; False when it is not in force any more."""
    check_move(HoldStatus.HELD, HoldStatus.CLAIMED)
    done = await db.fetchval(
        """
        update deposit_holds set status = 'claimed', claimed_amount = $2, ended_at = (select exodrive_private.now())
        where id = $1 and status in ('held', 'lapsed') returning true""",
        hold_id,
        amount,
    )
    return done is not None


async def set_alarms(db: Db, booking_id: BookingId, kinds: Collection[str], among: Collection[str]) -> list[str]:
    """Open the alarms of a booking that are on, close those of ``among`` that are not; return the ones that are new."""
    await db.execute(
        """
        update booking_alarms set closed_at = greatest(opened_at, (select exodrive_private.now()))
        where booking_id = $1 and closed_at is null and kind = any($2::text[]) and not kind = any($3::text[])""",
        booking_id,
        list(among),
        list(kinds),
    )
    rows = await db.fetch(
        """
        insert into booking_alarms (booking_id, kind) select $1, unnest($2::text[])
        on conflict (booking_id, kind) where closed_at is null do nothing returning kind""",
        booking_id,
        sorted(kinds),
    )
    return [row[0] for row in rows]


async def open_alarms(db: Db, booking_id: BookingId) -> list[tuple[str, datetime]]:
    """Return what staff must know of at once about a booking, and since when."""
    rows = await db.fetch(
        "select kind, opened_at from booking_alarms where booking_id = $1 and closed_at is null order by opened_at", booking_id
    )
    return [(row[0], row[1]) for row in rows]
