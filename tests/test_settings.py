"""Settings refuse to start wrong, and say which one and why."""

import pytest

from exodrive import app, settings
from exodrive.settings import LIVE, SANDBOX, WrongSettings

SECRET = "s3cret-" * 6
PRODUCTION = {
    "EXODRIVE_PUBLIC_URL": "https://cars.example.com",
    "EXODRIVE_SUPPORT_EMAIL": "help@cars.example.com",
    **{
        f"EXODRIVE_DATABASE_{login}_URL": f"postgresql://u:{SECRET}@db.internal/exodrive"
        for login in ("WEB", "CHECKOUT", "STAFF", "WORKER")
    },
    "EXODRIVE_REDIS_URL": "redis://cache.internal/0",
    "EXODRIVE_LINK_KEY": SECRET,
    "EXODRIVE_SECRET_KEY": SECRET,
    "EXODRIVE_PAYPAL_CLIENT_ID": "id",
    "EXODRIVE_PAYPAL_CLIENT_SECRET": SECRET,
    "EXODRIVE_PAYPAL_WEBHOOK_ID": "8PT597110X687430LKGECATA",
    "EXODRIVE_RESEND_KEY": "re_1",
    "EXODRIVE_MAIL_FROM": "Exodrive <hello@cars.example.com>",
}
SANDBOX_WORLD = {"EXODRIVE_PAYPAL_URL": SANDBOX[0], "EXODRIVE_PAYPAL_WEB_URL": "https://www.sandbox.paypal.com"}


def refusals(program: str = "web", **changes: str) -> list[str]:
    given = PRODUCTION | {f"EXODRIVE_{name}": value for name, value in changes.items()}
    with pytest.raises(WrongSettings) as wrong:
        settings.load(program, given)
    return wrong.value.lines


@pytest.mark.parametrize("program", ["web", "worker", "command"])
def test_production_starts_with_everything_set(program: str) -> None:
    assert settings.load(program, PRODUCTION).env == "production"


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(WrongSettings) as wrong:
        settings.load("web", {})
    assert [line.split()[0] for line in wrong.value.lines] == ["EXODRIVE_PUBLIC_URL", "EXODRIVE_SUPPORT_EMAIL"]
    with pytest.raises(WrongSettings) as wrong:
        settings.load("web", {name: PRODUCTION[name] for name in ("EXODRIVE_PUBLIC_URL", "EXODRIVE_SUPPORT_EMAIL")})
    missing = {line.split()[0] for line in wrong.value.lines}
    assert {"EXODRIVE_DATABASE_WEB_URL", "EXODRIVE_LINK_KEY", "EXODRIVE_SECRET_KEY", "EXODRIVE_PAYPAL_CLIENT_SECRET"} <= missing


def test_a_misspelled_setting_is_named() -> None:
    assert refusals(PUBLIK_URL="x") == ["EXODRIVE_PUBLIK_URL is not a setting; is it misspelled?"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOLD_MINUTES", "soon"),
        ("HOLD_MINUTES", "4"),
        ("BODY_LIMIT", "10"),
        ("CLOCK", "movable"),
        ("FAILPOINT", "capture.ask.after"),
        ("CLOCK", "stopped"),
        ("PUBLIC_URL", "http://cars.example.com"),
        ("PUBLIC_URL", "https://cars.example.com/shop"),
        ("PUBLIC_URL", "cars.example.com"),
        ("LINK_KEY", "short"),
        ("LINK_KEY", f"{SECRET},short"),
        ("SECRET_KEY", "short"),
        ("CRON_KEY", "short"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,proxy"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("CANCELLATION_TIERS", "48:100;24:50"),
        ("CANCELLATION_TIERS", "48:101"),
        ("CANCELLATION_TIERS", "no-show:0"),
        ("LOCALE", "en_XX_oops"),
        ("LOCALE", "ar_AE@pseudo"),
        ("MAP_URL", "https://maps.example/{lat}"),
        ("DISPLAY_RATES", "EUR=0.92"),
        ("DISPLAY_RATES", "EUR:0.0"),
        ("DISPLAY_CURRENCY", "usd"),
        ("RESEND_URL", "http://127.0.0.1:8020"),
        ("PAYPAL_URL", "http://127.0.0.1:8010"),
        ("PAYPAL_URL", "https://paypal.emulator.example"),
        ("PAYPAL_WEB_URL", "https://www.sandbox.paypal.com"),
        ("PAYPAL_CERT_HOSTS", "http://api.paypal.com"),
        ("PAYPAL_CERT_HOSTS", SANDBOX[0]),
        ("PAYPAL_ROOT_FILE", "/tmp/root.pem"),
        ("DATABASE_WEB_URL", "postgresql://exodrive_web_login:exodrive@db.internal/exodrive"),
        ("DATABASE_OWNER_URL", "postgresql://exodrive_owner:postgres@db.internal/exodrive"),
        ("DATABASE_POOLER", "session"),
        ("DATABASE_POOL_SIZE", "1"),
    ],
)
def test_production_refuses_a_wrong_value_and_names_it(name: str, value: str) -> None:
    lines = refusals(**{name: value})
    assert any(line.startswith(f"EXODRIVE_{name}") for line in lines), lines
    assert SECRET not in "\n".join(lines)


def test_the_demo_may_use_emulators_and_a_movable_clock() -> None:
    demo = {
        "EXODRIVE_ENV": "demo",
        "EXODRIVE_PUBLIC_URL": "http://127.0.0.1:8000",
        "EXODRIVE_CLOCK": "movable",
        "EXODRIVE_PAYPAL_URL": "http://127.0.0.1:8010",
        "EXODRIVE_PAYPAL_WEB_URL": "http://127.0.0.1:8010",
        "EXODRIVE_PAYPAL_CERT_HOSTS": "http://127.0.0.1:8010",
        "EXODRIVE_RESEND_URL": "http://127.0.0.1:8020",
    }
    assert settings.load("web", PRODUCTION | demo).clock == "movable"


def test_the_live_signer_is_trusted_with_the_live_api_only() -> None:
    live = app.trust_of(settings.load("web", PRODUCTION))
    assert (live.names, live.origins) == (("messageverificationcerts.paypal.com",), LIVE)
    sandbox = app.trust_of(settings.load("web", PRODUCTION | SANDBOX_WORLD))
    assert (sandbox.names, sandbox.origins) == (("messageverificationcerts.sandbox.paypal.com",), SANDBOX)
    emulated = {
        "EXODRIVE_ENV": "test",
        "EXODRIVE_PAYPAL_URL": "http://127.0.0.1:8010",
        "EXODRIVE_PAYPAL_CERT_HOSTS": "http://127.0.0.1:8010",
    }
    assert app.trust_of(settings.load("web", PRODUCTION | emulated)).names == ("messageverificationcerts.sandbox.paypal.com",)


def test_the_sandbox_refuses_certificates_from_the_live_hosts() -> None:
    changes = {name.removeprefix("EXODRIVE_"): value for name, value in SANDBOX_WORLD.items()}
    lines = refusals(**changes, PAYPAL_CERT_HOSTS=f"{SANDBOX[0]},{LIVE[0]}")
    assert lines == [f"EXODRIVE_PAYPAL_CERT_HOSTS: {LIVE[0]} does not belong to {SANDBOX[0]}; live and sandbox never mix"]
