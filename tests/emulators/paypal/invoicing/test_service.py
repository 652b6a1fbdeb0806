"""Invoices from the draft to their end, apart from money."""

import pytest

from tests.emulators.merchant import issue, link, rels
from tests.emulators.paypal.invoicing.billing import BASE, Bills, body


def at(bills: Bills, moment: str = "2027-03-01T10:00:00Z") -> None:
    bills.merchant.paypal.control("clock", {"now": moment})


def test_a_draft_is_written_shown_replaced_and_deleted(bills: Bills):
    made = bills.create(body("180.00", invoice_number="EX-1", memo="For us")).json()
    assert (made["status"], made["amount"]["value"], made["detail"]["invoice_number"]) == ("DRAFT", "180.00", "EX-1")
    assert rels(made) == ["self", "send", "replace", "delete"]
    assert bills.replace(made["id"], body("99.00", invoice_number="EX-1")).json()["amount"]["value"] == "99.00"
    shown = bills.show(made["id"])
    assert (shown["due_amount"]["value"], "memo" in shown["detail"]) == ("99.00", False)
    assert bills.delete(made["id"]).status_code == 204
    assert bills.merchant.show(f"{BASE}/{made['id']}").status_code == 404
    assert bills.create(body(invoice_number="EX-1")).status_code == 201
    assert bills.events() == ["CREATED", "UPDATED", "CREATED"]


def test_by_default_only_the_way_to_it_is_answered(bills: Bills):
    made = bills.merchant.call("POST", BASE, body(), Prefer="return=minimal").json()
    assert set(made) == {"href", "rel", "method"}
    assert bills.merchant.show(made["href"].removeprefix(bills.merchant.paypal.url)).json()["status"] == "DRAFT"


def test_a_number_is_given_once_and_counted_on(bills: Bills):
    assert bills.next_number() == "0001"
    bills.draft(body(invoice_number="EX-0099/A"))
    assert bills.next_number() == "EX-0100/A"
    assert bills.show(bills.draft())["detail"]["invoice_number"] == "EX-0100/A"
    assert issue(bills.create(body(invoice_number="EX-0099/A"))) == (422, "DUPLICATE_INVOICE_NUMBER")
    other = bills.draft()
    assert issue(bills.replace(other, body(invoice_number="EX-0099/A"))) == (422, "DUPLICATE_INVOICE_NUMBER")
    bills.draft(body(invoice_number="no digits"))
    assert bills.next_number() == "no digits-001"
    asked = bills.merchant.call("POST", "/v2/invoicing/generate-next-invoice-number", {"fetch_id": True}).json()
    assert asked["invoice_id"].startswith("INV2-")


def test_it_is_sent_once_by_mail_or_shared_by_its_link(bills: Bills):
    mailed, shared = bills.draft(), bills.draft()
    first = bills.act(mailed, "send")
    assert (first.status_code, first.json()["rel"], bills.status(mailed)) == (200, "self", "SENT")
    link_only = bills.act(shared, "send", {"send_to_recipient": False})
    assert (link_only.json()["rel"], bills.status(shared)) == ("payer-view", "SHARED")
    assert bills.merchant.paypal.http.get(link_only.json()["href"]).status_code == 200
    assert bills.act(mailed, "send").status_code == 200
    shown = bills.show(mailed)
    assert {"first_sent_time", "last_sent_time", "recipient_view_url"} <= set(shown["detail"]["metadata"])
    assert rels(shown) == ["self", "payer-view", "replace", "remind", "cancel", "record-payment", "qr-code"]
    assert bills.events() == ["CREATED", "CREATED", "UPDATED", "UPDATED"]
    nobody = body() | {"primary_recipients": []}
    assert bills.status(bills.sent(nobody)) == "SHARED"


def test_one_of_a_later_day_is_sent_when_it_comes(bills: Bills):
    at(bills)
    bill = bills.draft(body(invoice_date="2027-03-04"))
    assert (bills.act(bill, "send").status_code, bills.status(bill)) == (202, "SCHEDULED")
    assert bills.act(bill, "send").status_code == 202
    bills.merchant.paypal.advance(days=2)
    assert bills.status(bill) == "SCHEDULED"
    bills.merchant.paypal.advance(days=1)
    shown = bills.show(bill)
    assert (shown["status"], shown["detail"]["metadata"]["first_sent_time"]) == ("SENT", "2027-03-04T00:00:00Z")
    assert bills.events() == ["CREATED", "SCHEDULED", "UPDATED"]


def test_one_that_was_put_off_further_or_deleted_is_not_sent(bills: Bills):
    at(bills)
    bill, gone = bills.draft(body(invoice_date="2027-03-04")), bills.draft(body(invoice_date="2027-03-04"))
    for one in (bill, gone):
        bills.act(one, "send")
    bills.replace(bill, body(invoice_date="2027-03-09"))
    assert bills.delete(gone).status_code == 204
    bills.merchant.paypal.advance(days=4)
    assert bills.status(bill) == "SCHEDULED"
    assert bills.events()[-1] == "UPDATED"


def test_a_payer_is_reminded_twice_a_day(bills: Bills):
    bill, draft, shared = bills.sent(), bills.draft(), bills.sent(None, send_to_recipient=False)
    assert [bills.act(bill, "remind", {"subject": "Please"}).status_code for _ in range(3)] == [204, 204, 422]
    bills.merchant.paypal.advance(days=1)
    assert bills.act(bill, "remind").status_code == 204
    for one in (draft, shared):
        assert issue(bills.act(one, "remind")) == (422, "CANNOT_REMIND_INVOICE")


def test_it_is_cancelled_once_and_only_after_it_was_sent(bills: Bills):
    bill, draft = bills.sent(), bills.draft()
    assert issue(bills.act(draft, "cancel")) == (422, "CANNOT_CANCEL_DRAFT_INVOICE")
    assert bills.act(bill, "cancel", {"note": "A mistake"}).status_code == 204
    assert (bills.status(bill), "cancel_time" in bills.show(bill)["detail"]["metadata"]) == ("CANCELLED", True)
    assert issue(bills.act(bill, "cancel")) == (422, "INVOICE_CANCELED_ALREADY")
    assert bills.act(bill, "send").status_code == 422
    assert bills.replace(bill, body()).status_code == 422
    assert bills.delete(bill).status_code == 422
    assert rels(bills.show(bill)) == ["self", "payer-view"]
    at(bills)
    later = bills.draft(body(invoice_date="2027-03-04"))
    bills.act(later, "send")
    assert issue(bills.act(later, "cancel")) == (422, "CANNOT_CANCEL_SCHEDULED_INVOICE")
    paid = bills.sent()
    bills.pay(paid)
    assert issue(bills.act(paid, "cancel")) == (422, "CANNOT_CANCEL_PAID_INVOICE")


def test_paypal_may_cancel_one_nobody_pays(bills: Bills):
    bill = bills.sent()
    assert bills.merchant.paypal.control(f"invoices/{bill}/lapse", {})["status"] == "AUTO_CANCELLED"
    assert bills.events()[-1] == "CANCELLED"
    for path, code in ((f"invoices/{bill}/lapse", 409), ("invoices/NONE/lapse", 404), ("invoices/NONE/pay", 404)):
        assert bills.merchant.paypal.http.post(f"/control/{path}").status_code == code


def test_the_recipient_of_a_sent_one_is_changed_twice_in_72_hours(bills: Bills):
    bill = bills.sent()
    others = [body() | {"primary_recipients": [{"billing_info": {"email_address": f"{name}@example.com"}}]} for name in ("a", "b", "c")]
    assert [bills.replace(bill, other).status_code for other in others] == [200, 200, 422]
    assert bills.replace(bill, others[1] | {"detail": {"currency_code": "USD", "note": "The same recipient"}}).status_code == 200
    bills.merchant.paypal.advance(hours=73)
    assert bills.replace(bill, others[2], "?send_to_recipient=false").status_code == 200


@pytest.mark.parametrize(
    ("term", "due"),
    [
        ({"term_type": "NET_30"}, "2027-03-31"),
        ({"term_type": "DUE_ON_RECEIPT"}, "2027-03-01"),
        ({"due_date": "2027-03-15"}, "2027-03-15"),
        ({"term_type": "DUE_ON_DATE_SPECIFIED", "due_date": "2027-03-15"}, "2027-03-15"),
        ({"term_type": "NO_DUE_DATE"}, None),
        (None, None),
    ],
)
def test_it_is_due_as_its_terms_have_it(bills: Bills, term: dict[str, str] | None, due: str | None):
    at(bills)
    shown = bills.show(bills.draft(body(**({"payment_term": term} if term else {}))))
    assert shown["detail"].get("payment_term", {}).get("due_date") == due


def test_a_stranger_cannot_be_the_invoicer(bills: Bills):
    told = body() | {"invoicer": {"email_address": "somebody@example.com"}}
    assert issue(bills.create(told)) == (422, "USER_NOT_FOUND")
    assert issue(bills.replace(bills.draft(), told)) == (422, "USER_NOT_FOUND")


def test_what_is_not_there_is_not_found(bills: Bills):
    for deed in ("send", "remind", "cancel", "payments", "refunds", "generate-qr-code"):
        assert bills.act("NONE", deed).status_code == 404
    for answer in (
        bills.replace("NONE", body()),
        bills.delete("NONE"),
        bills.delete("NONE", "/payments/X"),
        bills.delete("NONE", "/refunds/X"),
    ):
        assert answer.status_code == 404


def test_an_answer_lost_after_writing_is_found_by_its_number(bills: Bills):
    bills.merchant.paypal.fault("status", "/invoices$", status=500, times=1)
    assert bills.create(body(invoice_number="EX-7")).status_code == 500
    assert bills.search({"invoice_number": "EX-7"}) == []
    bills.draft(body(invoice_number="EX-7"))
    assert bills.search({"invoice_number": "EX-7"}) == ["EX-7"]
    bills.merchant.paypal.fault("refused", "/cancel$", issue="CANNOT_CANCEL_PAID_INVOICE")
    assert issue(bills.act(bills.sent(), "cancel")) == (422, "CANNOT_CANCEL_PAID_INVOICE")


def test_its_links_lead_somewhere(bills: Bills):
    shown = bills.show(bills.sent())
    for rel in ("self", "payer-view"):
        way = link(shown, rel).removeprefix(bills.merchant.paypal.url)
        assert bills.merchant.show(way).status_code == 200
    for name in ("recipient_view_url", "invoicer_view_url"):
        assert bills.merchant.paypal.http.get(shown["detail"]["metadata"][name]).status_code == 200
