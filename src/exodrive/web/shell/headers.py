"""The security headers of every answer: pages, JSON, errors and static files alike."""

import secrets
from collections.abc import Awaitable, Callable

from litestar.types import Message, Scope

from exodrive.web.shell.site import Site

#: Stands in rendered pages where a nonce goes, so that a kept page can be sent with a fresh one.
NONCE_PLACE = b"@@nonce@@"

_ALWAYS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
]
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


def new_nonce() -> str:
    """Return 128 random bits for one answer's scripts."""
    return secrets.token_urlsafe(16)


def seal(site: Site) -> Callable[[Message, Scope], Awaitable[None]]:
    """Return the hook that puts the headers on each answer just before it is sent."""
    fixed = [*_ALWAYS, _HSTS] if site.is_secure else _ALWAYS
    before, after = policy(site)

    async def put(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        nonce = scope["state"].get("nonce")
        script = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
        headers = [*message["headers"], *fixed, (b"content-security-policy", f"{before}{script}{after}".encode())]
        if late := scope["state"].get("set_cookie"):
            headers.append((b"set-cookie", late))
        if not any(name == b"cache-control" for name, _ in headers):
            headers.append((b"cache-control", b"no-store"))
        message["headers"] = headers

    return put


def policy(site: Site) -> tuple[str, str]:
    """Return the content policy of every answer, as it stands before and after the sources of scripts."""
    before = "default-src 'none'; script-src "
    after = (
        "; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'"
        f"; form-action 'self' {site.paypal_web_url.rstrip('/')}; base-uri 'none'; frame-ancestors 'none'"
        "; require-trusted-types-for 'script'; trusted-types htmx"
    )
    return before, after
