"""What somebody does at PayPal's own site, past our product: it stands in no book of ours until a notice or the comparison tells of it."""

from typing import Any

from tests.model.scene import Deed, Group, Nobody

GIVEN = ("COMPLETED", "PARTIALLY_REFUNDED")


class Merchant(Group):
    """Somebody of the company, with the password of the account at PayPal."""

    def deeds(self) -> dict[Deed, int]:
        return {self.paid_back_at_the_site: 2, self.taken_at_the_site: 2, self.let_go_at_the_site: 1, self.an_invoice_at_the_site: 1}

    async def paid_back_at_the_site(self) -> str:
        """A part of a payment, or all that is left of it."""
        capture_id = self._choose([row for row in (await self._shown())["captures"] if row["status"] in GIVEN])
        return await self._press("refund", capture_id, value=self.dice.choice(("1", "50", "500", "")))

    async def taken_at_the_site(self) -> str:
        """The money of an order that its payer approved."""
        orders = await self.town.paypal.control("GET", "orders")
        approved = [row for row in orders if (row["status"], row["intent"]) == ("APPROVED", "CAPTURE")]
        return await self._press("capture", self._choose(approved))

    async def let_go_at_the_site(self) -> str:
        """What is held."""
        held = [row for row in (await self._shown())["authorizations"] if row["status"] == "CREATED"]
        return await self._press("void", self._choose(held))

    async def an_invoice_at_the_site(self) -> str:
        """Sent, cancelled, or said to be paid or paid back another way."""
        thing = self._choose(await self.town.paypal.control("GET", "invoices"))
        deed = self.dice.choice(("send", "cancel", "record", "record-refund"))
        await self.town.paypal.desk(deed, thing, value=self.dice.choice(("1", "")))
        return f"{thing}: {deed}"

    def _choose(self, rows: list[dict[str, Any]]) -> str:
        if not rows:
            raise Nobody
        return str(self.dice.choice(rows)["id"])

    async def _shown(self) -> dict[str, list[dict[str, Any]]]:
        shown: dict[str, list[dict[str, Any]]] = await self.town.paypal.control("GET", "ledger")
        return shown

    async def _press(self, deed: str, thing: str, **form: str) -> str:
        """Press a button of the desk; what has moved by it is remembered as done past us."""
        before = await self._names()
        await self.town.paypal.desk(deed, thing, **form)
        moved = await self._names() - before
        self.town.elsewhere |= moved
        self.town.between.calls.append("/captures at the site")
        return f"{thing}: {', '.join(moved) or 'refused'}"

    async def _names(self) -> set[str]:
        shown = await self._shown()
        return {row["id"] for row in (*shown["captures"], *shown["refunds"])}
