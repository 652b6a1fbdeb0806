"""Makes what a story begins with: nobody dies of it, and PayPal is there."""

from typing import Any

import asyncpg
import msgspec

from exodrive.flows import home
from exodrive.flows.checkout import capturing, pay
from exodrive.flows.checkout.standing import read
from exodrive.flows.deposit import asking
from exodrive.flows.world import World
from exodrive.gateways.paypal import Event
from exodrive.kit.ids import StaffId, new_id
from exodrive.payments.model import Operation
from tests.builders import Build, Made, days_ahead
from tests.crash.cast import Facts
from tests.flows.conftest import Payer, order_in


class Scene:
    """Makes bookings in every state a story may begin in."""

    def __init__(self, world: World, service: World, build: Build, payer: Payer) -> None:
        self.world, self.service, self.build, self.payer = world, service, build, payer
        self.aged: list[Made] = []  # bookings whose deposit has been held for some days

    def facts(self, made: Made, **more: Any) -> Facts:
        return Facts(booking_id=made.id, reference=made.reference, token=made.token, **more)

    async def approved(self) -> tuple[Made, str]:
        made = await self.build.held()
        return made, await self.payer.approved(made)

    async def intended(self) -> tuple[Made, Operation]:
        """A capture that was written down, and not asked for."""
        made, order_id = await self.approved()
        async with self.world.door.scope() as db:
            now = await read(db, made.id)
        operation = await capturing.intend(self.world, order_id, now, capturing.SYSTEM)
        assert isinstance(operation, Operation)
        return made, operation

    async def asked(self) -> tuple[Made, Operation]:
        """A capture that PayPal made, and nobody wrote down."""
        made, operation = await self.intended()
        async with self.world.door.scope() as db:
            now = await read(db, made.id)
        await capturing.ask(self.world, operation, now)
        return made, operation

    async def paid(self, **order: Any) -> Made:
        made = await self.build.held(**order)
        await pay.capture(self.world, await self.payer.approved(made))
        return made

    async def event(self, thing: str, kind: str) -> Event:
        """What PayPal published about something."""
        path = f"/v1/notifications/webhooks-events?transaction_id={thing}"
        answer = await self.world.paypal._authorised("GET", path, {}, b"")  # type: ignore[attr-defined]
        [found] = [event for event in msgspec.json.decode(answer.body)["events"] if event["event_type"] == kind]
        return msgspec.convert(found, Event)

    async def staff(self) -> StaffId:
        staff = StaffId(new_id())
        async with self.service.door.scope() as db:
            await db.execute("insert into staff (id, email, name, role) values ($1, $2, 'Sam', 'manager')", staff, f"{staff}@shop.example")
        return staff

    async def behind(self, statement: str, *values: Any) -> None:
        """Change a row behind everybody's back."""
        db = await asyncpg.connect(self.build.superuser_url)
        await db.execute(statement, *values)
        await db.close()

    async def asked_for_a_deposit(self, days: int = 3) -> tuple[Made, str]:
        """A paid booking whose pick-up is tomorrow, and the order its renter approved for a hold."""
        made = await self.paid(days=days_ahead(1, days))
        order_id = order_in(await asking.begin(self.world, made.id))
        await self.payer.approve(order_id)
        return made, order_id

    async def held(self) -> Made:
        """A booking whose deposit is held."""
        made, order_id = await self.asked_for_a_deposit(20)
        await home.capture(self.world, order_id)
        return made
