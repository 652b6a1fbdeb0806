"""After the return: what is charged, what is claimed of the deposit for it, what the renter says to that; some is invoiced instead."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from exodrive.charges.model import ChargeKind
from exodrive.deposits.model import DepositRules
from exodrive.flows.charging import decide as charges
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.claiming import answer
from exodrive.flows.claiming.make import claim
from exodrive.kit import clock
from exodrive.kit.errors import Problem
from tests.trips.bills import Bills

if TYPE_CHECKING:
    from tests.trips.trip import Trip

HOUR = timedelta(hours=1)
WAYS = ("accepted", "no answer", "objected, upheld", "objected, withdrawn", "objected, undecided")


class Claims:
    """Of one trip."""

    def __init__(self, trip: "Trip") -> None:
        assert trip.held
        self._trip, self._yard, self._dice, self._id = trip, trip.yard, trip.dice, trip.held.booking_id
        self._door, self._actor = trip.yard.desk

    async def live(self) -> AsyncIterator[datetime]:
        """Play it, and yield the moment at which something happens next."""
        if self._dice.random() < 0.45:
            return
        yield clock.now() + self._dice.choice((0, 2, 20, 60, 75)) * HOUR
        await self._charge()
        yield clock.now() + self._dice.choice((0, 1, 4)) * HOUR
        if self._dice.random() < 0.6:
            async for moment in self._live():
                yield moment
        if self._dice.random() < 0.9:  # else what is left, or came to nothing, is let be
            yield clock.now() + self._dice.choice((1, 30, 60, 110)) * HOUR
            async for moment in Bills(self._trip).live():
                yield moment

    async def _live(self) -> AsyncIterator[datetime]:
        claim_id = await self._claim()
        if claim_id is None:
            return
        way = self._dice.choices(WAYS, (5, 5, 2, 2, 1))[0]
        self._trip.meets(f"a claim: {way}")
        if way == "no answer":
            return
        yield clock.now() + self._dice.choice((1, 10, 40)) * HOUR
        try:
            await self._answers(way)
        except Problem as no:
            self._trip.meets(f"no answer to a claim: {no.code}")
            return
        if way.startswith("objected"):
            yield clock.now() + self._dice.choice((2, 50, 300) if way != "objected, undecided" else (900,)) * HOUR
            await self._decide(claim_id, uphold=way.endswith("upheld"))

    async def _charge(self) -> None:
        for row in await self._yard.look.fetch("select id from booking_charges where booking_id = $1 and status = 'proposed'", self._id):
            await charges.confirm(self._door, self._id, row[0], self._actor)
            self._trip.meets("a proposed charge confirmed")
        entry = Entry(kind=ChargeKind.DAMAGE, amount=Decimal(self._dice.choice((40, 700, 6000))), reason="a scratch")
        try:
            await charge(self._yard.world.tariffs, self._door, self._id, entry, self._actor)
            self._trip.meets("charged")
        except Problem as no:
            self._trip.meets(f"not charged: {no.code}")

    async def _claim(self) -> object | None:
        try:
            return (await claim(DepositRules(), self._door, self._id, self._actor)).id
        except Problem as no:
            self._trip.meets(f"not claimed: {no.code}")
            return None

    async def _answers(self, way: str) -> None:
        if way == "accepted":
            await answer.accept(self._yard.world, self._id)
        else:
            await answer.object_to(self._yard.world, self._id, "It was there before")

    async def _decide(self, claim_id: object, *, uphold: bool) -> None:
        try:
            await answer.decide(self._door, self._id, claim_id, self._actor, "We looked again", uphold=uphold)
        except Problem as no:
            self._trip.meets(f"no decision: {no.code}")
