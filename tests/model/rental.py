"""What staff do at the car and about it: nobody came, the key goes out and comes back, and money that PayPal tells oddly of."""

from exodrive.bookings.model import Actor
from exodrive.flows import deciding, no_show
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit.db import Door
from exodrive.kit.ids import BookingId, OperationId
from exodrive.payments.decisions.model import Decision
from tests.builders import new_key
from tests.model.scene import Deed, Group

_COMING = """
    select id from bookings where status in ('upcoming', 'active') and (handed_over_at is not null) = $1 and returned_at is null
    order by pickup_at limit 4"""
_DOUBTS = """
    select o.id, o.booking_id, o.target_id, o.kind from payment_operations o
    join lateral (select r.outcome from payment_results r where r.operation_id = o.id order by r.id desc limit 1) r on true
    where o.kind in ('capture', 'refund', 'claim', 'repay') and r.outcome = 'unknown' order by o.created_at limit 8"""


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
        return await self.hand_over((await self._next(out=False))[0])

    async def hand_over(self, booking_id: BookingId) -> str:
        """Give the key to a renter, whatever is held."""
        door, actor = self.scene.behind_the_desk()
        why = self.dice.choice(("", "a regular"))
        await hand_over(door, booking_id, Reading(self._odometer(), 100), actor, without_deposit=why, key=new_key())
        return str(booking_id)

    async def the_key_comes_back(self) -> str:
        return await self.take_back((await self._next(out=True))[0])

    async def take_back(self, booking_id: BookingId) -> str:
        """Take a car back."""
        door, actor = self.scene.behind_the_desk()
        await take_back(self.town.world.tariffs, door, booking_id, Reading(self._odometer(), 50), actor, key=new_key())
        return str(booking_id)

    def _odometer(self) -> int:
        self.scene.odometer += 10
        return self.scene.odometer

    async def _next(self, *, out: bool) -> tuple[BookingId, Door, Actor]:
        """One of those whose pick-up is next."""
        return BookingId((await self.one_of(_COMING, out))[0]), *self.scene.behind_the_desk()

    async def staff_decide(self) -> str:
        """About a payment in doubt, as PayPal's own site shows it: money that is there is accepted or goes back."""
        operation_id, booking_id, target_id, kind = await self.one_of(_DOUBTS)
        decision = await self._decision(target_id, kind)
        door, actor = self.scene.behind_the_desk()
        await deciding.by_staff(door, BookingId(booking_id), OperationId(operation_id), decision, actor, "I looked", key=new_key())
        return f"{booking_id} {kind} {decision}"

    async def _decision(self, target_id: str, kind: str) -> Decision:
        if kind in ("refund", "repay"):
            return Decision.ACCEPT
        shown = await self.town.paypal.control("GET", "ledger")
        named = "authorization_id" if kind == "claim" else "order_id"
        taken = [row for row in shown["captures"] if row["supplementary_data"]["related_ids"].get(named) == target_id]
        if not taken:
            return Decision.CLOSE
        return Decision.ACCEPT if kind == "claim" else self.dice.choice((Decision.ACCEPT, Decision.GIVE_BACK))
