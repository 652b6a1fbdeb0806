"""A paid booking of a car with extras, cover and drivers to choose from, and a renter who changes it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from exodrive.flows.change import make, propose
from exodrive.flows.change.model import Made as MadeChange
from exodrive.flows.change.model import Proposal, Wish
from exodrive.flows.checkout import pay
from exodrive.flows.checkout.model import Step
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Door
from exodrive.kit.links import hash_of
from exodrive.pricing import engine
from exodrive.pricing.kinds import AdditionalDriver, AfterHours, Extra, Waiver
from exodrive.pricing.model import Price
from tests.builders import Build, Made, days_ahead
from tests.flows.conftest import Payer
from tests.garage import MadeCar, new_rules


@dataclass
class Renter:
    """A renter with a paid booking, and how they change it."""

    world: World
    build: Build
    made: Made
    code: str
    cover: str
    captures: list[str] = field(default_factory=list)

    @property
    def door(self) -> Door:
        """The database as the holder of the booking's link."""
        return self.build.doors.token(hash_of(self.made.token))

    async def preview(self, **wish: Any) -> Proposal:
        """What a change would be."""
        return await propose.preview(self.world, self.door, self.made.reference, Wish(**wish))

    async def change(self, **wish: Any) -> MadeChange:
        """Make a change at the price just shown."""
        wish = {"terms": self.world.rules.terms_version} | wish
        proposal = await self.preview(**wish)
        quote = self.world.quotes.sign(proposal.price, clock.now())
        return await make.make(self.world, self.door, self.made.reference, Wish(**wish), quote)

    async def days(self) -> list[tuple[date, str]]:
        """The days that are the booking's, with how each stands."""
        return await self.build.days_of(self.made)

    async def price(self) -> Price:
        """The price the booking has now."""
        return engine.read(await self.build.value("select price_snapshot from bookings where id = $1", self.made.id))

    async def extras(self) -> dict[str, int]:
        """The extras the booking has now."""
        rows = await self.build.rows("select code, quantity from booking_extras where booking_id = $1", self.made.id)
        return dict(rows)

    async def changes(self) -> list[tuple[str, Decimal]]:
        """The changes of the booking with how they stand and what they cost."""
        rows = await self.build.rows("select status, difference from booking_changes where booking_id = $1 order by number", self.made.id)
        return [(status, difference) for status, difference in rows]

    async def money(self) -> tuple[Decimal, Decimal]:
        """What was captured and paid back, by our book."""
        [row] = await self.build.rows("select captured_amount, refunded_amount from payments where booking_id = $1", self.made.id)
        return row[0], row[1]


NewRenter = Callable[..., Awaitable[Renter]]


async def equip(build: Build, car: MadeCar, **terms: Any) -> tuple[str, str]:
    """Offer a child seat ($18 a day, two at most), a cover ($50 a day), a further driver ($25) and late hours ($40) with a car."""
    code, cover = f"seat-{uuid4().hex[:8]}", f"cover-{uuid4().hex[:8]}"
    of = {"car_id": car.id, "currency": "USD"}
    seat: dict[str, Any] = {"most": 2, "stock": 2} | terms
    await new_rules(
        build.doors,
        Extra(name="Child seat", code=code, per="day", amount=Decimal(18), **of, **seat),
        Waiver(name="Full cover", code=cover, per="day", amount=Decimal(50), excess=Decimal(500), **of),
        AdditionalDriver(name="Further driver", amount=Decimal(25), most=2, **of),
        AfterHours(name="Late hour", amount=Decimal(40), since=time(20), until=time(23), **of),
    )
    return code, cover


@pytest.fixture
def renter(world: World, build: Build, payer: Payer) -> NewRenter:
    """Somebody whose booking of three days is paid at PayPal."""

    async def come(car: MadeCar | None = None, days: Any = None, *, equipped: tuple[str, str] | None = None, **order: Any) -> Renter:
        car = car or await build.car(fees=[{"name": "Preparation", "amount": Decimal(90), "per": "rental"}])
        code, cover = equipped or await equip(build, car)
        made = await build.held(car, days or days_ahead(10, 3), **order)
        order_id = await payer.approved(made)
        assert (await pay.capture(world, order_id)).step is Step.PAID
        [capture] = await payer.captures(order_id)
        return Renter(world, build, made, code, cover, [capture["id"]])

    return come
