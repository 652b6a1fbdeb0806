"""Wallets that PayPal's stand-in keeps: by the order they paid, for holds that nobody approves, until they are deleted."""

from collections.abc import AsyncIterator
from itertools import count

import pytest

from exodrive.gateways.paypal import AuthorizationStatus, Declined, Intent, Keep, Order, OrderStatus, PayPalClient, Refused, Wallet
from tests.gateways.odd_server import OddServer, answer
from tests.gateways.paypal.values import ORDER_ID, WALLET_ID, error_json, new_order, order_json
from tests.product import Emulator

NUMBERS = count(1)


@pytest.fixture(autouse=True)
async def keeps(paypal: Emulator, client: PayPalClient) -> AsyncIterator[None]:
    """An account that keeps wallets."""
    await paypal.control("POST", "account", {"vaulting": True})
    yield
    await paypal.control("POST", "account", {"vaulting": False, "vault_delay": 0})


async def kept(client: PayPalClient, paypal: Emulator) -> Order:
    """An order that was paid by a wallet, which is kept."""
    wish = Keep(f"booking-{next(NUMBERS)}", "Holds the deposit")
    order = await client.create_order(new_order(invoice_id=f"KEPT-{next(NUMBERS)}", keep=wish), request_id=f"keep-{next(NUMBERS)}")
    await paypal.control("POST", f"orders/{order.id}/approve", {"funding": "instant"})
    await client.capture_order(order.id, request_id=f"take-{next(NUMBERS)}")
    return await client.get_order(order.id)


async def hold_by(client: PayPalClient, wallet: Wallet | None, request_id: str = "") -> Order:
    assert wallet
    new = new_order(intent=Intent.AUTHORIZE, invoice_id=f"BY-{request_id or next(NUMBERS)}", wallet_id=wallet.id)
    return await client.create_order(new, request_id=request_id or f"by-{next(NUMBERS)}")


async def test_a_wallet_is_kept_and_holds_without_anybody(paypal: Emulator, client: PayPalClient) -> None:
    paid = await kept(client, paypal)
    assert paid.wallet
    assert await client.get_wallet(paid.wallet.id) == paid.wallet
    order = await hold_by(client, paid.wallet, "once")
    assert order.status is OrderStatus.COMPLETED
    assert order.authorization
    assert order.authorization.status is AuthorizationStatus.CREATED
    assert await hold_by(client, paid.wallet, "once") == order


async def test_one_that_is_not_ready_has_no_id(paypal: Emulator, client: PayPalClient) -> None:
    await paypal.control("POST", "account", {"vaulting": True, "vault_delay": 60})
    wallet = (await kept(client, paypal)).wallet
    assert wallet
    assert (wallet.id, wallet.status) == ("", "APPROVED")


async def test_one_that_declines_or_asks_holds_nothing(paypal: Emulator, client: PayPalClient) -> None:
    wallet = (await kept(client, paypal)).wallet
    assert wallet
    await paypal.control("POST", f"vault/{wallet.id}", {"funding": "declined"})
    with pytest.raises(Declined):
        await hold_by(client, wallet)
    await paypal.control("POST", f"vault/{wallet.id}", {"asks": True})
    asked = await hold_by(client, wallet)
    assert (asked.status, asked.authorization) == (OrderStatus.PAYER_ACTION_REQUIRED, None)


async def test_a_wallet_is_deleted_once_and_is_gone(paypal: Emulator, client: PayPalClient) -> None:
    wallet = (await kept(client, paypal)).wallet
    assert wallet
    for _ in range(2):
        await client.delete_wallet(wallet.id)
    with pytest.raises(Refused) as gone:
        await client.get_wallet(wallet.id)
    assert gone.value.status == 404
    with pytest.raises(Refused):
        await hold_by(client, wallet)


async def test_one_that_is_gone_already_is_deleted_and_odd_words_of_wallets_are_none(odd: OddServer) -> None:
    client = PayPalClient(odd.url, "client", "secret")
    odd.will(answer(404, error_json("INVALID_RESOURCE_ID", "RESOURCE_NOT_FOUND")))
    await client.delete_wallet(WALLET_ID)
    odd.will(answer(403, error_json("PERMISSION_DENIED", "NOT_AUTHORIZED")))
    with pytest.raises(Refused):
        await client.delete_wallet(WALLET_ID)
    odd.will(answer(200, order_json("COMPLETED", payment_source={"card": {"name": "A"}})))
    assert (await client.get_order(ORDER_ID)).wallet is None
    await client.close()
