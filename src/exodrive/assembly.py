"""Where the real parts are picked and put together from settings: the world of a process, and its clock's follower."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from exodrive.bookings.model import Rules, Tariff, Tier
from exodrive.charges.model import Tariffs
from exodrive.deposits.model import DepositRules
from exodrive.flows.world import World
from exodrive.gateways.breaker import Breaker
from exodrive.gateways.mailer import Resend
from exodrive.gateways.paypal import PayPalClient
from exodrive.kit import clock, failpoints, tasks
from exodrive.kit.db import Door, Doors, clock_shift, tell_clock_shift
from exodrive.kit.limits import Limits
from exodrive.kit.links import LinkKeys
from exodrive.kit.locks import DayLocks
from exodrive.kit.redis import Courtesy, impatient
from exodrive.kit.signing import Signer
from exodrive.mail.model import House
from exodrive.pricing import quotes
from exodrive.receipts.model import Books
from exodrive.settings import NO_SHOW, Settings

log = logging.getLogger(__name__)

_LOOK_EACH = 1.0


def rules(settings: Settings) -> Rules:
    """Return the rules of the house."""
    return Rules(
        hold_minutes=settings.hold_minutes,
        longest_rental_days=settings.longest_rental_days,
        furthest_day_days=settings.furthest_day_days,
        holds_per_email=settings.holds_per_email,
        holds_per_network=settings.holds_per_network,
        letter_minutes=settings.held_letter_minutes,
        change_hours=settings.renter_change_hours,
        extension_tariff=Tariff(settings.extension_tariff),
        staff_change_hours=settings.staff_change_hours,
        cancel_hours=settings.renter_cancel_hours,
        no_show_minutes=settings.no_show_minutes,
        approval_hours=settings.approval_hours,
        cancellation_tiers=_tiers(settings.cancellation_tiers),
    )


def _tiers(text: str) -> tuple[Tier, ...]:
    parts = (part.split(":") for part in text.replace(" ", "").split(",") if part)
    return tuple(Tier(None if hours == NO_SHOW else int(hours), int(percent)) for hours, percent in parts)


def house(settings: Settings) -> House:
    """Return who signs our letters."""
    return House(
        company=settings.company_name,
        address=settings.company_address,
        support_email=settings.support_email,
        support_phone=settings.support_phone,
    )


def books(settings: Settings) -> Books:
    """Return who keeps the books."""
    return Books(
        company=settings.company_name,
        address=settings.company_address,
        tax_id=settings.company_tax_id,
        email=settings.support_email,
        phone=settings.support_phone,
        time_zone=settings.books_time_zone,
    )


def tariffs(settings: Settings) -> Tariffs:
    """Return the tariffs of the house."""
    return Tariffs(
        currency=settings.charge_currency,
        distance_grace=settings.charge_distance_grace,
        fuel_grace_percent=settings.charge_fuel_grace_percent,
        fuel_full=settings.charge_fuel_full,
        fuel_fee=settings.charge_fuel_fee,
        late_grace_minutes=settings.charge_late_grace_minutes,
        late_percent=settings.charge_late_percent,
        cover_grace_minutes=settings.charge_cover_grace_minutes,
        cleaning=settings.charge_cleaning,
        handling_fee=settings.charge_handling_fee,
        window_days=settings.charge_window_days,
        invoice_due_days=settings.invoice_due_days,
    )


def deposits(settings: Settings) -> DepositRules:
    """Return the rules of the house for deposits."""
    return DepositRules(
        ask_hours=settings.deposit_ask_hours,
        release_days=settings.deposit_release_days,
        replace_days=settings.deposit_replace_days,
        answer_hours=settings.deposit_answer_hours,
        one_order=settings.paypal_multi_capture == "on",
        wallet=settings.deposit_wallet == "on",
    )


async def doors(settings: Settings, *logins: str) -> Doors:
    """Connect the named logins (web, checkout, staff, worker), and no other."""
    urls = {login: getattr(settings, f"database_{login}_url") for login in logins}
    pooler, size, wait = settings.database_pooler or None, settings.database_pool_size, settings.database_wait_seconds
    return await Doors.open(**urls, pooler=pooler, size=size, wait=wait)


@asynccontextmanager
async def world(
    settings: Settings, opened: Doors, door: Callable[[Doors], Door], *, mails: bool, ending: asyncio.Event | None = None
) -> AsyncIterator[World]:
    """Put the world of this process together, and take it apart at the end. Long work stops between two steps when ``ending`` is set."""
    failpoints.arm(settings.failpoint)
    courtesy, paypal, mailer = Courtesy(impatient(settings.redis_url)), _paypal(settings), _mailer(settings) if mails else None
    try:
        yield World(
            doors=opened,
            door=door(opened),
            paypal=paypal,
            mailer=mailer,
            locks=DayLocks(courtesy),
            limits=Limits(courtesy),
            links=LinkKeys([key for key in settings.link_key.split(",") if key]),
            quotes=_quotes(settings),
            rules=rules(settings),
            public_url=settings.public_url,
            payee=settings.paypal_merchant_id,
            house=house(settings),
            deposits=deposits(settings),
            tariffs=tariffs(settings),
            books=books(settings),
            ending=ending or asyncio.Event(),
        )
    finally:
        await paypal.close()
        if mailer:
            await mailer.close()
        await courtesy.close()


def _paypal(settings: Settings) -> PayPalClient:
    breaker = Breaker(settings.paypal_break_after, settings.paypal_break_seconds)
    return PayPalClient(settings.paypal_url, settings.paypal_client_id, settings.paypal_client_secret, breaker=breaker)


def _mailer(settings: Settings) -> Resend:
    return Resend(settings.resend_url, settings.resend_key, sender=settings.mail_from, reply_to=settings.support_email)


def _quotes(settings: Settings) -> quotes.Quotes:
    return quotes.Quotes(Signer(settings.secret_key.split(",")[0], quotes.PURPOSE), settings.quote_minutes)


@asynccontextmanager
async def following_clock(settings: Settings, door: Door, process: str) -> AsyncIterator[None]:
    """Keep this process's clock with the database's where it may be moved, telling so by name; elsewhere refuse to run on a moved one."""
    shift = await _shift(door)
    if settings.clock == "real":
        if abs(shift.total_seconds()) > 1:
            raise RuntimeError(f"the database's clock is moved by {shift}; it was used for a demo or a test and must not serve production")
        yield
        return
    clock.move_to_shift(shift)
    task = asyncio.create_task(_follow(door, process))
    try:
        yield
    finally:
        await tasks.end([task])


async def _shift(door: Door) -> timedelta:
    async with door.scope() as db:
        return await clock_shift(db)


async def _follow(door: Door, process: str) -> None:
    while True:
        await asyncio.sleep(_LOOK_EACH)
        try:
            async with door.scope() as db:
                shift = await clock_shift(db)
                clock.move_to_shift(shift)
                await tell_clock_shift(db, process, shift)  # heard once this scope has ended
        except Exception as away:
            log.warning("cannot read the clock", extra={"reason": repr(away)})
