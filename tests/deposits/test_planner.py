"""The planner of deposits: no minute with the car out and nothing behind it goes unsaid, whatever the rental and the renter do."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from exodrive.deposits.model import CERTAIN, LIFE, RENEWABLE, Alarm, DepositRules, Hold, Rental, Way
from exodrive.deposits.planner import fits_one_order, needed_until, plan, renew_at
from exodrive.deposits.states import HoldStatus
from exodrive.kit.ids import BookingId, new_id

RULES = DepositRules()
PICKUP = datetime(2026, 6, 1, 10, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def rental(days: int = 3, **changed: object) -> Rental:
    return Rental(**{"pickup_at": PICKUP, "due_at": PICKUP + days * DAY, **changed})


def out(days: int = 3, **changed: object) -> Rental:
    return rental(days, handed_over_at=PICKUP, **changed)


def held(at: datetime = PICKUP - DAY, number: int = 1, **changed: object) -> Hold:
    values = {
        "id": new_id(), "booking_id": BookingId(new_id()), "number": number, "way": Way.APPROVAL, "status": HoldStatus.HELD,
        "amount": Decimal(2000), "currency": "USD", "order_id": "O", "approve_url": None, "parent_id": "A", "authorization_id": "A",
        "authorized_at": at, "covered_until": at + LIFE, "guaranteed_until": at + CERTAIN, "renewed_at": None,
        "claimed_amount": Decimal(0), "created_at": at,
    }  # fmt: skip
    return Hold(**{**values, **changed})


def test_it_is_asked_for_two_days_before_the_pick_up_and_no_sooner() -> None:
    assert not plan(rental(), [], RULES, PICKUP - 49 * HOUR).ask
    assert plan(rental(), [], RULES, PICKUP - 49 * HOUR).again_at == PICKUP - 48 * HOUR
    assert plan(rental(), [], RULES, PICKUP - 48 * HOUR).ask


def test_a_hold_that_is_there_is_not_asked_for_again() -> None:
    assert not plan(rental(), [held()], RULES, PICKUP).ask


def test_one_that_was_declined_dropped_or_ran_out_is_asked_for_again() -> None:
    for status in (HoldStatus.DECLINED, HoldStatus.DROPPED, HoldStatus.LAPSED, HoldStatus.RELEASED):
        assert plan(rental(), [held(status=status)], RULES, PICKUP).ask


def test_a_car_out_with_nothing_behind_it_is_an_alarm() -> None:
    assert plan(out(), [], RULES, PICKUP).alarms == {Alarm.UNCOVERED}
    assert plan(out(), [held(PICKUP - LIFE)], RULES, PICKUP).alarms == {Alarm.UNCOVERED}
    assert plan(rental(), [], RULES, PICKUP).alarms == frozenset()


def test_a_short_rental_is_renewed_when_the_car_comes_back() -> None:
    first = held(PICKUP - 2 * DAY)
    assert plan(out(5), [first], RULES, PICKUP + 4 * DAY).renew is None
    assert plan(out(5), [first], RULES, PICKUP + 4 * DAY + 12 * HOUR).renew is first


def test_it_is_renewed_once_and_never_before_the_fourth_day() -> None:
    first = held(PICKUP)
    assert renew_at(out(1), first, RULES, PICKUP) == PICKUP + RENEWABLE
    assert renew_at(out(1), replace(first, renewed_at=PICKUP + RENEWABLE), RULES, PICKUP + 5 * DAY) is None


def test_a_hold_certain_for_as_long_as_it_is_needed_is_not_renewed() -> None:
    back = rental(1, returned_at=PICKUP - HOUR)
    assert renew_at(back, held(PICKUP), RULES, PICKUP) is None


def test_one_held_with_the_rental_is_renewed_only_where_the_car_is_out_for_longer_than_it_is_certain() -> None:
    """PayPal may refuse to renew a hold of which a part was taken: for nothing it is not tried."""
    together = held(PICKUP - DAY, way=Way.ONE_ORDER)
    assert renew_at(out(1), together, RULES, PICKUP) is None
    assert renew_at(out(1, returned_at=PICKUP + DAY), together, RULES, PICKUP + 2 * DAY) is None
    assert renew_at(out(8), together, RULES, PICKUP) == PICKUP + 8 * DAY - 12 * HOUR
    assert renew_at(out(1), together, RULES, PICKUP + 3 * DAY) == PICKUP + 3 * DAY  # late


def test_rental_and_deposit_are_approved_at_once_where_the_money_is_certain_until_the_car_was_looked_at() -> None:
    rules, now = DepositRules(one_order=True), PICKUP - 24 * HOUR
    back = Rental(pickup_at=PICKUP, due_at=now + CERTAIN - 12 * HOUR)
    assert fits_one_order(back, rules, now)
    assert not fits_one_order(back, RULES, now)
    assert not fits_one_order(back, rules, now - timedelta(seconds=1))
    assert not fits_one_order(replace(back, due_at=back.due_at + timedelta(seconds=1)), rules, now)
    assert not fits_one_order(back, rules, PICKUP + timedelta(seconds=1))


def test_three_days_after_the_return_it_is_given_back() -> None:
    back = out(returned_at=PICKUP + 3 * DAY)
    hold = held()
    assert plan(back, [hold], RULES, PICKUP + 6 * DAY - HOUR).release == ()
    assert plan(back, [hold], RULES, PICKUP + 6 * DAY).release == (hold,)


def test_while_something_is_claimed_it_is_kept() -> None:
    back = out(returned_at=PICKUP + 3 * DAY, claimed=True)
    assert plan(back, [held()], RULES, PICKUP + 9 * DAY).release == ()


def test_a_rental_that_will_not_be_keeps_nothing() -> None:
    hold = held()
    assert plan(rental(is_off=True), [hold], RULES, PICKUP - HOUR).release == (hold,)


def test_a_hold_that_will_not_last_is_replaced_and_then_given_back() -> None:
    first = held(PICKUP)
    assert not plan(out(60), [first], RULES, PICKUP + 26 * DAY - HOUR).ask
    assert plan(out(60), [first], RULES, PICKUP + 26 * DAY).ask
    assert plan(out(60), [first], RULES, PICKUP + 28 * DAY).alarms == {Alarm.RUNS_OUT}
    second = held(PICKUP + 27 * DAY, number=2)
    after = plan(out(60), [first, second], RULES, PICKUP + 28 * DAY)
    assert (after.ask, after.release, after.alarms) == (False, (first,), frozenset())


def test_a_car_that_is_late_needs_its_hold_for_as_long_as_it_is_late() -> None:
    late = PICKUP + 26 * DAY + HOUR
    assert needed_until(out(3), RULES, late) == late + RULES.release
    assert plan(out(3), [held(PICKUP - 2 * DAY)], RULES, late).alarms == {Alarm.RUNS_OUT}


@settings(max_examples=60, deadline=None)
@given(
    days=st.integers(1, 120),
    late=st.integers(0, 72),
    delays=st.lists(st.integers(0, 120), min_size=8, max_size=8),
    refuses=st.lists(st.booleans(), min_size=8, max_size=8),
)
def test_no_uncovered_hour_of_any_rental_goes_unsaid_and_nothing_is_left_behind(
    days: int, late: int, delays: list[int], refuses: list[bool]
) -> None:
    """Walks a rental hour by hour. The renter answers after some hours, or never; PayPal ends holds after 29 days."""
    now, trip, holds, asked_at = PICKUP - 3 * DAY, rental(days), list[Hold](), None
    back, answers = trip.due_at + late * HOUR, iter(zip(delays, refuses, strict=True))
    answer = next(answers)
    while now < back + 10 * DAY:
        if now == PICKUP:
            trip = replace(trip, handed_over_at=now)
        if now == back:
            trip = replace(trip, returned_at=now)
        todo = plan(trip, holds, RULES, now)
        covered = any(hold.covers(now) for hold in holds)
        assert not trip.is_out or covered or Alarm.UNCOVERED in todo.alarms
        assert todo.renew is None or (todo.renew.renewed_at is None and now - todo.renew.created_at >= RENEWABLE)
        if todo.renew:
            holds = [replace(hold, renewed_at=now) if hold is todo.renew else hold for hold in holds]
        holds = [replace(hold, status=HoldStatus.RELEASED) if any(hold.id == it.id for it in todo.release) else hold for hold in holds]
        asked_at = (asked_at or now) if todo.ask else None
        if asked_at and now >= asked_at + answer[0] * HOUR:
            if not answer[1]:
                holds.append(held(now, number=len(holds) + 1))
            answer, asked_at = next(answers, (10**6, True)), None
        assert sum(hold.covers(now) for hold in holds) <= 2
        now += HOUR
    assert not [hold for hold in holds if hold.covers(now)]


def test_a_hold_too_small_for_another_car_is_asked_anew_and_stays_until_the_larger_is_held():
    small, trip = held(), out(amount=Decimal(3000))
    todo = plan(trip, [small], RULES, PICKUP + HOUR)
    assert (todo.ask, todo.release, todo.alarms) == (True, (), frozenset())
    large = held(PICKUP + HOUR, 2, amount=Decimal(3000))
    todo = plan(trip, [small, large], RULES, PICKUP + 2 * HOUR)
    assert (todo.ask, todo.release) == (False, (small,))
    assert not plan(out(amount=Decimal(1000)), [small], RULES, PICKUP + HOUR).ask
