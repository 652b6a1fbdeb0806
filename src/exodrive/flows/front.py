"""The home page changed by staff: checked, kept and noted in one transaction; and a look at it that is undone."""

from typing import NamedTuple

import msgspec

from exodrive.fleet.front import store
from exodrive.fleet.front.checks import check
from exodrive.fleet.front.model import Front, FrontCar, Picture
from exodrive.flows.by import By
from exodrive.kit.db import Db, Door
from exodrive.overview.home import Home, home
from exodrive.staff import store as staff


class Desk(NamedTuple):
    """What staff have before them: the home page as it is, and what can be chosen."""

    front: Front
    pictures: list[Picture]
    cars: list[FrontCar]


class _Looked(Exception):
    def __init__(self, seen: Home) -> None:
        super().__init__()
        self.seen = seen


async def desk(door: Door) -> Desk:
    """Return what staff edit."""
    async with door.scope() as db:
        return Desk(await store.read(db), await store.pictures(db), await store.cars(db))


async def save(door: Door, front: Front, by: By) -> None:
    """Keep a home page; raises BadInput naming every wrong field."""
    async with door.scope() as db:
        before = await store.read(db)
        await _write(db, front)
        changed = {name: getattr(front, name) for name in front.__struct_fields__ if getattr(front, name) != getattr(before, name)}
        if changed:
            was = {name: getattr(before, name) for name in changed}
            details = msgspec.to_builtins({"before": was, "after": changed}, str_keys=True)
            await staff.note(db, by.staff_id, "home_page_changed", ("home_page", "home"), details, by.ip)


async def preview(door: Door, front: Front) -> Home:
    """Return the home page as it would be: written, looked at, and undone, so that it is exactly what renters would get."""
    try:
        async with door.scope() as db:
            await _write(db, front)
            raise _Looked(await home(db))  # the scope undoes what raises
    except _Looked as looked:
        return looked.seen


async def _write(db: Db, front: Front) -> None:
    known, cars = await store.pictures(db), await store.cars(db)
    check(front, pictures={picture.path for picture in known}, cars={car.id for car in cars})
    await store.write(db, front)
