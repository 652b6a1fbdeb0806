"""Looking after kept wallets: finding what PayPal keeps once a booking is paid, and deleting it when the booking is settled."""

import logging
from datetime import timedelta

from exodrive.bookings import store as bookings
from exodrive.bookings.model import SYSTEM, Actor, BookingStatus
from exodrive.deposits.wallets import store as wallets
from exodrive.deposits.wallets.model import Wallet, WalletStatus
from exodrive.flows.again import again
from exodrive.flows.checkout import standing
from exodrive.flows.checkout.model import Standing
from exodrive.flows.each import each
from exodrive.flows.wallet import deleting, store
from exodrive.flows.world import World
from exodrive.gateways.errors import GatewayError, unless_gone
from exodrive.gateways.paypal import Order
from exodrive.gateways.paypal import Wallet as Shown
from exodrive.kit import outbox
from exodrive.kit.failpoints import calls, commits
from exodrive.kit.ids import BookingId

AT_ONCE = 100
PAUSE, LONGEST = timedelta(minutes=5), timedelta(days=1)
_NEVER = timedelta(days=35)  # after that PayPal tells of it no more
_OVER = (BookingStatus.CANCELLED, BookingStatus.EXPIRED)

log = logging.getLogger(__name__)


async def look_at_all(world: World) -> int:
    """Look at every wallet that is due; return how many were looked at. One that fails does not stop the others."""
    async with world.door.scope() as db:
        due = await store.due(db, PAUSE, LONGEST, AT_ONCE)
    await each(world, due, lambda booking_id: look_at(world, booking_id), "a wallet could not be looked at")
    return len(due)


@commits("wallet.look")
async def look_at(world: World, booking_id: BookingId) -> None:
    """Do what a booking's wallet wants: to be found at PayPal, or deleted there. Safe to run any number of times and beside itself."""
    async with world.door.scope() as db:
        wallet = await wallets.find(db, booking_id)
        now = await standing.read(db, booking_id)
        if wallet:
            await wallets.looked(db, booking_id)
    if wallet is None or now.status is BookingStatus.PENDING:
        return
    if wallet.status is WalletStatus.AGREED:
        await _find(world, wallet, now)
    elif wallet.status is WalletStatus.KEPT:
        await deleting.delete_if_settled(world, booking_id)


async def _find(world: World, wallet: Wallet, now: Standing) -> None:
    """Read the order that was paid: it tells of the wallet that was kept with it, as soon as that can pay."""
    try:
        order = await unless_gone(_see(world, now.order_id)) if now.order_id else None
        shown = order.wallet if order else None
        is_none = not (shown and shown.id) and _keeps_none(order, wallet, now)
        if is_none:
            shown = await _kept_before(world, now)
    except GatewayError as failure:
        log.warning("an order cannot be read for its wallet", extra={"booking": now.reference, "reason": repr(failure)})
        return
    if shown and shown.id:
        await again(lambda: keep(world, now.booking_id, shown))
    elif is_none:
        await again(lambda: end(world, now.booking_id, WalletStatus.NONE))


async def _kept_before(world: World, now: Standing) -> Shown | None:
    """Return the wallet that PayPal kept with another order of the booking, whose payment then came to nothing."""
    async with world.door.scope() as db:
        orders = await store.orders(db, now.booking_id)
    for order_id in orders:
        order = await unless_gone(_see(world, order_id)) if order_id != now.order_id else None
        if order and order.wallet and order.wallet.id:
            return order.wallet
    return None


def _keeps_none(order: Order | None, wallet: Wallet, now: Standing) -> bool:
    """Whether no wallet will come any more: what was paid kept none, nothing was paid at all, or PayPal has been silent for weeks."""
    if now.now - wallet.agreed_at > _NEVER:
        return True
    if order is None or order.wallet is None:
        return now.status in _OVER or (order is not None and order.capture is not None)
    return False


@calls("wallet.see")
async def _see(world: World, order_id: str) -> Order:
    return await world.paypal.get_order(order_id)


@commits("wallet.keep")
async def keep(world: World, booking_id: BookingId, shown: Shown | None, actor: Actor = SYSTEM) -> bool:
    """Remember what PayPal keeps, and look after the deposit; False when that is known, or its booking had no wallet kept."""
    assert shown is not None
    async with world.door.scope() as db:
        await standing.locked(db, booking_id)
        kept = await wallets.keep(db, booking_id, shown.id)
        if kept:
            await bookings.tell(db, booking_id, "wallet_kept", actor)
            await outbox.enqueue(db, "deposits.look", booking_id=booking_id)
        return kept


@commits("wallet.end")
async def end(world: World, booking_id: BookingId, how: WalletStatus, actor: Actor = SYSTEM) -> None:
    """Remember that there is no wallet, or none any more: the deposit is asked for as any other."""
    async with world.door.scope() as db:
        await standing.locked(db, booking_id)
        if await wallets.end(db, booking_id, how):
            await bookings.tell(db, booking_id, f"wallet_{how}", actor)
            await outbox.enqueue(db, "deposits.look", booking_id=booking_id)


@commits("wallet.check.look")
async def check(world: World, booking_id: BookingId, actor: Actor = SYSTEM) -> str:
    """Read whether PayPal still keeps a wallet that somebody said is gone. Raises GatewayError, and is then to be tried again."""
    async with world.door.scope() as db:
        wallet = await wallets.find(db, booking_id)
    if wallet is None or wallet.status is not WalletStatus.KEPT or wallet.deleting_at:
        return "known"
    assert wallet.token_id
    if await see(world, wallet.token_id):
        return "kept"
    await again(lambda: end(world, booking_id, WalletStatus.CANCELLED, actor))
    return "cancelled"


@calls("wallet.read")
async def see(world: World, token_id: str) -> Shown | None:
    """Read a wallet; None when PayPal keeps it no longer. Raises GatewayError when that is not known."""
    return await unless_gone(world.paypal.get_wallet(token_id))
