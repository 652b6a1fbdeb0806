"""What goes back by the tiers: never below nothing, never above what was paid, never less for telling earlier."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exodrive.bookings.model import Rules, Tier
from exodrive.bookings.tiers import no_show_percent, percent_for, refund_for, share_of, tier_words
from exodrive.kit.money import Money, quantum

PICKUP = datetime(2026, 6, 5, 14, tzinfo=UTC)
USUAL = Rules().cancellation_tiers
CURRENCIES = ("USD", "JPY", "KRW", "EUR")

tiers = st.lists(st.builds(Tier, st.none() | st.integers(0, 400), st.integers(-20, 300)), max_size=6)
notices = st.timedeltas(min_value=-timedelta(days=30), max_value=timedelta(days=60))
currencies = st.sampled_from(CURRENCIES)


def paid_in(currency: str) -> st.SearchStrategy[Money]:
    """Any sum a currency can pay."""
    return st.integers(0, 10**9).map(lambda units: Money(units * quantum(currency), currency))


sums = currencies.flatmap(paid_in)


@given(tiers, notices, sums)
def test_it_is_never_below_nothing_nor_above_what_was_paid(given_tiers, notice, paid):
    back = refund_for(given_tiers, PICKUP, PICKUP - notice, paid)
    assert 0 <= back.amount <= paid.amount
    assert back.currency == paid.currency


@given(tiers, notices, notices, sums)
def test_who_tells_earlier_never_gets_less(given_tiers, one, other, paid):
    late, early = sorted((one, other))
    backs = [refund_for(given_tiers, PICKUP, PICKUP - notice, paid).amount for notice in (late, early)]
    assert backs == sorted(backs)


@given(tiers, notices, currencies.flatmap(lambda currency: st.tuples(paid_in(currency), paid_in(currency))))
def test_who_paid_more_never_gets_less(given_tiers, notice, both):
    less, more = sorted(both)
    backs = [refund_for(given_tiers, PICKUP, PICKUP - notice, paid).amount for paid in (less, more)]
    assert backs == sorted(backs)


@given(tiers, notices, sums)
def test_it_can_be_paid_in_the_currency(given_tiers, notice, paid):
    back = refund_for(given_tiers, PICKUP, PICKUP - notice, paid)
    assert back.amount % quantum(paid.currency) == 0
    assert Decimal(back.text) == back.amount


@given(tiers, notices)
def test_the_order_of_the_tiers_is_no_matter(given_tiers, notice):
    assert percent_for(given_tiers, PICKUP, PICKUP - notice) == percent_for(given_tiers[::-1], PICKUP, PICKUP - notice)


@given(sums)
def test_all_is_all_and_nothing_is_nothing(paid):
    assert share_of(paid, 100) == paid
    assert share_of(paid, 0).amount == 0


def test_what_is_less_than_nothing_gives_nothing_back():
    assert share_of(Money(Decimal("-0.01"), "USD"), 100).amount == 0


@pytest.mark.parametrize(
    ("hours", "percent"),
    [(49, 100), (48, 100), (47.99, 50), (24, 50), (23.99, 0), (0, 0), (-1, 0)],
)
def test_a_tier_counts_to_its_very_hour(hours, percent):
    assert percent_for(USUAL, PICKUP, PICKUP - timedelta(hours=hours)) == percent


def test_hours_are_real_ones_when_clocks_change():
    pickup = datetime.fromisoformat("2026-03-29T12:00:00+02:00")  # Berlin, on the day of 23 hours
    a_day_before_by_the_wall = datetime.fromisoformat("2026-03-28T12:00:00+01:00")
    assert percent_for([Tier(24, 50)], pickup, a_day_before_by_the_wall) == 0


@pytest.mark.parametrize(
    ("amount", "currency", "percent", "back"),
    [("100.01", "USD", 50, "50.01"), ("1001", "JPY", 50, "501"), ("1", "JPY", 49, "0"), ("0.01", "USD", 50, "0.01")],
)
def test_half_a_unit_is_rounded_up_in_the_renters_favour(amount, currency, percent, back):
    assert share_of(Money(Decimal(amount), currency), percent).text == Money(Decimal(back), currency).text


def test_who_never_came_has_a_tier_of_their_own():
    assert no_show_percent([Tier(0, 50), Tier(None, 20)]) == 20
    assert percent_for([Tier(None, 100)], PICKUP, PICKUP - timedelta(days=9)) == 0
    assert no_show_percent([Tier(0, 50)]) == 0, "sold before there was one"


@pytest.mark.parametrize(
    ("tier", "words"),
    [
        (Tier(48, 100), "Until 48 hours before pick-up: 100% of what you paid goes back."),
        (Tier(1, 50), "Until 1 hour before pick-up: 50% of what you paid goes back."),
        (Tier(0, 25), "Until the pick-up: 25% of what you paid goes back."),
        (Tier(0, 0), "Later than that: nothing is paid back."),
        (Tier(None, 10), "If nobody comes for the car: 10% of what you paid goes back."),
        (Tier(None, 0), "If nobody comes for the car: nothing is paid back."),
    ],
)
def test_each_tier_is_a_sentence(tier, words):
    assert tier_words(tier) == words
