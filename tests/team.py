"""Members of staff for tests: invited and let in by the product's own verbs, each with a phone that shows codes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pyotp
import pytest

from exodrive.kit import clock
from exodrive.kit.db import Doors
from exodrive.kit.errors import Forbidden
from exodrive.operate.clock import move
from exodrive.staff import codes, passwords, service
from exodrive.staff.model import Opened, Session, StaffRole, Visit
from tests.servers import Database

Wait = Callable[[timedelta], Awaitable[None]]
PASSWORD = "blue kettle sings low"
VISIT = Visit("203.0.113.7", "Test Browser")


_hashes: dict[str, str] = {}


async def _hash_of_all(password: str, of: Callable[[str], Awaitable[str]] = passwords.hash_of) -> str:
    """The same hash for everybody who has this password: each of their own would cost a run of all tests half a minute."""
    if password not in _hashes:
        _hashes[password] = await of(password)
    return _hashes[password]


def step() -> int:
    """The present step of everybody's phone."""
    return int(clock.now().timestamp()) // codes.STEP


@dataclass
class Person:
    """Somebody who works here, with a password and a phone; ``token`` is the cookie of their first session."""

    id: UUID
    email: str
    name: str
    secret: str
    token: str = ""
    used: str = ""  # the code they came in with

    def code(self, later: int = 0) -> str:
        """What the phone shows now, or some steps later (or, below zero, showed before)."""
        return pyotp.TOTP(self.secret).generate_otp(step() + later)


class Team:
    """Makes members of staff."""

    def __init__(self, doors: Doors) -> None:
        self.doors = doors
        self.door = doors.signin()

    async def invitation(self, role: StaffRole = StaffRole.AGENT, **changes: Any) -> str:
        """The token of a fresh invitation."""
        email, again = changes.get("email", f"{uuid4().hex}@example.com"), changes.get("again", False)
        return await service.invite(self.doors.service(), email, "Ann Keeper", role, again=again)

    async def member(self, role: StaffRole = StaffRole.AGENT) -> Person:
        """Somebody who has accepted an invitation, with the code of one step ago."""
        token = await self.invitation(role)
        found = await service.invited(self.door, token)
        secret = codes.new_secret()
        person = Person(found.id, found.email, found.name, secret)
        while not person.token:
            begun, person.used = step(), person.code(-1)
            try:
                with pytest.MonkeyPatch.context() as shared:
                    shared.setattr(passwords, "hash_of", _hash_of_all)
                    person.token = (await service.accept(self.door, token, PASSWORD, secret, person.used, VISIT)).token
            except Forbidden:
                if step() == begun:
                    raise  # and else the code grew too old on its way: another
        return person

    async def sign_in(self, person: Person, code: str | None = None, password: str = PASSWORD) -> Opened:
        """Sign in with what the phone shows."""
        return await service.sign_in(self.door, person.email, password, person.code() if code is None else code, VISIT)

    async def session(self, token: str) -> Session | None:
        """The session behind a cookie, if it lives."""
        return (await service.session_of(self.door, token))[0]

    async def change(self, statement: str, *values: Any) -> None:
        """Change something behind everybody's back, as the command line may."""
        async with self.doors.service().scope() as db:
            await db.execute(statement, *values)

    async def notes(self, person: Person) -> list[tuple[str, str | None]]:
        """What the book says about somebody: action and address, in order."""
        async with self.doors.service().scope() as db:
            rows = await db.fetch("select action, ip from public.audit_log where staff_id = $1 order by id", person.id)
        return [tuple(row) for row in rows]


def mover(database: Database, settle: Callable[[], Awaitable[None]] | None = None) -> tuple[Wait, Callable[[], Awaitable[None]]]:
    """Return a way to let time pass for a database and this process, and the way back; ``settle`` waits until others follow."""
    passed = timedelta()

    async def to(shift: timedelta) -> None:
        nonlocal passed
        passed = shift
        await move(database.url("owner"), shift)
        clock.move_to_shift(shift)
        if settle:
            await settle()

    async def wait(span: timedelta) -> None:
        await to(passed + span)

    async def back() -> None:
        if passed:
            await to(timedelta())

    return wait, back


@pytest.fixture
async def wait_for(database: Database) -> AsyncIterator[Wait]:
    """Let time pass for the database and this process together; it is the right time again after the test."""
    wait, back = mover(database)
    yield wait
    await back()
