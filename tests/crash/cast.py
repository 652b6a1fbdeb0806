"""Who plays the stories that are cut short: the product as it is in a process of its own, with the payer beside it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import msgspec

from exodrive.bookings.model import Actor, Caller, CheckoutOrder
from exodrive.deposits.model import DepositRules
from exodrive.flows.world import World
from exodrive.gateways.line import Patience
from exodrive.gateways.paypal import Event, PayPalClient
from exodrive.kit import clock
from exodrive.kit.db import Doors, clock_shift
from exodrive.kit.ids import BookingId, OperationId, StaffId
from tests.builders import make_world
from tests.product import Emulator


def order_in(address: str) -> str:
    """The order's id in the address where it is approved."""
    return parse_qs(urlsplit(address).query)["token"][0]


class Addresses(msgspec.Struct, frozen=True):
    """Where everything is."""

    databases: dict[str, str]
    superuser: str
    pooler: str
    redis: str
    paypal: str
    client: str
    secret: str


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What a story begins with; each needs other parts of it."""

    booking_id: BookingId | None = None
    reference: str = ""
    token: str = ""
    order: CheckoutOrder | None = None
    caller: Caller | None = None
    key: str = ""
    order_id: str = ""
    operation_id: OperationId | None = None
    change_id: UUID | None = None
    extra: str = ""
    quote: str = ""
    event: Event | None = None
    staff_id: StaffId | None = None


class Task(msgspec.Struct, frozen=True):
    """A story to be played, and the point at which its process dies ("" when it lives)."""

    story: str
    facts: Facts
    failpoint: str = ""


class Told(msgspec.Struct, frozen=True):
    """What a process that lived to the end tells: the points it passed, and what went wrong."""

    points: list[str] = []
    trouble: str = ""


class Ended(msgspec.Struct, frozen=True):
    """How a process ended: by which signal, or with what to tell."""

    signal: int
    told: Told | None = None


@dataclass(frozen=True)
class Cast:
    """The web process's world, the worker's, and PayPal with its payer."""

    world: World
    service: World
    paypal: Emulator
    superuser: str

    async def rows(self, query: str, *values: Any) -> list[Any]:
        """Look into the database without anybody's door."""
        db = await asyncpg.connect(self.superuser)
        try:
            return list(await db.fetch(query, *values))
        finally:
            await db.close()

    async def approve(self, order_id: str) -> None:
        """The payer agrees, once."""
        with suppress(AssertionError):  # it was approved and paid before
            await self.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})

    def staff(self, staff_id: StaffId) -> tuple[Any, Actor]:
        """A member of staff's own door, and who they are."""
        return self.world.doors.admin(staff_id), Actor("admin", str(staff_id), "Sam")


@asynccontextmanager
async def on_stage(where: Addresses, *more: str) -> AsyncIterator[Cast]:
    """Put a cast together, with the clock as the database has it; what is asked of PayPal is asked again at once.

    Each login costs time, so there are the checkout's and the worker's, and ``more`` when they are named.
    """
    urls = {login: where.databases[login] for login in ("checkout", "worker", *more)}
    doors = await Doors.open(**urls, pooler=where.pooler or None, size=4)
    async with doors.service().scope() as db:
        clock.move_to_shift(await clock_shift(db))
    paypal = PayPalClient(where.paypal, where.client, where.secret, patience=Patience(pause=0.01))
    world = make_world(doors, where.redis, paypal=paypal, public_url="http://shop.test", deposits=DepositRules(wallet=True))
    try:
        yield Cast(world, replace(world, door=doors.service()), Emulator(None, where.paypal), where.superuser)
    finally:
        await paypal.close()
        await world.locks._courtesy.close()
        await doors.close()
