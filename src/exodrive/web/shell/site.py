"""What pages know about this installation."""

from urllib.parse import urlsplit

import msgspec


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The installation as pages show it; made from settings by app."""

    public_url: str
    company_name: str
    company_address: str
    support_email: str
    support_phone: str
    locale: str
    map_url: str
    map_search_url: str = ""
    paypal_web_url: str
    trusted_proxies: tuple[str, ...] = ()
    cron_key: str = ""
    is_demo: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether renters come over https; cookies and headers follow."""
        return self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public address, as a browser sends it in Origin."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def url(self, path: str) -> str:
        """Return the full address of one of our paths."""
        return self.public_url.rstrip("/") + path
