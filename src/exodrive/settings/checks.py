"""What settings must not say, alone or together: each line names one and says what to do."""

import ipaddress
import re
import zoneinfo
from collections.abc import Iterable
from urllib.parse import urlsplit

from babel import localedata

from exodrive.kit import pseudo
from exodrive.settings.model import LIVE, LIVE_WEB, NO_SHOW, SANDBOX, SANDBOX_WEB, Settings

PREFIX = "EXODRIVE_"
_PERCENT = r"(100|\d{1,2})"
_TIER = rf"\d{{1,4}}:{_PERCENT}"
_RATE = r"\s*[A-Z]{3}:(?!0+(\.0+)?(,|\s|$))\d{1,9}(\.\d{1,9})?\s*"


def contradictions(settings: Settings) -> Iterable[str]:
    """Yield what is wrong with settings that can be read each by itself."""
    yield from _secrets(settings)
    yield from _house(settings)
    yield from _addresses(settings)
    yield from _certificates(settings)
    if settings.env == "production":
        yield from _production(settings)


def _secrets(settings: Settings) -> Iterable[str]:
    for name in ("link_key", "secret_key"):
        keys = [key for key in getattr(settings, name).split(",") if key]
        if any(len(key) < 32 for key in keys):
            yield f"{PREFIX}{name.upper()} is too short: take 32 random characters or more"
    if 0 < len(settings.cron_key) < 32:
        yield f"{PREFIX}CRON_KEY is too short: take 32 random characters or more, or leave it empty"


def _house(settings: Settings) -> Iterable[str]:
    if settings.books_time_zone not in zoneinfo.available_timezones():
        yield f"{PREFIX}BOOKS_TIME_ZONE: there is no time zone {settings.books_time_zone!r}; take one such as America/New_York"
    if not re.fullmatch(rf"{_TIER}(,{_TIER})*(,{NO_SHOW}:{_PERCENT})?", settings.cancellation_tiers.replace(" ", "")):
        yield f"{PREFIX}CANCELLATION_TIERS must be hours:percent by commas, such as 48:100,24:50,0:0,no-show:0"
    if not localedata.exists(settings.locale.removesuffix(pseudo.MARK)):
        yield f"{PREFIX}LOCALE: there is no language {settings.locale!r}; take one such as en_US"
    if not re.fullmatch("[A-Z]{3}", settings.display_currency):
        yield f"{PREFIX}DISPLAY_CURRENCY must be three capital letters, such as USD"
    if not re.fullmatch("[A-Z]{3}", settings.charge_currency):
        yield f"{PREFIX}CHARGE_CURRENCY must be three capital letters, such as USD"
    if settings.display_rates and not re.fullmatch(rf"{_RATE}(,{_RATE})*", settings.display_rates):
        yield f"{PREFIX}DISPLAY_RATES must be currencies and their rates by commas, such as EUR:0.92,JPY:157.3"
    try:
        settings.map_url.format(latitude=0, longitude=0, address="")
        settings.map_search_url.format(address="")
    except (KeyError, IndexError, ValueError):
        yield f"{PREFIX}MAP_URL may name {{latitude}}, {{longitude}} and {{address}}, {PREFIX}MAP_SEARCH_URL {{address}}, and nothing else"


def _certificates(settings: Settings) -> Iterable[str]:
    foreign = SANDBOX if settings.is_live else LIVE
    for origin in settings.paypal_cert_origins:
        if origin in foreign:
            yield f"{PREFIX}PAYPAL_CERT_HOSTS: {origin} does not belong to {settings.paypal_url}; live and sandbox never mix"


def _addresses(settings: Settings) -> Iterable[str]:
    for name in ("public_url", "paypal_url", "paypal_web_url", "resend_url"):
        parts = urlsplit(getattr(settings, name))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            yield f"{PREFIX}{name.upper()} must be an address such as https://cars.example.com, without a path"
    for network in filter(None, (part.strip() for part in settings.trusted_proxies.split(","))):
        try:
            ipaddress.ip_network(network)
        except ValueError:
            yield f"{PREFIX}TRUSTED_PROXIES: {network!r} is not a network such as 10.0.0.0/8"


def _production(settings: Settings) -> Iterable[str]:
    if settings.clock != "real":
        yield f"{PREFIX}CLOCK must be real in production"
    if settings.failpoint:
        yield f"{PREFIX}FAILPOINT is for tests; leave it empty in production"
    if settings.locale.endswith(pseudo.MARK):
        yield f"{PREFIX}LOCALE: {settings.locale!r} is for tests; take a language that people speak"
    for name in ("public_url", "resend_url"):
        parts = urlsplit(getattr(settings, name))
        if parts.scheme != "https" or parts.hostname in ("localhost", "127.0.0.1", "::1"):
            yield f"{PREFIX}{name.upper()} must be https and no emulator in production"
    yield from _paypal(settings)
    for name in ("database_web_url", "database_checkout_url", "database_staff_url", "database_worker_url", "database_owner_url"):
        if urlsplit(getattr(settings, name)).password in ("exodrive", "password", "postgres"):
            yield f"{PREFIX}{name.upper()} has a default password; choose another"


def _paypal(settings: Settings) -> Iterable[str]:
    """PayPal's own hosts and the world's own roots, and nothing that only an emulator needs."""
    if settings.paypal_url.rstrip("/") not in LIVE + SANDBOX:
        yield f"{PREFIX}PAYPAL_URL must be {LIVE[0]} or {SANDBOX[0]} in production"
    expected = LIVE_WEB if settings.is_live else SANDBOX_WEB
    if settings.paypal_web_url.rstrip("/") != expected:
        yield f"{PREFIX}PAYPAL_WEB_URL must be {expected}, which belongs to {settings.paypal_url}"
    if any(not origin.startswith("https://") for origin in settings.paypal_cert_origins):
        yield f"{PREFIX}PAYPAL_CERT_HOSTS must all be https in production"
    if settings.paypal_root_file:
        yield f"{PREFIX}PAYPAL_ROOT_FILE is for the emulator; leave it empty in production"
