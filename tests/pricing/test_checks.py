"""Rules are checked before they are saved: every wrong field, with what to do."""

from datetime import date, time
from decimal import Decimal

import pytest

from exodrive.kit.errors import BadInput
from exodrive.operate.seed.rules import RULES
from exodrive.pricing.checks import check
from exodrive.pricing.clashes import clash
from exodrive.pricing.kinds import (
    AfterHours,
    Area,
    Delivery,
    Extra,
    LengthDiscount,
    MandatoryFee,
    Notice,
    PartPayment,
    Season,
    Tax,
    Waiver,
    YoungDriver,
)
from exodrive.pricing.kinds.base import Rule
from tests.pricing.prices import CAR

D = Decimal
USD = {"currency": "USD"}
NAMED = {"name": "Rule"}
WRONG: list[tuple[Rule, set[str]]] = [
    (Season(name=" ", minimum_days=2), {"name"}),
    (MandatoryFee(**NAMED, amount=D(1)), {"currency"}),
    (Notice(**NAMED, **USD), {"currency"}),
    (MandatoryFee(**NAMED, amount=D(1), currency="usd"), {"currency"}),
    (MandatoryFee(**NAMED, **USD, amount=D(-1)), {"amount"}),
    (MandatoryFee(**NAMED, **USD, amount=D("1.005")), {"amount"}),
    (MandatoryFee(**NAMED, amount=D(1), currency="XYZ"), {"currency"}),
    (MandatoryFee(**NAMED, amount=D(1), currency="DEM"), {"currency"}),
    (MandatoryFee(**NAMED, amount=D("1.5"), currency="KWD"), {"currency"}),
    (MandatoryFee(**NAMED, amount=D("10.55"), currency="JPY"), {"amount"}),
    (Season(**NAMED, amount=D(10), weekend=D("20.5"), currency="JPY"), {"weekend"}),
    (Waiver(**NAMED, amount=D(10), excess=D("0.01"), currency="KRW", code="x"), {"excess"}),
    (MandatoryFee(**NAMED, **USD, amount=D(1), code="Über"), {"code"}),
    (MandatoryFee(**NAMED, **USD, amount=D(1), capped_days=0), {"capped_days"}),
    (MandatoryFee(**NAMED, **USD, amount=D(1), car_id=CAR, category="SUV"), {"category"}),
    (MandatoryFee(**NAMED, **USD, amount=D(1), first=date(2026, 6, 2), last=date(2026, 6, 1)), {"last"}),
    (Season(**NAMED), {"amount"}),
    (Season(**NAMED, **USD, amount=D(0)), {"amount"}),
    (Season(**NAMED, **USD, amount=D(5), percent=D(110)), {"percent"}),
    (Season(**NAMED, weekend=D(5), percent=D(110)), {"weekend"}),
    (Season(**NAMED, minimum_days=5, maximum_days=4), {"maximum_days"}),
    (LengthDiscount(**NAMED, days=1, percent=D(10)), {"days"}),
    (LengthDiscount(**NAMED, days=7, percent=D(0)), {"percent"}),
    (LengthDiscount(**NAMED, days=7, percent=D("100.01")), {"percent"}),
    (PartPayment(**NAMED, percent=D(100), days_before=7), {"percent"}),
    (Tax(**NAMED), {"percent"}),
    (Tax(**NAMED, **USD, amount=D(1), percent=D(1)), {"percent"}),
    (Extra(**NAMED, **USD, amount=D(1)), {"code"}),
    (Waiver(**NAMED, **USD, amount=D(1), excess=D(-1), code="x"), {"excess"}),
    (Delivery(**NAMED, **USD, amount=D(1), code="far"), {"areas"}),
    (Delivery(**NAMED, **USD, amount=D(1), areas=(Area("US"),)), {"areas"}),
    (Delivery(**NAMED, **USD, amount=D(1), code="far", areas=(Area("USA"),)), {"areas"}),
    (Delivery(**NAMED, **USD, amount=D(1), code="far", areas=(Area("US", "331", "Miami"),)), {"areas"}),
    (AfterHours(**NAMED, **USD, amount=D(1), since=time(7), until=time(7)), {"until"}),
    (YoungDriver(**NAMED, **USD, amount=D(1), from_age=25, below_age=25), {"below_age"}),
    (Extra(name="", amount=D(1), most=0), {"name", "currency", "code", "most"}),
]


@pytest.mark.parametrize(("rule", "fields"), WRONG, ids=lambda value: type(value).__name__ if isinstance(value, Rule) else "")
def test_every_wrong_field_is_named(rule, fields):
    with pytest.raises(BadInput) as refused:
        check(rule)
    assert set(refused.value.fields) == fields
    assert all(sentence.endswith(".") for sentence in refused.value.fields.values())


@pytest.mark.parametrize(("currency", "amount"), [("JPY", "10"), ("JPY", "10.00"), ("EUR", "10.5"), ("VND", "250000"), ("CHF", "0.05")])
def test_an_amount_that_its_currency_can_pay_is_taken(currency, amount):
    check(MandatoryFee(**NAMED, amount=D(amount), currency=currency))


def test_what_a_currency_cannot_pay_is_explained():
    for currency, amount, said in (("JPY", "10.55", "JPY has no decimals"), ("KWD", "1", "three decimals")):
        with pytest.raises(BadInput, match="Please check the rule") as refused:
            check(MandatoryFee(**NAMED, amount=D(amount), currency=currency))
        assert said in " ".join(refused.value.fields.values())


def test_a_value_of_a_wrong_type_is_refused():
    with pytest.raises(BadInput) as refused:
        check(Season(name="Rule", minimum_days="many"))  # type: ignore[arg-type]
    assert set(refused.value.fields) == {"rule"}


def test_the_demos_rules_are_right_and_have_an_order():
    rules = [check(rule) for rule in RULES.values()]
    assert all(clash(rule, rules[:number]) is None for number, rule in enumerate(rules))
