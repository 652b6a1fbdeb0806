"""The price of a changed booking that is paid in two parts: what is due when, before and after the day of the rest."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from exodrive.bookings.model import CheckoutOrder, Place
from exodrive.flows.change.reprice import reprice
from exodrive.flows.checkout.model import Facts
from exodrive.pricing import engine
from exodrive.pricing.book import Book
from exodrive.pricing.kinds import Extra, PartPayment
from tests.pricing.prices import CAR
from tests.pricing.rental import CURRENCIES, HERE, asked, car

D = Decimal
DUE = date(2026, 6, 5)


def order(**extras):
    nobody = {"email": "", "first_name": "", "last_name": "", "phone": "", "birth_date": None, "quote": ""}
    place = Place(time=time(10), location_id=HERE)
    days = {"start": date(2026, 6, 15), "end": date(2026, 6, 17)}
    return CheckoutOrder(car_id=CAR, pickup=place, dropoff=place, extras=extras, part_payment=True, **days, **nobody)


def changed(rules, of, before, after, today):
    """The price of three days sold in two parts, and after another number of extras is taken on a day."""
    sold = engine.price(asked("2026-06-15..17", *rules, of=of, extras=before, part_payment=True, today=date(2026, 6, 1)))
    facts = Facts(
        rules=of,
        house=Book(rules),
        car_name="Test Car",
        available=True,
        minimum_age=25,
        turnaround_days=0,
        home_zone="UTC",
        now=datetime.combine(today, time(12), UTC),
        taken=False,
        locations={},
    )
    return sold, reprice(sold, order(**before), order(**after), facts)


def rules(currency="USD", amount=100, percent=30):
    return (
        PartPayment(name="Two parts", percent=D(percent), days_before=10),
        Extra(name="Seat", code="seat", amount=D(amount), most=9, currency=currency),
    )


def test_what_is_added_while_the_rest_is_not_due_is_paid_in_the_same_parts():
    sold, new = changed(rules(), car(), {}, {"seat": 1}, date(2026, 6, 4))
    assert (new.due_now - sold.due_now, new.due_later - sold.due_later, new.due_on) == (30, 70, DUE)


def test_what_is_added_once_the_rest_is_due_is_paid_at_once():
    for today in (DUE, date(2026, 6, 6)):
        sold, new = changed(rules(), car(), {}, {"seat": 1}, today)
        assert (new.due_now - sold.due_now, new.due_later - sold.due_later, new.due_on) == (100, 0, DUE)
        assert engine.replay(engine.snapshot(new)) == new


def test_what_is_taken_off_once_the_rest_is_due_is_taken_off_the_rest_first():
    sold, new = changed(rules(), car(), {"seat": 1}, {}, DUE)
    assert (new.due_now, sold.due_later - new.due_later) == (sold.due_now, 100)
    sold, new = changed(rules(amount=500), car(base_price=D(10)), {"seat": 2}, {}, DUE)
    assert (new.total, new.due_now, new.due_later, new.due_on, new.inputs.part) == (30, 30, 0, None, None)


def test_a_change_that_costs_nothing_leaves_the_price_word_for_word():
    sold, new = changed(rules(amount=0), car(), {}, {"seat": 1}, DUE)
    assert new.inputs.part == sold.inputs.part


@given(
    currency=st.sampled_from(CURRENCIES),
    base=st.integers(1, 10**7),
    amount=st.integers(0, 10**7),
    percent=st.integers(1, 9899),
    before=st.integers(0, 9),
    after=st.integers(0, 9),
    is_due=st.booleans(),
)
def test_what_is_due_now_and_later_is_always_the_whole_and_the_rest_never_grows_after_its_day(
    currency, base, amount, percent, before, after, is_due
):
    of = car(currency=currency, base_price=D(base).scaleb(-2))
    terms = rules(currency, D(amount).scaleb(-2), D(percent).scaleb(-2))
    chosen = [{"seat": pieces} if pieces else {} for pieces in (before, after)]
    sold, new = changed(terms, of, *chosen, DUE if is_due else date(2026, 6, 4))
    assert new.due_now + new.due_later == new.total
    if is_due:
        more = new.total - sold.total
        assert new.due_later == max(sold.due_later + min(more, 0), 0)
        assert new.due_now - sold.due_now == (more if more > 0 else min(more + sold.due_later, 0))
