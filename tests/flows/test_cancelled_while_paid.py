"""A booking ends while it, or a change of it, is being paid for, in every order of the steps of both."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from exodrive.flows import cancel, home
from exodrive.flows.checkout import pay, settling
from exodrive.flows.world import World
from exodrive.kit.errors import Conflict
from exodrive.operate.wiring import Wiring
from tests import ledger
from tests.builders import Build, Made
from tests.flows.change.conftest import NewRenter, renter
from tests.flows.change.test_pay import approved
from tests.flows.conftest import Payer
from tests.flows.ending import Staff, refunds, settle_refunds, staff_of, total
from tests.flows.interleaving import Judge, TurnDoor, TurnLine, every_order, in_turns
from tests.product import Emulator
from tests.share import SHARE

LOOKS_AT_EVERYTHING = True

__all__ = ["renter"]
Ends = Callable[[World, Made, Staff], Awaitable[Any]]


@pytest.fixture
async def turns(world: World, paypal: Emulator, _beside: Wiring) -> AsyncIterator[World]:
    """The web's world, in which everybody waits for their turn."""
    line = TurnLine(paypal.url, _beside.keys.paypal_client_id, _beside.keys.paypal_client_secret)
    yield in_turns(world, line)
    await line.close()


async def by_staff(world: World, made: Made, sam: Staff) -> None:
    """Staff cancel it."""
    await cancel.by_staff(world, TurnDoor(sam.door), made.id, sam.actor, "a double booking")


async def by_renter(world: World, made: Made, sam: Staff) -> None:
    """Its renter gives it up."""
    await cancel.by_renter(world, made.id)


class Play:
    """Somebody pays, somebody cancels, and the worker gives back what was promised."""

    def __init__(self, build: Build, payer: Payer, turns: World, service: World, ends: Ends) -> None:
        self.build, self.payer, self.turns, self.service, self.ends = build, payer, turns, service, ends
        self.seen: set[tuple[str, int]] = set()

    async def ending(self, made: Made, sam: Staff, *, by_steps: bool = True) -> None:
        """Cancel it, unless somebody pays, and give back; once step by step, as from there on it is the same whoever cancelled."""
        with suppress(Conflict):
            await self.ends(self.turns, made, sam)
        step_by_step = replace(self.turns, door=TurnDoor(self.service.door))
        await settle_refunds(self.build, step_by_step if by_steps and self.ends is by_staff else self.service, made)

    async def judge(self, made: Made, order: str) -> None:
        """Cancelled implies refunded or never captured, by both books; not cancelled implies the car, and every cent of it."""
        for (operation_id,) in await self.build.rows("select id from payment_operations where booking_id = $1", made.id):
            await settling.settle(self.service, operation_id)
        await settle_refunds(self.build, self.service, made)
        captures, status = await self.captures(made), await self.build.status(made)
        assert ledger.disagreements(*await self._ours(made), await self._theirs()) == [], order
        taken = sum(Decimal(row["amount"]["value"]) for row in captures)
        back = sum(Decimal(row["refunded"]) for row in captures)
        if status == "cancelled":
            assert (back, await self.build.days_of(made)) == (taken, []), order
            assert (await self.build.history(made)).count("cancelled") == 1, order
        else:
            assert (status, back, await refunds(self.build, made)) == ("upcoming", 0, []), order
            assert [state for _day, state in await self.build.days_of(made)] == ["booked"] * 3, order
            assert taken >= total(made), order
        self.seen.add((status, len(captures)))

    async def captures(self, made: Made) -> list[dict[str, Any]]:
        shown = await self.payer.paypal.control("GET", "ledger")
        return [row for row in shown["captures"] if row.get("custom_id") == str(made.id)]

    async def _ours(self, made: Made) -> Any:
        async with self.service.door.scope() as db:
            return await ledger.ours(db, [made.id])

    async def _theirs(self) -> list[ledger.Movement]:
        return ledger.theirs(await self.payer.paypal.control("GET", "ledger"))


@pytest.fixture(params=[by_staff, by_renter])
def play(request: pytest.FixtureRequest, build: Build, payer: Payer, turns: World, service: World) -> Play:
    """The stage, and who cancels."""
    return Play(build, payer, turns, service, request.param)


@pytest.mark.slow
async def test_scenario_24_in_every_order_a_booking_cancelled_while_paid_for_is_refunded_or_never_captured(play: Play) -> None:
    async def begin() -> tuple[list[Awaitable[Any]], Judge]:
        made, sam = await play.build.held(), await staff_of(play.build)
        order_id = await play.payer.approved(made)
        deeds = [pay.capture(play.turns, order_id, patience=0), play.ending(made, sam)]
        return deeds, lambda order: play.judge(made, order)

    assert await every_order(begin) >= 6
    assert {("cancelled", 0), ("cancelled", 1), ("upcoming", 1)} == play.seen


@pytest.mark.slow
async def test_scenario_24_in_every_order_a_change_paid_while_its_booking_is_cancelled_goes_back_with_it(
    play: Play, renter: NewRenter
) -> None:
    async def begin() -> tuple[list[Awaitable[Any]], Judge]:
        ada, sam = await renter(), await staff_of(play.build)
        _change_id, order_id = await approved(ada, play.payer)
        deeds = [home.capture(play.turns, order_id, patience=0), play.ending(ada.made, sam, by_steps=SHARE == 1)]
        return deeds, lambda order: play.judge(ada.made, order)

    assert await every_order(begin) >= (100 if play.ends is by_staff and SHARE == 1 else 8)
    assert {("cancelled", 1), ("cancelled", 2), ("upcoming", 2)} == play.seen
