"""Who works here, changed by whoever runs the installation: let in, let go, another role. Each change is noted and ends all sessions."""

from typing import Any
from uuid import UUID

import msgspec

from exodrive.kit.db import Db, Door
from exodrive.kit.errors import Conflict, NotFound
from exodrive.kit.words import _
from exodrive.staff import store
from exodrive.staff.model import StaffRole


class UnknownMember(NotFound):
    """Nobody with this address works here."""

    code = "unknown-member"

    def __init__(self, email: str) -> None:
        super().__init__(_("Nobody with the address {email} works here.").format(email=email))


class KnownMember(Conflict):
    """Somebody with this address works here already."""

    code = "known-member"

    def __init__(self, email: str, role: StaffRole) -> None:
        sentence = _("{email} works here already, as {role}. Nothing was changed: say --again for a new link, or use `staff role`.")
        super().__init__(sentence.format(email=email, role=role))


class DisabledMember(Conflict):
    """Somebody with this address was let go; they are let in again first."""

    code = "disabled-member"

    def __init__(self, email: str) -> None:
        super().__init__(_("{email} was let go. Use `staff enable` first.").format(email=email))


class LastOwner(Conflict):
    """Without this member nobody could do what only owners may."""

    code = "last-owner"

    def __init__(self, email: str) -> None:
        super().__init__(_("{email} is the only owner. Make somebody else an owner first.").format(email=email))


class Standing(msgspec.Struct, frozen=True):
    """A member as whoever runs the installation sees them."""

    id: UUID
    email: str
    name: str
    role: StaffRole
    is_disabled: bool
    has_password: bool


async def everybody(door: Door) -> list[Standing]:
    """Return who works or worked here, by address."""
    async with door.scope() as db:
        return [Standing(*row) for row in await store.everybody(db)]


async def disable(door: Door, email: str) -> Standing:
    """Let somebody go: their sessions and links end at once. Raises UnknownMember and LastOwner."""
    async with door.scope() as db:
        member = await _locked(db, email)
        if not member.is_disabled:
            await _keep_an_owner(db, member)
            await store.set_disabled(db, member.id, disabled=True)
            await _changed(db, member, "staff_disabled")
    return msgspec.structs.replace(member, is_disabled=True)


async def enable(door: Door, email: str) -> Standing:
    """Let somebody in again, with the password and the phone they had. Raises UnknownMember."""
    async with door.scope() as db:
        member = await _locked(db, email)
        if member.is_disabled:
            await store.set_disabled(db, member.id, disabled=False)
            await _changed(db, member, "staff_enabled")
    return msgspec.structs.replace(member, is_disabled=False)


async def change_role(door: Door, email: str, role: StaffRole) -> Standing:
    """Give somebody another role; they sign in anew. Raises UnknownMember and LastOwner."""
    async with door.scope() as db:
        member = await _locked(db, email)
        if member.role is not role:
            await _keep_an_owner(db, member)
            await store.set_role(db, member.id, role)
            await _changed(db, member, "staff_role_changed", before=member.role, after=role)
    return msgspec.structs.replace(member, role=role)


async def known(db: Db, email: str) -> Standing | None:
    """Return the member with an address, working here or let go."""
    return next((Standing(*row) for row in await store.everybody(db) if row[1] == email), None)


async def _locked(db: Db, email: str) -> Standing:
    """The member, while nobody else changes who works here: or two owners could let each other go."""
    await store.one_at_a_time(db)
    member = await known(db, email.strip().lower())
    if member is None:
        raise UnknownMember(email)
    return member


async def _keep_an_owner(db: Db, member: Standing) -> None:
    if member.role is StaffRole.OWNER and not member.is_disabled:
        owners = [row for row in await store.everybody(db) if row[3] is StaffRole.OWNER and not row[4]]
        if len(owners) == 1:
            raise LastOwner(member.email)


async def _changed(db: Db, member: Standing, action: str, **details: Any) -> None:
    await store.revoke_all(db, member.id)
    await store.end_links(db, member.id)
    await store.note(db, None, action, ("staff", str(member.id)), {"email": member.email, "by": "command line", **details}, "")
