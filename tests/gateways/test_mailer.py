"""Mail through Resend: what is sent, and what is made of trouble."""

import time
from collections.abc import AsyncIterator

import pytest
from openapi_core.exceptions import OpenAPIError

from exodrive.gateways.errors import Busy, Refused, Unknown, Unreachable
from exodrive.gateways.line import Patience
from exodrive.gateways.mailer import Letter, Resend
from exodrive.kit import db
from tests.gateways.contracts import check_request
from tests.gateways.odd_server import Answering, OddServer, answer, cut_off, raw

HASTY = Patience(connect=0.5, answer=0.5, budget=3.0, attempts=3, pause=0.01)
LETTER = Letter(
    to="Zoë Renter <renter@example.com>",
    subject="Your booking 7K3M9QXD",
    text="See you on Monday.",
    html="<p>See you on Monday.</p>",
    headers={"X-Entity-Ref-ID": "7K3M9QXD"},
    tags={"topic": "confirmation"},
)
FINE = answer(200, {"id": "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"})


@pytest.fixture
async def mailer(odd: OddServer) -> AsyncIterator[Resend]:
    mailer = Resend(odd.url, "re_secret", sender="Exodrive <hi@example.com>", reply_to="desk@example.com", patience=HASTY)
    yield mailer
    await mailer.close()


async def test_a_letter_is_sent_whole_and_answers_its_id(odd: OddServer, mailer: Resend) -> None:
    odd.will(FINE)
    assert await mailer.send(LETTER, idempotency_key="booking-confirmed/1") == "49a3999c-0ce1-4ea6-ab68-afcd6dc2e794"
    [request] = odd.asked
    assert (request.method, request.path) == ("POST", "/emails")
    assert request.headers["authorization"] == "Bearer re_secret"
    assert request.headers["idempotency-key"] == "booking-confirmed/1"
    assert request.headers["user-agent"] == "exodrive"
    assert request.json == {
        "from": "Exodrive <hi@example.com>",
        "to": ["Zoë Renter <renter@example.com>"],
        "reply_to": "desk@example.com",
        "subject": "Your booking 7K3M9QXD",
        "text": "See you on Monday.",
        "html": "<p>See you on Monday.</p>",
        "headers": {"X-Entity-Ref-ID": "7K3M9QXD"},
        "tags": [{"name": "topic", "value": "confirmation"}],
    }


async def test_what_is_sent_is_what_the_official_document_describes(odd: OddServer, mailer: Resend) -> None:
    odd.will(FINE, FINE)
    await mailer.send(LETTER, idempotency_key="k")
    await mailer.send(Letter(to="a@example.com", subject="s", text="t", html="h"), idempotency_key="k2")
    for request in odd.asked:
        check_request("resend/resend.json", "https://api.resend.com", "POST", "/emails", request.headers, request.body)


async def test_the_check_sees_a_wrong_letter(odd: OddServer, mailer: Resend) -> None:
    odd.will(FINE)
    await mailer.send(LETTER, idempotency_key="k")
    body = odd.asked[0].body.replace(b'"subject"', b'"topic"')
    with pytest.raises(OpenAPIError):
        check_request("resend/resend.json", "https://api.resend.com", "POST", "/emails", odd.asked[0].headers, body)


@pytest.mark.parametrize(
    "trouble",
    [
        cut_off(),
        answer(500, {"statusCode": 500, "name": "internal_server_error", "message": "?"}),
        answer(503, b"<html>"),
        answer(200, b"{}"),
        answer(409, {"statusCode": 409, "name": "concurrent_idempotent_requests", "message": "?"}),
        raw(b"HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\nhalf"),
    ],
    ids=["hung up", "500", "503", "no id", "under way", "half"],
)
async def test_without_a_usable_answer_the_very_same_letter_is_sent_again(odd: OddServer, mailer: Resend, trouble: Answering) -> None:
    odd.will(trouble, FINE)
    assert await mailer.send(LETTER, idempotency_key="k")
    assert len({(r.headers["idempotency-key"], r.body) for r in odd.asked}) == 1
    odd.will(trouble, trouble, trouble)
    with pytest.raises(Unknown):
        await mailer.send(LETTER, idempotency_key="k")
    assert len(odd.asked) == 5


@pytest.mark.parametrize(
    ("status", "name"),
    [(422, "validation_error"), (401, "missing_api_key"), (403, "invalid_from"), (409, "invalid_idempotent_request")],
)
async def test_a_refusal_names_its_issue_and_is_not_repeated(odd: OddServer, mailer: Resend, status: int, name: str) -> None:
    odd.will(answer(status, {"statusCode": status, "name": name, "message": "?"}))
    with pytest.raises(Refused) as refused:
        await mailer.send(LETTER, idempotency_key="k")
    assert (refused.value.issue, refused.value.status) == (name, status)
    assert len(odd.asked) == 1


async def test_a_busy_provider_is_asked_again_when_it_says(odd: OddServer, mailer: Resend) -> None:
    slow_down = {"statusCode": 429, "name": "rate_limit_exceeded", "message": "?"}
    odd.will(answer(429, slow_down, retry_after="1"), FINE)
    begun = time.monotonic()
    assert await mailer.send(LETTER, idempotency_key="k")
    assert time.monotonic() - begun >= 1


@pytest.mark.parametrize(
    ("busy", "seconds"),
    [
        (answer(429, {"name": "rate_limit_exceeded"}, retry_after="30"), 30),
        (answer(429, {"name": "daily_quota_exceeded"}), 3600),
        (answer(429, b"slow down", retry_after="30"), 30),
    ],
    ids=["told", "out of quota", "garbled"],
)
async def test_a_provider_busy_for_long_says_so_at_once(odd: OddServer, mailer: Resend, busy: Answering, seconds: int) -> None:
    odd.will(busy)
    with pytest.raises(Busy) as told:
        await mailer.send(LETTER, idempotency_key="k")
    assert told.value.retry_after == seconds


async def test_nobody_listening_means_nothing_was_sent(odd: OddServer, mailer: Resend) -> None:
    await odd.__aexit__()
    with pytest.raises(Unreachable):
        await mailer.send(LETTER, idempotency_key="k")


async def test_no_letter_is_sent_inside_a_database_scope(odd: OddServer, mailer: Resend) -> None:
    mark = db._inside.set(True)
    try:
        with pytest.raises(db.ScopesDoNotNest):
            await mailer.send(LETTER, idempotency_key="k")
    finally:
        db._inside.reset(mark)
    assert odd.connections == 0
