"""What invoices come to."""

import pytest

from tests.emulators.merchant import Json, issue, money
from tests.emulators.paypal.invoicing.billing import Bills, body

VAT = {"name": "VAT", "percent": "19"}


def item(value: str = "100.00", quantity: str = "1", **more: object) -> Json:
    return {"name": "Extra", "quantity": quantity, "unit_amount": money(value), **more}


def sums(bills: Bills, *items: Json, top: Json | None = None, **configuration: bool) -> tuple[str, str]:
    """Total and tax."""
    told = body() | {"items": list(items), "configuration": configuration} | ({"amount": {"breakdown": top}} if top else {})
    shown = bills.show(bills.draft(told))["amount"]
    return shown["value"], shown["breakdown"]["tax_total"]["value"]


def test_lines_are_added_up(bills: Bills):
    assert sums(bills, item(), item("0.333", "3") | {"unit_amount": money("0.33")}) == ("100.99", "0.00")
    assert sums(bills, item("10.00", "1.25")) == ("12.50", "0.00")


def test_tax_comes_on_top_or_is_included_after_the_discount_or_before(bills: Bills):
    assert sums(bills, item(tax=VAT)) == ("119.00", "19.00")
    assert sums(bills, item("119.00", tax=VAT), tax_inclusive=True) == ("119.00", "19.00")
    less = {"discount": {"percent": "10"}}
    assert sums(bills, item(tax=VAT, **less)) == ("107.10", "17.10")
    assert sums(bills, item(tax=VAT, **less), tax_calculated_after_discount=False) == ("109.00", "19.00")


def test_the_whole_is_discounted_shipped_and_added_to(bills: Bills):
    top = {
        "discount": {"invoice_discount": {"amount": money("50.00")}},
        "shipping": {"amount": money("10.00"), "tax": VAT},
        "custom": {"label": "Rounded", "amount": money("-0.40")},
    }
    assert sums(bills, item("100.00", "2", tax=VAT), top=top) == ("190.00", "30.40")


@pytest.mark.parametrize(
    "told",
    [
        {"items": []},
        {"items": [item("100.001")]},
        {"items": [item() | {"unit_amount": money("1.00", "EUR")}]},
        {"items": [item(discount={"amount": money("100.01")})]},
        {"items": [item(tax={"name": "VAT", "percent": "101"})]},
        {"items": [item(tax={"name": "VAT", "percent": "-1"})]},
        {"amount": {"breakdown": {"custom": {"label": "Off", "amount": money("-180.01")}}}},
        {"detail": {"currency_code": "XXX"}},
        {"items": None},
        {"detail": {"currency_code": "USD", "payment_term": {"term_type": "SOON"}}},
    ],
)
def test_what_cannot_be_added_up_is_refused(bills: Bills, told: Json):
    assert bills.create(body() | told).status_code == 400


@pytest.mark.parametrize(
    ("told", "code", "sentence"),
    [
        ({"invoice_number": "x" * 26}, "INVALID_STRING_MAX_LENGTH", "Invoice number length should be less than 25 characters."),
        ({"note": "x" * 4001}, "INVALID_STRING_MAX_LENGTH", "Invoice note length should be less than 4000 characters."),
        ({"currency_code": "US"}, "INVALID_STRING_LENGTH", "Currency code length should be 3 characters."),
        ({"invoice_date": "2027-02-31"}, "INVALID_PARAMETER_SYNTAX", "Invoice date is invalid."),
        ({"invoice_date": "soon"}, "INVALID_STRING_LENGTH", "Invoice date is invalid."),
        (
            {"invoice_date": "2027-02-01", "payment_term": {"due_date": "2027-01-31"}},
            "INVALID_PARAMETER_SYNTAX",
            "Due date is invalid.",
        ),
    ],
)
def test_a_field_is_refused_in_paypals_words(bills: Bills, told: Json, code: str, sentence: str):
    answer = bills.create(body(**told))
    assert issue(answer) == (400, code)
    assert answer.json()["details"][0]["description"] == sentence
