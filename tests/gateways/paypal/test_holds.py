"""Holds at PayPal's stand-in: placed, renewed, claimed and given back, over real HTTP."""

from itertools import count

import pytest

from exodrive.gateways.paypal import Authorization, AuthorizationStatus, CaptureStatus, Intent, PayPalClient, Refused
from tests.gateways.odd_server import OddServer, answer
from tests.gateways.paypal.values import HOLD_ID, ORDER_ID, error_json, hold_json, new_claim, new_order, order_json, usd
from tests.product import Emulator

NUMBERS = count(1)
DAY = 86_400


async def held(client: PayPalClient, paypal: Emulator) -> Authorization:
    order = await client.create_order(
        new_order(intent=Intent.AUTHORIZE, invoice_id=f"HOLD-{next(NUMBERS)}"), request_id=f"open-{next(NUMBERS)}"
    )
    await paypal.control("POST", f"orders/{order.id}/approve", {"funding": "instant"})
    return await client.authorize_order(order.id, request_id=f"hold-{next(NUMBERS)}")


async def test_a_hold_is_placed_and_says_when_it_ends(paypal: Emulator, client: PayPalClient) -> None:
    hold = await held(client, paypal)
    assert (hold.status, hold.amount) == (AuthorizationStatus.CREATED, usd("1080.00"))
    assert hold.created_at
    assert hold.expires_at
    assert (hold.expires_at - hold.created_at).days == 29
    assert await client.get_authorization(hold.id) == hold
    assert (await client.get_order(hold.order_id)).authorization == hold


async def test_a_hold_placed_twice_is_one_hold(paypal: Emulator, client: PayPalClient) -> None:
    hold = await held(client, paypal)
    assert await client.authorize_order(hold.order_id, request_id="another") == hold


async def test_a_hold_is_renewed_from_its_fourth_day_and_given_back_by_its_first_id(paypal: Emulator, client: PayPalClient) -> None:
    first = await held(client, paypal)
    with pytest.raises(Refused) as soon:
        await client.renew_authorization(first.id, first.amount, request_id="renew-too-soon")
    assert soon.value.issue == "REAUTHORIZATION_TOO_SOON"
    await paypal.move(4 * DAY)
    second = await client.renew_authorization(first.id, first.amount, request_id="renew")
    assert second.id != first.id
    assert second.expires_at == first.expires_at
    assert (await client.void_authorization(first.id, request_id="void")).status is AuthorizationStatus.VOIDED
    assert (await client.get_authorization(second.id)).status is AuthorizationStatus.VOIDED


async def test_a_part_is_claimed_and_the_rest_given_back(paypal: Emulator, client: PayPalClient) -> None:
    hold = await held(client, paypal)
    capture = await client.claim(hold.id, new_claim(final=True), request_id="claim")
    assert (capture.status, capture.amount) == (CaptureStatus.COMPLETED, usd("80.00"))
    assert capture.invoice_id == "7K3M9QXD-claim-1"
    with pytest.raises(Refused):
        await client.claim(hold.id, new_claim(invoice_id="7K3M9QXD-claim-2"), request_id="claim-again")


async def test_a_hold_given_back_already_is_read_back(odd: OddServer) -> None:
    client = PayPalClient(odd.url, "client", "secret")
    odd.will(answer(422, error_json("PREVIOUSLY_VOIDED")), answer(200, hold_json("VOIDED")))
    assert (await client.void_authorization(HOLD_ID, request_id="void-again")).id == HOLD_ID
    done = order_json("COMPLETED", unit={"payments": {"authorizations": [hold_json()]}})
    odd.will(answer(422, error_json("ORDER_ALREADY_AUTHORIZED")), answer(200, done))
    assert (await client.authorize_order(ORDER_ID, request_id="hold-again")).id == HOLD_ID
    await client.close()


async def test_a_part_is_taken_and_the_rest_claimed_or_let_go(client: PayPalClient, paypal: Emulator) -> None:
    """The rental out of a hold for both; what is left is claimed from once, or goes back with what was taken staying so."""
    for is_claimed in (True, False):
        hold = await held(client, paypal)
        rental = new_claim(final=False, invoice_id=f"T-{hold.id}")
        part = await client.claim(hold.id, rental, request_id=f"part-{hold.id}")
        assert (await client.get_authorization(hold.id)).status is AuthorizationStatus.PARTIALLY_CAPTURED
        if is_claimed:
            await client.claim(hold.id, new_claim(amount=usd("1.00"), final=True, invoice_id=f"C-{hold.id}"), request_id=f"rest-{hold.id}")
        else:
            await client.void_authorization(hold.id, request_id=f"void-{hold.id}")
        after = AuthorizationStatus.CAPTURED if is_claimed else AuthorizationStatus.VOIDED
        assert (await client.get_authorization(hold.id)).status is after
        assert (await client.get_capture(part.id)).status is CaptureStatus.COMPLETED
