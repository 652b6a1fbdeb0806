"""What renters do: each deed is the verb that a route calls."""

from typing import Any

from exodrive.flows import cancel, home
from exodrive.flows.change import make, propose
from exodrive.flows.change import pay as paying_change
from exodrive.flows.change.model import Wish
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.hold import hold
from exodrive.flows.checkout.model import Step
from exodrive.flows.deposit import asking
from exodrive.flows.instalment import pay as later
from exodrive.kit import clock
from exodrive.kit.errors import Problem
from exodrive.kit.ids import BookingId
from exodrive.kit.links import hash_of
from tests.builders import days_ahead, new_caller, new_key
from tests.crash.stories import order_in
from tests.model.scene import Deed, Group, Nobody, Payment, Rental

FAR = 25  # so few days ahead that people get into each other's way


class Renters(Group):
    """Everybody who rents."""

    def deeds(self) -> dict[Deed, int]:
        return {
            self.holds: 9, self.goes_on: 40, self.pays: 2, self.approves: 2, self.comes_back: 4, self.asks_again: 1,
            self.changes: 5, self.pays_for_a_change: 2, self.gives_a_change_up: 1, self.walks_away: 1, self.pays_the_rest: 4,
            self.cancels: 1, self.has_a_deposit_held: 5,
        }  # fmt: skip

    async def holds(self) -> str:
        """Somebody new, now and then from the browser of somebody we know."""
        car = self.dice.choice(self.scene.cars)
        days = days_ahead(self.dice.choice((1, self.dice.randint(1, FAR))), self.dice.randint(1, 4))
        chosen: dict[str, Any] = (
            {"extras": {self.scene.extra: self.dice.randint(1, 2)}} if car is self.scene.cars[0] and self.dice.random() < 0.4 else {}
        )
        if car is self.scene.cars[0] and self.dice.random() < 0.5:
            chosen["part_payment"] = True
        chosen["keep_wallet"] = self.dice.random() < 0.4
        caller = self.dice.choice(self.scene.rentals).caller if self.scene.rentals and self.dice.random() < 0.1 else new_caller()
        order = await self.town.build.order(car, days, **chosen)
        self.scene.rentals.append(rental := Rental(order, caller, new_key()))
        return await self._hold(rental)

    async def _hold(self, rental: Rental) -> str:
        try:
            rental.held = await hold(self.town.world, rental.order, rental.caller, rental.key)
        except Problem:
            if rental in self.scene.rentals and rental.held is None:
                self.scene.rentals.remove(rental)  # they go elsewhere
            raise
        return rental.held.reference

    async def goes_on(self) -> str:
        """The next thing a renter would do."""
        rental = self.scene.somebody()
        if rental.held is None:
            return await self._hold(rental)
        if not rental.payments:
            return await self._pay(rental)
        if not rental.payments[-1].is_approved:
            return await self._approve(rental.payments[-1])
        if rental.payments[-1].is_done:
            raise Nobody
        return await self._come_back(rental, rental.payments[-1])

    async def asks_again(self) -> str:
        """The same request once more, as a browser sends it whose answer got lost."""
        return await self._hold(self.scene.somebody())

    async def pays(self) -> str:
        rental, _held = self.scene.renter()
        return await self._pay(rental)

    async def _pay(self, rental: Rental) -> str:
        assert rental.held
        return self._sent_to_paypal(rental, await pay.begin(self.town.world, rental.held.booking_id))

    def _sent_to_paypal(self, rental: Rental, address: str) -> str:
        order_id = order_in(address)
        if order_id not in {payment.order_id for payment in rental.payments}:
            rental.payments.append(Payment(order_id))
        return f"{rental.held and rental.held.reference} by {order_id}"

    async def pays_the_rest(self) -> str:
        """Of a price in two parts: somebody who has paid the first."""
        owing = await self.town.look.fetch("select booking_id from booking_instalments where status = 'open' order by booking_id")
        ids = {row[0] for row in owing}
        rentals = [rental for rental in self.scene.rentals if rental.held and rental.held.booking_id in ids]
        if not rentals:
            raise Nobody
        rental = self.dice.choice(rentals)
        assert rental.held
        return self._sent_to_paypal(rental, await later.begin(self.town.world, rental.held.booking_id))

    async def approves(self) -> str:
        return await self._approve(self._payment(self.scene.renter()[0]))

    def _payment(self, rental: Rental) -> Payment:
        if not rental.payments:
            raise Nobody
        return self.dice.choice(rental.payments)

    async def _approve(self, payment: Payment) -> str:
        funding = self.dice.choices(("instant", "pending", "declined"), (8, 1, 1))[0]
        told = await self.town.paypal.control("POST", f"orders/{payment.order_id}/approve", {"funding": funding})
        payment.is_approved = True
        return f"{payment.order_id} {funding if told else 'too late'}"

    async def comes_back(self) -> str:
        rental, _held = self.scene.renter()
        return await self._come_back(rental, self._payment(rental))

    async def _come_back(self, rental: Rental, payment: Payment) -> str:
        told = await home.capture(self.town.world, payment.order_id, patience=0)
        if told.outcome.step in (Step.DECLINED, Step.GONE, Step.NOT_PAID) and payment in rental.payments:
            rental.payments.remove(payment)
        payment.is_done = told.outcome.step is Step.PAID
        rental.is_paid = rental.is_paid or (payment.is_done and not told.is_deposit)
        return f"{told.outcome.reference} {told.outcome.step}"

    async def walks_away(self) -> str:
        """Cancelled at PayPal: the renter looks, and goes."""
        told = await home.look(self.town.world, self._payment(self.scene.renter()[0]).order_id)
        return f"{told.outcome.reference} {told.outcome.step}"

    async def cancels(self) -> str:
        """Until the cut-off, by the tiers the booking was sold with."""
        _rental, held = self.scene.renter()
        ending = await cancel.by_renter(self.town.world, held.booking_id)
        return f"{held.reference} {ending.percent} %"

    async def has_a_deposit_held(self) -> str:
        """Who has paid, and comes for the car soon."""
        paid = [rental for rental in self.scene.rentals if rental.is_paid and rental.order.start <= days_ahead(2).start]
        if not paid:
            raise Nobody
        rental = self.dice.choice(paid)
        assert rental.held
        return await self.has_it_held(rental.held.booking_id)

    async def has_it_held(self, booking_id: BookingId) -> str:
        """Go to PayPal for a deposit, and mostly come home."""
        rental = next(one for one in self.scene.rentals if one.held and one.held.booking_id == booking_id)
        sent = self._sent_to_paypal(rental, await asking.begin(self.town.world, booking_id))
        if rental.payments[-1].is_approved or self.dice.random() < 0.4:
            return sent
        await self._approve(payment := rental.payments[-1])
        return await self._come_back(rental, payment)

    async def changes(self) -> str:
        """Something more, or something less, as the renter likes."""
        paid = [rental for rental in self.scene.rentals if rental.is_paid and rental.order.car_id == self.scene.cars[0].id]
        if not paid:
            raise Nobody
        rental = self.dice.choice(paid)
        assert rental.held
        drivers, cover = self.dice.randint(0, 2), self.dice.choice(("", self.scene.cover))
        wish = Wish(extras={self.scene.extra: self.dice.randint(0, 2)}, additional_drivers=drivers, waiver=cover)
        holder = self.town.world.doors.token(hash_of(rental.held.token))
        proposal = await propose.preview(self.town.world, holder, rental.held.reference, wish)
        quote = self.town.world.quotes.sign(proposal.price, clock.now())
        made = await make.make(self.town.world, holder, rental.held.reference, wish, quote)
        where = self._sent_to_paypal(rental, made.approve_url) if made.approve_url else "at once"
        return f"{rental.held.reference} by {proposal.difference.text}: {where}"

    async def pays_for_a_change(self) -> str:
        rental, held = self.scene.renter()
        return self._sent_to_paypal(rental, await paying_change.begin_waiting(self.town.world, held.booking_id))

    async def gives_a_change_up(self) -> str:
        _rental, held = self.scene.renter()
        await make.give_up(self.town.world, held.booking_id)
        return held.reference
