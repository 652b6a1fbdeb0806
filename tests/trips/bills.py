"""What is invoiced after a return: staff write and send it, the renter pays on PayPal's page, another way or never, or it is cancelled."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exodrive.flows.invoicing import decide
from exodrive.flows.invoicing.draft import Wish, draft
from exodrive.gateways.paypal.invoicing import Method
from exodrive.kit import clock
from exodrive.kit.days import day_at
from exodrive.kit.errors import Problem

if TYPE_CHECKING:
    from tests.trips.trip import Trip

HOUR = timedelta(hours=1)
WAYS = ("paid", "paid, pending first", "paid another way", "cancelled", "cancelled, and paid all the same", "never paid")


class Bills:
    """Of one trip."""

    def __init__(self, trip: "Trip") -> None:
        assert trip.held
        self._trip, self._yard, self._dice, self._id = trip, trip.yard, trip.dice, trip.held.booking_id
        self._desk = trip.yard.desk

    async def live(self) -> AsyncIterator[datetime]:
        """Play it, and yield the moment at which something happens next."""
        door, actor = self._desk
        try:
            made = await draft(door, self._id, Wish(due_on=day_at(clock.now(), "UTC") + timedelta(days=14)), actor)
        except Problem as no:
            self._trip.meets(f"not invoiced: {no.code}")
            return
        yield clock.now() + self._dice.choice((0, 1, 20)) * HOUR
        await self._does(decide.send(door, self._id, made.number, actor))
        way = self._dice.choices(WAYS, (5, 2, 2, 2, 1, 1))[0]
        self._trip.meets(f"an invoice: {way}")
        for _ in range(0 if way == "never paid" else 4):
            yield clock.now() + self._dice.choice((1, 20, 100)) * HOUR
            if await self._ends(way, made.number):
                return

    async def _ends(self, way: str, number: str) -> bool:
        """One try of what is to become of it; whether it needs no other."""
        door, actor = self._desk
        if way.startswith("cancelled"):
            done = await self._does(decide.cancel(door, self._id, number, actor, "a mistake"))
            if way != "cancelled" and await self._pays(number, pending=False):
                self._trip.meets("an invoice: paid while it was being cancelled")
            return done
        if way == "paid another way":
            due = await self._yard.look.fetchval("select amount_due from paypal_invoices where number = $1", number)
            some = min(due, Decimal(40)) if self._trip.is_lucky(0.3) else due
            paid = decide.PaidOtherwise(amount=some, method=Method.CASH, day=day_at(clock.now(), "UTC") - timedelta(days=1))
            return await self._does(decide.record(door, self._id, number, paid, actor))
        return await self._pays(number, pending=way != "paid")

    async def _pays(self, number: str, *, pending: bool) -> bool:
        """All of it on PayPal's page; False when it cannot be paid there, or not yet."""
        at = await self._yard.look.fetchval("select paypal_invoice_id from paypal_invoices where number = $1", number)
        if at is None:
            return False
        paid = await self._yard.paypal.control("POST", f"invoices/{at}/pay", {"funding": "pending" if pending else "instant"})
        if paid and pending:
            act, hours = self._dice.choice(("complete", "complete", "deny")), self._dice.uniform(1, 40)
            self._trip.meets(f"an invoice: pending, then {act}")
            await self._yard.paypal.control("POST", f"captures/{paid['id']}/settle", {"act": act, "after": hours * 3600})
        return bool(paid)

    async def _does(self, deed: Any) -> bool:
        try:
            await deed
        except Problem as no:
            self._trip.meets(f"about an invoice: {no.code}")
            return False
        return True
