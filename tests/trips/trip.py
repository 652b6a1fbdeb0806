"""One trip from the booking to the day after its last claim: whoever acts says when they act next, and is woken then."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta

from exodrive.bookings.endings import How
from exodrive.flows import cancel, no_show
from exodrive.flows.rental.hand_over import hand_over
from exodrive.flows.rental.take_back import take_back
from exodrive.handovers.model import Reading
from exodrive.kit import clock
from exodrive.kit.days import Days, moment_at
from exodrive.kit.errors import Problem
from tests.builders import new_key
from tests.garage import MadeCar
from tests.trips.claims import Claims
from tests.trips.extension import extend, rearrange
from tests.trips.renter import Renter
from tests.trips.yard import Yard

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Moments = AsyncIterator[datetime]


class OutTwice(AssertionError):
    """A car was handed over that somebody else has."""


class Trip(Renter):
    """A renter and whoever serves them. ``fate`` is how it ends when it never begins."""

    def __init__(self, yard: Yard, car: MadeCar, days: Days, dice: random.Random) -> None:
        super().__init__(yard, car, days, dice)
        self.booked_at = moment_at(days.start, time(0), "UTC") - dice.choice((14 * HOUR, DAY, 5 * DAY, dice.uniform(1, 60) * DAY))
        self.fate = dice.choices(("", "renter cancels", "staff cancel", "nobody comes"), (84, 5, 4, 7))[0]

    async def live(self) -> Moments:
        """Play it, and yield the moment at which something happens next."""
        yield self.booked_at
        if not await self.book():
            return
        async for moment in self._pay():
            yield moment
        if await self.status() not in ("upcoming", "active"):
            self.meets("never paid for")
            return
        async for moment in self._before():
            yield moment
        if await self.status() not in ("upcoming", "active"):
            return
        async for moment in self._at_the_counter():
            yield moment
        if await self.value("select handed_over_at from bookings where id = $1") is None:
            return
        async for moment in self._out():
            yield moment
        async for moment in Claims(self).live():
            yield moment

    async def _pay(self) -> Moments:
        """Some pay at once, some hours later, some not at all; who finds the days free again books anew, who did not come home waits."""
        if self.is_lucky(0.03):
            return
        if self.is_lucky(0.1):
            yield clock.now() + self.dice.choice((HOUR / 2, 2 * HOUR, 9 * HOUR))
        for _ in range(8):
            is_over = await self._tries_to_pay()
            if await self.status() not in ("pending", "expired"):
                return
            yield clock.now() + self.dice.choice((1, 4, 9)) * HOUR
            if is_over and await self.status() in ("pending", "expired") and not await self.book():
                return

    async def _tries_to_pay(self) -> bool:
        """Once more and once more; whether the days are held no longer."""
        for _ in range(3):
            if (end := await self.goes_to_pay()) in ("paid", "gone", "hold-over", "already-paid", "not-booked"):
                return end == "hold-over"
        return False

    async def _before(self) -> Moments:
        """Until the pick-up: the deposit, somebody who wants the same days, and those who will not come."""
        if self.is_lucky(0.3):
            await self.wants_taken_days()
        self.pickup_at = await self._pick_up()
        if self.is_lucky(0.15):
            yield clock.now() + self.dice.random() * max(self.pickup_at - clock.now(), timedelta())
            await rearrange(self)
        self.pickup_at = await self._pick_up()
        if self.fate == "renter cancels" and self.is_lucky(0.5):
            yield clock.now() + self.dice.random() * max(self.pickup_at - clock.now(), timedelta())
            await self._cancel(by_renter=True)
            return
        yield self.pickup_at - self.dice.choice((47, 40, 24, 12, 3, 0)) * HOUR
        for _ in range(self.dice.choice((0, 1, 2, 3, 3))):
            if await self.has_it_held():
                break
            yield clock.now() + self.dice.choice((0, 0, 3)) * HOUR
        if self.fate in ("renter cancels", "staff cancel"):
            await self._cancel(by_renter=self.fate == "renter cancels")
        elif self.fate == "nobody comes":
            yield self.pickup_at + HOUR
            await self._is_missed()
            yield clock.now() + 4 * HOUR
            await self._is_missed()

    async def _pick_up(self) -> datetime:
        at: datetime = await self.value("select pickup_at from bookings where id = $1")
        return at

    async def _cancel(self, *, by_renter: bool = False) -> None:
        assert self.held
        door, actor = self.yard.desk
        how, percent = self.dice.choice(((How.COMPANY, None), (How.TIERS, None), (How.PERCENT, 30)))
        try:
            if by_renter:
                await cancel.by_renter(self.yard.world, self.held.booking_id)
            else:
                await cancel.by_staff(self.yard.world, door, self.held.booking_id, actor, "plans change", how=how, percent=percent)
            self.meets(f"cancelled: {self.fate or 'at the counter'}")
        except Problem as no:
            self.meets(f"not cancelled: {no.code}")

    async def _is_missed(self) -> None:
        """Staff note that nobody came; what is noted already stays as it is."""
        assert self.held
        door, actor = self.yard.desk
        try:
            await no_show.mark(self.yard.world, door, self.held.booking_id, actor, "waited an hour", key=new_key())
        except Problem as no:
            self.meets(f"no no-show: {no.code}")

    async def _at_the_counter(self) -> Moments:
        """The key goes out against the deposit, now and then without; else staff send the renter away in the end."""
        yield self.pickup_at + self.dice.choice((0, 0, 0, 1, 5, 30)) * HOUR
        why = "a regular" if self.is_lucky(0.25) else ""
        for _ in range(8):
            refused = await self._hand_over(why)
            if not refused:
                return
            if refused == "no-deposit":
                await self.has_it_held()
            elif refused == "not-to-hand-over":
                break
            yield clock.now() + 2 * HOUR
        await self._cancel()

    async def _hand_over(self, why: str) -> str:
        """Give the key to the renter, or try to while the car is out, which must be refused; the code of the refusal, if any."""
        assert self.held
        door, actor = self.yard.desk
        self.yard.odometer += 10
        reading = Reading(self.yard.odometer, 100)
        away = """
            select count(*) from bookings b where b.handed_over_at is not null and b.returned_at is null
            and b.car_id = (select m.car_id from bookings m where m.id = $1)"""
        is_away = await self.value(away)
        try:
            out = await hand_over(door, self.held.booking_id, reading, actor, without_deposit=why, corrected=True, key=new_key())
        except Problem as no:
            self.meets(f"no key: {no.code}")
            return no.code
        if is_away:
            raise OutTwice(f"the car of {self.held.reference} is out, and its key was given")
        self.meets("key given" if out.is_covered else "key given without a deposit")
        return ""

    async def _out(self) -> Moments:
        """With the car: more days, holds that must be replaced, somebody else who wants the days; back early, in time or late."""
        late = self.dice.choices((0, -1, 0.2, 3, 40), (60, 12, 15, 10, 3))[0] * self.dice.random() * DAY
        longer = [clock.now() + self.dice.random() * await self._left() for _ in range(self.dice.choice((0, 0, 0, 1, 1, 2, 3)))]
        looks = clock.now() + 12 * HOUR
        while True:
            back = clock.now() + await self._left() + late
            again = max(await self._to_replace(), looks)
            moment = min([back, again, *longer])
            yield moment
            if moment == back:
                await self._take_back()
                return
            if moment in longer:
                longer.remove(moment)
                await extend(self)
            else:
                looks = clock.now() + self.dice.choice((3, 12, 24, 72)) * HOUR
                await self.has_it_held()

    async def _left(self) -> timedelta:
        left: timedelta = await self.value("select return_due_at - exodrive_private.now() from bookings where id = $1")
        return left

    async def _to_replace(self) -> datetime:
        """When the renter will look after the deposit: some time after being asked to, or never."""
        ends = await self.value("select max(covered_until) from deposit_holds where booking_id = $1 and status = 'held'")
        if ends is None:
            return clock.now() + self.dice.choice((6, 24, 100)) * HOUR
        moment: datetime = ends - 3 * DAY + self.dice.choice((1, 6, 30, 60, 71, 90)) * HOUR
        return moment

    async def _take_back(self) -> None:
        assert self.held
        door, actor = self.yard.desk
        self.yard.odometer += 10
        reading = Reading(self.yard.odometer, self.dice.choice((100, 100, 40)))
        await take_back(self.yard.world.tariffs, door, self.held.booking_id, reading, actor, key=new_key())
        self.meets("car taken back")
