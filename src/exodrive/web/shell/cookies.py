"""Our cookies: host-bound, out of reach of scripts, and nothing on public pages."""

from litestar.datastructures import Cookie

from exodrive.web.shell.site import Site

BROWSER = "exodrive_browser"
STAFF = "exodrive_staff"
#: How long a browser remembers a booking's key; the link itself ends when the database says so.
BOOKING_SECONDS = 400 * 24 * 3600


class _Plain(Cookie):
    """A cookie whose name and value need no quoting; written at once, as the library takes longer than a question to the database."""

    def to_encoded_header(self) -> tuple[bytes, bytes]:
        age = "" if self.max_age is None else f"; Max-Age={self.max_age}"
        secure = "; Secure" if self.secure else ""
        return b"set-cookie", f"{self.key}={self.value}; Path=/; HttpOnly; SameSite={self.samesite}{age}{secure}".encode()


def booking(reference: str) -> str:
    """Return the cookie that opens one booking."""
    return f"exodrive_b_{reference}"


def name_of(site: Site, name: str) -> str:
    """Return the cookie's full name; on plain http (demo only) a browser would refuse the prefix."""
    return f"__Host-{name}" if site.is_secure else name


def cookie(site: Site, name: str, value: str, *, seconds: int | None = None, strict: bool = False) -> Cookie:
    """Make a cookie; without ``seconds`` it goes with the browser's session, with 0 it is taken away."""
    return _Plain(
        key=name_of(site, name),
        value=value,
        max_age=seconds,
        path="/",
        secure=site.is_secure,
        httponly=True,
        samesite="strict" if strict else "lax",
    )
