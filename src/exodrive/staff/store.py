"""All SQL about staff, their sessions and one-time links."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from exodrive.kit.db import Db
from exodrive.staff.model import LinkPurpose, Member, Session, StaffRole, Visit


async def member_by_email(db: Db, email: str) -> Member | None:
    """Find somebody who may sign in."""
    row = await db.fetchrow(
        """select s.id, s.email, s.name, s.role, s.password_hash, s.totp_secret, s.totp_last_step
           from public.staff s where s.email = $1 and s.disabled_at is null""",
        email,
    )
    return _member(row)


async def member_by_link(db: Db, purpose: LinkPurpose, token_hash: bytes) -> Member | None:
    """Find whom an unused, unexpired one-time link is for."""
    row = await db.fetchrow(
        """select s.id, s.email, s.name, s.role, s.password_hash, s.totp_secret, s.totp_last_step
            from public.staff_links l join public.staff s on s.id = l.staff_id
            where l.token_hash = $1 and l.purpose = $2 and l.used_at is null and l.expires_at > (select exodrive_private.now())
              and s.disabled_at is null""",
        token_hash,
        purpose,
    )
    return _member(row)


async def use_link(db: Db, token_hash: bytes) -> bool:
    """Use a one-time link up; False when somebody was faster."""
    used = await db.fetchval(
        """update public.staff_links set used_at = exodrive_private.now()
           where token_hash = $1 and used_at is null and expires_at > (select exodrive_private.now()) returning true""",
        token_hash,
    )
    return bool(used)


async def add_member(db: Db, staff_id: UUID, email: str, name: str, role: StaffRole) -> None:
    """Write a new member down; raises asyncpg.UniqueViolationError for an address that is known."""
    await db.execute("insert into public.staff (id, email, name, role) values ($1, $2, $3, $4)", staff_id, email, name, role)


async def everybody(db: Db) -> list[tuple[UUID, str, str, StaffRole, bool, bool]]:
    """Return id, address, name, role, whether they were let go and whether they set a password, by address."""
    rows = await db.fetch(
        "select id, email, name, role, disabled_at is not null, password_hash is not null from public.staff order by email"
    )
    return [(row[0], row[1], row[2], StaffRole(row[3]), row[4], row[5]) for row in rows]


async def one_at_a_time(db: Db) -> None:
    """Let one change of who works here at a time pass; its own statement, so that the next sees what this one committed."""
    await db.execute("select pg_advisory_xact_lock(hashtextextended('staff', 0))")


async def set_disabled(db: Db, staff_id: UUID, *, disabled: bool) -> None:
    """Let a member go, or in again."""
    await db.execute(
        """update public.staff set disabled_at = case when $2 then (select exodrive_private.now()) end,
                                   updated_at = (select exodrive_private.now()) where id = $1""",
        staff_id,
        disabled,
    )


async def set_role(db: Db, staff_id: UUID, role: StaffRole) -> None:
    """Give a member another role."""
    await db.execute("update public.staff set role = $2, updated_at = (select exodrive_private.now()) where id = $1", staff_id, role)


async def end_links(db: Db, staff_id: UUID) -> None:
    """End all one-time links of a member."""
    await db.execute(
        "update public.staff_links set used_at = (select exodrive_private.now()) where staff_id = $1 and used_at is null", staff_id
    )


async def add_link(db: Db, link_id: UUID, staff_id: UUID, purpose: LinkPurpose, token_hash: bytes, life: timedelta) -> None:
    """Write a one-time link down; earlier unused links of the same purpose stop working."""
    await db.execute(
        """update public.staff_links set used_at = exodrive_private.now()
           where staff_id = $1 and purpose = $2 and used_at is null""",
        staff_id,
        purpose,
    )
    await db.execute(
        """insert into public.staff_links (id, staff_id, purpose, token_hash, expires_at)
           values ($1, $2, $3, $4, (select exodrive_private.now()) + $5::interval)""",
        link_id,
        staff_id,
        purpose,
        token_hash,
        life,
    )


async def set_password(db: Db, staff_id: UUID, password_hash: str, totp_secret: str, step: int) -> None:
    """Keep the first proof of a member: password, authenticator, and the step of the code just used."""
    await db.execute(
        """update public.staff set password_hash = $2, totp_secret = $3, totp_last_step = $4, updated_at = exodrive_private.now()
           where id = $1""",
        staff_id,
        password_hash,
        totp_secret,
        step,
    )


async def take_code(db: Db, staff_id: UUID, step: int) -> bool:
    """Remember that a code was used; False when it, or a later one, was used already."""
    taken = await db.fetchval(
        "update public.staff set totp_last_step = $2 where id = $1 and totp_last_step < $2 returning true", staff_id, step
    )
    return bool(taken)


async def add_session(db: Db, session_id: UUID, staff_id: UUID, token_hash: bytes, csrf_token: str, life: timedelta, visit: Visit) -> None:
    """Open a session."""
    await db.execute(
        """insert into public.staff_sessions (id, staff_id, token_hash, csrf_token, expires_at, ip, user_agent)
           values ($1, $2, $3, $4, (select exodrive_private.now()) + $5::interval, $6, $7)""",
        session_id,
        staff_id,
        token_hash,
        csrf_token,
        life,
        visit.ip,
        visit.user_agent[:200],
    )


async def session(db: Db, token_hash: bytes, idle: timedelta, overlap: timedelta) -> Session | None:
    """Find a session that lives and was not ``idle`` for so long, by its cookie, or by the one before for an ``overlap``."""
    row = await db.fetchrow(
        """select x.id, s.id, s.email, s.name, s.role, x.csrf_token, x.expires_at,
                  (select exodrive_private.now()) - x.rotated_at, x.token_hash <> $1
           from public.staff_sessions x join public.staff s on s.id = x.staff_id
           where (x.token_hash = $1 or (x.previous_token_hash = $1 and x.rotated_at > (select exodrive_private.now()) - $3::interval))
             and x.revoked_at is null and x.expires_at > (select exodrive_private.now())
             and x.seen_at > (select exodrive_private.now()) - $2::interval and s.disabled_at is null""",
        token_hash,
        idle,
        overlap,
    )
    return Session(row[0], row[1], row[2], row[3], StaffRole(row[4]), *tuple(row)[5:]) if row else None


async def see_session(db: Db, session_id: UUID, each: timedelta) -> None:
    """Note that a session is in use, once in so long at most."""
    query = "update public.staff_sessions set seen_at = exodrive_private.now() where id = $1"
    await db.execute(f"{query} and seen_at < (select exodrive_private.now()) - $2::interval", session_id, each)


async def rotate(db: Db, session_id: UUID, old_hash: bytes, new_hash: bytes) -> bool:
    """Give a session a new cookie; False when another request of the same person was faster."""
    rotated = await db.fetchval(
        """update public.staff_sessions
           set token_hash = $3, previous_token_hash = $2, rotated_at = exodrive_private.now(), seen_at = exodrive_private.now()
           where id = $1 and token_hash = $2 and revoked_at is null returning true""",
        session_id,
        old_hash,
        new_hash,
    )
    return bool(rotated)


async def revoke(db: Db, session_id: UUID) -> None:
    """End one session."""
    await db.execute(
        "update public.staff_sessions set revoked_at = exodrive_private.now() where id = $1 and revoked_at is null", session_id
    )


async def revoke_by_token(db: Db, token_hash: bytes) -> None:
    """End the session of a cookie, also of the one it was before its last replacement."""
    await db.execute(
        """update public.staff_sessions set revoked_at = exodrive_private.now()
           where (token_hash = $1 or previous_token_hash = $1) and revoked_at is null""",
        token_hash,
    )


async def revoke_all(db: Db, staff_id: UUID) -> None:
    """End all sessions of a member."""
    await db.execute(
        "update public.staff_sessions set revoked_at = exodrive_private.now() where staff_id = $1 and revoked_at is null", staff_id
    )


async def note(db: Db, staff_id: UUID | None, action: str, subject: tuple[str, str] | None, details: dict[str, Any], ip: str) -> None:
    """Add a line to the book of what staff did."""
    await db.execute(
        "insert into public.audit_log (staff_id, action, subject_type, subject_id, details, ip) values ($1, $2, $3, $4, $5, $6)",
        staff_id,
        action,
        subject[0] if subject else None,
        subject[1] if subject else None,
        details,
        ip,
    )


def _member(row: Any) -> Member | None:
    return Member(row[0], row[1], row[2], StaffRole(row[3]), *tuple(row)[4:]) if row else None
