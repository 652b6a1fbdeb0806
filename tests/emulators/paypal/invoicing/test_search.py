"""Invoices are found, page by page."""

import pytest

from tests.emulators.contracts import check
from tests.emulators.merchant import Json, link, money
from tests.emulators.paypal.invoicing.billing import BASE, Bills, body


@pytest.fixture
def three(bills: Bills) -> Bills:
    bills.merchant.paypal.control("clock", {"now": "2027-03-01T10:00:00Z"})
    bills.draft(body("10.00", invoice_number="EX-1", reference="booking 7", memo="secret", payment_term={"term_type": "NET_10"}))
    bills.merchant.paypal.advance(days=2)
    paid = bills.sent(body("20.00", invoice_number="EX-2"))
    bills.act(paid, "payments", {"method": "CASH"})
    other = {"primary_recipients": [{"billing_info": {"email_address": "b@example.com", "business_name": "Firm & Co"}}]}
    bills.sent(body("30.00", invoice_number="EX-3", invoice_date="2027-02-20") | other)
    return bills


@pytest.mark.parametrize(
    ("told", "numbers"),
    [
        ({}, ["EX-3", "EX-2", "EX-1"]),
        ({"invoice_number": "EX-2"}, ["EX-2"]),
        ({"status": ["DRAFT", "SENT"]}, ["EX-3", "EX-1"]),
        ({"recipient_email": "RENTER@example.com"}, ["EX-2", "EX-1"]),
        ({"recipient_first_name": "Robin", "recipient_last_name": "renter"}, ["EX-2", "EX-1"]),
        ({"recipient_business_name": "firm"}, ["EX-3"]),
        ({"reference": "booking 7"}, ["EX-1"]),
        ({"memo": "secret"}, ["EX-1"]),
        ({"currency_code": "EUR"}, []),
        ({"archived": True}, []),
        ({"total_amount_range": {"lower_amount": money("20"), "upper_amount": money("30")}}, ["EX-3", "EX-2"]),
        ({"invoice_date_range": {"start": "2027-02-01", "end": "2027-02-28"}}, ["EX-3"]),
        ({"due_date_range": {"start": "2027-03-11", "end": "2027-03-11"}}, ["EX-1"]),
        ({"creation_date_range": {"start": "2027-03-01T00:00:00Z", "end": "2027-03-02T00:00:00Z"}}, ["EX-1"]),
        ({"payment_date_range": {"start": "2027-03-01T00:00:00Z", "end": "2027-03-31T00:00:00Z"}}, ["EX-2"]),
    ],
)
def test_those_that_fit_are_found_newest_first(three: Bills, told: Json, numbers: list[str]):
    assert three.search(told) == numbers


def test_collections_are_shown_when_asked_for(three: Bills):
    def shown(**told: object) -> Json:
        return dict(three.merchant.call("POST", "/v2/invoicing/search-invoices", {"invoice_number": "EX-2", **told}).json()["items"][0])

    assert not {"items", "payments"} & set(shown())
    assert {"items", "payments"} <= set(shown(fields=["items", "payments"]))
    assert "items" in three.merchant.show(BASE).json()["items"][0]
    assert "items" not in three.merchant.show(f"{BASE}?fields=none").json()["items"][0]


def test_a_list_comes_in_pages(three: Bills):
    first = three.merchant.show(f"{BASE}?page_size=2&total_required=true").json()
    assert (first["total_pages"], first["total_items"], len(first["items"])) == (2, 3, 2)
    second = three.merchant.show(link(first, "next").removeprefix(three.merchant.paypal.url)).json()
    assert [it["detail"]["invoice_number"] for it in second["items"]] == ["EX-1"]
    assert [it["rel"] for it in second["links"]] == ["self", "first", "last", "prev"]


@pytest.mark.parametrize("query", ["page=0", "page=1001", "page_size=101", "page_size=many", "total_required=maybe", "fields=some"])
def test_a_page_that_cannot_be_is_refused(bills: Bills, query: str):
    assert bills.merchant.show(f"{BASE}?{query}").status_code == 400


@pytest.mark.parametrize(
    "told",
    [
        {"status": ["LOST"]},
        {"memo": "x" * 501},
        {"currency_code": "US"},
        {"recipient_email": "x" * 255},
        {"invoice_number": 7},
        {"invoice_date_range": {"start": "2027-02-31", "end": "2027-03-01"}},
        {"creation_date_range": {"start": "2027-03-01T00:00:00", "end": "2027-03-02T00:00:00Z"}},
    ],
)
def test_a_search_that_makes_no_sense_is_refused(three: Bills, told: Json):
    answer = three.merchant.call("POST", "/v2/invoicing/search-invoices", told)
    assert answer.status_code == 400
    check("paypal/invoicing_v2.json", answer, request_too=False)
