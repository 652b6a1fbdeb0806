"""What this PayPal takes and answers about invoices is what the official document describes."""

import base64
import struct
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP

import httpx
import pytest

from tests.emulators.contracts import check
from tests.emulators.fuzz import Document, asked, check_answers, document, know
from tests.emulators.merchant import Json, Merchant, money
from tests.emulators.paypal.invoicing.billing import BASE, Bills, body

INVOICING = "paypal/invoicing_v2.json"
ADDRESSES = ["renter@example.com", "merchant@business.example", "a.b+c@d-e.example"]
NOT_SERVED = "/templates", "/accounting-sync"
FULL = {
    "detail": {
        "currency_code": "USD", "invoice_number": "EX-77", "reference": "booking 7", "note": "Thank you", "memo": "Ours",
        "terms_and_conditions": "None", "invoice_date": "2026-01-31", "payment_term": {"term_type": "NET_15"},
    },
    "invoicer": {
        "business_name": "Exodrive", "email_address": "merchant@business.example", "website": "https://exodrive.example",
        "address": {"address_line_1": "1 Road", "admin_area_2": "Miami", "postal_code": "33101", "country_code": "US"},
        "phones": [{"country_code": "1", "national_number": "3055550100", "phone_type": "MOBILE"}], "tax_id": "12-3456789",
    },
    "primary_recipients": [{"billing_info": {
        "name": {"given_name": "Robin", "surname": "Renter"}, "email_address": "renter@example.com", "language": "en-US",
    }}],
    "additional_recipients": ["boss@example.com"],
    "items": [{
        "name": "Damage", "description": "A scratch", "quantity": "1", "unit_amount": money("500.00"), "item_date": "2027-02-28",
        "tax": {"name": "VAT", "percent": "7.25", "tax_note": "State"}, "discount": {"percent": "5"}, "unit_of_measure": "AMOUNT",
    }],
    "configuration": {"partial_payment": {"allow_partial_payment": True, "minimum_amount_due": money("20.00")}, "allow_tip": False},
    "amount": {"breakdown": {
        "custom": {"label": "Admin fee", "amount": money("10.00")}, "shipping": {"amount": money("5.00")},
        "discount": {"invoice_discount": {"percent": "5"}},
    }},
}  # fmt: skip


@pytest.mark.parametrize("told", [body(), FULL], ids=["small", "full"])
def test_invoices_are_as_documented_all_through_their_life(bills: Bills, told: Json):
    made = bills.create(told)
    bill = made.json()["id"]
    sent = bills.replace(bill, told), bills.act(bill, "send", {"subject": "Your invoice", "note": "Please pay", "send_to_invoicer": True})
    reminded = bills.merchant.show(f"{BASE}/{bill}"), bills.act(bill, "remind", {"subject": "Once more"})
    in_cash = {"method": "CASH", "amount": money("20.00")}
    paid = bills.act(bill, "payments", in_cash)
    back = bills.act(bill, "refunds", in_cash)
    for answer in (
        made,
        *sent,
        *reminded,
        paid,
        back,
        bills.merchant.show(f"{BASE}/{bill}"),
        bills.delete(bill, f"/refunds/{back.json()['refund_id']}"),
        bills.delete(bill, f"/payments/{paid.json()['payment_id']}"),
        bills.act(bill, "cancel", {}),
        bills.act(bill, "cancel", {}),
        bills.merchant.show(f"{BASE}/{bill}"),
        bills.merchant.show(f"{BASE}?page_size=5&total_required=true"),
        bills.merchant.call("POST", "/v2/invoicing/search-invoices", {"invoice_number": "EX"}),
        bills.merchant.call("POST", "/v2/invoicing/generate-next-invoice-number", {"fetch_id": True}),
        bills.merchant.show(f"{BASE}/NONE"),
    ):
        check(INVOICING, answer)
    check(INVOICING, bills.delete(bills.draft()))


def test_what_events_tell_is_an_invoice_as_documented(bills: Bills):
    bills.pay(bills.sent())
    for event in bills.merchant.show("/v1/notifications/webhooks-events").json()["events"]:
        assert event["resource_type"] == "invoices"
        told = httpx.Response(200, json=event["resource"]["invoice"], request=httpx.Request("GET", f"https://x{BASE}/INV2"))
        check(INVOICING, told, request_too=False)


def test_an_invoice_event_can_be_simulated(merchant: Merchant):
    for end in ("CREATED", "UPDATED", "SCHEDULED", "PAID", "CANCELLED", "REFUNDED"):
        told = {"url": "http://127.0.0.1:9/", "event_type": f"INVOICING.INVOICE.{end}"}
        answer = merchant.call("POST", "/v1/notifications/simulate-event", told)
        assert answer.json()["resource"]["invoice"]["id"].startswith("INV2-")


def test_a_qr_code_is_a_picture_of_the_size_that_was_asked_for(bills: Bills):
    answer = bills.act(bills.sent(), "generate-qr-code", {"width": 220, "height": 300, "action": "pay"})
    head = f"content-type: {answer.headers['content-type']}\r\n\r\n".encode()
    form: EmailMessage = BytesParser(EmailMessage, policy=HTTP).parsebytes(head + answer.content)  # type: ignore[arg-type]
    [part] = form.iter_parts()
    png = base64.b64decode(str(part.get_payload()), validate=False)
    assert (part.get_param("name", header="content-disposition"), png[:8]) == ("image", b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (220, 300)
    for wrong in ({"width": 149}, {"height": 501}, {"action": "look"}, {"width": "wide"}):  # the document knows no JSON here
        assert bills.act(bills.sent(), "generate-qr-code", wrong).status_code == 400


def served() -> Document:
    """The official document, cut to what is served; where any text may stand though few mean something, these are likely."""
    whole = document(INVOICING, lambda _, path: not any(part in path for part in NOT_SERVED))
    schemas, code = asked(whole), {"type": "string", "enum": ["USD"]}
    schemas["money"]["properties"] = {"currency_code": code, "value": {"type": "string", "enum": ["10.00", "7.5", "3.33", "1", "0.001"]}}
    schemas["detail"]["properties"]["currency_code"] = code
    schemas["percentage"]["enum"] = ["5", "12.5", "0", "101"]
    schemas["item"]["properties"]["quantity"]["enum"] = ["1", "2.5"]
    schemas["date_no_time"]["enum"] = ["2026-01-31", "2026-02-01", "2026-02-31", "2040-03-01"]
    schemas["invoice"]["required"] = ["detail", "items"]
    schemas["item_list"] |= {"minItems": 1, "maxItems": 2}
    for name in ("restrictive_email_address", "email_address"):
        schemas[name] = whole["components"]["schemas"][f"asked-{name}"] = {"type": "string", "enum": ADDRESSES}
    for name, field in (("address_portable", "address_details"), ("recipient_info", "shipping_info"), ("payment_detail", "shipping_info")):
        del schemas[name]["properties"][field]  # they take long to make up
    # Patterns that begin with (?i), which requests cannot be made up from.
    whole["components"]["parameters"]["fields"]["schema"] = {"type": "string", "enum": ["all", "none", "NONE"]}
    schemas["qr_config"]["properties"]["action"] = {"type": "string", "enum": ["pay", "details"]}
    # A number that is taken: a known difference, told in the emulator's README. Made-up numbers collide now and then.
    taken = {"title": "DUPLICATE_INVOICE_NUMBER", "properties": {"issue": {"type": "string", "enum": ["DUPLICATE_INVOICE_NUMBER"]}}}
    whole["components"]["schemas"]["422"]["properties"]["details"]["items"]["anyOf"].append(taken)
    picture = whole["paths"][f"{BASE}/{{invoice_id}}/generate-qr-code"]["post"]["responses"]
    for answer in picture.values():  # the document knows no JSON here
        answer.pop("content", None)
    return whole


def test_random_requests_are_answered_as_documented(bills: Bills):
    whole = served()
    bill = bills.sent()
    paid = bills.act(bill, "payments", {"method": "CASH", "amount": money("1.00")}).json()["payment_id"]
    know(whole, {"invoice_id": bill, "transaction_id": paid})
    headers = {"Authorization": f"Bearer {bills.merchant.token}", "Prefer": "return=representation"}
    check_answers(whole, bills.merchant.paypal.url, headers, examples=2, wanted={200, 201, 204, 400, 404, 422})
