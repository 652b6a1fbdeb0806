"""Every setting, typed, read once from EXODRIVE_* variables. Only app, worker, operate and the command line see it."""

import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

import msgspec
from babel import localedata

from exodrive.kit import pseudo

PREFIX = "EXODRIVE_"
#: PayPal's own API hosts. What one world signs counts for nothing in the other.
LIVE = ("https://api-m.paypal.com", "https://api.paypal.com")
SANDBOX = ("https://api-m.sandbox.paypal.com", "https://api.sandbox.paypal.com")
LIVE_WEB, SANDBOX_WEB = "https://www.paypal.com", "https://www.sandbox.paypal.com"


class WrongSettings(Exception):
    """Settings are missing or wrong; each line names one and says what to do."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("these settings need your attention:\n" + "\n".join(f"  {line}" for line in lines))
        self.lines = lines


def _about(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Every setting, in the order of docs/configuration.md; the field's name in capitals behind EXODRIVE_ is the variable."""

    env: Annotated[Literal["production", "demo", "test"], _about("What this installation is for; the emulators need demo or test.")] = (
        "production"
    )
    public_url: Annotated[str, _about("The address renters use, such as https://cars.example.com, without a path.")]
    company_name: Annotated[str, _about("The name in the page header, in letters and on receipts.")] = "Exodrive"
    company_address: Annotated[str, _about("The company's postal address, in one line, for receipts and letters.")] = ""
    support_email: Annotated[str, _about("Where renters write when they need a person.")]
    support_phone: Annotated[str, _about("Where renters call; empty shows no number.")] = ""
    locale: Annotated[str, _about("The language and region pages are written in.")] = "en_US"

    database_web_url: Annotated[str, _about("PostgreSQL URL of the login exodrive_web_login: storefront and private pages.")] = ""
    database_checkout_url: Annotated[str, _about("PostgreSQL URL of exodrive_checkout_login: holds, payments, webhooks.")] = ""
    database_staff_url: Annotated[str, _about("PostgreSQL URL of exodrive_staff_login: the back office.")] = ""
    database_worker_url: Annotated[str, _about("PostgreSQL URL of exodrive_worker_login: the worker and the command line.")] = ""
    database_owner_url: Annotated[str, _about("PostgreSQL URL of exodrive_owner, for migrations only; a direct connection.")] = ""
    database_direct_url: Annotated[str, _about("A direct URL of the worker's login, to be woken at once; else it looks each second.")] = ""
    database_pooler: Annotated[Literal["", "transaction"], _about("transaction when the URLs lead through PgBouncer in that mode.")] = ""
    database_pool_size: Annotated[int, _about("Connections at most for each login of each process."), msgspec.Meta(ge=2, le=200)] = 10
    database_wait_seconds: Annotated[int, _about("How long a request waits for a free connection."), msgspec.Meta(ge=1, le=60)] = 10
    redis_url: Annotated[str, _about("Redis or Valkey URL (redis:// or unix://) for locks, limits and the queue.")] = ""

    link_key: Annotated[str, _about("The secret behind private links, 32 characters or more; old and new by a comma to replace it.")] = ""
    secret_key: Annotated[str, _about("The secret that signs quotes and forms, 32 characters or more.")] = ""
    cron_key: Annotated[str, _about("The bearer key of /cron/daily-tasks; empty closes that door.")] = ""

    paypal_url: Annotated[str, _about("PayPal's API; https://api-m.sandbox.paypal.com for the sandbox.")] = "https://api-m.paypal.com"
    paypal_web_url: Annotated[str, _about("PayPal's website, where renters approve; allowed as a form target.")] = "https://www.paypal.com"
    paypal_client_id: Annotated[str, _about("The REST app's client id.")] = ""
    paypal_client_secret: Annotated[str, _about("The REST app's secret.")] = ""
    paypal_webhook_id: Annotated[str, _about("The id PayPal gave the webhook that points at /api/webhooks/paypal.")] = ""
    paypal_cert_hosts: Annotated[str, _about("Origins of webhook certificates, by commas; empty takes those of the API.")] = ""
    paypal_root_file: Annotated[str, _about("A PEM file of root certificates for webhook signatures; empty uses the public ones.")] = ""

    resend_url: Annotated[str, _about("Resend's API.")] = "https://api.resend.com"
    resend_key: Annotated[str, _about("Resend's API key.")] = ""
    mail_from: Annotated[str, _about("The sender of letters, such as Exodrive <hello@cars.example.com>.")] = ""

    hold_minutes: Annotated[int, _about("How long a checkout holds the days."), msgspec.Meta(ge=5, le=55)] = 20
    held_letter_minutes: Annotated[
        int, _about("Who has not paid by then gets the link to the held car by mail; 0 sends none."), msgspec.Meta(ge=0, le=50)
    ] = 5
    quote_minutes: Annotated[int, _about("How long a shown price is kept."), msgspec.Meta(ge=5, le=1440)] = 60
    longest_rental_days: Annotated[int, _about("The longest rental."), msgspec.Meta(ge=1, le=366)] = 30
    furthest_day_days: Annotated[int, _about("How many days ahead a rental may end."), msgspec.Meta(ge=1, le=1100)] = 365
    holds_per_email: Annotated[int, _about("Unpaid holds one e-mail address may have."), msgspec.Meta(ge=1, le=100)] = 2
    holds_per_network: Annotated[int, _about("Unpaid holds one IP address (IPv6: one /64) may have."), msgspec.Meta(ge=1, le=1000)] = 4
    cancellation_tiers: Annotated[str, _about("hours before pick-up:percent refunded, separated by commas.")] = "48:100,24:50,0:0"
    renter_change_hours: Annotated[
        int, _about("Until so many hours before pick-up renters change their booking themselves."), msgspec.Meta(ge=0, le=1000)
    ] = 24
    body_limit: Annotated[int, _about("The largest request body, in bytes."), msgspec.Meta(ge=16_384, le=10_000_000)] = 262_144
    trusted_proxies: Annotated[str, _about("Networks of your proxies, separated by commas, whose X-Forwarded-For is believed.")] = ""
    map_url: Annotated[str, _about("The link behind 'open in maps'; {latitude}, {longitude} and {address} are filled in.")] = (
        "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
    )
    map_search_url: Annotated[str, _about("The same for a place without a position: {address} is filled in; empty shows no link.")] = (
        "https://www.openstreetmap.org/search?query={address}"
    )
    clock: Annotated[Literal["real", "movable"], _about("movable lets the demo and tests move the time; refused in production.")] = "real"
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], _about("How much is logged.")] = "INFO"

    @property
    def is_secure(self) -> bool:
        """Whether renters come over https: only a demo or a test may do without."""
        return self.public_url.startswith("https://")

    @property
    def is_live(self) -> bool:
        """Whether PayPal's API is the one that moves real money."""
        return self.paypal_url.rstrip("/") in LIVE

    @property
    def paypal_cert_origins(self) -> tuple[str, ...]:
        """Where webhook certificates may come from: as set, or PayPal's own hosts for the API in use."""
        given = tuple(part.strip().rstrip("/") for part in self.paypal_cert_hosts.split(",") if part.strip())
        return given or (LIVE if self.is_live else SANDBOX)


#: What each program cannot run without.
NEEDS = {
    "web": ("database_web_url", "database_checkout_url", "database_staff_url", "redis_url", "link_key", "secret_key", "paypal_client_id",
            "paypal_client_secret", "paypal_webhook_id"),
    "worker": ("database_worker_url", "redis_url", "link_key", "secret_key", "paypal_client_id", "paypal_client_secret", "resend_key",
               "mail_from"),
    "command": ("database_worker_url",),
    "owner": ("database_owner_url",),
}  # fmt: skip


def load(program: str, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings for ``web``, ``worker``, ``command`` or ``owner``; raise WrongSettings naming all that is missing or wrong."""
    given = os.environ if environment is None else environment
    wrong: list[str] = []
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        text = given.get(PREFIX + field.name.upper(), "").strip()
        if text:
            values[field.name] = _read(field, text, wrong)
        elif field.required:
            wrong.append(f"{PREFIX}{field.name.upper()} is missing: {_description(field.type)}")
    wrong += [f"{line}" for line in _unknown(given)]
    if wrong:
        raise WrongSettings(wrong)
    settings = Settings(**values)
    wrong = [f"{PREFIX}{name.upper()} is missing; the {program} needs it" for name in NEEDS[program] if not getattr(settings, name)]
    wrong += list(_contradictions(settings))
    if wrong:
        raise WrongSettings(wrong)
    return settings


def described() -> Iterable[tuple[str, str, Any]]:
    """Yield each setting as (variable, description, default or msgspec.NODEFAULT), for docs and their check."""
    for field in msgspec.structs.fields(Settings):
        yield PREFIX + field.name.upper(), _description(field.type), field.default


def _read(field: msgspec.structs.FieldInfo, text: str, wrong: list[str]) -> Any:
    try:
        return msgspec.convert(text, field.type, strict=False)
    except msgspec.ValidationError as error:
        wrong.append(f"{PREFIX}{field.name.upper()} is {text!r}: {error}. {_description(field.type)}")
        return None


def _unknown(given: Mapping[str, str]) -> Iterable[str]:
    known = {variable for variable, _, _ in described()} | {f"{PREFIX}CONTRACTS"}
    for name in sorted(given):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is not a setting; is it misspelled?"


def _description(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        return next((m.description for m in get_args(kind)[1:] if isinstance(m, msgspec.Meta) and m.description), "")
    return ""


def _contradictions(settings: Settings) -> Iterable[str]:
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
    if not re.fullmatch(r"\d{1,4}:\d{1,3}(,\d{1,4}:\d{1,3})*", settings.cancellation_tiers.replace(" ", "")):
        yield f"{PREFIX}CANCELLATION_TIERS must be hours:percent by commas, such as 48:100,24:50,0:0"
    if not localedata.exists(settings.locale.removesuffix(pseudo.MARK)):
        yield f"{PREFIX}LOCALE: there is no language {settings.locale!r}; take one such as en_US"
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
