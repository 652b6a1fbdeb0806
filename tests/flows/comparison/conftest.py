"""A booking that is paid at PayPal, and somebody at PayPal's own site."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from exodrive.flows.checkout import pay
from exodrive.flows.checkout.model import Step
from exodrive.flows.comparison import booking
from exodrive.flows.comparison.model import Looked
from exodrive.flows.world import World
from tests.builders import Build, Made
from tests.flows.conftest import Payer
from tests.product import Emulator
from tests.site import Site


@dataclass
class Sold:
    """A paid booking, with its order and capture at PayPal."""

    build: Build
    service: World
    made: Made
    order_id: str
    capture_id: str

    async def compare(self, **more: Any) -> Looked:
        """Compare it, all of it unless told otherwise."""
        return await booking.compare(self.service, self.made.id, **more)

    async def open(self) -> list[tuple[str, str, str | None, str | None]]:
        """What differs: thing, gap, ours, theirs."""
        return await self.build.rows(
            """select object, kind, ours, theirs from money_differences where booking_id = $1 and resolved_at is null
               order by object, kind""",
            self.made.id,
        )

    async def sums(self) -> tuple[str, Decimal, Decimal]:
        """The summary: state, captured, paid back."""
        [row] = await self.build.rows("select status, captured_amount, refunded_amount from payments where booking_id = $1", self.made.id)
        return row[0], row[1], row[2]

    async def operations(self, kind: str) -> list[tuple[str, Decimal, str | None]]:
        """What moved by our book: origin, amount, how it ended."""
        return await self.build.rows(
            """select o.origin, o.amount, r.outcome from payment_operations o left join payment_results r on r.operation_id = o.id
               and r.is_final where o.booking_id = $1 and o.kind = $2 order by o.attempt""",
            self.made.id,
            kind,
        )


NewSale = Callable[..., Awaitable[Sold]]


@pytest.fixture
def sold(world: World, service: World, build: Build, payer: Payer) -> NewSale:
    """Somebody whose booking is paid at PayPal."""

    async def sell(**order: Any) -> Sold:
        made = await build.held(**order)
        order_id = await payer.approved(made)
        assert (await pay.capture(world, order_id)).step is Step.PAID
        [capture] = await payer.captures(order_id)
        return Sold(build, service, made, order_id, capture["id"])

    return sell


@pytest.fixture
def site(paypal: Emulator) -> Site:
    """Somebody at PayPal's own site."""
    return Site(paypal)
