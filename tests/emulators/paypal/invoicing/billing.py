"""A merchant's calls about invoices, typical bodies included."""

from typing import Any

import httpx

from tests.emulators.merchant import Json, Merchant, money

BASE = "/v2/invoicing/invoices"
EMAIL = "renter@example.com"


def body(value: str = "180.00", **detail: Any) -> Json:
    """An invoice of one line for one renter."""
    return {
        "detail": {"currency_code": "USD", **detail},
        "items": [{"name": "Cleaning", "quantity": "1", "unit_amount": money(value)}],
        "primary_recipients": [{"billing_info": {"email_address": EMAIL, "name": {"given_name": "Robin", "surname": "Renter"}}}],
    }


class Bills:
    """What a merchant does with invoices."""

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant

    def create(self, told: Json | None = None) -> httpx.Response:
        return self.merchant.call("POST", BASE, told or body())

    def draft(self, told: Json | None = None) -> str:
        answer = self.create(told)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def sent(self, told: Json | None = None, **notification: Any) -> str:
        bill = self.draft(told)
        assert self.act(bill, "send", notification).status_code == 200
        return bill

    def act(self, bill: str, deed: str, told: Json | None = None) -> httpx.Response:
        """send, remind, cancel, payments, refunds, generate-qr-code."""
        return self.merchant.call("POST", f"{BASE}/{bill}/{deed}", told or {})

    def replace(self, bill: str, told: Json, query: str = "") -> httpx.Response:
        return self.merchant.call("PUT", f"{BASE}/{bill}{query}", told)

    def delete(self, bill: str, more: str = "") -> httpx.Response:
        return self.merchant.call("DELETE", f"{BASE}/{bill}{more}")

    def show(self, bill: str) -> Json:
        return dict(self.merchant.show(f"{BASE}/{bill}").json())

    def status(self, bill: str) -> str:
        return str(self.show(bill)["status"])

    def search(self, told: Json, query: str = "") -> list[str]:
        """The numbers that were found."""
        answer = self.merchant.call("POST", f"/v2/invoicing/search-invoices{query}", told)
        assert answer.status_code == 200, answer.text
        return [it["detail"]["invoice_number"] for it in answer.json()["items"]]

    def next_number(self) -> str:
        return str(self.merchant.call("POST", "/v2/invoicing/generate-next-invoice-number", {}).json()["invoice_number"])

    def pay(self, bill: str, **told: str) -> Json:
        return dict(self.merchant.paypal.control(f"invoices/{bill}/pay", told))

    def events(self) -> list[str]:
        """What was told of invoices, oldest first."""
        events = self.merchant.show("/v1/notifications/webhooks-events?page_size=100").json()["events"]
        return [it["event_type"].removeprefix("INVOICING.INVOICE.") for it in reversed(events)]
