"""A database made ready: roles, schema, demo fleet, and a way in for staff."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from exodrive.kit import clock
from exodrive.kit.db import Door
from exodrive.kit.links import LinkKeys
from exodrive.operate.asking import service_door
from exodrive.operate.clock import shift_of
from exodrive.operate.keys import Keys
from exodrive.operate.migrate import migrate
from exodrive.operate.roles import create_roles
from exodrive.operate.seed import seed_demo
from exodrive.staff.model import LinkPurpose, StaffRole
from exodrive.staff.service import invite

T = TypeVar("T")
PLACES = {LinkPurpose.INVITE: "invitations", LinkPurpose.DEMO: "demo"}
DEMO_OWNER = ("owner@exodrive.example", "Demo Owner")


def prepare(superuser_url: str, urls: Mapping[str, str], keys: Keys, *, database: str, public_url: str) -> str:
    """Create what is missing of roles, schema and demo fleet; return the one-time link of the demo's owner."""
    return asyncio.run(_prepare(superuser_url, urls, keys, database, public_url))


async def _prepare(superuser_url: str, urls: Mapping[str, str], keys: Keys, database: str, public_url: str) -> str:
    await create_roles(superuser_url, database=database, passwords=keys.passwords)
    await migrate(urls["owner"])
    clock.move_to_shift(await shift_of(urls["owner"]))  # the demo's clock may have been moved in an earlier run
    await seed_demo(urls["worker"], links=LinkKeys([keys.link_key]))
    email, name = DEMO_OWNER
    return await invitation(urls["worker"], public_url, email, name, StaffRole.OWNER, LinkPurpose.DEMO, again=True)


async def invitation(
    worker_url: str,
    public_url: str,
    email: str,
    name: str,
    role: StaffRole,
    purpose: LinkPurpose = LinkPurpose.INVITE,
    *,
    again: bool = False,
) -> str:
    """Write a member of staff down; the address of their one-time link. Raises KnownMember unless ``again``, and DisabledMember."""
    async with service_door(worker_url) as door:
        token = await invite(door, email, name, role, purpose, again=again)
    return f"{public_url}/admin/{PLACES[purpose]}/{token}"


async def through_service(worker_url: str, ask: Callable[[Door], Awaitable[T]]) -> T:
    """Ask something through the door of the command line."""
    async with service_door(worker_url) as door:
        return await ask(door)
