"""Where trips happen: a town with a fleet, somebody behind the desk, and one clock that goes on from tick to tick."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from exodrive.bookings.model import Actor, Rules
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Door
from exodrive.kit.ids import StaffId, new_id
from exodrive.operate.clock import store as clocks
from tests.builders import Build
from tests.garage import MadeCar
from tests.model.stage import Provider, Town

LONGEST = 120  # days of a trip
ZONES = ("America/New_York", "Europe/Berlin", "Asia/Dubai", "Australia/Lord_Howe")  # half an hour is the last one's summer time
RULES = Rules(longest_rental_days=LONGEST * 2, furthest_day_days=3000, cancel_hours=24)


@dataclass
class Yard:
    """``world`` is the web's, ``service`` the worker's; ``look`` sees all rows, and ``told`` counts what happened."""

    seed: int
    world: World
    service: World
    build: Build
    paypal: Provider
    look: Any
    desk: tuple[Door, Actor]
    _owner: Any
    cars: list[MadeCar] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    odometer: int = 0
    undecided: dict[str, int] = field(default_factory=dict)  # bookings of which something is pending at PayPal, and looks left

    def dice(self, *names: object) -> random.Random:
        """Chance of its own for each who needs some: what one does changes nothing of the others' luck."""
        return random.Random(" ".join(map(str, (self.seed, *names))))

    async def go_to(self, moment: datetime) -> None:
        """Let it be that moment everywhere at once; never an earlier one."""
        shift = clock.shift() + max(moment - clock.now(), timedelta())
        await clocks.move(self._owner, shift)
        clock.move_to_shift(shift)
        await self.paypal.control("POST", "clock", {"shift": shift.total_seconds()})


async def open_yard(town: Town, seed: int, cars: int) -> Yard:
    """A yard with so many cars, of which some need a day between two rentals."""
    world = replace(town.world, rules=RULES)
    staff = StaffId(new_id())
    row = "insert into staff (id, email, name, role) values ($1, $2, 'Sam', 'manager')"
    await town.look.execute(row, staff, f"{staff}@shop.example")
    desk = world.doors.admin(staff), Actor("admin", str(staff), "Sam")
    build = Build(world, town.build.superuser_url)
    yard = Yard(seed, world, replace(town.desk, rules=RULES), build, town.paypal, town.look, desk, town._owner)
    for number in range(cars):
        yard.cars.append(await build.car(turnaround_days=number % 3 == 0, time_zone=ZONES[number % len(ZONES)]))
    return yard
