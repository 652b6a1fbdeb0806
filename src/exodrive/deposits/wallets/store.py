"""All SQL of kept wallets. Who writes holds the lock of the booking's car."""

from collections.abc import Collection
from typing import Any

from exodrive.deposits.wallets.model import Agreed, Wallet, WalletStatus
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId

_OPEN = (WalletStatus.AGREED, WalletStatus.KEPT)


async def agree(db: Db, booking_id: BookingId) -> None:
    """Write down that a renter lets PayPal keep the wallet that pays this booking, for its deposit."""
    await db.execute("insert into paypal_wallets (booking_id, status) values ($1, 'agreed')", booking_id)


async def is_agreed(db: Db, booking_id: BookingId) -> bool:
    """Tell whether PayPal is to be asked to keep the wallet."""
    return bool(await db.fetchval("select exists (select from paypal_wallets where booking_id = $1 and status = 'agreed')", booking_id))


async def find(db: Db, booking_id: BookingId) -> Wallet | None:
    """Return the wallet of a booking."""
    return _wallet(
        await db.fetchrow(
            "select booking_id, status, token_id, agreed_at, deleting_at from paypal_wallets where booking_id = $1", booking_id
        )
    )


async def served(db: Db, booking_id: BookingId) -> Agreed | None:
    """Return how the wallet of a booking stands, for who may not see PayPal's id of it."""
    row = await db.fetchrow("select status, agreed_at from paypal_wallets where booking_id = $1", booking_id)
    return Agreed(WalletStatus(row[0]), row[1]) if row else None


async def of_token(db: Db, token_id: str) -> Wallet | None:
    """Return the wallet behind an id of PayPal's."""
    return _wallet(
        await db.fetchrow("select booking_id, status, token_id, agreed_at, deleting_at from paypal_wallets where token_id = $1", token_id)
    )


def _wallet(row: Any) -> Wallet | None:
    if row is None:
        return None
    return Wallet(booking_id=row[0], status=WalletStatus(row[1]), token_id=row[2], agreed_at=row[3], deleting_at=row[4])


async def keep(db: Db, booking_id: BookingId, token_id: str) -> bool:
    """Remember that PayPal keeps a wallet, also one that was not expected any more; False when it is known, or was ended.

    Another one that came after the first was deleted goes the same way: its ``deleting_at`` stands already.
    """
    done = await db.fetchval(
        """
        update paypal_wallets set status = 'kept', token_id = $2, ended_at = null
        where booking_id = $1 and (status in ('agreed', 'none') or status = 'deleted' and token_id <> $2) returning true""",
        booking_id,
        token_id,
    )
    return done is not None


async def expect(db: Db, booking_id: BookingId) -> None:
    """Look for a wallet once more that was not expected any more: what it was to be kept with was paid after all."""
    await db.execute(
        "update paypal_wallets set status = 'agreed', ended_at = null, looked_at = null where booking_id = $1 and status = 'none'",
        booking_id,
    )


async def looked(db: Db, booking_id: BookingId) -> None:
    """Remember that it was looked at: the next look is later."""
    await db.execute("update paypal_wallets set looked_at = (select exodrive_private.now()) where booking_id = $1", booking_id)


async def delete(db: Db, booking_id: BookingId) -> None:
    """Write the intent to have a kept wallet deleted."""
    await db.execute(
        """
        update paypal_wallets set deleting_at = (select exodrive_private.now())
        where booking_id = $1 and status = 'kept' and deleting_at is null""",
        booking_id,
    )


async def end(db: Db, booking_id: BookingId, new: WalletStatus) -> bool:
    """Remember how a wallet ended; False when it had."""
    done = await db.fetchval(
        """
        update paypal_wallets set status = $2, ended_at = (select exodrive_private.now())
        where booking_id = $1 and status = any($3::text[]) returning true""",
        booking_id,
        new,
        _from(new),
    )
    return done is not None


def _from(new: WalletStatus) -> Collection[WalletStatus]:
    """From where a wallet may end so."""
    return [WalletStatus.AGREED] if new is WalletStatus.NONE else [WalletStatus.KEPT]
