"""The only way to the database: a door (one pool, one role, one person) and the short scopes opened on it.

A scope is one transaction as one role. Its opening text is a constant, so there is nothing to escape, and everything it sets is local to
the transaction: the pool's reset does nothing, and no session-level setting is ever made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg
import msgspec

from exodrive.kit import clock, failpoints, pools
from exodrive.kit.failpoints import Kind, Side
from exodrive.kit.pools import Db, Pool

__all__ = ["Db", "Door", "Doors", "NotCommitted", "Role", "ScopesDoNotNest", "clock_shift", "outside_scope", "tell_clock_shift"]


class Role(StrEnum):
    """Whom the database sees: one role per kind of caller."""

    ANON = "anon"
    AUTHENTICATED = "authenticated"
    TOKEN = "exodrive_token"  # noqa: S105 - a role's name
    CHECKOUT = "exodrive_checkout"
    SIGNIN = "exodrive_signin"
    ADMIN = "exodrive_admin"
    SERVICE = "service_role"


# How long one statement of each kind of caller may run: a slow query may cost its own request, never everybody's pool.
_STATEMENT_SECONDS = dict.fromkeys(Role, 8) | {Role.ANON: 3, Role.ADMIN: 15, Role.SERVICE: 60}
# Staff choose among so many filters that a list's plan should look at the values. A renter's question has one good plan, whatever its
# values are, and planning it each time costs more than answering it.
_PLANS = dict.fromkeys(Role, "force_generic_plan") | dict.fromkeys((Role.ADMIN, Role.SERVICE), "auto")
# Whoever was told last is forgotten, so that not even a person smuggled into the session can reach the next caller.
_OPEN = {
    role: f"begin; set local role {role}; set local statement_timeout='{seconds}s'; set local lock_timeout='2s'; "
    f"set local plan_cache_mode={_PLANS[role]}; set local request.jwt.claims=''; set local exodrive.token_hash=''"
    for role, seconds in _STATEMENT_SECONDS.items()
}
T = TypeVar("T")
_inside: ContextVar[bool] = ContextVar("inside_scope", default=False)


class ScopesDoNotNest(RuntimeError):
    """A scope was opened, or the outside was called, while a scope was open: a bug, never a state of the world."""


class NotCommitted(RuntimeError):
    """A statement had failed and its error was swallowed inside the scope: the database has rolled everything back."""


def outside_scope() -> None:
    """Raise when a scope is open here: whoever talks to the outside world calls this first."""
    if _inside.get():
        raise ScopesDoNotNest("no call to the outside while a transaction is open")


class Door:
    """One kind of caller in front of one pool; with ``claims`` or a token hash it is one person."""

    def __init__(
        self, pool: Pool, role: Role, *, claims: str | None = None, token_hash: bytes | None = None, wait: float = pools.WAIT
    ) -> None:
        self.pool = pool
        self.role = role
        self._wait = wait
        self._claims = claims
        self._token_hash = token_hash

    @asynccontextmanager
    async def scope(self) -> AsyncIterator[Db]:
        """Open one transaction as this caller: committed at the end, rolled back by any exception. Scopes do not nest.

        Raises Crowded, ScopesDoNotNest, NotCommitted after an error that nobody let through, PostgresConnectionError when the server
        is gone.
        """
        if _inside.get():
            raise ScopesDoNotNest("scopes do not nest")
        async with pools.lend(self.pool, self._wait) as db:
            mark = _inside.set(True)
            try:
                await db.execute(_OPEN[self.role])
                await self._introduce(db)
                yield db
                await _commit(db)
            except asyncpg.InternalClientError as farewell:  # the server's last words, unasked: asyncpg takes them for its own bug
                await _roll_back(db)
                raise asyncpg.ConnectionDoesNotExistError("the server ended this connection") from farewell
            except BaseException:
                await _roll_back(db)
                raise
            finally:
                _inside.reset(mark)

    async def knock(self) -> None:
        """Return when the database answers this caller; raises what asyncpg raises when it does not."""
        async with self.scope() as db:
            await db.fetchval("select 1")

    async def _introduce(self, db: Db) -> None:
        if self._claims is not None:
            await db.fetchval("select set_config('request.jwt.claims', $1, true)", self._claims)
        if self._token_hash is not None:
            await db.fetchval("select set_config('exodrive.token_hash', $1, true)", self._token_hash.hex())

    async def read(self, question: Callable[[Db], Awaitable[T]]) -> T:
        """Answer a question in a scope of its own; asked once more when a migration has just made its plan stale."""
        try:
            async with self.scope() as db:
                return await question(db)
        except asyncpg.InvalidCachedStatementError:
            async with self.scope() as db:
                return await question(db)


class Doors:
    """The pools of one process, and the doors in front of them. A process opens only the logins it was given."""

    def __init__(self, opened: dict[str, Pool], wait: float = pools.WAIT) -> None:
        self.pools = opened
        self._wait = wait

    @classmethod
    async def open(
        cls,
        *,
        web: str | None = None,
        checkout: str | None = None,
        staff: str | None = None,
        worker: str | None = None,
        pooler: str | None = None,
        size: int = pools.SIZE,
        wait: float = pools.WAIT,
    ) -> Doors:
        """Connect the given logins (PostgreSQL URLs). ``pooler='transaction'`` turns prepared statements off (PgBouncer).

        Of each login there are ``size`` connections at most; who gets none for ``wait`` seconds is sent away (Crowded).
        """
        urls = {"web": web, "checkout": checkout, "staff": staff, "worker": worker}
        cache = 0 if pooler == "transaction" else 100
        doors = cls({}, wait)
        try:
            for login, url in urls.items():
                if url:
                    doors.pools[login] = await pools.open_pool(url, size=size, statement_cache=cache)
        except BaseException:
            await doors.close()
            raise
        return doors

    async def close(self) -> None:
        """Close all pools; scopes in flight finish first."""
        for pool in self.pools.values():
            await pool.close()

    def anon(self) -> Door:
        """Anybody: the catalogue, prices, free days."""
        return self._door("web", Role.ANON)

    def token(self, token_hash: bytes) -> Door:
        """Whoever holds a private link: exactly one booking, found by the hash inside the database."""
        return self._door("web", Role.TOKEN, token_hash=token_hash)

    def customer(self, user_id: UUID) -> Door:
        """A signed-in renter: their own bookings."""
        return self._door("web", Role.AUTHENTICATED, claims=_claims(user_id))

    def checkout(self) -> Door:
        """The pay step, webhooks and cron: holds days and keeps the money's book."""
        return self._door("checkout", Role.CHECKOUT)

    def signin(self) -> Door:
        """Staff sign-in: staff, sessions and one-time links only."""
        return self._door("staff", Role.SIGNIN)

    def admin(self, staff_id: UUID) -> Door:
        """A member of staff with a session: the business tables."""
        return self._door("staff", Role.ADMIN, claims=_claims(staff_id))

    def service(self) -> Door:
        """The worker and the command line."""
        return self._door("worker", Role.SERVICE)

    def _door(self, login: str, role: Role, **person: Any) -> Door:
        return Door(self.pools[login], role, wait=self._wait, **person)


async def _commit(db: Db) -> None:
    """Commit; PostgreSQL answers ROLLBACK, and no error, when the transaction had failed before."""
    failpoints.hit(Kind.COMMIT, Side.BEFORE)
    if await db.execute("commit") != "COMMIT":
        raise NotCommitted("the transaction had failed before its end")
    failpoints.hit(Kind.COMMIT, Side.AFTER)


async def _roll_back(db: Db) -> None:
    """Roll back; if even that fails, end the connection, so that the caller hears of the first error and nobody inherits the rest."""
    try:
        if not db.is_closed():
            await db.execute("rollback")
    except Exception:  # whatever it was: the first error is the one to tell
        with suppress(asyncpg.InterfaceError):  # it has left the pool by itself
            db.terminate()


def _claims(subject: UUID) -> str:
    return msgspec.json.encode({"sub": str(subject)}).decode()


async def tell_clock_shift(db: Db, process: str, shift: timedelta) -> None:
    """Tell whoever moves the clock that this process has followed: "name seconds" on the clock's channel."""
    await db.execute("select pg_catalog.pg_notify($1, $2)", clock.CHANNEL, f"{process} {shift.total_seconds()}")


# As PostgreSQL prints the function's body back: the real time, or the real time plus a constant.
_CLOCK = r"^RETURN (?:clock_timestamp\(\)|\(clock_timestamp\(\) \+ '([^']+)'::interval\))$"


async def clock_shift(db: Any) -> timedelta:
    """Return by how much the database's clock is moved, exactly; zero in production. Any login may ask.

    Raises RuntimeError when the clock is something else than the real time plus a constant.
    """
    found = await db.fetchval(
        """select regexp_match(pg_catalog.pg_get_function_sqlbody(p.oid), $1)::interval[] from pg_catalog.pg_proc p
        join pg_catalog.pg_namespace n on n.oid = p.pronamespace where n.nspname = 'exodrive_private' and p.proname = 'now'""",
        _CLOCK,
    )
    if found is None:
        raise RuntimeError("exodrive_private.now() is not a clock of ours")
    return cast("timedelta", found[0]) or timedelta(0)
