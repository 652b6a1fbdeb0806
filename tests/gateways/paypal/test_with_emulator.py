"""The PayPal client and PayPal's stand-in as two real processes: whole payments, lost answers, signed notices."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest

from exodrive.gateways.paypal import (
    Busy,
    Capture,
    CaptureStatus,
    Declined,
    Forged,
    NewOrder,
    OrderStatus,
    PayPalClient,
    RefundStatus,
    Refused,
    Trust,
    Unknown,
    Unreachable,
    Verifier,
)
from exodrive.kit import clock
from exodrive.kit.db import Doors, ScopesDoNotNest
from exodrive.operate.wiring import Wiring
from tests.gateways.odd_server import OddServer, Request, answer
from tests.gateways.paypal.authority import SANDBOX
from tests.gateways.paypal.values import new_order, new_refund, two_lines, usd
from tests.product import Emulator

NUMBERS = count(1)


def an_order(**changed: object) -> NewOrder:
    return new_order(invoice_id=f"INV-{next(NUMBERS)}", **changed)


async def approved(client: PayPalClient, paypal: Emulator, funding: str = "instant") -> str:
    order = await client.create_order(an_order(), request_id=f"create-{next(NUMBERS)}")
    await paypal.control("POST", f"orders/{order.id}/approve", {"funding": funding})
    return order.id


async def captured(client: PayPalClient, paypal: Emulator) -> Capture:
    return await client.capture_order(await approved(client, paypal), request_id=f"capture-{next(NUMBERS)}")


async def count_of(paypal: Emulator, method: str, ending: str) -> int:
    return sum(call["method"] == method and call["path"].endswith(ending) for call in await paypal.calls())


async def taken(paypal: Emulator) -> str:
    sums = (await paypal.control("GET", "ledger"))["sums"]
    return sums["USD"]["captured"] if sums else "0.00"


async def test_a_payment_from_order_to_refund(paypal: Emulator, client: PayPalClient) -> None:
    order = await client.create_order(an_order(items=two_lines()), request_id="create-whole")
    assert order.status in {OrderStatus.PAYER_ACTION_REQUIRED, OrderStatus.CREATED}
    assert order.amount == usd("1080.00")
    assert order.approve_url is not None
    assert order.approve_url.startswith(f"{paypal.url}/checkoutnow?token={order.id}")
    await paypal.control("POST", f"orders/{order.id}/approve")
    assert (await client.get_order(order.id)).status == OrderStatus.APPROVED

    capture = await client.capture_order(order.id, request_id="capture-whole")
    assert (capture.status, capture.amount, capture.order_id) == (CaptureStatus.COMPLETED, usd("1080.00"), order.id)
    assert (capture.invoice_id, capture.custom_id) == (order.invoice_id, order.custom_id)
    assert await client.get_capture(capture.id) == capture
    assert (await client.get_order(order.id)).capture == capture

    refund = await client.refund_capture(capture.id, new_refund(), request_id="refund-whole")
    assert (refund.status, refund.amount, refund.capture_id) == (RefundStatus.COMPLETED, usd("80.00"), capture.id)
    assert await client.get_refund(refund.id) == refund
    assert (await client.get_capture(capture.id)).status == CaptureStatus.PARTIALLY_REFUNDED


async def test_one_request_id_makes_one_order(client: PayPalClient) -> None:
    order = an_order()
    answers = [await client.create_order(order, request_id="create-same") for _ in range(3)]
    assert len({answer.id for answer in answers}) == 1


async def test_an_order_nobody_approved_is_refused(client: PayPalClient) -> None:
    order = await client.create_order(an_order(), request_id="create-unapproved")
    with pytest.raises(Refused) as refused:
        await client.capture_order(order.id, request_id="capture-unapproved")
    assert (refused.value.issue, refused.value.status) == ("ORDER_NOT_APPROVED", 422)
    assert refused.value.debug_id


async def test_a_decline_leads_the_payer_back(paypal: Emulator, client: PayPalClient) -> None:
    order_id = await approved(client, paypal, "declined")
    with pytest.raises(Declined) as declined:
        await client.capture_order(order_id, request_id="capture-declined")
    assert declined.value.issue == "INSTRUMENT_DECLINED"
    assert declined.value.payer_link is not None
    assert declined.value.payer_link.startswith(paypal.url)


async def test_a_pending_capture_is_told_as_pending(paypal: Emulator, client: PayPalClient) -> None:
    order_id = await approved(client, paypal, "pending")
    capture = await client.capture_order(order_id, request_id="capture-pending")
    assert capture.status == CaptureStatus.PENDING
    await paypal.control("POST", f"captures/{capture.id}/settle", {"act": "complete"})
    assert (await client.get_capture(capture.id)).status == CaptureStatus.COMPLETED


async def test_a_capture_by_another_request_id_is_read_back_and_taken_once(paypal: Emulator, client: PayPalClient) -> None:
    order_id = await approved(client, paypal)
    first = await client.capture_order(order_id, request_id="capture-one")
    assert await client.capture_order(order_id, request_id="capture-two") == first
    assert await taken(paypal) == "1080.00"


async def test_a_full_refund_by_another_request_id_is_read_back(paypal: Emulator, client: PayPalClient) -> None:
    capture = await captured(client, paypal)
    all_of_it = new_refund(amount=None, invoice_id=f"{capture.invoice_id}-refund")
    first = await client.refund_capture(capture.id, all_of_it, request_id="refund-one")
    assert first.amount == usd("1080.00")
    assert await client.refund_capture(capture.id, all_of_it, request_id="refund-two") == first
    with pytest.raises(Refused):
        await client.refund_capture(capture.id, new_refund(invoice_id="never made"), request_id="refund-three")


async def test_a_capture_tells_whose_it_is(paypal: Emulator, client: PayPalClient) -> None:
    capture = await captured(client, paypal)
    order = await client.get_order(capture.order_id)
    assert capture.merchant_id == order.merchant_id != ""


async def test_a_page_of_events_is_the_newest_part_of_the_list(
    paypal: Emulator, client: PayPalClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = clock.now() - timedelta(minutes=1)
    orders = [await approved(client, paypal) for _ in range(3)]
    monkeypatch.setattr("exodrive.gateways.paypal.client._PAGE", 2)
    end = clock.now() + timedelta(minutes=1)
    page = await client.event_page(start, end)
    assert [event.resource["id"] for event in page] == orders[:0:-1]
    assert await client.event_page(end, end) == ()


async def test_more_than_was_taken_is_never_given_back(paypal: Emulator, client: PayPalClient) -> None:
    capture = await captured(client, paypal)
    with pytest.raises(Refused) as refused:
        await client.refund_capture(capture.id, new_refund(amount=usd("1080.01")), request_id="refund-too-much")
    assert refused.value.issue == "REFUND_AMOUNT_EXCEEDED"


async def test_what_does_not_exist_is_refused(client: PayPalClient) -> None:
    for call in (client.get_order("5O190127TN364715T"), client.get_capture("X"), client.get_refund("X")):
        with pytest.raises(Refused) as refused:
            await call
        assert (refused.value.status, refused.value.issue) == (404, "INVALID_RESOURCE_ID")


# Trouble on the way: the money moves once


async def test_an_answer_lost_after_the_money_moved_is_asked_for_again(paypal: Emulator, client: PayPalClient) -> None:
    order_id = await approved(client, paypal)
    await paypal.fault(kind="lost_after_commit", match={"method": "POST", "path_regex": "/capture$"}, times=2)
    capture = await client.capture_order(order_id, request_id="capture-lost")
    assert capture.status == CaptureStatus.COMPLETED
    assert await count_of(paypal, "POST", "/capture") == 3
    assert await taken(paypal) == "1080.00"


async def test_answers_that_stay_lost_are_unknown_until_the_same_is_asked_again(paypal: Emulator, client: PayPalClient) -> None:
    order_id = await approved(client, paypal)
    await paypal.fault(kind="lost_after_commit", match={"method": "POST", "path_regex": "/capture$"}, times=3)
    with pytest.raises(Unknown):
        await client.capture_order(order_id, request_id="capture-unknown")
    assert (await client.capture_order(order_id, request_id="capture-unknown")).status == CaptureStatus.COMPLETED
    assert await taken(paypal) == "1080.00"


@pytest.mark.parametrize("status", [500, 503])
async def test_a_provider_in_trouble_is_asked_again(paypal: Emulator, client: PayPalClient, status: int) -> None:
    order_id = await approved(client, paypal)
    await paypal.fault(kind="status", status=status, match={"path_regex": "/capture$"}, times=2)
    assert (await client.capture_order(order_id, request_id=f"capture-{status}")).status == CaptureStatus.COMPLETED


async def test_a_request_that_never_arrives_is_sent_again(paypal: Emulator, client: PayPalClient) -> None:
    order_id = await approved(client, paypal)
    await paypal.fault(kind="timeout_before", match={"path_regex": "/capture$"}, times=1)
    assert (await client.capture_order(order_id, request_id="capture-timeout")).status == CaptureStatus.COMPLETED
    assert await taken(paypal) == "1080.00"


async def test_a_slow_capture_is_waited_for_and_taken_once(paypal: Emulator, client: PayPalClient) -> None:
    order_id = await approved(client, paypal)
    await paypal.fault(kind="slow", delay=2.5, match={"path_regex": "/capture$"}, times=1)
    try:
        await client.capture_order(order_id, request_id="capture-slow")
    except Unknown:
        await asyncio.sleep(1)
    assert (await client.capture_order(order_id, request_id="capture-slow")).status == CaptureStatus.COMPLETED
    assert await taken(paypal) == "1080.00"


async def test_a_provider_that_wants_a_pause_gets_it(paypal: Emulator, client: PayPalClient) -> None:
    await paypal.fault(kind="status", status=429, headers={"Retry-After": "3600"}, match={"path_regex": "/orders$"}, times=1)
    with pytest.raises(Busy) as busy:
        await client.create_order(an_order(), request_id="create-busy")
    assert busy.value.retry_after == 3600


async def test_without_a_token_nothing_was_sent(paypal: Emulator, client: PayPalClient) -> None:
    await paypal.fault(kind="status", status=503, match={"path_regex": "oauth2"}, times=3)
    with pytest.raises(Unreachable):
        await client.create_order(an_order(), request_id="create-tokenless")
    assert await count_of(paypal, "POST", "/v2/checkout/orders") == 0


async def test_a_token_that_ran_out_is_renewed(paypal: Emulator, client: PayPalClient) -> None:
    order = await client.create_order(an_order(), request_id="create-before")
    await paypal.move(10 * 3600)
    try:
        with pytest.raises(Refused):  # gone after its hours, but told with a fresh token
            await client.get_order(order.id)
        assert await client.create_order(an_order(), request_id="create-after")
        assert await count_of(paypal, "POST", "/v1/oauth2/token") == 2
    finally:
        await paypal.control("POST", "clock", {"advance": -10 * 3600})


async def test_wrong_credentials_are_a_refusal(paypal: Emulator) -> None:
    client = PayPalClient(paypal.url, "somebody", "else")
    with pytest.raises(Refused) as refused:
        await client.get_order("X")
    assert (refused.value.issue, refused.value.status) == ("invalid_client", 401)
    await client.close()


async def test_paypal_is_never_called_inside_a_transaction(paypal: Emulator, client: PayPalClient, doors: Doors) -> None:
    async with doors.checkout().scope():
        with pytest.raises(ScopesDoNotNest):
            await client.create_order(an_order(), request_id="create-inside")
    assert await count_of(paypal, "POST", "/v2/checkout/orders") == 0
    assert await client.create_order(an_order(), request_id="create-inside")


# Notices


async def noticed(paypal: Emulator, client: PayPalClient, receiver: OddServer, webhook_id: str) -> Request:
    """One genuine delivery, as it arrived."""
    receiver.will(*[answer(200, b"")] * 50)
    await paypal.control("POST", "webhooks", {"url": f"{receiver.url}/hook", "id": webhook_id})
    await captured(client, paypal)
    async with asyncio.timeout(10):
        while True:
            for request in receiver.asked:
                if request.json["event_type"] == "PAYMENT.CAPTURE.COMPLETED":
                    await paypal.control("DELETE", f"webhooks/{webhook_id}")
                    return request
            await asyncio.sleep(0.05)


async def test_a_notice_of_the_emulator_is_verified_by_its_root(
    paypal: Emulator,
    client: PayPalClient,
    odd: OddServer,
    _beside: Wiring,  # noqa: PT019
) -> None:
    request = await noticed(paypal, client, odd, "MINE")
    root = (_beside.folder / "paypal" / "root.pem").read_bytes()
    trust = Trust(origins=(paypal.url,), names=(SANDBOX,), roots=root)
    notice = await Verifier("MINE", trust).verify(request.headers, request.body)
    assert notice.event.event_type == "PAYMENT.CAPTURE.COMPLETED"
    assert (await client.get_capture(notice.event.resource["id"])).status == CaptureStatus.COMPLETED
    with pytest.raises(Forged):
        await Verifier("ANOTHER", trust).verify(request.headers, request.body)
    with pytest.raises(Forged):
        await Verifier("MINE", trust).verify(request.headers, request.body + b" ")
    with pytest.raises(Forged):
        await Verifier("MINE", Trust(origins=(paypal.url,), names=(SANDBOX,))).verify(request.headers, request.body)
