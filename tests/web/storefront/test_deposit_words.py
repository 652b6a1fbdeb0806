"""The deposit on a booking's page."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from exodrive.bookings.states import BookingStatus
from exodrive.deposits.model import DepositRules, Way
from exodrive.deposits.states import HoldStatus
from exodrive.deposits.wallets.model import Agreed, WalletStatus
from exodrive.kit.links import hash_of
from exodrive.overview.booking_page import BookingPage, booking_page
from exodrive.overview.own_deposit import HeldDeposit
from exodrive.pricing.terms_words import released_by
from exodrive.web.storefront.booking_view import view_of
from exodrive.web.storefront.deposit_words import asked_of, deposit_words
from tests.builders import Build
from tests.web.shell.test_display import SITE

RULES = DepositRules()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
OFF = (BookingStatus.CANCELLED, BookingStatus.EXPIRED, BookingStatus.NO_SHOW)


@pytest.fixture
async def shown(build: Build) -> BookingPage:
    made = await build.paid()
    async with build.doors.token(hash_of(made.token)).scope() as db:
        return await booking_page(db, made.reference)


def having(page: BookingPage, *holds: HeldDeposit, **changes: Any) -> BookingPage:
    return msgspec.structs.replace(page, holds=holds, **changes)


def hold(page: BookingPage, status: HoldStatus = HoldStatus.HELD, until: timedelta = 27 * DAY, **changes: Any) -> HeldDeposit:
    ended = None if status in (HoldStatus.ASKED, HoldStatus.HELD) else page.pickup_at
    values = {"status": status, "amount": page.deposit, "claimed": Decimal(0), "covered_until": page.pickup_at + until, "ended_at": ended}
    return HeldDeposit(**({"way": Way.APPROVAL} | values | changes))


async def test_it_is_never_called_charged_and_says_when_it_is_released(shown: BookingPage) -> None:
    now = shown.pickup_at
    for page in (shown, having(shown, hold(shown))):
        assert "not charged" in deposit_words(page, RULES, now)
        assert f"released by {released_by(shown.days.end)} at the latest" in deposit_words(page, RULES, now)
    early = datetime.combine(shown.days.end - timedelta(days=2), time(23, 30), ZoneInfo(shown.time_zone))
    over = deposit_words(having(shown, status=BookingStatus.COMPLETED, returned_at=early), RULES, now)
    assert f"released by {released_by(early.date())} at the latest" in over, "the three days count from the return itself"


async def test_what_will_not_be_says_only_what_was_held(shown: BookingPage) -> None:
    for status in OFF:
        assert deposit_words(having(shown, status=status), RULES, shown.pickup_at) == ""
        assert "is being released" in deposit_words(having(shown, hold(shown), status=status), RULES, shown.pickup_at)
        released = having(shown, hold(shown, HoldStatus.RELEASED), status=status)
        assert "was released on" in deposit_words(released, RULES, shown.pickup_at)


async def test_a_claim_says_how_much(shown: BookingPage) -> None:
    claimed = having(shown, hold(shown, HoldStatus.CLAIMED, claimed=Decimal(250)), status=BookingStatus.COMPLETED)
    assert deposit_words(claimed, RULES, shown.pickup_at).startswith("$250 of the deposit")


async def test_it_is_asked_for_from_two_days_before_the_pick_up_until_it_is_held(shown: BookingPage) -> None:
    at = shown.pickup_at
    assert asked_of(shown, RULES, at - 49 * HOUR) is None
    assert asked_of(shown, RULES, at - 48 * HOUR)
    assert asked_of(having(shown, hold(shown)), RULES, at) is None
    declined = asked_of(having(shown, hold(shown, HoldStatus.DECLINED)), RULES, at)
    assert declined
    assert "declined" in declined.text
    assert asked_of(having(shown, returned_at=at + DAY), RULES, at + DAY) is None
    assert asked_of(having(shown, deposit=Decimal(0)), RULES, at) is None
    for status in (*OFF, BookingStatus.PENDING, BookingStatus.COMPLETED):
        assert asked_of(having(shown, status=status), RULES, at) is None


async def test_the_page_asks_from_when_the_house_says(shown: BookingPage) -> None:
    early = msgspec.structs.replace(SITE, deposits=DepositRules(ask_hours=100))
    at = shown.pickup_at - 99 * HOUR
    assert view_of(shown, SITE, at).asked is None
    assert view_of(shown, early, at).asked


async def test_a_hold_that_ends_too_soon_is_asked_for_once_more(shown: BookingPage) -> None:
    short = having(shown, hold(shown, until=2 * DAY), status=BookingStatus.ACTIVE)
    again = asked_of(short, RULES, shown.pickup_at)
    assert again
    assert "once more" in again.title


async def test_a_kept_wallet_is_told_of_and_the_renter_not_asked(shown: BookingPage) -> None:
    at, by = shown.pickup_at, DepositRules(wallet=True)
    kept = having(shown, wallet=Agreed(WalletStatus.KEPT, at - 9 * DAY))
    assert asked_of(kept, by, at) is None
    assert "you need do nothing" in deposit_words(kept, by, at)
    held = having(kept, hold(shown, way=Way.WALLET))
    assert deposit_words(held, by, at).startswith("A deposit of $5,000 is held from the PayPal wallet you let us keep, not charged;")
    assert asked_of(kept, RULES, at), "the house does that no more"
    agreed = having(shown, wallet=Agreed(WalletStatus.AGREED, at - 2 * HOUR))
    assert asked_of(agreed, by, at - 90 * timedelta(minutes=1)) is None
    assert asked_of(agreed, by, at), "PayPal tells of no wallet"


async def test_where_the_wallet_did_not_serve_the_renter_is_asked_and_told_why(shown: BookingPage) -> None:
    at, by = shown.pickup_at, DepositRules(wallet=True)
    for status in (HoldStatus.DECLINED, HoldStatus.DROPPED):
        asked = asked_of(having(shown, hold(shown, status, way=Way.WALLET), wallet=Agreed(WalletStatus.KEPT, at)), by, at)
        assert asked
        assert "did not hold it from the wallet" in asked.text
    gone = asked_of(having(shown, wallet=Agreed(WalletStatus.CANCELLED, at)), by, at)
    assert gone
    assert gone.title == "Please hold the deposit"
