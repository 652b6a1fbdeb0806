"""Webhook signatures, checked the way PayPal documents it, and what must not pass."""

import base64
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from tests.emulators.merchant import Merchant
from tests.emulators.receiver import Got, Receiver
from tests.emulators.running import Running, until

SIGNER = "messageverificationcerts.sandbox.paypal.com"


def leaf_of(pem: bytes, root: bytes, name: str = SIGNER, at: datetime | None = None) -> x509.Certificate:
    """The verified leaf of a chain; raises VerificationError."""
    leaf, *others = x509.load_pem_x509_certificates(pem)
    store = Store(x509.load_pem_x509_certificates(root))
    builder = PolicyBuilder().store(store).time(at or datetime.now(UTC))
    builder.build_server_verifier(x509.DNSName(name)).verify(leaf, others)
    return leaf


def verify(leaf: x509.Certificate, headers: dict[str, str], webhook_id: str, body: bytes) -> None:
    """Raises InvalidSignature."""
    assert headers["paypal-auth-algo"] == "SHA256withRSA"
    key = leaf.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    text = f"{headers['paypal-transmission-id']}|{headers['paypal-transmission-time']}|{webhook_id}|{zlib.crc32(body)}"
    signature = base64.b64decode(headers["paypal-transmission-sig"], validate=True)
    key.verify(signature, text.encode(), padding.PKCS1v15(), hashes.SHA256())


@pytest.fixture
def webhook_id(paypal: Running, receiver: Receiver) -> Iterator[str]:
    webhook = paypal.control("webhooks", {"url": receiver.url})
    yield webhook["id"]
    paypal.control(f"webhooks/{webhook['id']}", method="DELETE")


@pytest.fixture
def got(merchant: Merchant, receiver: Receiver, webhook_id: str) -> Got:
    merchant.approve(merchant.order()["id"])
    until(lambda: receiver.got)
    return receiver.got[0]


@pytest.fixture
def pem(paypal: Running, got: Got) -> bytes:
    assert got.headers["paypal-cert-url"].startswith(f"{paypal.url}/v1/notifications/certs/CERT-")
    return paypal.http.get(got.headers["paypal-cert-url"]).content


@pytest.fixture
def root(paypal: Running) -> bytes:
    return paypal.http.get("/control/root.pem").content


def test_a_genuine_event_verifies(got: Got, pem: bytes, root: bytes, webhook_id: str):
    verify(leaf_of(pem, root), got.headers, webhook_id, got.body)
    assert got.headers["paypal-auth-version"] == "v2"


def test_a_changed_byte_does_not_verify(got: Got, pem: bytes, root: bytes, webhook_id: str):
    changed = got.body.replace(b"USD", b"EUR", 1)
    with pytest.raises(InvalidSignature):
        verify(leaf_of(pem, root), got.headers, webhook_id, changed)


def test_another_webhook_id_does_not_verify(got: Got, pem: bytes, root: bytes):
    with pytest.raises(InvalidSignature):
        verify(leaf_of(pem, root), got.headers, "8PT597110X687430L", got.body)


def test_another_transmission_does_not_verify(got: Got, pem: bytes, root: bytes, webhook_id: str):
    other = got.headers | {"paypal-transmission-time": "2020-01-01T00:00:00Z"}
    with pytest.raises(InvalidSignature):
        verify(leaf_of(pem, root), other, webhook_id, got.body)


def test_the_chain_needs_its_intermediate_its_root_its_name_and_its_time(pem: bytes, root: bytes, tmp_path: Path):
    leaf_only = pem[: pem.index(b"-----END CERTIFICATE-----") + 26]
    stranger = Running("paypal", "--state", str(tmp_path))
    foreign = stranger.http.get("/control/root.pem").content
    stranger.stop()
    leaf_of(pem, root)
    for arguments in (
        (leaf_only, root, SIGNER, None),
        (pem, foreign, SIGNER, None),
        (pem, root, "www.paypal.com", None),
        (pem, root, SIGNER, datetime(2060, 1, 1, tzinfo=UTC)),
    ):
        with pytest.raises(VerificationError):
            leaf_of(*arguments)


def test_the_chain_is_made_once_and_kept_with_the_state(tmp_path: Path):
    roots, names = [], []
    for _ in range(2):
        emulator = Running("paypal", "--state", str(tmp_path))
        roots.append(emulator.http.get("/control/root.pem").content)
        names.append(sorted(file.name for file in tmp_path.iterdir()))
        emulator.stop()
    assert roots[0] == roots[1] == (tmp_path / "root.pem").read_bytes()
    assert (tmp_path / "leaf.key").stat().st_mode & 0o077 == 0


def test_an_unknown_certificate_is_not_found(paypal: Running):
    assert paypal.http.get("/v1/notifications/certs/CERT-0-0-0").status_code == 404
