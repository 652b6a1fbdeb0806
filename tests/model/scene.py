"""What everybody of a town knows of: the fleet, who rents what, and who stands behind the desk."""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from exodrive.bookings.model import Actor, Caller, CheckoutOrder, Held
from exodrive.kit.db import Door
from exodrive.kit.ids import StaffId, new_id
from exodrive.pricing.kinds import PartPayment
from tests.flows.change.conftest import equip
from tests.garage import MadeCar, new_rules
from tests.model.stage import Town

Deed = Callable[[], Awaitable[str]]
CARS = 3  # so few that people get into each other's way


class Nobody(Exception):
    """There is nobody to do it, or nothing to do it to."""


@dataclass
class Payment:
    """An order at PayPal that a renter was sent to."""

    order_id: str
    is_approved: bool = False
    is_done: bool = False


@dataclass
class Rental:
    """A renter, what they asked for, and what they know of it."""

    order: CheckoutOrder
    caller: Caller
    key: str
    held: Held | None = None
    payments: list[Payment] = field(default_factory=list)
    is_paid: bool = False


@dataclass
class Scene:
    """A town with its people; whoever acts is handed it."""

    town: Town
    cars: list[MadeCar] = field(default_factory=list)
    rentals: list[Rental] = field(default_factory=list)
    extra: str = ""
    cover: str = ""
    desk: tuple[Door, Actor] | None = None
    odometer: int = 0

    async def settle_in(self) -> None:
        """A fleet, one car of it with much to choose and one that requires approval, and somebody behind the desk."""
        turnaround = [self.town.dice.choice((0, 1)) for _ in range(CARS)]
        self.cars = [
            await self.town.build.car(turnaround_days=days, requires_approval=not n) for n, days in enumerate(turnaround, 1 - CARS)
        ]
        self.extra, self.cover = await equip(self.town.build, self.cars[0])
        parts = PartPayment(name="In two parts", percent=Decimal(30), days_before=5, car_id=self.cars[0].id)
        await new_rules(self.town.build.doors, parts)
        staff = StaffId(new_id())
        row = "insert into staff (id, email, name, role) values ($1, $2, 'Sam', 'manager')"
        await self.town.look.execute(row, staff, f"{staff}@shop.example")
        self.desk = self.town.world.doors.admin(staff), Actor("admin", str(staff), "Sam")

    def behind_the_desk(self) -> tuple[Door, Actor]:
        """The door of somebody of the company, and who that is."""
        assert self.desk
        return self.desk

    def somebody(self) -> Rental:
        """Mostly one of the latest."""
        if not self.rentals:
            raise Nobody
        return self.rentals[-1 - min(len(self.rentals) - 1, int(self.town.dice.expovariate(0.6)))]

    def renter(self) -> tuple[Rental, Held]:
        """The same, with a booking."""
        rental = self.somebody()
        if rental.held is None:
            raise Nobody
        return rental, rental.held


class Group(ABC):
    """Some of those who act; ``deeds`` are what they may do next, and how likely each is."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.town, self.dice = scene, scene.town, scene.town.dice

    async def one_of(self, query: str, *more: Any) -> Any:
        """A row by chance of those that a query finds."""
        found = await self.town.look.fetch(query, *more)
        if not found:
            raise Nobody
        return self.dice.choice(found)

    @abstractmethod
    def deeds(self) -> dict[Deed, int]:
        """What they may do next, and how likely each is."""
