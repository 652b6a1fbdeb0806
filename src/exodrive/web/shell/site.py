"""What pages know about this installation."""

from decimal import Decimal
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec
from babel.numbers import get_currency_name

from exodrive.charges.model import Tariffs
from exodrive.deposits.model import DepositRules
from exodrive.kit import words


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
    display_currency: str = ""
    display_rates: dict[str, Decimal] = {}
    deposits: DepositRules = DepositRules()
    tariffs: Tariffs = Tariffs()
    cron_key: str = ""
    is_demo: bool = False

    @property
    def currencies(self) -> list[tuple[str, str]]:
        """The currencies prices can be looked at in, by code and name, what is charged first; none where no rates are set."""
        codes = [self.display_currency, *self.display_rates] if self.display_rates else []
        return [(code, _name(code, words.locale())) for code in dict.fromkeys(codes)]

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


@lru_cache(maxsize=256)
def _name(currency: str, locale: str) -> str:
    """Return what several of a currency are called: ``US dollars``."""
    return get_currency_name(currency, count=2, locale=locale)
