"""Somebody at PayPal's own site: they give money back, take it, change an order, or sell something that we know nothing of."""

from typing import Any
from urllib.parse import urlsplit

import httpx

from exodrive.kit.money import Money
from tests.product import Emulator

JSON = {"content-type": "application/json"}


class Site:
    """What is done at PayPal without us."""

    def __init__(self, paypal: Emulator) -> None:
        self.paypal = paypal

    async def refund(self, capture_id: str, value: str = "") -> str:
        """Give back a part of a capture, or the rest; returns the refund's id."""
        before = await self._refunds(capture_id)
        await self._press("refund", capture_id, value=value)
        [new] = await self._refunds(capture_id) - before
        return new

    async def capture(self, order_id: str) -> str:
        """Take the money of an approved order; returns the capture's id."""
        await self._press("capture", order_id)
        [capture] = await self.captures(order_id)
        return str(capture["id"])

    async def change(self, client: Any, order_id: str, reference: str, money: Money) -> None:
        """Change the amount of an order that was not approved yet, with our own key."""
        amount = {"currency_code": money.currency, "value": money.text}
        unit = f"/purchase_units/@reference_id=='{reference}'/amount"
        body = httpx.Request("PATCH", "http://x", json=[{"op": "replace", "path": unit, "value": amount}]).content
        answer = await client._authorised("PATCH", f"/v2/checkout/orders/{order_id}", JSON, body)
        assert answer.status == 204, answer.body

    async def sale(self) -> tuple[str, str]:
        """Sell something of another shop; returns the order's and the capture's id."""
        order_id = await self._sample("rental")
        return order_id, await self.capture(order_id)

    async def hold(self) -> str:
        """Hold money for another shop; returns the hold's id."""
        order_id = await self._sample("hold")
        await self._press("authorize", order_id)
        ledger = await self.paypal.control("GET", "ledger")
        held = [row for row in ledger["authorizations"] if row["supplementary_data"]["related_ids"].get("order_id") == order_id]
        return str(held[0]["id"])

    async def let_go(self, hold_id: str) -> None:
        """Void a hold."""
        await self._press("void", hold_id)

    async def claim(self, hold_id: str, value: str) -> str:
        """Take a part of a hold; returns the capture's id."""
        await self._press("capture-hold", hold_id, value=value)
        ledger = await self.paypal.control("GET", "ledger")
        [taken] = [row["id"] for row in ledger["captures"] if row["supplementary_data"]["related_ids"].get("authorization_id") == hold_id]
        return str(taken)

    async def reverse(self, capture_id: str) -> None:
        """The payer's bank takes the money back."""
        await self.paypal.control("POST", f"captures/{capture_id}/case", {"case": "chargeback"})

    async def captures(self, order_id: str) -> list[dict[str, Any]]:
        """The captures of an order in PayPal's book."""
        ledger = await self.paypal.control("GET", "ledger")
        return [row for row in ledger["captures"] if row["supplementary_data"]["related_ids"].get("order_id") == order_id]

    async def _sample(self, kind: str) -> str:
        order_id = (await self._press("create", kind)).rpartition("/")[2]
        await self.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
        return order_id

    async def _press(self, deed: str, thing: str, **form: str) -> str:
        """Press a button of the desk; returns the page it leads to."""
        async with httpx.AsyncClient(base_url=self.paypal.url, verify=False) as http:
            answer = await http.post(f"/desk/{deed}/{thing}", data={"back": f"/{thing}", **form})
        assert answer.status_code == 303, answer.text
        where = urlsplit(answer.headers["location"])
        assert "refuses" not in where.query, where.query
        return where.path

    async def _refunds(self, capture_id: str) -> set[str]:
        async with httpx.AsyncClient(base_url=self.paypal.url, verify=False) as http:
            orders = (await http.get("/control/orders")).json()
        units = [unit for order in orders for unit in order["purchase_units"]]
        given = [refund for unit in units for refund in unit.get("payments", {}).get("refunds", [])]
        return {refund["id"] for refund in given if any(link["href"].endswith(f"/{capture_id}") for link in refund["links"])}
