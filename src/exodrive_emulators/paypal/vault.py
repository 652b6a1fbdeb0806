"""Wallets that are kept: made when an order was paid with one, used for later orders, deleted by the shop or cancelled by the payer."""

import string
from datetime import timedelta
from typing import Any

from exodrive_emulators.kit import ids
from exodrive_emulators.paypal import events
from exodrive_emulators.paypal.errors import Refused, refused
from exodrive_emulators.paypal.model import Due, KeptWallet, Order
from exodrive_emulators.paypal.states import Act, Funding, IllegalMove
from exodrive_emulators.paypal.wallet import Wallet
from exodrive_emulators.paypal.world import PAYER, PAYER_ID, PayPal

Json = dict[str, Any]
BASE = "/v3/vault/payment-tokens"
CREATED, DELETED, INITIATED = (f"VAULT.PAYMENT-TOKEN.{end}" for end in ("CREATED", "DELETED", "DELETION-INITIATED"))
_LETTERS = string.ascii_lowercase + string.digits


def check(world: PayPal, wallet: Wallet, request_id: str) -> KeptWallet | None:
    """The kept wallet an order is to be paid with, if any; raises Refused where it cannot be, or none may be kept."""
    if wallet.wish and not world.account.vaulting:
        raise _no("NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE", "/payment_source/paypal/attributes/vault")
    if not wallet.vault_id:
        return None
    if not request_id:
        raise refused("orders.create", "PAYPAL_REQUEST_ID_REQUIRED", field="PayPal-Request-Id")
    kept = world.wallets.get(wallet.vault_id)
    if not kept or not kept.ready:
        raise _no("INVALID_VAULT_ID", "/payment_source/paypal/vault_id", wallet.vault_id)
    if kept.cancelled:
        raise _no("AGREEMENT_ALREADY_CANCELLED", "/payment_source/paypal/vault_id", wallet.vault_id)
    if kept.funding is Funding.DECLINED:
        raise _no("INSTRUMENT_DECLINED", "/payment_source/paypal/vault_id", wallet.vault_id)
    return kept


def keep(world: PayPal, order: Order) -> None:
    """The wallet that has paid is kept, at once or some time after, if the order said so."""
    if not order.wish or order.kept_id:
        return
    now, wish = world.clock.now(), order.wish
    kept = KeptWallet(
        id=ids.text(_LETTERS, 17),
        order_id=order.id,
        customer_id=wish.customer_id or _customer(world, wish.merchant_customer_id),
        merchant_customer_id=wish.merchant_customer_id,
        wish=wish,
        created=now,
    )
    order.kept_id = world.wallets.put(kept.id, kept).id
    world.orders.put(order.id, order)
    if world.account.vault_delay:
        world.agenda.add(Due(now + timedelta(seconds=world.account.vault_delay), kept.id, Act.COMPLETE))
        world.post_due.set()
    else:
        make_ready(world, kept)


def make_ready(world: PayPal, kept: KeptWallet) -> None:
    """It can pay from now on; raises IllegalMove when it could already, or is no more."""
    if kept.ready or kept.cancelled:
        raise IllegalMove("")
    kept.ready = True
    world.wallets.put(kept.id, kept)
    _publish(world, kept, CREATED)


def delete(world: PayPal, kept: KeptWallet) -> None:
    """The shop needs it no longer."""
    _publish(world, kept, INITIATED)
    world.wallets.drop(kept.id)
    _publish(world, kept, DELETED)


def cancel(world: PayPal, kept: KeptWallet) -> None:
    """The payer cancels the agreement at PayPal's own site; raises IllegalMove for a second time."""
    if kept.cancelled:
        raise IllegalMove("")
    kept.cancelled = True
    world.wallets.put(kept.id, kept)
    _publish(world, kept, DELETED)


def view(world: PayPal, it: KeptWallet) -> Json:
    """A kept wallet as PayPal shows it."""
    wish = {"description": it.wish.description, "usage_pattern": it.wish.usage_pattern, "usage_type": it.wish.usage_type}
    wallet = {**{name: text for name, text in wish.items() if text}, **PAYER, "account_id": PAYER_ID, "payer_id": PAYER_ID}
    return {"id": it.id, "customer": customer(it), "payment_source": {"paypal": wallet}, "links": links(world, it)}


def customer(it: KeptWallet) -> dict[str, str]:
    """Whose it is."""
    own = {"merchant_customer_id": it.merchant_customer_id} if it.merchant_customer_id else {}
    return {"id": it.customer_id, **own}


def links(world: PayPal, it: KeptWallet) -> list[dict[str, str]]:
    """What can be done with it."""
    here = f"{world.url}{BASE}/{it.id}"
    return [{"href": here, "rel": rel, "method": method} for rel, method in (("self", "GET"), ("delete", "DELETE"))]


def _publish(world: PayPal, it: KeptWallet, event_type: str) -> None:
    events.publish(world, event_type, {**view(world, it), "metadata": {"order_id": it.order_id}}, it.id, it.order_id)


def _customer(world: PayPal, merchant_customer_id: str) -> str:
    """PayPal's name of somebody the shop has a name for."""
    for it in world.wallets:
        if merchant_customer_id and it.merchant_customer_id == merchant_customer_id:
            return it.customer_id
    return ids.text(_LETTERS, 12)


def _no(issue: str, field: str, value: str = "") -> Refused:
    return refused("orders.create", issue, field=field, value=value, location="body")
