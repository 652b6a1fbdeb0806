"""What can be chosen, with its price."""

from datetime import date, time
from decimal import Decimal

import pytest

from exodrive.kit.days import Days
from exodrive.pricing.book import Book
from exodrive.pricing.choices import NotOffered
from exodrive.pricing.kinds import AdditionalDriver, AfterHours, Area, Delivery, Extra, OneWay, PartPayment, Waiver, YoungDriver
from exodrive.pricing.model import PartPayment as Part
from exodrive.pricing.offers import Zone, check_stock, offers_for
from tests.pricing.prices import CAR
from tests.pricing.rental import car, priced

D = Decimal
USD = {"currency": "USD"}
DAYS = Days.parse("2026-06-01..10")
SEAT = Extra(name="Child seat", code="seat", per="day", capped_days=5, most=2, stock=3, amount=D(18), description="From 9 kg.", **USD)
RULES = [
    SEAT,
    Extra(name="Camera", code="camera", amount=D(60), **USD),
    Waiver(name="Waiver", code="waiver", per="day", amount=D(89), excess=D(1500), **USD),
    AdditionalDriver(name="Driver", per="day", most=2, amount=D(25), **USD),
    Delivery(name="Delivery", amount=D(150), **USD),
    Delivery(name="Far", code="far", areas=(Area("US"),), amount=D(290), **USD),
    YoungDriver(name="Under 28", from_age=25, below_age=28, amount=D(45), **USD),
    AfterHours(name="Late", since=time(20), until=time(7), amount=D(75), **USD),
    OneWay(name="One way", amount=D(95), **USD),
    PartPayment(name="Part", percent=D(30), days_before=14),
]


def offers(*more, today=None, of=None):
    return offers_for(of or car(), Book([*RULES, *more]), DAYS, today=today)


def test_each_offer_has_its_price_for_the_days():
    found = offers()
    assert [(extra.code, extra.total, extra.most, extra.stock) for extra in found.extras] == [
        ("camera", D("60.00"), 1, None),
        ("seat", D("90.00"), 2, 3),
    ]
    assert [(waiver.code, waiver.total, waiver.excess) for waiver in found.waivers] == [("waiver", D("890.00"), D(1500))]
    assert (found.additional_driver.total, found.additional_driver.most) == (D("250.00"), 2)
    assert found.delivery == (Zone("", "Delivery", D(150)), Zone("far", "Far", D(290), ("US",)))
    assert found.collection == ()
    assert [len(told) for told in (found.young_drivers, found.after_hours, found.one_way)] == [1, 1, 1]


def test_what_is_offered_costs_what_it_says():
    plain = priced("2026-06-01..10", *RULES)
    for extra in offers().extras:
        assert priced("2026-06-01..10", *RULES, extras={extra.code: 1}).total - plain.total == extra.total


def test_a_cars_own_offer_takes_the_place_of_the_houses():
    own = Extra(name="Large seat", code="seat", amount=D(5), car_id=CAR, **USD)
    assert [extra.name for extra in offers(own).extras if extra.code == "seat"] == ["Large seat"]


def test_part_payment_is_offered_while_the_rest_is_not_due_yet():
    assert offers(today=date(2026, 5, 17)).part == Part(D(30), date(2026, 5, 18))
    assert offers(today=date(2026, 5, 18)).part is None
    assert offers().part is None


def test_nothing_is_offered_in_another_currency():
    found = offers(of=car(currency="EUR"))
    assert (found.extras, found.waivers, found.delivery, found.additional_driver) == ((), (), (), None)


@pytest.mark.parametrize(("taken", "wanted"), [({}, 3), ({"seat": 2}, 1), ({"seat": 9}, 0), ({"camera": 99}, 3)])
def test_extras_that_are_left_may_be_taken(taken, wanted):
    check_stock(offers().extras, {"seat": wanted, "camera": 1}, taken)


@pytest.mark.parametrize(
    ("taken", "wanted", "told"),
    [
        (1, 3, "Only 2 are left on these days: Child seat."),
        (2, 2, "Only 1 is left on these days: Child seat."),
        (9, 1, "None is left on these days: Child seat."),
    ],
)
def test_more_than_are_left_are_refused(taken, wanted, told):
    with pytest.raises(NotOffered) as refused:
        check_stock(offers().extras, {"seat": wanted}, {"seat": taken})
    assert refused.value.fields == {"extras.seat": told}
