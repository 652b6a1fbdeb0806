"""A booking of which a part is paid, and its renter, who pays the rest."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from exodrive.flows.checkout import pay
from exodrive.flows.checkout.model import Step
from exodrive.flows.instalment import pay as later
from exodrive.flows.world import World
from exodrive.payments.instalments import store as instalments
from exodrive.payments.instalments.model import Instalment
from exodrive.pricing.kinds import PartPayment
from tests.builders import Build, days_ahead
from tests.flows.change.conftest import Renter, equip
from tests.flows.conftest import Payer, order_in
from tests.garage import new_rules

PERCENT, DAYS_BEFORE = Decimal(30), 7


@dataclass
class Owing(Renter):
    """A renter who paid a part, and how the rest stands."""

    payer: Payer | None = None

    async def rest(self) -> Instalment:
        """The rest as it is kept."""
        async with self.build.doors.service().scope() as db:
            rest = await instalments.of_booking(db, self.made.id)
        assert rest
        return rest

    async def order(self) -> str:
        """Begin the payment of the rest; returns the order's id."""
        return order_in(await later.begin(self.world, self.made.id))

    async def approved(self, funding: str = "instant") -> str:
        """Begin and approve; returns the order's id."""
        order_id = await self.order()
        assert self.payer
        await self.payer.approve(order_id, funding)
        return order_id

    async def paid(self) -> str:
        """Pay the rest; returns the order's id."""
        order_id = await self.approved()
        assert (await later.capture(self.world, order_id)).step is Step.PAID
        return order_id


NewOwing = Callable[..., Awaitable[Owing]]


@pytest.fixture
def owing(world: World, build: Build, payer: Payer) -> NewOwing:
    """Somebody whose booking of three days, three weeks ahead, is paid in two parts, the first of them at PayPal."""

    async def come(
        *, ahead: int = 20, percent: Decimal = PERCENT, days_before: int = DAYS_BEFORE, extras: int = 0, **car_changes: Any
    ) -> Owing:
        car = await build.car(**car_changes)
        await new_rules(build.doors, PartPayment(name="In two parts", percent=percent, days_before=days_before, car_id=car.id))
        code, cover = await equip(build, car)
        made = await build.held(car, days_ahead(ahead, 3), part_payment=True, extras={code: extras} if extras else {})
        order_id = await payer.approved(made)
        assert (await pay.capture(world, order_id)).step is Step.PAID
        return Owing(world, build, made, code, cover, payer=payer)

    return come
