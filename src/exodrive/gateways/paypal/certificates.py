"""PayPal's signing certificates: fetched from exactly the places we allow, and believed only under our own roots."""

import asyncio
import re
import warnings
from collections import OrderedDict
from enum import StrEnum

import certifi
import httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from exodrive.gateways.line import TooLarge, authorities, read_at_most
from exodrive.kit.db import outside_scope

Chain = list[x509.Certificate]

_PATH = "/v1/notifications/certs/"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_LARGEST = 64_000  # bytes of PEM
DEADLINE = 5.0  # seconds for the whole fetch
_KEPT = 16
_AT_ONCE = 4
_SMALLEST_KEY = 2048  # bits


class Flaw(StrEnum):
    """Why a notice is refused, in one word, to be counted."""

    HEADERS = "headers"
    TIME = "time"
    EVENT = "event"
    CERTIFICATE = "certificate"
    SIGNATURE = "signature"  # another byte, another webhook id, another key
    REPLAY = "replay"  # a known delivery with other contents


class Forged(Exception):
    """Not from PayPal, or not for us: answer 400 and keep nothing."""

    def __init__(self, flaw: Flaw, why: str) -> None:
        super().__init__(why)
        self.flaw = flaw


class CannotVerify(Exception):
    """It may well be genuine, but the certificate cannot be had now: answer 503 and PayPal sends it again."""


class Trust(msgspec.Struct, frozen=True, kw_only=True):
    """Whom we believe. Origins are exact (``https://api.paypal.com``); without roots those of certifi count (PEM)."""

    origins: tuple[str, ...]
    names: tuple[str, ...]
    roots: bytes | None = None
    intermediates: bytes = b""


class Certificates:
    """Finds the key behind a certificate address. Certificates are kept by address; their chain is checked each time."""

    def __init__(self, trust: Trust, *, deadline: float = DEADLINE) -> None:
        self._store = Store(x509.load_pem_x509_certificates(trust.roots) if trust.roots else _roots_of_the_world())
        self._intermediates = x509.load_pem_x509_certificates(trust.intermediates) if trust.intermediates else []
        self._prefixes = tuple(f"{origin}{_PATH}" for origin in trust.origins)
        self._names = trust.names
        self._deadline = deadline
        self._kept: OrderedDict[str, Chain] = OrderedDict()
        self._fetches: dict[str, asyncio.Task[Chain]] = {}

    async def key(self, url: str) -> RSAPublicKey:
        """Return the key of the certificate at this address; raises Forged or CannotVerify."""
        if not self._allowed(url):
            raise Forged(Flaw.CERTIFICATE, "certificate from elsewhere")
        chain = self._kept.pop(url, None) or await self._fetch_once(url)
        self._check(chain)
        self._keep(url, chain)
        key = chain[0].public_key()
        if not isinstance(key, RSAPublicKey) or key.key_size < _SMALLEST_KEY:
            raise Forged(Flaw.CERTIFICATE, "certificate without a strong RSA key")
        return key

    def _allowed(self, url: str) -> bool:
        """Compare text with text, so that no two readings of an address can differ: nothing is parsed."""
        return any(url.startswith(prefix) and _NAME.fullmatch(url[len(prefix) :]) for prefix in self._prefixes)

    def _check(self, chain: Chain) -> None:
        """Check names, dates and signatures up to a root of ours, by the real clock: certificates are no rentals."""
        for name in self._names:
            verifier = PolicyBuilder().store(self._store).build_server_verifier(x509.DNSName(name))
            try:
                verifier.verify(chain[0], [*chain[1:], *self._intermediates])
            except VerificationError:
                continue
            return
        raise Forged(Flaw.CERTIFICATE, "certificate that leads to no root of ours")

    def _keep(self, url: str, chain: Chain) -> None:
        self._kept[url] = chain  # the newest, as it was taken out above
        if len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    async def _fetch_once(self, url: str) -> Chain:
        """Fetch one address once however many ask, and few addresses at a time: strangers choose them."""
        fetch = self._fetches.get(url)
        if fetch is None:
            if len(self._fetches) >= _AT_ONCE:
                raise CannotVerify("too many certificates at once")
            fetch = self._fetches[url] = asyncio.create_task(_fetch(url, self._deadline))
            fetch.add_done_callback(lambda done: self._fetched(url, done))
        return await asyncio.shield(fetch)

    def _fetched(self, url: str, fetch: asyncio.Task[Chain]) -> None:
        del self._fetches[url]
        if not fetch.cancelled():
            fetch.exception()  # who waited has it; when all of them left, asyncio shall not complain


def _roots_of_the_world() -> Chain:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a few of the world's roots have odd serial numbers
        return x509.load_pem_x509_certificates(certifi.contents().encode())


async def _fetch(url: str, deadline: float) -> Chain:
    try:
        chain = x509.load_pem_x509_certificates(await _download(url, deadline))
    except (httpx.HTTPError, TooLarge, TimeoutError, ValueError) as failure:
        raise CannotVerify(f"certificate cannot be had: {type(failure).__name__}") from failure
    return chain


async def _download(url: str, deadline: float) -> bytes:
    outside_scope()
    async with (
        asyncio.timeout(deadline),
        httpx.AsyncClient(timeout=deadline, follow_redirects=False, verify=authorities()) as http,
        http.stream("GET", url) as response,
    ):
        if response.status_code != 200:
            raise CannotVerify(f"certificate cannot be had: HTTP {response.status_code}")
        return await read_at_most(response, _LARGEST)
