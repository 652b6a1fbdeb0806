"""A price as pages show it."""

from datetime import date
from decimal import Decimal

from exodrive.kit.ids import CarId, new_id
from exodrive.pricing import engine
from exodrive.pricing.model import InputsV1
from exodrive.web.storefront.bills import bill_of


def inputs(currency: str = "USD", **changes: object) -> InputsV1:
    values = {"base_price": Decimal(1290), "start": date(2026, 12, 1), "end": date(2026, 12, 3), "tax_percent": Decimal(7)} | changes
    return InputsV1(car_id=CarId(new_id()), currency=currency, **values)  # type: ignore[arg-type]


def test_the_rows_are_the_lines_and_the_tax() -> None:
    bill = bill_of(engine.price(inputs(tax_name="Sales tax")))
    assert [(row.words, row.amount) for row in bill.rows] == [("3 days × $1,290", "$3,870.00"), ("Sales tax, 7%", "$270.90")]
    assert bill.total == "$4,140.90"


def test_without_tax_and_deposit_neither_is_mentioned() -> None:
    bill = bill_of(engine.price(inputs(tax_percent=Decimal(0))))
    assert len(bill.rows) == 1
    assert bill.deposit == ""


def test_the_deposit_names_the_day_by_which_it_is_released() -> None:
    bill = bill_of(engine.price(inputs(deposit=Decimal(5000))))
    assert (bill.deposit, bill.released_by) == ("$5,000", "December 6, 2026")


def test_a_currency_without_decimals_shows_none() -> None:
    assert bill_of(engine.price(inputs("JPY", base_price=Decimal(90000)))).total == "¥288,900"
