"""What is invoiced beside the rental: staff write, send, cancel and remind, the renter pays on PayPal's page, and some pay another way."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from exodrive.bookings.model import Actor
from exodrive.flows.invoicing import decide
from exodrive.flows.invoicing.draft import Wish, draft
from exodrive.gateways.paypal.invoicing import Method
from exodrive.kit import clock
from exodrive.kit.days import day_at
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId
from tests.builders import new_key
from tests.model.scene import Deed, Group, Nobody

_OWING = """
    select booking_id, array_agg(id order by number) from booking_charges where status = 'due' group by booking_id
    order by max(created_at) desc, booking_id limit 5"""
_OPEN = "select booking_id, number, amount_due from paypal_invoices where ended_at is null order by created_at, number limit 8"
_STUCK = "select booking_id, number, amount_due from paypal_invoices where problem is not null order by created_at, number"
_PAYABLE = ("SENT", "SHARED", "UNPAID", "PARTIALLY_PAID")


class Bills(Group):
    """Staff who write invoices, and those who get them."""

    def deeds(self) -> dict[Deed, int]:
        return {
            self.staff_invoice: 4, self.staff_send_an_invoice: 6, self.staff_cancel_an_invoice: 1, self.staff_remind: 1,
            self.staff_note_a_payment: 2, self.staff_try_an_invoice_again: 1, self.the_renter_pays_an_invoice: 5,
            self.paypal_gives_an_invoice_up: 1,
        }  # fmt: skip

    async def staff_invoice(self) -> str:
        (booking_id, due), (door, actor) = await self.one_of(_OWING), self.scene.behind_the_desk()
        chosen = self.dice.choice(((), (due[0],)))
        wish = Wish(due_on=day_at(clock.now(), "UTC") + timedelta(days=14), charges=chosen)
        made = await draft(door, BookingId(booking_id), wish, actor, key=new_key())
        return f"{made.number} {made.total}"

    async def staff_send_an_invoice(self) -> str:
        booking_id, number, _due, door, actor = await self._one(_OPEN)
        await decide.send(door, booking_id, number, actor, key=new_key())
        return number

    async def staff_cancel_an_invoice(self) -> str:
        booking_id, number, _due, door, actor = await self._one(_OPEN)
        await decide.cancel(door, booking_id, number, actor, "a mistake", key=new_key())
        return number

    async def staff_remind(self) -> str:
        booking_id, number, _due, door, actor = await self._one(_OPEN)
        await decide.remind(door, booking_id, number, actor, key=new_key())
        return number

    async def staff_note_a_payment(self) -> str:
        booking_id, number, due, door, actor = await self._one(_OPEN)
        some = min(due, Decimal(self.dice.choice((1, 40, 6000))))
        paid = decide.PaidOtherwise(amount=some, method=Method.CASH, day=day_at(clock.now(), "UTC") - timedelta(days=1))
        await decide.record(door, booking_id, number, paid, actor, key=new_key())
        return f"{number} {some}"

    async def staff_try_an_invoice_again(self) -> str:
        booking_id, number, _due, door, actor = await self._one(_STUCK)
        await decide.try_again(door, booking_id, number, actor, key=new_key())
        return number

    async def _one(self, query: str) -> tuple[BookingId, str, Decimal, Door, Actor]:
        booking_id, number, due = await self.one_of(query)
        return BookingId(booking_id), number, due, *self.scene.behind_the_desk()

    async def the_renter_pays_an_invoice(self) -> str:
        """All of it, on PayPal's page; the bank may say no, or not yet."""
        shown = await self._at_paypal()
        funding = self.dice.choices(("instant", "pending", "declined"), (6, 2, 1))[0]
        await self.town.paypal.control("POST", f"invoices/{shown['id']}/pay", {"funding": funding})
        self.town.between.calls.append("/captures for an invoice")
        return f"{shown['detail']['invoice_number']} {funding}"

    async def paypal_gives_an_invoice_up(self) -> str:
        shown = await self._at_paypal()
        await self.town.paypal.control("POST", f"invoices/{shown['id']}/lapse")
        return str(shown["detail"]["invoice_number"])

    async def _at_paypal(self) -> dict[str, Any]:
        """One that may be paid there."""
        payable = [one for one in await self.town.paypal.control("GET", "invoices") if one["status"] in _PAYABLE]
        if not payable:
            raise Nobody
        found: dict[str, Any] = self.dice.choice(payable)
        return found
