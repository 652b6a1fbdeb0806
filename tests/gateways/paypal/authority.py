"""A signing authority like PayPal's, of these tests' own: root, intermediate, leaf, and what they sign."""

import json
import zlib
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SANDBOX = "messageverificationcerts.sandbox.paypal.com"
WEBHOOK_ID = "8PT597110X687430LKGECATA"


@cache
def new_key(which: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """Keys are slow to make: one per purpose and run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Signer:
    """A leaf with its key, and the certificates between it and the root (PEM)."""

    key: rsa.RSAPrivateKey
    leaf: bytes
    intermediate: bytes
    root: bytes

    @property
    def chain(self) -> bytes:
        return self.leaf + self.intermediate


def signer(
    *,
    name: str = SANDBOX,
    root: str = "root",
    lives: tuple[timedelta, timedelta] = (timedelta(days=-1), timedelta(days=30)),
    leaf_bits: int = 2048,
    elliptic: bool = False,
) -> Signer:
    """Make a chain; ``root`` names whose it is, ``lives`` from when to when the leaf is good, from now."""
    root_key, middle_key, leaf_key = new_key(root), new_key(f"{root} intermediate"), new_key("leaf", leaf_bits)
    root_cert = issue(root, root_key.public_key(), root, root_key, ca=True)
    middle_cert = issue(f"{root} intermediate", middle_key.public_key(), root, root_key, ca=True)
    public: Any = ec.generate_private_key(ec.SECP256R1()).public_key() if elliptic else leaf_key.public_key()
    leaf = issue(name, public, f"{root} intermediate", middle_key, ca=False, lives=lives)
    return Signer(leaf_key, pem(leaf), pem(middle_cert), pem(root_cert))


def issue(
    subject: str,
    public: Any,
    issuer: str,
    issuer_key: rsa.RSAPrivateKey,
    *,
    ca: bool,
    lives: tuple[timedelta, timedelta] = (timedelta(days=-2), timedelta(days=40)),
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + lives[0])
        .not_valid_after(now + lives[1])
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(key_usage(ca=ca), critical=True)
    )
    if not ca:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(issuer_key, SHA256())


def key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def event(**changed: Any) -> bytes:
    values = {
        "id": "WH-2WR32451HC0233532-67976317FL4543714",
        "event_version": "1.0",
        "create_time": "2026-05-01T10:00:00.000Z",
        "resource_type": "capture",
        "event_type": "PAYMENT.CAPTURE.COMPLETED",
        "summary": "Payment completed",
        "resource": {"id": "3C679366HH908993F", "status": "COMPLETED"},
    }
    return json.dumps({**values, **changed}).encode()


def signed(
    by: Signer, body: bytes, url: str, *, webhook_id: str = WEBHOOK_ID, sent: datetime | None = None, **changed: str
) -> dict[str, str]:
    """The headers of a delivery, signed; ``changed`` replaces headers after that (``_`` for ``-``)."""
    sent_at = (sent or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    transmission = "69cd13f0-d67a-11e5-baa3-778b53f4ae55"
    text = f"{transmission}|{sent_at}|{webhook_id}|{zlib.crc32(body)}".encode()
    headers = {
        "paypal-transmission-id": transmission,
        "paypal-transmission-time": sent_at,
        "paypal-transmission-sig": b64encode(by.key.sign(text, PKCS1v15(), SHA256())).decode(),
        "paypal-cert-url": url,
        "paypal-auth-algo": "SHA256withRSA",
        "paypal-auth-version": "v2",
    }
    return headers | {name.replace("_", "-"): value for name, value in changed.items()}
