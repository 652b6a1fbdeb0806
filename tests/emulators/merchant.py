"""A merchant's calls to PayPal, typical bodies included."""

import itertools
from typing import Any

import httpx

from tests.emulators.running import Running

RETURN, CANCEL = "http://127.0.0.1:9/paypal/return?b=1", "http://127.0.0.1:9/paypal/cancel"
NUMBERS = itertools.count(1)
Json = dict[str, Any]


def money(value: str, currency: str = "USD") -> Json:
    return {"currency_code": currency, "value": value}


def unit(value: str = "1200.00", currency: str = "USD", **more: Any) -> Json:
    return {"amount": money(value, currency), **more}


def order_body(*units: Json, wallet: bool = True, **context: Any) -> Json:
    """A typical order of a rental, as a shop sends it."""
    number = f"EX-{next(NUMBERS)}-rental-1"
    usual = unit(invoice_id=number, custom_id="0198c5a2-7d1e-7c31-9d0c-5d3e8b1f2a44", description="Ferrari 296 GTB, 2 days")
    body: Json = {"intent": "CAPTURE", "purchase_units": list(units) or [usual]}
    if wallet:
        body["payment_source"] = {"paypal": {"experience_context": EXPERIENCE | context}}
    return body


def itemised() -> Json:
    """A unit with lines and tax, as a rental with fees has them."""
    parts = {"item_total": money("1100.00"), "tax_total": money("100.00")}
    items = [
        {"name": "Rental, 2 days", "unit_amount": money("500.00"), "quantity": "2"},
        {"name": "Cleaning", "unit_amount": money("100.00"), "quantity": "1"},
    ]
    return {"reference_id": "rental", "amount": {**money("1200.00"), "breakdown": parts}, "items": items}


EXPERIENCE = {
    "brand_name": "Exodrive",
    "locale": "en-US",
    "shipping_preference": "NO_SHIPPING",
    "user_action": "PAY_NOW",
    "return_url": RETURN,
    "cancel_url": CANCEL,
}


class Merchant:
    """Calls with a token; `again` after the clock has outlived it."""

    def __init__(self, paypal: Running) -> None:
        self.paypal = paypal
        self.token = ""

    def sign_in(self, user: str = "client", password: str = "secret", **form: str) -> httpx.Response:
        data = form or {"grant_type": "client_credentials"}
        return self.paypal.http.post("/v1/oauth2/token", auth=(user, password), data=data)

    def call(self, method: str, path: str, body: Json | bytes | None = None, **headers: str) -> httpx.Response:
        """Header names are written with underscores: PayPal_Request_Id."""
        if not self.token:
            self.token = self.sign_in().json()["access_token"]
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        usual = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Prefer": "return=representation"}
        content = {"content": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        answer = self.paypal.http.request(method, path, headers=usual | named, **content)
        if answer.status_code == 401 and "Authorization" not in named:
            self.token = ""
            return self.call(method, path, body, **headers)
        return answer

    def create(self, body: Json | None = None, **headers: str) -> httpx.Response:
        return self.call("POST", "/v2/checkout/orders", body or order_body(), **headers)

    def order(self, body: Json | None = None) -> Json:
        """A new order."""
        answer = self.create(body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def approve(self, order_id: str, funding: str = "instant") -> Json:
        return dict(self.paypal.control(f"orders/{order_id}/approve", {"funding": funding}))

    def capture(self, order_id: str, **headers: str) -> httpx.Response:
        return self.call("POST", f"/v2/checkout/orders/{order_id}/capture", {}, **headers)

    def paid(self, body: Json | None = None, funding: str = "instant") -> Json:
        """The capture of a new, approved and captured order."""
        order_id = self.order(body)["id"]
        self.approve(order_id, funding)
        answer = self.capture(order_id)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["purchase_units"][0]["payments"]["captures"][0])

    def authorize(self, order_id: str, **headers: str) -> httpx.Response:
        return self.call("POST", f"/v2/checkout/orders/{order_id}/authorize", {}, **headers)

    def held(self, value: str = "2000.00", funding: str = "instant", **unit_fields: Any) -> Json:
        """The hold of a new, approved and authorized order."""
        order_id = self.order(order_body(unit(value, **unit_fields)) | {"intent": "AUTHORIZE"})["id"]
        self.approve(order_id, funding)
        answer = self.authorize(order_id)
        assert answer.status_code == 201, answer.text
        return dict(answer.json()["purchase_units"][0]["payments"]["authorizations"][0])

    def act(self, hold_id: str, deed: str, body: Json | None = None, **headers: str) -> httpx.Response:
        """capture, reauthorize or void."""
        return self.call("POST", f"/v2/payments/authorizations/{hold_id}/{deed}", body or {}, **headers)

    def hold(self, hold_id: str) -> Json:
        return dict(self.show(f"/v2/payments/authorizations/{hold_id}").json())

    def show(self, path: str) -> httpx.Response:
        return self.call("GET", path)

    def refund(self, capture_id: str, body: Json | None = None, **headers: str) -> httpx.Response:
        return self.call("POST", f"/v2/payments/captures/{capture_id}/refund", body or {}, **headers)


def issue(answer: httpx.Response) -> tuple[int, str]:
    """Status and first issue of a refusal."""
    details = answer.json().get("details") or [{"issue": ""}]
    return answer.status_code, details[0]["issue"]


def rels(resource: Json) -> list[str]:
    return [one["rel"] for one in resource["links"]]


def link(resource: Json, rel: str) -> str:
    return next(one["href"] for one in resource["links"] if one["rel"] == rel)
