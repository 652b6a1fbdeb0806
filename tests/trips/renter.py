"""What a renter does: books and pays, has the deposit held, asks for more days, and answers what is charged."""

import asyncio
import random
from datetime import date, time, timedelta
from typing import Any

from exodrive.bookings.model import Held, Place
from exodrive.flows import home
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.hold import hold
from exodrive.flows.checkout.model import Step
from exodrive.flows.deposit import asking
from exodrive.kit.days import Days
from exodrive.kit.errors import Problem
from exodrive.kit.locks import LockBusy
from tests.builders import new_caller, new_key
from tests.crash.stories import order_in
from tests.garage import MadeCar
from tests.trips.yard import Yard

FUNDINGS = ("instant", "declined", "pending")
LOOKS = 12  # ticks within which what is pending has to show at PayPal


class SoldTwice(AssertionError):
    """Two renters hold one car-day."""


class Renter:
    """One who wants a car on some days; ``held`` is what they got."""

    def __init__(self, yard: Yard, car: MadeCar, days: Days, dice: random.Random) -> None:
        self.yard, self.car, self.days, self.dice = yard, car, days, dice
        self.held: Held | None = None

    def meets(self, what: str) -> None:
        """Count something that happened to this trip."""
        self.yard.told[what] += 1

    def is_lucky(self, chance: float) -> bool:
        """Whether something happens that has this chance."""
        return self.dice.random() < chance

    async def book(self) -> bool:
        """Hold the days; now and then somebody else wants some of them at the same moment, and one of both goes away."""
        wanted = [self.days]
        if self.is_lucky(0.25):
            wanted.append(Days(self.days.start, self.days.start + timedelta(days=self.dice.randrange(len(self.days)))))
        tried = await asyncio.gather(*(self._hold(days) for days in wanted))
        got = [(days, held) for days, held in zip(wanted, tried, strict=True) if held]
        if len(got) > 1:
            raise SoldTwice(f"{got[0][1].reference} and {got[1][1].reference} were held at the same moment")
        if not got:
            return False
        if len(wanted) > 1:
            self.meets("two wanted one day at once: one was turned away")
        self.days, self.held = got[0]
        return True

    async def _hold(self, days: Days) -> Held | None:
        hour, other = self.dice.randint(8, 20), self.dice.randint(8, 20)
        places = {"pickup": Place(time=time(min(hour, other)), location_id=self.car.location_id)}
        places["dropoff"] = Place(time=time(max(hour, other)), location_id=self.car.location_id)
        if len(days) == 1 and hour == other:
            places |= {"pickup": Place(time=time(9), location_id=self.car.location_id)}
            places |= {"dropoff": Place(time=time(19), location_id=self.car.location_id)}
        order = await self.yard.build.order(self.car, days, keep_wallet=self.is_lucky(0.3), **places)
        try:
            return await hold(self.yard.world, order, new_caller(), new_key())
        except (Problem, LockBusy) as no:
            self.meets(f"not booked: {no.code}")
            return None

    async def wants_taken_days(self) -> None:
        """Somebody comes later and wants a day that is sold: they must be sent away."""
        assert self.held
        row = await self.value("select (start_date, end_date, status) from bookings where id = $1")
        start, end, status = row
        day: date = start + timedelta(days=self.dice.randint(0, (end - start).days))
        if day < await self.value("select (exodrive_private.now() at time zone time_zone)::date from bookings where id = $1"):
            return
        if await self._hold(Days(day, day)) and status in ("upcoming", "active"):
            raise SoldTwice(f"{day} of {self.held.reference} was held for somebody else")
        self.meets("wanted a sold day: turned away")

    async def value(self, query: str, *more: Any) -> Any:
        """One value about the booking."""
        assert self.held
        return await self.yard.look.fetchval(query, self.held.booking_id, *more)

    async def status(self) -> str:
        """Where the booking stands."""
        return str(await self.value("select status from bookings where id = $1"))

    async def goes_to_pay(self) -> str:
        """Go to PayPal for the booking, and come home or not; how it stands then, or the code of the refusal."""
        assert self.held
        try:
            address = await pay.begin(self.yard.world, self.held.booking_id)
        except Problem as no:
            self.meets(f"not paid: {no.code}")
            return no.code
        return await self.approves(order_in(address), (12, 1, 1)) or ""

    async def has_it_held(self) -> bool:
        """Go to PayPal for the deposit, and come home or not; whether it is held."""
        assert self.held
        try:
            address = await asking.begin(self.yard.world, self.held.booking_id)
        except Problem as no:
            self.meets(f"no deposit: {no.code}")
            return no.code == "no-hold-wanted"
        step = await self.approves(order_in(address), (8, 1, 1))
        self.meets(f"went for a deposit: {step or 'did not come home'}")
        if self.is_lucky(0.1):
            await self._has_no_money_left()
        return step is Step.PAID

    async def approves(self, order_id: str, luck: tuple[int, int, int]) -> Step | None:
        """At PayPal; None when the renter does not come home from there."""
        funding = self.dice.choices(FUNDINGS, luck)[0]
        await self.yard.paypal.control("POST", f"orders/{order_id}/approve", {"funding": funding})
        step = None
        if self.is_lucky(0.85):
            try:
                step = (await home.capture(self.yard.world, order_id, patience=0)).outcome.step
            except Problem as no:
                self.meets(f"home from PayPal: {no.code}")
        if funding == "pending":
            assert self.held
            self.yard.undecided[str(self.held.booking_id)] = LOOKS
        return step

    async def _has_no_money_left(self) -> None:
        """From now on PayPal renews no hold of this renter, and later gives nothing of it."""
        for row in (await self.at_paypal())["authorizations"]:
            if row["status"] == "CREATED":
                await self.yard.paypal.control("POST", f"authorizations/{row['id']}/funds", {"funds": "gone"})
                self.meets("has no money left behind a hold")

    async def at_paypal(self) -> dict[str, list[dict[str, Any]]]:
        """What PayPal's own book says of the booking."""
        assert self.held
        shown: dict[str, list[dict[str, Any]]] = await self.yard.paypal.control("GET", f"ledger?of={self.held.booking_id}")
        return shown
