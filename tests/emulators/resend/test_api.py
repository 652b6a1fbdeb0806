"""Sending mails."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.emulators.contracts import RESEND, check
from tests.emulators.running import Running

MAIL = {
    "from": "Exodrive <bookings@exodrive.example>",
    "to": ["renter@example.com"],
    "subject": "Your booking EX-1",
    "html": "<p>Hello</p>",
    "text": "Hello",
    "reply_to": "help@exodrive.example",
    "headers": {"X-Entity-Ref-ID": "EX-1"},
    "tags": [{"name": "letter", "value": "confirmation"}],
}


def send(resend: Running, mail: Any = MAIL, key: str | None = None, **headers: str) -> httpx.Response:
    usual = {"Authorization": "Bearer re_key"} | ({} if key is None else {"Idempotency-Key": key})
    body = {"content": mail} if isinstance(mail, bytes) else {"json": mail}
    return resend.http.post("/emails", headers=usual | headers, **body)


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and name of a refusal, in Resend's shape."""
    assert set(answer.json()) == {"statusCode", "name", "message"}
    assert answer.json()["statusCode"] == answer.status_code
    return answer.status_code, answer.json()["name"]


def test_a_mail_is_taken_as_documented_and_can_be_read(resend: Running):
    answer = send(resend, key="booking-confirmed/1")
    check(RESEND, answer)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.json()["id"])
    shown = resend.http.get(f"/emails/{answer.json()['id']}", headers={"Authorization": "Bearer re_key"})
    check(RESEND, shown)
    assert (shown.json()["to"], shown.json()["last_event"]) == (["renter@example.com"], "delivered")


def test_tests_see_everything_that_was_handed_in(resend: Running):
    send(resend, key="booking-confirmed/1")
    [mail] = resend.control("mails")
    for name in ("from", "to", "subject", "html", "text", "headers", "tags"):
        assert mail[name] == MAIL[name]
    assert (mail["idempotency_key"], mail["reply_to"]) == ("booking-confirmed/1", ["help@exodrive.example"])
    assert resend.control("mails?to=somebody@example.com") == []


@pytest.mark.parametrize("mail", [MAIL | {"to": "one@example.com"}, {name: MAIL[name] for name in ("from", "to", "subject", "text")}])
def test_smaller_mails_are_taken_and_shown_as_documented(resend: Running, mail: Any):
    sent = send(resend, mail)
    check(RESEND, sent)
    check(RESEND, resend.http.get(f"/emails/{sent.json()['id']}", headers={"Authorization": "Bearer re_key"}))


def test_the_same_key_and_body_send_once(resend: Running):
    spelled_otherwise = dict(reversed(MAIL.items()))
    answers = [send(resend, mail, "key").json() for mail in (MAIL, MAIL, spelled_otherwise)]
    assert answers[0] == answers[1] == answers[2]
    assert len(resend.control("mails")) == 1


def test_the_same_key_with_another_body_is_refused(resend: Running):
    send(resend, MAIL, "key")
    assert told(send(resend, MAIL | {"subject": "Other"}, "key")) == (409, "invalid_idempotent_request")
    assert len(resend.control("mails")) == 1


def test_a_key_is_kept_for_24_hours(resend: Running):
    first = send(resend, MAIL, "key").json()
    resend.advance(hours=23.9)
    assert send(resend, MAIL, "key").json() == first
    resend.advance(hours=0.2)
    assert send(resend, MAIL | {"subject": "Other"}, "key").json() != first


def test_a_key_in_flight_is_refused(resend: Running):
    resend.fault("slow", "/emails", delay=0.5)
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(send, resend, MAIL, "key")
        while not resend.control("calls"):
            pass
        assert told(send(resend, MAIL, "key")) == (409, "concurrent_idempotent_requests")
    assert slow.result().status_code == 200


def test_a_refused_mail_does_not_use_up_its_key(resend: Running):
    assert send(resend, MAIL | {"to": "nobody"}, "key").status_code == 422
    assert send(resend, MAIL, "key").status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 257])
def test_a_bad_key_is_refused(resend: Running, key: str):
    assert told(send(resend, MAIL, key)) == (400, "invalid_idempotency_key")


def test_an_answer_lost_after_the_commit_is_repeated_by_the_same_key(resend: Running):
    resend.fault("lost_after_commit", "/emails", "POST")
    with pytest.raises(httpx.RemoteProtocolError):
        send(resend, MAIL, "key")
    assert send(resend, MAIL, "key").status_code == 200
    assert len(resend.control("mails")) == 1
    assert [call["request_id"] for call in resend.control("calls")] == ["key", "key"]


@pytest.mark.parametrize(
    ("mail", "status", "name"),
    [
        (b"", 422, "validation_error"),
        (b"[]", 422, "validation_error"),
        ({**MAIL, "from": None}, 422, "missing_required_field"),
        ({**MAIL, "to": []}, 422, "missing_required_field"),
        ({**MAIL, "subject": ""}, 422, "missing_required_field"),
        ({name: MAIL[name] for name in ("from", "to", "subject")}, 422, "missing_required_field"),
        ({**MAIL, "from": "Exodrive"}, 422, "validation_error"),
        ({**MAIL, "from": ["a@example.com"]}, 422, "validation_error"),
        ({**MAIL, "to": ["fine@example.com", "broken@"]}, 422, "validation_error"),
        ({**MAIL, "to": [f"r{n}@example.com" for n in range(51)]}, 422, "validation_error"),
        ({**MAIL, "cc": "x"}, 422, "validation_error"),
        ({**MAIL, "html": 5}, 422, "validation_error"),
        ({**MAIL, "headers": {"X": 1}}, 422, "validation_error"),
        ({**MAIL, "tags": [{"name": "a b", "value": "c"}]}, 422, "validation_error"),
        ({**MAIL, "attachments": [{"filename": "a.pdf"}]}, 422, "invalid_attachment"),
    ],
)
def test_a_wrong_mail_is_refused_in_resends_words(resend: Running, mail: Any, status: int, name: str):
    assert told(send(resend, mail)) == (status, name)
    assert resend.control("mails") == []


@pytest.mark.parametrize(
    ("headers", "status", "name"),
    [
        ({"Authorization": ""}, 401, "missing_api_key"),
        ({"Authorization": "Bearer other"}, 403, "invalid_api_key"),
        ({"Authorization": "Basic re_key"}, 403, "invalid_api_key"),
        ({"User-Agent": ""}, 403, "validation_error"),
    ],
)
def test_a_wrong_caller_is_refused(resend: Running, headers: dict[str, str], status: int, name: str):
    assert told(send(resend, **headers)) == (status, name)


def test_the_rate_limit_is_told_and_kept(resend: Running):
    resend.control("rate", {"per_second": 2})
    answers = [send(resend) for _ in range(6)]
    assert {answer.status_code for answer in answers} == {200, 429}
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert told(limited) == (429, "rate_limit_exceeded")
    assert (limited.headers["retry-after"], limited.headers["ratelimit-remaining"]) == ("1", "0")
    assert answers[0].headers["ratelimit-limit"] == "2"


def test_a_mail_that_is_not_there_is_told(resend: Running):
    assert told(resend.http.get("/emails/none", headers={"Authorization": "Bearer re_key"})) == (404, "not_found")


@pytest.mark.parametrize(("to", "event"), [("bounced@resend.dev", "bounced"), ("complained@resend.dev", "complained")])
def test_the_test_addresses_end_as_they_say(resend: Running, to: str, event: str):
    sent = send(resend, MAIL | {"to": to}).json()["id"]
    assert resend.http.get(f"/emails/{sent}", headers={"Authorization": "Bearer re_key"}).json()["last_event"] == event


def test_a_call_can_find_itself_in_progress(resend: Running):
    resend.fault("in_progress", "/emails", "POST")
    assert told(send(resend)) == (409, "concurrent_idempotent_requests")
    assert send(resend).status_code == 200
