"""What a return comes to: each kind with a grace of its own, taxed as the rental was."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest

from exodrive.charges.model import UNTAXED, ChargeKind, Sold, Tariffs, Trip
from exodrive.charges.rules import bill, proposed
from exodrive.charges.states import MOVES, ChargeStatus, IllegalMove, check_move
from exodrive.charges.words import explained, title

DUE = datetime(2026, 6, 3, 18, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PLAIN = Sold(
    currency="USD", day=Decimal(1000), cover=Decimal(80), included=450, each_further=Decimal("3.50"), unit="mi", taxes=(Decimal(7),)
)
HOUSE = Tariffs()


def comes_to(sold=PLAIN, tariffs=HOUSE, *, driven=400, fuel=(100, 100), late=timedelta(0)):
    """The sums of a return, by what they are for."""
    trip = Trip(driven=driven, fuel_out=fuel[0], fuel_in=fuel[1], due_at=DUE, returned_at=DUE + late)
    return {one.kind: (one.amount, one.fee, one.tax) for one in proposed(sold, trip, tariffs)}


def test_a_car_back_in_time_full_and_within_its_distance_costs_nothing_more():
    assert comes_to() == {}
    assert comes_to(late=-HOUR, fuel=(50, 100)) == {}


@pytest.mark.parametrize(("driven", "expected"), [(455, None), (456, "21.00"), (650, "700.00")])
def test_further_distance_counts_from_the_first_unit_once_beyond_the_grace(driven, expected):
    told = comes_to(driven=driven).get(ChargeKind.DISTANCE)
    assert (told and str(told[0])) == expected


def test_distance_without_a_limit_or_without_a_price_is_never_charged():
    for sold in (msgspec.structs.replace(PLAIN, included=None), msgspec.structs.replace(PLAIN, each_further=None)):
        assert comes_to(sold, driven=9000) == {}


def test_missing_fuel_is_its_share_of_a_whole_tank_and_a_fee_both_taxed():
    assert comes_to(fuel=(100, 95)) == {}
    assert comes_to(fuel=(100, 75)) == {ChargeKind.FUEL: (Decimal("40.00"), Decimal("25.00"), Decimal("4.55"))}
    assert comes_to(tariffs=Tariffs(currency="EUR"), fuel=(100, 0)) == {}, "in another currency staff say what it costs"
    assert comes_to(tariffs=Tariffs(fuel_full=0), fuel=(100, 0)) == {}


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        (29 * MINUTE, None),
        (30 * MINUTE, 250),
        (61 * MINUTE, 500),
        (5 * HOUR, 1000),
        (24 * HOUR, 1000),
        (25 * HOUR, 1250),
        (49 * HOUR, 2250),
    ],
)
def test_lateness_counts_begun_hours_and_never_more_than_a_day_in_24(late, expected):
    told = comes_to(msgspec.structs.replace(PLAIN, cover=Decimal(0)), late=late).get(ChargeKind.LATE)
    assert (told and told[0]) == expected


def test_the_cover_has_a_grace_of_its_own_and_whole_days():
    strict = Tariffs(cover_grace_minutes=0, late_grace_minutes=59)
    assert comes_to(tariffs=strict, late=MINUTE) == {ChargeKind.COVER: (Decimal("80.00"), Decimal(0), Decimal("5.60"))}
    assert comes_to(tariffs=strict, late=25 * HOUR)[ChargeKind.COVER][0] == 160


def test_several_taxes_are_each_rounded_once_and_a_currency_without_decimals_stays_so():
    sold = msgspec.structs.replace(PLAIN, currency="JPY", each_further=Decimal(33), taxes=(Decimal("7.25"), Decimal("1.5")))
    assert comes_to(sold, driven=457) == {ChargeKind.DISTANCE: (Decimal(231), Decimal(0), Decimal(17) + Decimal(3))}


@pytest.mark.parametrize("kind", ChargeKind)
def test_compensation_and_what_is_passed_on_are_not_taxed_but_our_fee_is(kind):
    due = bill(kind, Decimal(100), PLAIN, fee=Decimal(10))
    assert due.tax == (Decimal("0.70") if kind in UNTAXED else Decimal("7.70"))


def test_what_is_worked_out_is_explained_and_every_kind_has_a_name():
    trip = Trip(driven=650, fuel_out=100, fuel_in=50, due_at=DUE, returned_at=DUE + 3 * HOUR)
    told = {one.kind: explained(one.kind, one.facts, one.currency) for one in proposed(PLAIN, trip, HOUSE)}
    assert told == {
        ChargeKind.DISTANCE: "650 mi driven, 450 included: 200 at $3.50 each.",
        ChargeKind.FUEL: "100% when it went out, 50% when it came back: 50% of $160.00 for all of it.",
        ChargeKind.LATE: "3 hours late: 25% of a day at $1,000.00 for each hour that began, never more than a day for 24 hours.",
        ChargeKind.COVER: "1 further day of the cover you took, at $80.00.",
    }
    assert explained(ChargeKind.DAMAGE, {}, "USD") == ""
    assert len({title(kind) for kind in ChargeKind}) == len(ChargeKind)


def test_only_legal_moves_are_made():
    for old in ChargeStatus:
        for new in ChargeStatus:
            if new not in MOVES.get(old, ()):
                with pytest.raises(IllegalMove):
                    check_move(old, new)
