"""What staff do at the car and about it: nobody came, the key goes out and comes back, and money that PayPal tells oddly of."""

from uuid import UUID

from exodrive.bookings.model import Actor
from exodrive.flows import deciding, no_show
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId, OperationId
from exodrive.payments.decisions.model import Decision
from tests.builders import new_key
from tests.model.scene import Deed, Group, Nobody

_COMING = """
    select id from bookings where status in ('upcoming', 'active') and (handed_over_at is not null) = $1 and returned_at is null
    order by pickup_at limit 4"""
_DOUBTS = """
    select o.id, o.booking_id, o.target_id, o.kind from payment_operations o
    join lateral (select r.outcome from payment_results r where r.operation_id = o.id order by r.id desc limit 1) r on true
    where o.kind in ('capture', 'refund') and r.outcome = 'unknown' order by o.created_at limit 8"""


class Rental(Group):
    """Somebody of the company at the car, or behind the desk."""

    def deeds(self) -> dict[Deed, int]:
        return {
            self.nobody_came: 1, self.somebody_came_after_all: 1, self.the_key_goes_out: 2, self.the_key_comes_back: 2,
            self.staff_decide: 3,
        }  # fmt: skip

    async def nobody_came(self) -> str:
        booking_id, door, actor = await self._next(out=False)
        await no_show.mark(self.town.world, door, booking_id, actor, "waited an hour", key=new_key())
        return str(booking_id)

    async def somebody_came_after_all(self) -> str:
        booking_id, door, actor = await self._next(out=False)
        await no_show.undo(self.town.world, door, booking_id, actor, "stuck in traffic", key=new_key())
        return str(booking_id)

    async def the_key_goes_out(self) -> str:
        booking_id, door, actor = await self._next(out=False)
        why = self.dice.choice(("", "a regular"))
        await hand_over(door, booking_id, Reading(self._odometer(), 100), actor, without_deposit=why, key=new_key())
        return str(booking_id)

    async def the_key_comes_back(self) -> str:
        booking_id, door, actor = await self._next(out=True)
        await take_back(self.town.world.tariffs, door, booking_id, Reading(self._odometer(), 50), actor, key=new_key())
        return str(booking_id)

    def _odometer(self) -> int:
        self.scene.odometer += 10
        return self.scene.odometer

    async def _next(self, *, out: bool) -> tuple[BookingId, Door, Actor]:
        """One of those whose pick-up is next."""
        found = await self.town.look.fetch(_COMING, out)
        if not found:
            raise Nobody
        assert self.scene.desk
        return BookingId(self.dice.choice(found)[0]), *self.scene.desk

    async def staff_decide(self) -> str:
        """About a payment in doubt, as PayPal's own site shows it: money that is there is accepted or goes back."""
        doubts = await self.town.look.fetch(_DOUBTS)
        if not doubts:
            raise Nobody
        operation_id, booking_id, target_id, kind = self.dice.choice(doubts)
        decision = await self._decision(booking_id, target_id, kind)
        assert self.scene.desk
        door, actor = self.scene.desk
        await deciding.by_staff(door, BookingId(booking_id), OperationId(operation_id), decision, actor, "I looked", key=new_key())
        return f"{booking_id} {kind} {decision}"

    async def _decision(self, booking_id: UUID, target_id: str, kind: str) -> Decision:
        if kind == "refund":
            return Decision.ACCEPT
        shown = await self.town.paypal.control("GET", "ledger")
        taken = [row for row in shown["captures"] if row["supplementary_data"]["related_ids"].get("order_id") == target_id]
        return self.dice.choice((Decision.ACCEPT, Decision.GIVE_BACK)) if taken else Decision.CLOSE
