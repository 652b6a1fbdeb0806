"""Notices: genuine ones are read, forged ones refused, and no stranger chooses whom we talk to."""

import asyncio
import time
import warnings
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from exodrive.gateways.paypal import CannotVerify, Forged, Trust, Verifier
from exodrive.kit import clock, db
from tests.gateways.odd_server import Answering, OddServer, answer, cut_off, drip, flood, raw, silence
from tests.gateways.paypal.authority import SANDBOX, WEBHOOK_ID, Signer, event, new_key, signed, signer

CERT = "/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77"


@cache
def genuine() -> Signer:
    """Made at its first use: whoever collects this file only need not wait for three keys."""
    return signer()


def trust(odd: OddServer, **changed: object) -> Trust:
    values = {"origins": (odd.url,), "names": (SANDBOX,), "roots": genuine().root}
    return Trust(**{**values, **changed})


@pytest.fixture
def verifier(odd: OddServer) -> Verifier:
    return Verifier(WEBHOOK_ID, trust(odd))


def serve(odd: OddServer, certificates: bytes = b"") -> str:
    odd.will(answer(200, certificates or genuine().chain))
    return odd.url + CERT


async def test_a_genuine_notice_is_read(odd: OddServer, verifier: Verifier) -> None:
    body = event()
    sent = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    notice = await verifier.verify(signed(genuine(), body, serve(odd), sent=sent), body)
    assert (notice.transmission_id, notice.sent_at) == ("69cd13f0-d67a-11e5-baa3-778b53f4ae55", sent)
    assert (notice.event.id, notice.event.event_type, notice.event.resource_type) == (
        "WH-2WR32451HC0233532-67976317FL4543714",
        "PAYMENT.CAPTURE.COMPLETED",
        "capture",
    )
    assert notice.event.resource == {"id": "3C679366HH908993F", "status": "COMPLETED"}


@pytest.mark.parametrize("wrong", [-timedelta(days=1), -timedelta(minutes=10), timedelta(minutes=10), timedelta(days=1)], ids=str)
async def test_scenario_19_a_genuine_notice_is_taken_though_our_own_clock_is_wrong(
    odd: OddServer, verifier: Verifier, wrong: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(clock._state, "shift", wrong)
    body = event()
    assert await verifier.verify(signed(genuine(), body, serve(odd), sent=datetime.now(UTC) - timedelta(seconds=5)), body)


async def test_scenario_8_a_certificate_is_fetched_once(odd: OddServer, verifier: Verifier) -> None:
    url, body = serve(odd), event()
    await asyncio.gather(*(verifier.verify(signed(genuine(), body, url), body) for _ in range(20)))
    await verifier.verify(signed(genuine(), body, url), body)
    assert [request.path for request in odd.asked] == [CERT]


async def test_the_intermediate_may_come_from_our_settings(odd: OddServer) -> None:
    body = event()
    with pytest.raises(Forged):
        await Verifier(WEBHOOK_ID, trust(odd)).verify(signed(genuine(), body, serve(odd, genuine().leaf)), body)
    verifier = Verifier(WEBHOOK_ID, trust(odd, intermediates=genuine().intermediate))
    assert await verifier.verify(signed(genuine(), body, serve(odd, genuine().leaf)), body)


async def test_the_body_counts_byte_by_byte(odd: OddServer, verifier: Verifier) -> None:
    body = b'{ "id":"WH-1",\n"event_type":"X" }  '
    assert (await verifier.verify(signed(genuine(), body, serve(odd)), body)).event.id == "WH-1"


# Forged


@pytest.mark.parametrize(
    "missing",
    [
        "paypal-transmission-id",
        "paypal-transmission-time",
        "paypal-transmission-sig",
        "paypal-cert-url",
        "paypal-auth-algo",
    ],
)
async def test_without_a_header_it_is_forged(odd: OddServer, verifier: Verifier, missing: str) -> None:
    body = event()
    headers = signed(genuine(), body, odd.url + CERT)
    del headers[missing]
    with pytest.raises(Forged):
        await verifier.verify(headers, body)
    assert odd.connections == 0


THIS_MINUTE = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:00Z")  # a good time, but not the signed one


@pytest.mark.parametrize(
    "changed",
    [
        {"paypal_transmission_id": "another"},
        {"paypal_transmission_time": THIS_MINUTE},
        {"paypal_transmission_sig": b64encode(b"x" * 256).decode()},
        {"paypal_transmission_sig": b64encode(b"short").decode()},
    ],
)
async def test_a_changed_header_is_forged(odd: OddServer, verifier: Verifier, changed: dict[str, str]) -> None:
    body, sent = event(), datetime.now(UTC) - timedelta(hours=1)
    with pytest.raises(Forged, match="wrong signature"):
        await verifier.verify(signed(genuine(), body, serve(odd), sent=sent, **changed), body)


@pytest.mark.parametrize(
    "changed",
    [
        {"paypal_transmission_sig": "not base64!"},
        {"paypal_transmission_sig": "ünïcödé"},
        {"paypal_auth_algo": "SHA1withRSA"},
        {"paypal_auth_algo": "none"},
        {"paypal_transmission_time": "yesterday"},
        {"paypal_transmission_time": "2026-05-01T10:00:00"},
        {"paypal_transmission_time": "12"},
    ],
)
async def test_nonsense_is_forged_and_fetches_nothing(odd: OddServer, verifier: Verifier, changed: dict[str, str]) -> None:
    body = event()
    with pytest.raises(Forged):
        await verifier.verify(signed(genuine(), body, odd.url + CERT, **changed), body)
    assert odd.connections == 0


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"id": "WH-1"}', b"\xff", b'{"id": 1, "event_type": 2}'])
async def test_a_body_that_is_no_event_is_forged_and_fetches_nothing(odd: OddServer, verifier: Verifier, body: bytes) -> None:
    with pytest.raises(Forged):
        await verifier.verify(signed(genuine(), body, odd.url + CERT), body)
    assert odd.connections == 0


async def test_a_changed_byte_is_forged(odd: OddServer, verifier: Verifier) -> None:
    body = event()
    headers = signed(genuine(), body, serve(odd))
    with pytest.raises(Forged):
        await verifier.verify(headers, body.replace(b"COMPLETED", b"COMPLETEE"))
    assert await verifier.verify(headers, body)


async def test_a_notice_signed_for_somebody_elses_webhook_is_forged(odd: OddServer, verifier: Verifier) -> None:
    body = event()
    with pytest.raises(Forged):
        await verifier.verify(signed(genuine(), body, serve(odd), webhook_id="2EE12345"), body)


@pytest.mark.parametrize(("age", "fine"), [(-3.9, True), (-4.1, False), (0.9, True), (1.1, False)])
async def test_a_notice_may_be_days_old_but_not_weeks(odd: OddServer, verifier: Verifier, age: float, fine: bool) -> None:
    body = event()
    headers = signed(genuine(), body, serve(odd), sent=datetime.now(UTC) + timedelta(days=age))
    if fine:
        assert await verifier.verify(headers, body)
    else:
        with pytest.raises(Forged):
            await verifier.verify(headers, body)


UNTRUSTED = [
    pytest.param(lambda: signer(name="messageverificationcerts.paypal.com.evil.example"), id="another name"),
    pytest.param(lambda: signer(name="messageverificationcerts.paypal.com"), id="the live name in the sandbox"),
    pytest.param(lambda: signer(root="another root"), id="another root"),
    pytest.param(lambda: signer(lives=(timedelta(days=-9), timedelta(days=-1))), id="expired"),
    pytest.param(lambda: signer(lives=(timedelta(days=1), timedelta(days=9))), id="not yet valid"),
    pytest.param(lambda: signer(elliptic=True), id="no RSA key"),
    pytest.param(lambda: signer(leaf_bits=1024), id="a weak key"),
]


@pytest.mark.parametrize("make", UNTRUSTED)
async def test_a_certificate_we_do_not_trust_is_forged(odd: OddServer, verifier: Verifier, make: object) -> None:
    body, by = event(), make()
    with pytest.raises(Forged, match="certificate"):
        await verifier.verify(signed(by, body, serve(odd, by.chain)), body)


async def test_a_leaf_that_signs_for_itself_is_forged(odd: OddServer, verifier: Verifier) -> None:
    body = event()
    root = Signer(new_key("root"), genuine().root, genuine().intermediate, genuine().root)
    with pytest.raises(Forged):
        await verifier.verify(signed(root, body, serve(odd, genuine().root)), body)


async def test_a_certificate_that_failed_is_fetched_anew(odd: OddServer, verifier: Verifier) -> None:
    body, expired = event(), signer(lives=(timedelta(days=-9), timedelta(days=-1)))
    url = serve(odd, expired.chain)
    with pytest.raises(Forged):
        await verifier.verify(signed(genuine(), body, url), body)
    serve(odd)
    assert await verifier.verify(signed(genuine(), body, url), body)


def test_without_roots_of_our_own_those_of_the_world_count() -> None:
    with warnings.catch_warnings(action="error"):
        Verifier(WEBHOOK_ID, Trust(origins=("https://api.paypal.com",), names=("messageverificationcerts.paypal.com",)))


# Addresses: nobody may make us call anywhere else


@pytest.mark.parametrize(
    "made",
    [
        "http://user@127.0.0.1:{port}" + CERT,
        "http://127.0.0.1:{port}@evil.example" + CERT,
        "http://127.0.0.1:{port}.evil.example" + CERT,
        "http://127.0.0.1:{port}1" + CERT,
        "http://127.0.0.1:1" + CERT,
        "http://127.0.0.1" + CERT,
        "https://127.0.0.1:{port}" + CERT,
        "HTTP://127.0.0.1:{port}" + CERT,
        "http://localhost:{port}" + CERT,
        "http://2130706433:{port}" + CERT,
        "http://127.1:{port}" + CERT,
        "http://[::ffff:127.0.0.1]:{port}" + CERT,
        "http://0.0.0.0:{port}" + CERT,
        "//127.0.0.1:{port}" + CERT,
        "file:///etc/passwd",
        "ftp://127.0.0.1:{port}" + CERT,
        "http://127.0.0.1:{port}/v1/notifications/certs/",
        "http://127.0.0.1:{port}/v1/notifications/certs/../../oauth2/token",
        "http://127.0.0.1:{port}/v1/notifications/certs/..%2f..%2fadmin",
        "http://127.0.0.1:{port}/v1/notifications/certs/CERT-1?next=http://evil.example",
        "http://127.0.0.1:{port}/v1/notifications/certs/CERT-1#x",
        "http://127.0.0.1:{port}/v1/notifications/certs/CERT-1/more",
        "http://127.0.0.1:{port}/v1/notifications/certs/CERT-1\n",
        "http://127.0.0.1:{port}/v1/notifications/certs/CERT-1\r\nhost: evil.example",
        "http://127.0.0.1:{port}/v1/notifications/certs/" + "C" * 129,
        "http://127.0.0.1:{port}/v1/notifications/certs/CERT-ü",
        "http://127.0.0.1:{port}/v2/notifications/certs/CERT-1",
        " http://127.0.0.1:{port}" + CERT,
    ],
)
async def test_scenario_8_an_address_of_elsewhere_is_never_called(odd: OddServer, verifier: Verifier, made: str) -> None:
    body = event()
    odd.will(answer(200, genuine().chain))
    with pytest.raises(Forged, match="elsewhere"):
        await verifier.verify(signed(genuine(), body, made.replace("{port}", str(odd.port))), body)
    assert odd.connections == 0


async def test_scenario_8_a_redirect_is_not_followed(odd: OddServer, verifier: Verifier) -> None:
    body = event()
    async with OddServer() as elsewhere:
        elsewhere.will(answer(200, genuine().chain))
        odd.will(answer(302, b"", location=elsewhere.url + CERT))
        with pytest.raises(CannotVerify):
            await verifier.verify(signed(genuine(), body, odd.url + CERT), body)
        assert elsewhere.connections == 0


# Certificates that cannot be had: say so, and PayPal sends the notice again


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(answer(404, b""), id="404"),
        pytest.param(answer(500, b""), id="500"),
        pytest.param(answer(200, b"no certificate"), id="no PEM"),
        pytest.param(answer(200, b""), id="empty"),
        pytest.param(cut_off(), id="hung up"),
        pytest.param(raw(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n---"), id="half"),
        pytest.param(silence, id="silence"),
        pytest.param(drip(b"HTTP/1.1 200 OK\r\n\r\n", b"-", 0.1), id="drop by drop"),
    ],
)
async def test_scenario_8_a_certificate_that_cannot_be_had_is_no_forgery(odd: OddServer, trouble: Answering) -> None:
    verifier = Verifier(WEBHOOK_ID, trust(odd), deadline=0.5)
    odd.will(trouble)
    body, begun = event(), time.monotonic()
    with pytest.raises(CannotVerify):
        await verifier.verify(signed(genuine(), body, odd.url + CERT), body)
    assert time.monotonic() - begun < 5
    url = serve(odd)
    assert await verifier.verify(signed(genuine(), body, url), body), "the failure was kept"


async def test_scenario_8_ten_megabytes_are_not_read(odd: OddServer, verifier: Verifier) -> None:
    odd.will(flood(10))
    body = event()
    with pytest.raises(CannotVerify, match="TooLarge"):
        await verifier.verify(signed(genuine(), body, odd.url + CERT), body)


async def test_strangers_cannot_make_us_fetch_many_at_once(odd: OddServer, verifier: Verifier) -> None:
    body = event()
    odd.will(*[answer(404, b"")] * 50)
    await asyncio.gather(
        *(verifier.verify(signed(genuine(), body, f"{odd.url}{CERT}{n}"), body) for n in range(50)),
        return_exceptions=True,
    )
    assert odd.connections <= 4


async def test_only_so_many_certificates_are_kept(odd: OddServer, verifier: Verifier) -> None:
    body = event()
    for n in range(20):
        odd.will(answer(200, genuine().chain))
        await verifier.verify(signed(genuine(), body, f"{odd.url}{CERT}{n}"), body)
    assert len(odd.asked) == 20
    await verifier.verify(signed(genuine(), body, f"{odd.url}{CERT}19"), body)
    assert len(odd.asked) == 20
    odd.will(answer(200, genuine().chain))
    await verifier.verify(signed(genuine(), body, f"{odd.url}{CERT}0"), body)
    assert len(odd.asked) == 21


async def test_nothing_is_verified_inside_a_database_scope(odd: OddServer, verifier: Verifier) -> None:
    mark = db._inside.set(True)
    try:
        with pytest.raises(db.ScopesDoNotNest):
            await verifier.verify(signed(genuine(), event(), odd.url + CERT), event())
    finally:
        db._inside.reset(mark)
    assert odd.connections == 0
