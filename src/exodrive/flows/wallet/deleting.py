"""Having a kept wallet deleted once its booking is settled: intent, call, record. Deleting twice does no harm.

A booking that was paid for twice, or at the second try, may have had a wallet kept by each of its orders: all of them go.
"""

import logging
from datetime import timedelta

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, BookingStatus
from exodrive.deposits.planner import is_free
from exodrive.deposits.wallets import store as wallets
from exodrive.deposits.wallets.model import Wallet, WalletStatus
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.deposit import store as deposits
from exodrive.flows.wallet import store
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError, unless_gone
from exodrive.kit import clock
from exodrive.kit.db import Db
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId

_OVER = (BookingStatus.COMPLETED, BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW)

_LATE = timedelta(days=1)  # from then on a person must hear of a wallet that PayPal does not delete

log = logging.getLogger(__name__)


async def delete_if_settled(world: World, booking_id: BookingId) -> None:
    """Have the wallet of a booking deleted when nothing is held, claimed or under way any more."""
    intent = await again(lambda: _intend(world, booking_id))
    if intent and await _ask(world, *intent):
        await again(lambda: _record(world, booking_id))


@commits("wallet.delete.intend")
async def _intend(world: World, booking_id: BookingId) -> tuple[Wallet, list[str]] | None:
    """Write down that it is to be deleted, from then on nothing is held by it; and return the orders that may have had another kept.

    None when it is needed still, or gone.
    """
    async with world.door.scope() as db:
        now = await standing.locked(db, booking_id)
        wallet = await wallets.find(db, booking_id)
        if wallet is None or wallet.status is not WalletStatus.KEPT:
            return None
        if wallet.deleting_at is None:
            if now.status not in _OVER or not await _is_settled(world, db, booking_id):
                return None
            await wallets.delete(db, booking_id)
            await bookings.tell(db, booking_id, "wallet_deletion_intended", SYSTEM)
        return wallet, await store.orders(db, booking_id)


async def _is_settled(world: World, db: Db, booking_id: BookingId) -> bool:
    found = await deposits.rental(db, booking_id)
    now = await standing.read(db, booking_id)
    return found is not None and is_free(found[0], world.deposits, now.now) and not await store.is_open(db, booking_id)


@calls("wallet.delete.ask")
async def _ask(world: World, wallet: Wallet, orders: list[str]) -> bool:
    assert wallet.token_id
    try:
        for name in {wallet.token_id, *[found for order_id in orders if (found := await _kept_by(world, order_id))]}:
            await world.paypal.delete_wallet(name)
    except GatewayError as failure:
        is_late = wallet.deleting_at is not None and clock.now() - wallet.deleting_at > _LATE
        told = {"booking": str(wallet.booking_id), "reason": repr(failure)}
        log.log(logging.CRITICAL if is_late else logging.WARNING, "a wallet is not deleted yet", extra=told)
        return False
    return True


async def _kept_by(world: World, order_id: str) -> str:
    """Return PayPal's id of the wallet that an order had kept, "" when it kept none or is gone."""
    order = await unless_gone(world.paypal.get_order(order_id))
    return order.wallet.id if order and order.wallet else ""


@commits("wallet.delete.record")
async def _record(world: World, booking_id: BookingId) -> None:
    async with world.door.scope() as db:
        await standing.locked(db, booking_id)
        if await wallets.end(db, booking_id, WalletStatus.DELETED):
            await bookings.tell(db, booking_id, "wallet_deleted", SYSTEM)
