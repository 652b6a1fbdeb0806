"""Every setting, typed: its name, what it is for, its bounds and its default."""

from typing import Annotated, Literal

import msgspec

#: PayPal's own API hosts. What one world signs counts for nothing in the other.
LIVE = ("https://api-m.paypal.com", "https://api.paypal.com")
SANDBOX = ("https://api-m.sandbox.paypal.com", "https://api.sandbox.paypal.com")
#: The word for who never comes, among the hours of cancellation tiers.
NO_SHOW = "no-show"
LIVE_WEB, SANDBOX_WEB = "https://www.paypal.com", "https://www.sandbox.paypal.com"


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
    company_tax_id: Annotated[str, _about("The company's tax or VAT number, for receipts; empty leaves it out.")] = ""
    books_time_zone: Annotated[str, _about("Where the books are kept (IANA zone): the day, and so the year, of a receipt.")] = "UTC"
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
    paypal_merchant_id: Annotated[
        str, _about("The account that is paid, as PayPal calls it (13 letters and digits); empty takes it from each order.")
    ] = ""
    paypal_webhook_id: Annotated[str, _about("The id PayPal gave the webhook that points at /api/webhooks/paypal.")] = ""
    paypal_cert_hosts: Annotated[str, _about("Origins of webhook certificates, by commas; empty takes those of the API.")] = ""
    paypal_root_file: Annotated[str, _about("A PEM file of root certificates for webhook signatures; empty uses the public ones.")] = ""
    paypal_break_after: Annotated[
        int, _about("After so many calls in a row without an answer a process leaves PayPal alone; 0 never."), msgspec.Meta(ge=0, le=100)
    ] = 6
    paypal_break_seconds: Annotated[
        int, _about("For how long; then one call tries whether PayPal is back."), msgspec.Meta(ge=1, le=300)
    ] = 10

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
    cancellation_tiers: Annotated[
        str, _about("hours before pick-up:percent of what was paid that goes back, by commas; no-show:percent for who never comes.")
    ] = "48:100,24:50,0:0,no-show:0"
    renter_change_hours: Annotated[
        int, _about("Until so many hours before pick-up renters change their booking themselves."), msgspec.Meta(ge=0, le=1000)
    ] = 24
    extension_tariff: Annotated[
        Literal["new_total", "old_rate", "added_days"],
        _about("What renters pay for days they add at the end: the rate of the new total, the old rate, or as for a rental of their own."),
    ] = "new_total"
    staff_change_hours: Annotated[
        int, _about("So many hours a change that staff made waits for its payment."), msgspec.Meta(ge=1, le=168)
    ] = 24
    renter_cancel_hours: Annotated[
        int, _about("Until so many hours before pick-up renters cancel their booking themselves."), msgspec.Meta(ge=0, le=1000)
    ] = 48
    no_show_minutes: Annotated[
        int, _about("How long staff can take back that nobody came for a car; then its days are free again."), msgspec.Meta(ge=5, le=2880)
    ] = 120
    approval_hours: Annotated[
        int,
        _about("How long you take to accept a booking of a car that requires approval; then its money goes back."),
        msgspec.Meta(ge=1, le=168),
    ] = 24
    deposit_ask_hours: Annotated[
        int, _about("From so many hours before pick-up renters are asked to hold the deposit."), msgspec.Meta(ge=2, le=336)
    ] = 48
    deposit_release_days: Annotated[
        int,
        _about("So many days after the return it is given back when nothing is claimed; three at most, as the rental terms promise."),
        msgspec.Meta(ge=1, le=3),
    ] = 3
    deposit_replace_days: Annotated[
        int,
        _about("So many days before a hold ends, 29 after it was placed, one that must last longer is asked for anew."),
        msgspec.Meta(ge=2, le=7),
    ] = 3
    deposit_answer_hours: Annotated[
        int, _about("How long a renter has to accept a claim on the deposit, or to object."), msgspec.Meta(ge=12, le=168)
    ] = 48
    paypal_multi_capture: Annotated[
        Literal["off", "on"],
        _about(
            "on: rental and deposit are approved at once where the pick-up is within a day and the return soon after. Ask PayPal first to"
            " enable several captures of one authorisation for your account; without it no claim can be taken from such a deposit."
        ),
    ] = "off"
    deposit_wallet: Annotated[
        Literal["off", "on"],
        _about(
            "on lets renters agree at the checkout that the deposit is held from the wallet they pay with, without asking again;"
            " PayPal must have switched vaulting on for the account. Our privacy policy tells of it; a policy of your own has to."
        ),
    ] = "off"
    charge_currency: Annotated[
        str, _about("The currency of the tariffs below: three capital letters; of others staff say what it costs.")
    ] = "USD"
    charge_distance_grace: Annotated[
        int, _about("So much further than included, in the car's own unit, is not charged."), msgspec.Meta(ge=0, le=1000)
    ] = 5
    charge_fuel_grace_percent: Annotated[
        int, _about("So many percent of a tank or battery may be missing without a charge."), msgspec.Meta(ge=0, le=100)
    ] = 5
    charge_fuel_full: Annotated[
        int,
        _about("What a whole tank or battery costs a renter who brings it back empty; 0 proposes none."),
        msgspec.Meta(ge=0, le=100_000),
    ] = 160
    charge_fuel_fee: Annotated[int, _about("The fee for filling it, beside that."), msgspec.Meta(ge=0, le=100_000)] = 25
    charge_late_grace_minutes: Annotated[
        int, _about("A car may be so late without a charge; beyond it every begun hour counts."), msgspec.Meta(ge=0, le=1440)
    ] = 29
    charge_late_percent: Annotated[
        int,
        _about("What a begun hour costs, in percent of the rental's price of a day, a day at most in 24 hours; 0 proposes none."),
        msgspec.Meta(ge=0, le=100),
    ] = 25
    charge_cover_grace_minutes: Annotated[
        int, _about("A car may be so late without a further day of its cover."), msgspec.Meta(ge=0, le=1440)
    ] = 29
    charge_cleaning: Annotated[int, _about("What cleaning costs, as proposed to staff."), msgspec.Meta(ge=0, le=100_000)] = 150
    charge_handling_fee: Annotated[int, _about("The fee for handling a toll or a fine."), msgspec.Meta(ge=0, le=100_000)] = 35
    charge_window_days: Annotated[int, _about("So long after the return something may still be charged."), msgspec.Meta(ge=1, le=1000)] = 90
    invoice_due_days: Annotated[
        int,
        _about("So many days after the day it is drafted an invoice is to be paid, as proposed to staff, who may choose another day."),
        msgspec.Meta(ge=0, le=366),
    ] = 14
    body_limit: Annotated[int, _about("The largest request body, in bytes."), msgspec.Meta(ge=16_384, le=10_000_000)] = 262_144
    trusted_proxies: Annotated[str, _about("Networks of your proxies, separated by commas, whose X-Forwarded-For is believed.")] = ""
    policies_folder: Annotated[
        str, _about("A folder of your own policies, such as terms/2026-11-01.md; of a name that has a file there, ours no longer count.")
    ] = ""
    map_url: Annotated[str, _about("The link behind 'open in maps'; {latitude}, {longitude} and {address} are filled in.")] = (
        "https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
    )
    map_search_url: Annotated[str, _about("The same for a place without a position: {address} is filled in; empty shows no link.")] = (
        "https://www.openstreetmap.org/search?query={address}"
    )
    display_currency: Annotated[str, _about("The currency that display rates are for: three capital letters.")] = "USD"
    display_rates: Annotated[
        str, _about("How much one unit of it is in others, such as EUR:0.92,JPY:157.3, for prices to look at; empty shows none.")
    ] = ""
    failpoint: Annotated[str, _about("Where a test has this process killed, such as capture.ask.after; refused in production.")] = ""
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
