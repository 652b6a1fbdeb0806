"""Prices of the first engine for tests: a builder, and strategies over random rules, days and currencies."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from exodrive.kit.days import Days
from exodrive.kit.ids import CarId
from exodrive.pricing.model import Fee, InputsV1

CAR = CarId(UUID("018f0000-0000-7000-8000-000000000001"))


def inputs(days: str, **changes: Any) -> InputsV1:
    """Inputs for ``2026-06-01..03`` at $1,000 a day and nothing else, unless told otherwise."""
    span = Days.parse(days)
    values = {"car_id": CAR, "start": span.start, "end": span.end, "currency": "USD", "base_price": Decimal(1000)}
    return InputsV1(**(values | changes))


def amounts(low: str = "0", high: str = "5000") -> st.SearchStrategy[Decimal]:
    """Amounts as the tables hold them: two decimals."""
    return st.decimals(min_value=low, max_value=high, places=2)


fees = st.builds(
    Fee,
    name=st.sampled_from(["Cleaning", "Tolls", "Pass"]),
    amount=amounts(),
    per=st.sampled_from(["rental", "day"]),
    taxable=st.booleans(),
)
# Leap days, clock changes in spring and autumn, and turns of the year lie inside.
starts = st.dates(min_value=date(2023, 12, 1), max_value=date(2028, 12, 31))


@st.composite
def any_inputs(draw: st.DrawFn, **fixed: Any) -> InputsV1:
    """Inputs over random rules, days and currencies; zero-decimal and three-decimal ones too."""
    start = draw(starts)
    values = {
        "car_id": CAR,
        "start": start,
        "end": start + timedelta(days=draw(st.integers(0, 40))),
        "currency": draw(st.sampled_from(["USD", "EUR", "JPY", "KWD"])),
        "base_price": draw(amounts("0.01")),
        "weekend_price": draw(st.none() | amounts("0.01", "15000")),
        "fees": tuple(draw(st.lists(fees, max_size=4))),
        "delivery_fee": draw(st.none() | amounts()),
        "delivery_taxable": draw(st.booleans()),
        "collection_fee": draw(st.none() | amounts()),
        "collection_taxable": draw(st.booleans()),
        "tax_percent": draw(st.decimals(min_value=0, max_value=40, places=4)),
        "tax_name": "Sales tax",
        "deposit": draw(amounts()),
    }
    return InputsV1(**(values | fixed))
