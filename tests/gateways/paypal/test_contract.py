"""Every request we send is one that PayPal's official documents describe."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from openapi_core.exceptions import OpenAPIError

from exodrive.gateways.paypal import Intent, Keep, NewOrder, PayPalClient
from exodrive.kit.money import Money
from tests.gateways.contracts import check_request
from tests.gateways.odd_server import OddServer, Request, answer
from tests.gateways.paypal.values import (
    CAPTURE_ID,
    HOLD_ID,
    ORDER_ID,
    WALLET_ID,
    capture_json,
    captured_json,
    hold_json,
    new_claim,
    new_order,
    new_refund,
    order_json,
    refund_json,
    two_lines,
    usd,
)

ORDERS, PAYMENTS = "paypal/checkout_orders_v2.json", "paypal/payments_payment_v2.json"
VAULT = "paypal/vault_payment_tokens_v3.json"
SERVER = "https://api-m.sandbox.paypal.com"


@pytest.fixture
async def client(odd: OddServer) -> AsyncIterator[PayPalClient]:
    client = PayPalClient(odd.url, "client", "secret")
    yield client
    await client.close()


def check(document: str, request: Request) -> None:
    check_request(document, SERVER, request.method, request.path, request.headers, request.body)


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(new_order(), id="plain"),
        pytest.param(new_order(items=two_lines(), description="d" * 300, brand_name="ü" * 300), id="long"),
        pytest.param(new_order(amount=Money(Decimal(90000), "JPY"), tax=None, locale="ja_JP"), id="yen"),
        pytest.param(new_order(keep=Keep("0192f0c1-booking", "t" * 300)), id="to keep the wallet"),
        pytest.param(new_order(intent=Intent.AUTHORIZE, wallet_id=WALLET_ID), id="by a kept wallet"),
    ],
)
async def test_an_order(odd: OddServer, client: PayPalClient, order: NewOrder) -> None:
    odd.will(answer(201, order_json()))
    await client.create_order(order, request_id="op-1")
    check(ORDERS, odd.asked[0])


async def test_a_capture_and_reading_an_order(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, captured_json()), answer(200, order_json()))
    await client.capture_order(ORDER_ID, request_id="op-2")
    await client.get_order(ORDER_ID)
    for request in odd.asked:
        check(ORDERS, request)


async def test_refunds_and_reading_payments(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, refund_json()), answer(201, refund_json()), answer(200, capture_json()), answer(200, refund_json()))
    await client.refund_capture(CAPTURE_ID, new_refund(note="n" * 300), request_id="op-3")
    await client.refund_capture(CAPTURE_ID, new_refund(amount=None), request_id="op-4")
    await client.get_capture(CAPTURE_ID)
    await client.get_refund("1JU08902781691411")
    for request in odd.asked:
        check(PAYMENTS, request)


async def test_a_hold_from_its_order_to_its_end(odd: OddServer, client: PayPalClient) -> None:
    authorized = order_json("COMPLETED", unit={"payments": {"authorizations": [hold_json()]}})
    odd.will(answer(201, order_json()), answer(201, authorized))
    await client.create_order(new_order(intent=Intent.AUTHORIZE), request_id="op-5")
    await client.authorize_order(ORDER_ID, request_id="op-6")
    for request in odd.asked:
        check(ORDERS, request)
    odd.asked.clear()
    odd.will(answer(200, hold_json()), answer(201, hold_json()), answer(201, capture_json()), answer(200, hold_json("VOIDED")))
    await client.get_authorization(HOLD_ID)
    await client.renew_authorization(HOLD_ID, usd("80.00"), request_id="op-7")
    await client.claim(HOLD_ID, new_claim(note="n" * 300), request_id="op-8")
    await client.void_authorization(HOLD_ID, request_id="op-9")
    for request in odd.asked:
        check(PAYMENTS, request)


async def test_a_kept_wallet_is_read_and_deleted(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(200, {"id": WALLET_ID}), answer(204))
    await client.get_wallet(WALLET_ID)
    await client.delete_wallet(WALLET_ID)
    for request in odd.asked:
        check(VAULT, request)


async def test_an_order_for_rental_and_deposit_and_what_is_taken_out_of_it(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, order_json()), answer(201, capture_json()))
    await client.create_order(new_order(intent=Intent.AUTHORIZE, takes_now=True, items=two_lines()), request_id="op-10")
    check(ORDERS, odd.asked[0])
    await client.claim(HOLD_ID, new_claim(final=False), request_id="op-11")
    check(PAYMENTS, odd.asked[1])


async def test_the_check_sees_a_wrong_request(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, order_json()))
    await client.create_order(new_order(locale="not a locale"), request_id="op-1")
    with pytest.raises(OpenAPIError):
        check(ORDERS, odd.asked[0])
