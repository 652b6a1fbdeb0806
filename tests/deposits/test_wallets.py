"""When a deposit is held by a kept wallet, and how long PayPal may take."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from exodrive.deposits.model import Way
from exodrive.deposits.states import HoldStatus
from exodrive.deposits.wallets.model import Agreed, WalletStatus, patience, serves

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Hold(NamedTuple):
    status: HoldStatus
    way: Way = Way.WALLET


KEPT = Agreed(WalletStatus.KEPT, NOW - 99 * HOUR)
S, W = HoldStatus, Way


def test_a_kept_wallet_serves_from_the_first_hold_on_and_one_that_was_agreed_to_is_waited_for_an_hour() -> None:
    assert serves(KEPT, [], NOW)
    assert serves(Agreed(WalletStatus.AGREED, NOW - 59 * MINUTE), [], NOW)
    assert not serves(Agreed(WalletStatus.AGREED, NOW - HOUR), [], NOW)
    assert not serves(None, [], NOW)
    for status in (WalletStatus.NONE, WalletStatus.CANCELLED, WalletStatus.DELETED):
        assert not serves(Agreed(status, NOW), [], NOW)


@pytest.mark.parametrize(
    ("hold", "still"),
    [
        (Hold(S.ASKED), True),
        (Hold(S.HELD), True),
        (Hold(S.HELD, W.APPROVAL), True),
        (Hold(S.LAPSED), True),
        (Hold(S.DECLINED, W.ONE_ORDER), True),
        (Hold(S.DROPPED, W.ONE_ORDER), True),
        (Hold(S.ASKED, W.APPROVAL), False),
        (Hold(S.DECLINED, W.APPROVAL), False),
        (Hold(S.DECLINED), False),
        (Hold(S.DROPPED), False),
        (Hold(S.RELEASED), False),
        (Hold(S.CLAIMED), False),
        (Hold(S.RELEASED, W.ONE_ORDER), False),
    ],
)
def test_the_newest_hold_says_whether_it_serves(hold: Hold, *, still: bool) -> None:
    assert serves(KEPT, [hold], NOW) is still
    assert serves(KEPT, [Hold(S.RELEASED), hold], NOW) is (still and hold.way is not W.ONE_ORDER)


@pytest.mark.parametrize(
    ("left", "most"), [(48 * HOUR, 6 * HOUR), (96 * HOUR, 6 * HOUR), (16 * HOUR, 2 * HOUR), (HOUR, 15 * MINUTE), (-HOUR, 15 * MINUTE)]
)
def test_the_nearer_the_pick_up_the_sooner_the_renter_is_asked(left: timedelta, most: timedelta) -> None:
    assert patience(NOW, NOW + left) == most
