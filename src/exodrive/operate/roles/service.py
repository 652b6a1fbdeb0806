"""Creates roles, logins and memberships, as often as you like: what is there already stays."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

import asyncpg

from exodrive.operate.roles import store

OWNER = "exodrive_owner"
# What each login may switch to. The owner needs the definer to hand functions over, and service_role to fill columns in a migration.
LOGINS: Mapping[str, tuple[str, ...]] = {
    "exodrive_web_login": ("anon", "authenticated", "exodrive_token"),
    "exodrive_checkout_login": ("exodrive_checkout",),
    "exodrive_staff_login": ("exodrive_signin", "exodrive_admin"),
    "exodrive_worker_login": ("service_role",),
    OWNER: ("exodrive_definer", "service_role"),
}


async def create_roles(superuser_url: str, *, database: str, passwords: Mapping[str, str]) -> None:
    """Create the roles and the logins named in `passwords`, and let only them connect to `database` (made if missing).

    `superuser_url` may also be a managed server's administrator (CREATEROLE). With a password for exodrive_owner, the
    database becomes its own; without one, whoever owns the database migrates it.
    """
    if unknown := set(passwords) - set(LOGINS):
        raise ValueError(f"not logins of ours: {', '.join(sorted(unknown))}")
    # Locks are per database and roles are not: everybody who makes roles meets in the maintenance database.
    async with _connection(superuser_url, "postgres") as db:
        await store.take_turn(db)
        await _make(db, passwords)
        await store.create_database(db, database)
        async with _connection(superuser_url, database) as inside, inside.transaction():
            await _hand_over(inside, database, passwords)


@asynccontextmanager
async def _connection(url: str, database: str) -> AsyncIterator[store.Connection]:
    db = await asyncpg.connect(url, database=database)
    try:
        yield db
    finally:
        await db.close()


async def _make(db: store.Connection, passwords: Mapping[str, str]) -> None:
    async with db.transaction():
        for role in sorted({role for roles in LOGINS.values() for role in roles}):
            await store.create_role(db, role)
        for login, password in passwords.items():
            await store.create_login(db, login, password)
            for role in LOGINS[login]:
                await store.let_switch(db, login, role)


async def _hand_over(db: store.Connection, database: str, logins: Iterable[str]) -> None:
    if OWNER in logins:
        await store.own_database(db, database, OWNER)
    await store.let_connect(db, database, logins)
