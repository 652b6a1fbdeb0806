"""A rental that is lived: to its pick-up, out with the car, and back; else so few of all would come to an end that nothing is owed."""

from datetime import timedelta

from exodrive.flows import home
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.hold import hold
from exodrive.flows.deposit import asking
from exodrive.kit.ids import BookingId
from tests.builders import days_ahead, new_caller, new_key
from tests.crash.stories import order_in
from tests.model.rental import Rental
from tests.model.renters import Renters
from tests.model.scene import Deed, Group, Scene
from tests.model.scene import Rental as Renter

ASKED = timedelta(hours=48)  # so long before a pick-up its deposit is asked for
_NEXT = """
    select b.id, b.handed_over_at is not null,
           exists (select from deposit_holds h where h.booking_id = b.id and h.status = 'held'),
           greatest(case when b.handed_over_at is null then b.pickup_at else b.return_due_at end - exodrive_private.now(), interval '0')
    from bookings b where b.status in ('upcoming', 'active') and b.returned_at is null and b.return_due_at > exodrive_private.now()
    order by 4, b.id limit 3"""


class Journey(Group):
    """Whoever has a car next, and whoever stands at the counter."""

    def __init__(self, scene: Scene, renters: Renters, counter: Rental) -> None:
        super().__init__(scene)
        self._renters, self._counter = renters, counter

    def deeds(self) -> dict[Deed, int]:
        return {self.a_rental_goes_on: 24}

    async def one_is_back(self) -> None:
        """Before anything else happens somebody has had a car, so that something may be owed from the first step on."""
        order = await self.town.build.order(self.scene.cars[1], days_ahead(1))
        self.scene.rentals.append(rental := Renter(order, new_caller(), new_key(), is_paid=True))
        rental.held = await hold(self.town.world, order, rental.caller, rental.key)
        await self._approves(await pay.begin(self.town.world, rental.held.booking_id))
        if not (await self.one_of(_NEXT))[2]:
            await self._approves(await asking.begin(self.town.world, rental.held.booking_id))
        await self.town.wait((await self.one_of(_NEXT))[3])
        await self._counter.hand_over(rental.held.booking_id)
        await self._counter.take_back(rental.held.booking_id)

    async def _approves(self, address: str) -> None:
        order_id = order_in(address)
        await self.town.paypal.control("POST", f"orders/{order_id}/approve", {})
        await home.capture(self.town.world, order_id, patience=0)

    async def a_rental_goes_on(self) -> str:
        """The next thing that happens to one of those that are next; time goes on to it."""
        found, is_out, is_held, left = await self.one_of(_NEXT)
        booking_id = BookingId(found)
        if is_out:
            await self.town.wait(left * self.dice.choice((0, 0.5, 1, 1)))
            return await self._counter.take_back(booking_id)
        if not is_held and self.dice.random() < 0.8:
            await self.town.wait(max(left - ASKED, timedelta()))
            return await self._renters.has_it_held(booking_id)
        await self.town.wait(left)
        return await self._counter.hand_over(booking_id)
