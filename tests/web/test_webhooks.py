"""PayPal's notices over HTTP: genuine ones are kept once and answered at once, forged ones leave no trace."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from exodrive_emulators.paypal import signing
from tests.builders import Build
from tests.checksum import with_checksum
from tests.product import Stack
from tests.web.steps import begin_payment, settles

Change = Callable[["Letter"], None]
Counted = Callable[[str], Awaitable[int]]


@dataclass
class Letter:
    """One notice as PayPal would send it, still open to forgery."""

    body: bytes
    headers: dict[str, str]


class PayPalsPen:
    """Signs as the stack's own PayPal does, with the very key."""

    def __init__(self, stack: Stack) -> None:
        self.url = f"{stack.paypal.url}/v1/notifications/certs/"
        self.webhook_id = stack.wiring.keys.paypal_webhook_id
        self.chain = signing.load_or_make(stack.wiring.folder / "paypal")

    def write(self, kind: str = "PAYMENT.CAPTURE.COMPLETED", resource: dict[str, Any] | None = None, **changes: Any) -> Letter:
        event = {
            "id": f"WH-{uuid4().hex.upper()}",
            "event_type": kind,
            "resource_type": "capture",
            "resource": resource or {"id": uuid4().hex},
        }
        return self.sign(json.dumps(event | changes.pop("event", {})).encode(), **changes)

    def sign(
        self,
        body: bytes,
        *,
        transmission_id: str = "",
        sent: datetime | None = None,
        webhook_id: str = "",
        pen: signing.Chain | None = None,
    ) -> Letter:
        sent_time = (sent or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        transmission_id = transmission_id or str(uuid4())
        signature = (pen or self.chain).sign(
            transmission_id=transmission_id, time=sent_time, webhook_id=webhook_id or self.webhook_id, body=body
        )
        headers = {
            "content-type": "application/json",
            "paypal-transmission-id": transmission_id,
            "paypal-transmission-time": sent_time,
            "paypal-transmission-sig": signature,
            "paypal-auth-algo": signing.ALGORITHM,
            "paypal-cert-url": self.url + self.chain.name,
        }
        return Letter(body, headers)


@pytest.fixture
def pen(stack: Stack) -> PayPalsPen:
    return PayPalsPen(stack)


@pytest.fixture
def kept(stack: Stack) -> Callable[[], Awaitable[list[tuple[str, str]]]]:
    """The notices in the database, and the work promised for them."""

    async def read() -> list[tuple[str, str]]:
        async with stack.doors.service().scope() as db:
            rows = await db.fetch("select event_id, transmission_id from public.webhook_events order by received_at, id")
        return [tuple(row) for row in rows]

    return read


@pytest.fixture
def refused(stack: Stack) -> Counted:
    """How many notices were refused for a flaw so far, as a member of staff reads it."""

    async def read(flaw: str) -> int:
        async with stack.doors.admin(uuid4()).scope() as db:
            number: int = await db.fetchval("select coalesce(sum(number), 0)::int from webhook_refusals where flaw = $1", flaw)
        return number

    return read


@pytest.fixture
async def silent_paypal(stack: Stack) -> AsyncIterator[None]:
    """A PayPal that sends no notices of its own."""
    webhook = f"webhooks/{stack.wiring.keys.paypal_webhook_id}"
    await stack.paypal.control("PATCH", webhook, {"mode": "drop"})
    yield
    await stack.paypal.control("PATCH", webhook, {"mode": "deliver"})


async def send(http: httpx.AsyncClient, letter: Letter) -> httpx.Response:
    return await http.post("/api/webhooks/paypal", content=letter.body, headers=letter.headers)


async def test_a_genuine_notice_is_answered_at_once_and_kept_as_it_came(http: httpx.AsyncClient, pen: PayPalsPen, stack: Stack) -> None:
    letter = pen.write(resource={"id": "5O190127TN364715T", "note": "über 100 %"})
    answer = await send(http, letter)
    assert (answer.status_code, answer.content) == (202, b"")
    event = json.loads(letter.body)
    async with stack.doors.service().scope() as db:
        row = await db.fetchrow(
            """select source, event_type, resource_id, transmission_id, payload -> 'resource' as resource from public.webhook_events
               where event_id = $1""",
            event["id"],
        )
    assert tuple(row) == ("paypal", event["event_type"], "5O190127TN364715T", letter.headers["paypal-transmission-id"], event["resource"])


async def test_scenario_5_fifty_deliveries_of_one_event_at_once_are_kept_once_and_have_one_effect(
    http: httpx.AsyncClient, pen: PayPalsPen, stack: Stack, build: Build, silent_paypal: None
) -> None:
    made = await build.held()
    order_id = await begin_payment(http, made)
    await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
    first = pen.write("CHECKOUT.ORDER.APPROVED", {"id": order_id})
    letters = [first] * 25 + [pen.sign(first.body) for _ in range(25)]
    answers = await asyncio.gather(*[send(http, letter) for letter in letters])
    assert {answer.status_code for answer in answers} == {202}
    assert await settles(lambda: build.status(made), "upcoming")
    event = json.loads(first.body)["id"]
    assert await build.value("select count(*) from webhook_events where event_id = $1", event) == 1
    assert (await build.history(made)).count("paid") == 1
    ledger = await stack.paypal.control("GET", "ledger")
    captures = [row for row in ledger["captures"] if row["supplementary_data"]["related_ids"].get("order_id") == order_id]
    assert len(captures) == 1


async def test_one_delivery_sent_again_with_another_event_is_refused_and_counted(
    http: httpx.AsyncClient, pen: PayPalsPen, kept: Any, refused: Counted
) -> None:
    transmission, before = str(uuid4()), await refused("replay")
    assert (await send(http, pen.write(transmission_id=transmission))).status_code == 202
    await _refused(http, pen.write(transmission_id=transmission))
    assert [row[1] for row in await kept()].count(transmission) == 1
    await counts(refused, "replay", before + 1)


async def test_a_genuine_delivery_does_not_sign_a_body_with_the_same_checksum(
    http: httpx.AsyncClient, pen: PayPalsPen, kept: Any, refused: Counted
) -> None:
    """Four chosen bytes restore any CRC32, so the headers of one delivery sign any number of bodies."""
    letter, before = pen.write(), await refused("replay")
    assert (await send(http, letter)).status_code == 202
    for change in ({"id": f"WH-{uuid4().hex.upper()}"}, {"resource": {"id": "another"}}):
        forged = Letter(with_checksum(json.loads(letter.body) | change, zlib.crc32(letter.body)), letter.headers)
        assert zlib.crc32(forged.body) == zlib.crc32(letter.body)
        await _refused(http, forged)
    event = json.loads(letter.body)["id"]
    assert [row[0] for row in await kept() if row[1] == letter.headers["paypal-transmission-id"]] == [event]
    await counts(refused, "replay", before + 2)


async def test_a_second_delivery_of_a_known_event_signs_no_other_either(
    http: httpx.AsyncClient, pen: PayPalsPen, kept: Any, refused: Counted
) -> None:
    first, before = pen.write(), await refused("replay")
    again = pen.sign(first.body)
    assert [(await send(http, letter)).status_code for letter in (first, again, again)] == [202] * 3
    other = json.loads(first.body) | {"id": f"WH-{uuid4().hex.upper()}"}
    await _refused(http, Letter(with_checksum(other, zlib.crc32(again.body)), again.headers))
    assert other["id"] not in [row[0] for row in await kept()]
    await counts(refused, "replay", before + 1)


FLAWS: dict[str, tuple[str, Callable[[PayPalsPen], Letter]]] = {
    "a foreign webhook id": ("signature", lambda pen: pen.write(webhook_id="8PT597110X687430LKGECATA")),
    "a chain of somebody's own": ("signature", lambda pen: pen.write(pen=signing.make())),
    "a certificate from elsewhere": ("certificate", lambda pen: forged(pen, "a host that begins alike")),
    "another byte": ("signature", lambda pen: forged(pen, "another byte in the body")),
    "no signature": ("headers", lambda pen: forged(pen, "no transmission-sig")),
    "too old": ("time", lambda pen: pen.write(sent=datetime.now(UTC) - timedelta(days=5))),
    "no event": ("event", lambda pen: pen.sign(b"[]")),
}


def forged(pen: PayPalsPen, how: str) -> Letter:
    letter = pen.write()
    FORGERIES[how](letter)
    return letter


@pytest.mark.parametrize(("flaw", "make"), FLAWS.values(), ids=FLAWS)
async def test_scenario_7_what_is_refused_is_counted_where_staff_can_see_it(
    http: httpx.AsyncClient, pen: PayPalsPen, refused: Counted, flaw: str, make: Callable[[PayPalsPen], Letter]
) -> None:
    before = await refused(flaw)
    for _ in range(3):
        await _refused(http, make(pen))
    await counts(refused, flaw, before + 3)


async def counts(refused: Counted, flaw: str, number: int) -> None:
    async with asyncio.timeout(20):
        while await refused(flaw) < number:
            await asyncio.sleep(0.05)
    assert await refused(flaw) == number


async def test_what_paypal_sends_by_itself_completes_a_booking_whose_renter_never_came_back(
    http: httpx.AsyncClient, stack: Stack, build: Build
) -> None:
    made = await build.held()
    order_id = await begin_payment(http, made)
    await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
    assert await settles(lambda: build.status(made), "upcoming")


def without(name: str) -> Change:
    return lambda letter: letter.headers.pop(name) and None


def instead(name: str, value: str) -> Change:
    return lambda letter: letter.headers.update({name: value})


def _other_byte(letter: Letter) -> None:
    letter.body = letter.body.replace(b"COMPLETED", b"REFUNDED!")


def _one_more_byte(letter: Letter) -> None:
    letter.body += b" "


def _other_signature(letter: Letter) -> None:
    signature = letter.headers["paypal-transmission-sig"]
    letter.headers["paypal-transmission-sig"] = signature[:-6] + ("A" if signature[-6] != "A" else "B") + signature[-5:]


FORGERIES: dict[str, Change] = {
    **{
        f"no {name}": without(f"paypal-{name}")
        for name in ("transmission-id", "transmission-time", "transmission-sig", "cert-url", "auth-algo")
    },
    "another byte in the body": _other_byte,
    "one more byte": _one_more_byte,
    "another signature": _other_signature,
    "no base64": instead("paypal-transmission-sig", "!!!"),
    "another id": instead("paypal-transmission-id", str(uuid4())),
    "another time": instead("paypal-transmission-time", (datetime.now(UTC) + timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%SZ")),
    "no time": instead("paypal-transmission-time", "yesterday"),
    "another algorithm": instead("paypal-auth-algo", "none"),
    "a stranger's certificate": instead("paypal-cert-url", "https://evil.example/v1/notifications/certs/CERT-1"),
    "a host that begins alike": instead("paypal-cert-url", "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1"),
    "another's user": instead("paypal-cert-url", "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1"),
    "a file of this machine": instead("paypal-cert-url", "file:///etc/passwd"),
    "this machine": instead("paypal-cert-url", "http://127.0.0.1:1/v1/notifications/certs/CERT-1"),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
async def test_scenario_7_a_forged_notice_is_refused_and_nothing_is_kept(
    http: httpx.AsyncClient, pen: PayPalsPen, kept: Any, forge: Change
) -> None:
    before, letter = await kept(), pen.write()
    forge(letter)
    await _refused(http, letter)
    assert await kept() == before


async def _refused(http: httpx.AsyncClient, letter: Letter) -> None:
    answer = await send(http, letter)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/not-genuine",
        "title": "not genuine",
        "status": 400,
        "detail": "This notice cannot be verified.",
    }


async def test_scenario_7_a_genuine_notice_for_another_webhook_is_a_forgery_here(
    http: httpx.AsyncClient, pen: PayPalsPen, kept: Any
) -> None:
    before = await kept()
    await _refused(http, pen.write(webhook_id="8PT597110X687430LKGECATA"))
    assert await kept() == before


async def test_a_notice_signed_by_a_chain_of_somebodys_own_is_a_forgery(http: httpx.AsyncClient, pen: PayPalsPen, kept: Any) -> None:
    before = await kept()
    await _refused(http, pen.write(pen=signing.make()))
    assert await kept() == before


@pytest.mark.parametrize("age", [timedelta(days=4), timedelta(days=-2)], ids=["too old", "from the future"])
async def test_scenario_7_a_genuine_notice_out_of_its_time_is_refused(
    http: httpx.AsyncClient, pen: PayPalsPen, kept: Any, age: timedelta
) -> None:
    before = await kept()
    await _refused(http, pen.write(sent=datetime.now(UTC) - age))
    assert await kept() == before


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id": 5}', b"null", b"\xff\xfe", b"[" * 100_000])
async def test_what_is_no_event_is_refused_though_it_is_signed(http: httpx.AsyncClient, pen: PayPalsPen, kept: Any, body: bytes) -> None:
    before = await kept()
    await _refused(http, pen.sign(body))
    assert await kept() == before


async def test_a_certificate_that_cannot_be_had_now_asks_paypal_to_come_again(http: httpx.AsyncClient, pen: PayPalsPen, kept: Any) -> None:
    before, letter = await kept(), pen.write()
    letter.headers["paypal-cert-url"] = pen.url + "CERT-that-is-not-there"
    answer = await send(http, letter)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert await kept() == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_notices_are_posted(http: httpx.AsyncClient, method: str) -> None:
    answer = await http.request(method, "/api/webhooks/paypal")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")
