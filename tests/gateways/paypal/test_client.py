"""The PayPal client before a server that answers oddly: what it sends, what it reads, and what it makes of trouble."""
# long: every kind of answer before one and the same client

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from exodrive.gateways.paypal import (
    Busy,
    CaptureStatus,
    Declined,
    OrderStatus,
    Patience,
    PayPalClient,
    RefundStatus,
    Refused,
    Unknown,
    Unreachable,
)
from exodrive.kit import db
from tests.gateways.odd_server import Answering, OddServer, answer, cut_off, drip, flood, raw, silence
from tests.gateways.paypal.values import (
    CAPTURE_ID,
    ORDER_ID,
    capture_json,
    captured_json,
    error_json,
    new_order,
    new_refund,
    order_json,
    refund_json,
    two_lines,
    usd,
)

HASTY = Patience(connect=2.0, answer=0.3, budget=20.0, attempts=3, pause=0.01)
GARBLED = [
    pytest.param(raw(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nnot json!"), id="no JSON"),
    pytest.param(answer(200, {"id": ORDER_ID}), id="no order"),
    pytest.param(answer(200, order_json(purchase_units=[])), id="an order of nothing"),
    pytest.param(answer(200, order_json(unit={"amount": {"currency_code": "USD", "value": "NaN"}})), id="no number"),
    pytest.param(answer(200, order_json(unit={"amount": {"currency_code": "USD", "value": "-5"}})), id="below zero"),
    pytest.param(raw(b'HTTP/1.1 201 Created\r\ncontent-length: 5000\r\n\r\n{"id": "5O1'), id="half a body, then nothing"),
    pytest.param(cut_off(b'HTTP/1.1 201 Created\r\ncontent-length: 5000\r\n\r\n{"id": "5O1'), id="half a body, cut off"),
    pytest.param(cut_off(b"HTTP/1.1 201 Cre"), id="half a head"),
    pytest.param(cut_off(), id="hung up"),
    pytest.param(silence, id="silence"),
    pytest.param(drip(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b" ", 0.05), id="drop by drop"),
    pytest.param(flood(3), id="endless"),
    pytest.param(raw(b"SSH-2.0-OpenSSH_9.2\r\n"), id="another protocol"),
    pytest.param(raw(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc"), id="no gzip"),
    pytest.param(answer(500, {"name": "INTERNAL_SERVER_ERROR"}), id="500"),
    pytest.param(answer(503, b"<html>maintenance</html>"), id="503"),
    pytest.param(answer(302, b"", location="https://evil.example/"), id="a redirect"),
    pytest.param(answer(403, b"<html>proxy</html>"), id="a refusal that is not PayPal's"),
    pytest.param(answer(408, error_json("TIMEOUT")), id="408"),
    pytest.param(answer(409, error_json("PREVIOUS_REQUEST_IN_PROGRESS")), id="an earlier request is under way"),
    pytest.param(answer(422, error_json("ORDER_COMPLETION_IN_PROGRESS")), id="the order is under way"),
    pytest.param(answer(409, {"name": "RESOURCE_CONFLICT"}), id="a conflict with nobody knows what"),
    pytest.param(answer(409, error_json("SOMETHING_NEW")), id="a conflict that is new"),
]


@pytest.fixture
async def client(odd: OddServer) -> AsyncIterator[PayPalClient]:
    client = PayPalClient(odd.url, "client", "secret", patience=HASTY)
    yield client
    await client.close()


# What is sent and read


# long: the whole request, as it must be
async def test_an_order_is_sent_whole(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, order_json("PAYER_ACTION_REQUIRED")))
    await client.create_order(new_order(items=two_lines(), locale="de_DE"), request_id="op-1")
    [request] = odd.asked
    assert (request.method, request.path) == ("POST", "/v2/checkout/orders")
    assert request.headers["paypal-request-id"] == "op-1"
    assert request.headers["prefer"] == "return=representation"
    assert request.headers["authorization"] == "Bearer token-1"
    assert request.json == {
        "intent": "CAPTURE",
        "purchase_units": [
            {
                "reference_id": "rental",
                "invoice_id": "7K3M9QXD-rental-1",
                "custom_id": "0192f0c1-booking",
                "description": "Averno V10, 1 to 3 June 2026",
                "amount": {
                    "currency_code": "USD",
                    "value": "1080.00",
                    "breakdown": {
                        "item_total": {"currency_code": "USD", "value": "1000.00"},
                        "tax_total": {"currency_code": "USD", "value": "80.00"},
                    },
                },
                "items": [
                    {
                        "name": "Rental",
                        "unit_amount": {"currency_code": "USD", "value": "450.00"},
                        "quantity": "2",
                    },
                    {
                        "name": "Delivery",
                        "unit_amount": {"currency_code": "USD", "value": "100.00"},
                        "quantity": "1",
                    },
                ],
            }
        ],
        "payment_source": {
            "paypal": {
                "experience_context": {
                    "brand_name": "Exodrive",
                    "locale": "de-DE",
                    "return_url": "https://shop.example/paypal/return",
                    "cancel_url": "https://shop.example/paypal/cancel",
                    "shipping_preference": "NO_SHIPPING",
                    "user_action": "PAY_NOW",
                    "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
                }
            }
        },
    }


@pytest.mark.parametrize("rel", ["payer-action", "approve"])
async def test_the_link_for_the_payer_is_found_under_either_name(odd: OddServer, client: PayPalClient, rel: str) -> None:
    links = [{"href": "https://api.example/self", "rel": "self"}, {"href": "https://paypal.example/go", "rel": rel}]
    odd.will(answer(201, order_json(links=links)))
    order = await client.create_order(new_order(), request_id="op-1")
    assert order.approve_url == "https://paypal.example/go"


async def test_an_order_is_read_in_our_own_words(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(200, captured_json(capture_json("PENDING", status_details={"reason": "ECHECK"}))))
    order = await client.get_order(ORDER_ID)
    assert (order.id, order.status, order.amount, order.merchant_id, order.approve_url) == (
        ORDER_ID,
        OrderStatus.COMPLETED,
        usd("1080.00"),
        "MERCHANT42",
        None,
    )
    assert order.capture is not None
    assert (order.capture.status, order.capture.reason) == (CaptureStatus.PENDING, "ECHECK")
    assert order.capture.created_at == datetime(2026, 5, 1, 10, tzinfo=UTC)


async def test_states_we_do_not_know_are_no_errors(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(200, captured_json(capture_json("QUANTUM"), refunds=(refund_json("ODD"),)) | {"status": "NEW"}))
    order = await client.get_order(ORDER_ID)
    assert order.capture is not None
    assert (order.status, order.capture.status, order.refunds[0].status) == (
        OrderStatus.UNKNOWN,
        CaptureStatus.UNKNOWN,
        RefundStatus.UNKNOWN,
    )


async def test_a_capture_is_taken_with_its_request_id(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, captured_json()))
    capture = await client.capture_order(ORDER_ID, request_id="op-2")
    assert (capture.id, capture.status, capture.amount, capture.order_id) == (
        CAPTURE_ID,
        CaptureStatus.COMPLETED,
        usd("1080.00"),
        ORDER_ID,
    )
    [request] = odd.asked
    assert (request.path, request.headers["paypal-request-id"], request.json) == (
        f"/v2/checkout/orders/{ORDER_ID}/capture",
        "op-2",
        {},
    )


async def test_a_refund_names_its_capture(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, refund_json("PENDING")))
    refund = await client.refund_capture(CAPTURE_ID, new_refund(note="x" * 300), request_id="op-3")
    assert (refund.status, refund.amount, refund.capture_id) == (RefundStatus.PENDING, usd("80.00"), CAPTURE_ID)
    assert odd.asked[0].path == f"/v2/payments/captures/{CAPTURE_ID}/refund"
    assert odd.asked[0].json == {
        "invoice_id": "7K3M9QXD-refund-1",
        "custom_id": "0192f0c1-booking",
        "amount": {"currency_code": "USD", "value": "80.00"},
        "note_to_payer": "x" * 255,
    }


async def test_a_refund_of_all_that_is_left_names_no_amount(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, refund_json()))
    await client.refund_capture(CAPTURE_ID, new_refund(amount=None), request_id="op-3")
    assert "amount" not in odd.asked[0].json


async def test_captures_and_refunds_are_read_without_a_request_id(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(200, capture_json("DECLINED")), answer(200, refund_json("FAILED")))
    assert (await client.get_capture(CAPTURE_ID)).status == CaptureStatus.DECLINED
    assert (await client.get_refund("1JU")).status == RefundStatus.FAILED
    assert [(r.method, r.path, "paypal-request-id" in r.headers) for r in odd.asked] == [
        ("GET", f"/v2/payments/captures/{CAPTURE_ID}", False),
        ("GET", "/v2/payments/refunds/1JU", False),
    ]


async def test_an_id_from_an_address_bar_stays_one_step_of_the_path(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(404, error_json("INVALID_RESOURCE_ID", "RESOURCE_NOT_FOUND")))
    with pytest.raises(Refused):
        await client.get_order("../payments/captures/X?y#z")
    assert odd.asked[0].path == "/v2/checkout/orders/..%2Fpayments%2Fcaptures%2FX%3Fy%23z"


# Done already


async def test_an_order_captured_already_is_read_back(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(422, error_json("ORDER_ALREADY_CAPTURED")), answer(200, captured_json()))
    capture = await client.capture_order(ORDER_ID, request_id="op-2")
    assert capture.id == CAPTURE_ID
    assert [request.method for request in odd.asked] == ["POST", "GET"]


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_what_was_done_already_and_may_not_be_seen_is_unknown(odd: OddServer, client: PayPalClient, status: int) -> None:
    away = [answer(status, error_json("NO"))] * 2  # a 401 is tried with another token
    odd.will(answer(422, error_json("ORDER_ALREADY_CAPTURED")), *away)
    with pytest.raises(Unknown):
        await client.capture_order(ORDER_ID, request_id="op-2")
    odd.script.clear()
    odd.will(answer(422, error_json("CAPTURE_FULLY_REFUNDED")), answer(200, capture_json("REFUNDED")), *away)
    with pytest.raises(Unknown):
        await client.refund_capture(CAPTURE_ID, new_refund(), request_id="op-3")


async def test_our_refund_of_a_capture_refunded_already_is_read_back(odd: OddServer, client: PayPalClient) -> None:
    others = refund_json(id="OTHER", invoice_id="by hand")
    odd.will(
        answer(422, error_json("CAPTURE_FULLY_REFUNDED")),
        answer(200, capture_json("REFUNDED")),
        answer(200, captured_json(capture_json("REFUNDED"), refunds=(others, refund_json(id="OURS"), others))),
    )
    refund = await client.refund_capture(CAPTURE_ID, new_refund(), request_id="op-3")
    assert refund.id == "OURS"


async def test_a_capture_refunded_by_others_is_refused(odd: OddServer, client: PayPalClient) -> None:
    odd.will(
        answer(422, error_json("CAPTURE_FULLY_REFUNDED")),
        answer(200, capture_json("REFUNDED")),
        answer(200, captured_json(capture_json("REFUNDED"), refunds=(refund_json(invoice_id="by hand"),))),
    )
    with pytest.raises(Refused) as refused:
        await client.refund_capture(CAPTURE_ID, new_refund(), request_id="op-3")
    assert refused.value.issue == "CAPTURE_FULLY_REFUNDED"


async def test_a_captured_order_without_a_capture_is_unknown(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(201, order_json("COMPLETED")))
    with pytest.raises(Unknown):
        await client.capture_order(ORDER_ID, request_id="op-2")


# Trouble


@pytest.mark.parametrize("garbled", GARBLED)
async def test_without_a_usable_answer_the_same_is_asked_again(odd: OddServer, client: PayPalClient, garbled: Answering) -> None:
    odd.will(garbled, garbled, answer(200, order_json()))
    order = await client.create_order(new_order(), request_id="op-1")
    assert order.id == ORDER_ID
    assert len({(r.path, r.headers["paypal-request-id"], r.body) for r in odd.asked}) == 1
    assert len(odd.asked) == 3


@pytest.mark.parametrize("garbled", GARBLED)
async def test_without_any_usable_answer_the_outcome_is_unknown(odd: OddServer, client: PayPalClient, garbled: Answering) -> None:
    odd.will(garbled, garbled, garbled)
    with pytest.raises(Unknown):
        await client.create_order(new_order(), request_id="op-1")
    assert len(odd.asked) == 3


async def test_reads_are_repeated_too(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(502, b""), cut_off(), answer(200, order_json()))
    assert (await client.get_order(ORDER_ID)).id == ORDER_ID


async def test_a_renter_does_not_wait_longer_than_the_budget(odd: OddServer) -> None:
    client = PayPalClient(odd.url, "client", "secret", patience=Patience(answer=10.0, budget=0.6, pause=0.01))
    odd.will(silence, silence, silence)
    begun = time.monotonic()
    with pytest.raises(Unknown):
        await client.create_order(new_order(), request_id="op-1")
    assert time.monotonic() - begun < 9.0, "not even one whole answer was waited for"
    await client.close()


async def test_nobody_listening_means_nothing_was_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused, and nobody else's
        client = PayPalClient(f"http://127.0.0.1:{taken.getsockname()[1]}", "client", "secret", patience=HASTY)
        with pytest.raises(Unreachable):
            await client.create_order(new_order(), request_id="op-1")
    await client.close()


async def test_a_door_that_shuts_after_a_lost_answer_leaves_the_outcome_unknown(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(200, order_json()))
    await client.get_order(ORDER_ID)

    async def shut_the_door(writer: asyncio.StreamWriter) -> None:
        await odd.__aexit__()
        await cut_off()(writer)

    odd.will(shut_the_door)
    with pytest.raises(Unknown):
        await client.capture_order(ORDER_ID, request_id="op-2")
    assert len(odd.asked) == 2


@pytest.mark.parametrize("status", [401, 403])
async def test_being_turned_away_after_a_lost_answer_proves_nothing(odd: OddServer, client: PayPalClient, status: int) -> None:
    away = answer(status, error_json("PERMISSION_DENIED", "NOT_AUTHORIZED"))
    odd.will(cut_off(), away, away)
    with pytest.raises(Unknown):
        await client.capture_order(ORDER_ID, request_id="op-2")


async def test_being_turned_away_at_once_is_a_refusal(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(403, error_json("PERMISSION_DENIED", "NOT_AUTHORIZED")))
    with pytest.raises(Refused) as refused:
        await client.capture_order(ORDER_ID, request_id="op-2")
    assert (refused.value.issue, refused.value.status, refused.value.debug_id) == ("PERMISSION_DENIED", 403, "f1a2b3")


async def test_a_decline_shows_the_payer_the_way_and_is_not_repeated(odd: OddServer, client: PayPalClient) -> None:
    links = [{"href": "https://help.example", "rel": "information_link"}, {"href": "https://pp.example", "rel": "redirect"}]
    odd.will(answer(422, error_json("INSTRUMENT_DECLINED", links=links), paypal_debug_id="d-42"))
    with pytest.raises(Declined) as declined:
        await client.capture_order(ORDER_ID, request_id="op-2")
    assert (declined.value.issue, declined.value.payer_link, declined.value.debug_id) == (
        "INSTRUMENT_DECLINED",
        "https://pp.example",
        "d-42",
    )
    assert len(odd.asked) == 1


@pytest.mark.parametrize("issue", ["ORDER_NOT_APPROVED", "DUPLICATE_INVOICE_ID", "AMOUNT_MISMATCH", "BRAND_NEW_ISSUE"])
async def test_a_refusal_names_its_issue_and_is_not_repeated(odd: OddServer, client: PayPalClient, issue: str) -> None:
    odd.will(answer(422, error_json(issue)))
    with pytest.raises(Refused) as refused:
        await client.capture_order(ORDER_ID, request_id="op-2")
    assert (refused.value.issue, refused.value.status) == (issue, 422)
    assert len(odd.asked) == 1


async def test_a_busy_provider_is_asked_again_when_it_says(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(429, error_json("RATE_LIMIT_REACHED"), retry_after="1"), answer(200, order_json()))
    begun = time.monotonic()
    await client.get_order(ORDER_ID)
    assert time.monotonic() - begun >= 1


async def test_a_provider_busy_for_longer_than_a_renter_waits_says_so_at_once(odd: OddServer, client: PayPalClient) -> None:
    odd.will(answer(429, b"", retry_after="60"))
    begun = time.monotonic()
    with pytest.raises(Busy) as busy:
        await client.create_order(new_order(), request_id="op-1")
    assert busy.value.retry_after == 60
    assert time.monotonic() - begun < 5


# Tokens


async def test_a_token_is_fetched_once_however_many_ask(odd: OddServer, client: PayPalClient) -> None:
    odd.will(*[answer(200, order_json())] * 60)  # more than are asked: on a crowded machine one may be asked again
    await asyncio.gather(*(client.get_order(ORDER_ID) for _ in range(20)))
    assert odd.tokens_given == 1


async def test_a_token_no_longer_taken_is_renewed_once(odd: OddServer, client: PayPalClient) -> None:
    gone = answer(401, error_json("invalid_token", "AUTHENTICATION_FAILURE"))
    odd.will(gone, answer(201, captured_json()))
    assert (await client.capture_order(ORDER_ID, request_id="op-2")).id == CAPTURE_ID
    assert [r.headers["authorization"] for r in odd.asked] == ["Bearer token-1", "Bearer token-2"]
    odd.will(gone, gone)
    with pytest.raises(Refused):
        await client.capture_order(ORDER_ID, request_id="op-2")
    assert len(odd.asked) == 4


async def test_a_token_is_renewed_before_its_end(odd: OddServer, client: PayPalClient) -> None:
    odd.tokens.append(answer(200, {"access_token": "brief", "expires_in": 1}))
    odd.will(*[answer(200, order_json())] * 3)
    await client.get_order(ORDER_ID)
    await client.get_order(ORDER_ID)
    assert odd.tokens_given == 1
    await asyncio.sleep(0.92)
    await client.get_order(ORDER_ID)
    assert odd.asked[-1].headers["authorization"] == "Bearer token-2"


@pytest.mark.parametrize(
    "trouble", [silence, answer(500, b""), answer(200, b"{}"), cut_off()], ids=["silence", "500", "garbled", "hung up"]
)
async def test_without_a_token_nothing_was_sent(odd: OddServer, client: PayPalClient, trouble: Answering) -> None:
    odd.tokens.extend([trouble] * 3)
    with pytest.raises(Unreachable):
        await client.capture_order(ORDER_ID, request_id="op-2")
    assert odd.asked == []


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_wrong_credentials_are_a_refusal_of_who_asks(odd: OddServer, client: PayPalClient, status: int) -> None:
    """Whatever its status, it is never taken for a word about what was asked for, such as that there is no such order."""
    odd.tokens.append(answer(status, {"error": "invalid_client", "error_description": "Client Authentication failed"}))
    with pytest.raises(Refused) as refused:
        await client.get_order(ORDER_ID)
    assert (refused.value.issue, refused.value.status) == ("invalid_client", 401)


async def test_a_caller_who_leaves_does_not_take_the_token_of_the_others_along(odd: OddServer, client: PayPalClient) -> None:
    asked, told = asyncio.Event(), asyncio.Event()

    async def when_told(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await told.wait()
        await answer(200, {"access_token": "late", "expires_in": 32400})(writer)

    odd.tokens.append(when_told)
    odd.will(answer(200, order_json()))
    hurried = asyncio.create_task(client.get_order(ORDER_ID))
    await asked.wait()
    patient = asyncio.create_task(client.get_order(ORDER_ID))
    await asyncio.sleep(0.05)
    hurried.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hurried
    told.set()
    assert (await patient).id == ORDER_ID
    assert odd.tokens_given == 1


# House rules


async def test_no_call_is_made_inside_a_database_scope(odd: OddServer, client: PayPalClient) -> None:
    mark = db._inside.set(True)
    try:
        for call in (
            client.create_order(new_order(), request_id="op-1"),
            client.get_order(ORDER_ID),
            client.capture_order(ORDER_ID, request_id="op-2"),
            client.get_capture(CAPTURE_ID),
            client.refund_capture(CAPTURE_ID, new_refund(), request_id="op-3"),
            client.get_refund("1JU"),
        ):
            with pytest.raises(db.ScopesDoNotNest):
                await call
    finally:
        db._inside.reset(mark)
    assert (odd.connections, odd.asked) == (0, [])


async def test_debug_ids_are_logged_and_tokens_never(odd: OddServer, client: PayPalClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    odd.will(cut_off(), answer(200, order_json(), paypal_debug_id="d-7"))
    await client.get_order(ORDER_ID)
    told = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith("exodrive"))
    assert "d-7" in told
    assert "token-1" not in told
    assert "secret" not in told
