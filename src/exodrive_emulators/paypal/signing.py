"""The certificate chain of this PayPal and its webhook signatures.

Root and intermediate are ECDSA, quick to make; the leaf is RSA because PayPal signs with SHA256withRSA.
"""

import base64
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SIGNER = "messageverificationcerts.sandbox.paypal.com"
ALGORITHM = "SHA256withRSA"
LIFE, SHORT_LIFE = timedelta(days=3650), timedelta(days=180)  # both begin a year ago: the short one is over
_PEM = serialization.Encoding.PEM
CaKey = ec.EllipticCurvePrivateKey
LeafKey = rsa.RSAPrivateKey
Certificate = x509.Certificate


class Chain:
    """Leaf key and certificates, among them a leaf that has expired; made at the first start and kept where there is a folder."""

    def __init__(self, key: LeafKey, leaf: Certificate, middle: Certificate, root: Certificate, expired: Certificate) -> None:
        self._key = key
        self.certificates = [leaf, middle, root]
        self.pem = leaf.public_bytes(_PEM) + middle.public_bytes(_PEM)
        self.root_pem = root.public_bytes(_PEM)
        self.expired_pem = expired.public_bytes(_PEM) + middle.public_bytes(_PEM)
        self.name, self.expired_name = _name(leaf), _name(expired)

    def sign(self, *, transmission_id: str, time: str, webhook_id: str, body: bytes) -> str:
        """The signature of one transmission, base64."""
        text = f"{transmission_id}|{time}|{webhook_id}|{zlib.crc32(body)}".encode()
        return base64.b64encode(self._key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Whether our key signed this text."""
        try:
            self._key.public_key().verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def save(self, folder: Path) -> None:
        """Keep the chain; root.pem is what a client trusts."""
        folder.mkdir(parents=True, exist_ok=True)
        secret = self._key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        _write(folder / "leaf.key", secret, mode=0o600)
        _write(folder / "root.pem", self.root_pem)
        _write(folder / "expired.pem", self.expired_pem)
        _write(folder / "chain.pem", self.pem + self.root_pem)  # last: its presence says that all is there


class Chains:
    """The chain this PayPal signs with, and one under another root that nobody trusts, made when it is first wanted."""

    def __init__(self, folder: Path | None) -> None:
        self.own = load_or_make(folder)
        self._others = folder / "foreign" if folder else None
        self._foreign: Chain | None = None

    @property
    def foreign(self) -> Chain:
        """The other one."""
        self._foreign = self._foreign or load_or_make(self._others)
        return self._foreign

    def pem(self, name: str) -> bytes | None:
        """Leaf and intermediate by the leaf's name."""
        made = self._foreign or (self._others and (self._others / "chain.pem").exists())
        chains = [self.own, self.foreign] if made else [self.own]
        known = [pair for it in chains for pair in ((it.name, it.pem), (it.expired_name, it.expired_pem))]
        return dict(known).get(name)


def load_or_make(folder: Path | None) -> Chain:
    """The chain of this folder, made when it is not there yet."""
    if folder and (folder / "chain.pem").exists() and (folder / "expired.pem").exists():
        key = serialization.load_pem_private_key((folder / "leaf.key").read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        [expired, _] = x509.load_pem_x509_certificates((folder / "expired.pem").read_bytes())
        leaf, middle, root = x509.load_pem_x509_certificates((folder / "chain.pem").read_bytes())
        return Chain(key, leaf, middle, root, expired)
    chain = make()
    if folder:
        chain.save(folder)
    return chain


def make() -> Chain:
    """A new root, intermediate and leaf."""
    root_key, middle_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    leaf_key = rsa.generate_private_key(65537, 2048)
    root = _authority("Stand-in Root CA", root_key, issuer=None, signer=root_key, depth=1)
    middle = _authority("Stand-in Intermediate CA", middle_key, issuer=root, signer=root_key, depth=0)
    leaf, expired = _leaf(leaf_key, middle, middle_key, LIFE), _leaf(leaf_key, middle, middle_key, SHORT_LIFE)
    return Chain(leaf_key, leaf, middle, root, expired)


def _authority(name: str, key: CaKey, *, issuer: Certificate | None, signer: CaKey, depth: int) -> Certificate:
    subject = _named(name)
    usage = _usage(signs_certificates=True)
    return (
        _begun(subject, issuer.subject if issuer else subject, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _leaf(key: LeafKey, issuer: Certificate, signer: CaKey, life: timedelta) -> Certificate:
    return (
        _begun(_named(SIGNER), issuer.subject, key.public_key(), life)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SIGNER)]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, life: timedelta = LIFE
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(days=366)  # the real time: certificates do not follow the movable clock
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(leaf: Certificate) -> str:
    """As PayPal names its certificates."""
    mark = leaf.fingerprint(hashes.SHA256()).hex()
    return f"CERT-{mark[:8]}-{mark[8:16]}-{mark[16:24]}"


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _write(file: Path, content: bytes, mode: int = 0o644) -> None:
    file.touch(mode=mode)
    file.write_bytes(content)
