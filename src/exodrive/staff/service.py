"""What staff do at the door: be invited, sign in with two proofs, keep a session, leave."""

import secrets
from datetime import timedelta
from uuid import UUID

from exodrive.kit import links
from exodrive.kit.db import Door
from exodrive.kit.errors import Forbidden, NotFound
from exodrive.kit.ids import new_id
from exodrive.kit.words import _
from exodrive.staff import codes, members, passwords, store
from exodrive.staff.model import DEMO_LINK, IDLE, INVITATION, LIFE, ROTATION, LinkPurpose, Member, Opened, Session, StaffRole, Visit

_MINUTE = timedelta(minutes=1)


async def invite(
    door: Door, email: str, name: str, role: StaffRole, purpose: LinkPurpose = LinkPurpose.INVITE, *, again: bool = False
) -> str:
    """Write a new member down and return the token of a one-time link.

    A known address is refused (KnownMember), or with ``again`` gets a new link and keeps its name and role; a link they had before stops
    working. Whoever was let go is refused in any case (DisabledMember).
    """
    token, address = links.new_token(), email.strip().lower()
    life = DEMO_LINK if purpose is LinkPurpose.DEMO else INVITATION
    async with door.scope() as db:
        await store.one_at_a_time(db)
        member = await members.known(db, address)
        staff_id = member.id if member else new_id()
        if member is None:
            await store.add_member(db, staff_id, address, name.strip(), role)
        elif member.is_disabled:
            raise members.DisabledMember(address)
        elif not again:
            raise members.KnownMember(address, member.role)
        await store.add_link(db, new_id(), staff_id, purpose, links.hash_of(token), life)
        told = {"email": address, "role": member.role if member else role, "by": "command line"}
        await store.note(db, None, "staff_invited", ("staff", str(staff_id)), told, "")
    return token


async def invited(door: Door, token: str) -> Member:
    """Return whom an invitation is for; NotFound when it was used, has expired or never was."""
    async with door.scope() as db:
        member = await store.member_by_link(db, LinkPurpose.INVITE, links.hash_of(token))
    if member is None:
        raise NotFound(_("This invitation is no longer good. Ask for a new one."))
    return member


async def accept(door: Door, token: str, password: str, totp_secret: str, code: str, visit: Visit) -> Opened:
    """Set a member's password and authenticator and open their first session; the invitation is used up."""
    member = await invited(door, token)
    passwords.check(password, email=member.email, name=member.name)
    step = codes.accepted_step(totp_secret, code, after=0)
    if step is None:
        raise wrong_code()
    password_hash = await passwords.hash_of(password)
    async with door.scope() as db:
        if not await store.use_link(db, links.hash_of(token)):
            raise NotFound(_("This invitation is no longer good. Ask for a new one."))
        await store.set_password(db, member.id, password_hash, totp_secret, step)
        await store.revoke_all(db, member.id)
    return await _open(door, member.id, "staff_joined", visit)


async def sign_in(door: Door, email: str, password: str, code: str, visit: Visit) -> Opened:
    """Open a session for the right password and the right, unused code; Forbidden says no more than that something was wrong."""
    async with door.scope() as db:
        member = await store.member_by_email(db, email.strip().lower())
    is_right = await passwords.matches(member.password_hash if member else None, password)
    step = codes.accepted_step(member.totp_secret, code, after=member.totp_last_step) if member and member.totp_secret else None
    if member is None or not is_right or step is None or not await _take_code(door, member.id, step):
        await _note(door, member.id if member else None, "sign_in_refused", visit)
        raise Forbidden(_("E-mail, password or code is not right. Check all three and try again with a fresh code."))
    return await _open(door, member.id, "signed_in", visit)


async def sign_in_by_demo_link(door: Door, token: str, visit: Visit) -> Opened:
    """Open a session by the demo's one-time link."""
    async with door.scope() as db:
        member = await store.member_by_link(db, LinkPurpose.DEMO, links.hash_of(token))
        if member is None or not await store.use_link(db, links.hash_of(token)):
            raise NotFound(_("This link was used already. Restart the demo for a new one."))
    return await _open(door, member.id, "signed_in_by_demo_link", visit)


async def session_of(door: Door, token: str) -> tuple[Session | None, Opened | None]:
    """Return the session behind a cookie and, every quarter of an hour, the new cookie to set."""
    token_hash = links.hash_of(token)
    async with door.scope() as db:
        session = await store.session(db, token_hash, IDLE, _MINUTE)
        if session is None:
            return None, None
        if session.is_previous or session.cookie_age < ROTATION:
            await store.see_session(db, session.id, _MINUTE)
            return session, None
        fresh = links.new_token()
        rotated = await store.rotate(db, session.id, token_hash, links.hash_of(fresh))
    return session, Opened(fresh, session.id) if rotated else None


async def sign_out(door: Door, session: Session, visit: Visit, *, everywhere: bool = False) -> None:
    """End this session, or all sessions of its owner."""
    async with door.scope() as db:
        if everywhere:
            await store.revoke_all(db, session.staff_id)
        else:
            await store.revoke(db, session.id)
        await store.note(db, session.staff_id, "signed_out_everywhere" if everywhere else "signed_out", None, {}, visit.ip)


async def forget(door: Door, token: str) -> None:
    """End the session behind a cookie, if there is one: somebody signed in anew over it."""
    if token:
        async with door.scope() as db:
            await store.revoke_by_token(db, links.hash_of(token))


def wrong_code() -> Forbidden:
    """Say that the six digits are not right."""
    sentence = _("The code is not right. Take the one your app shows now.")
    return Forbidden(sentence, fields={"code": sentence})


async def _take_code(door: Door, staff_id: UUID, step: int) -> bool:
    async with door.scope() as db:
        return await store.take_code(db, staff_id, step)


async def _open(door: Door, staff_id: UUID, action: str, visit: Visit) -> Opened:
    token, session_id = links.new_token(), new_id()
    async with door.scope() as db:
        await store.add_session(db, session_id, staff_id, links.hash_of(token), secrets.token_urlsafe(24), LIFE, visit)
        await store.note(db, staff_id, action, None, {}, visit.ip)
    return Opened(token, session_id)


async def _note(door: Door, staff_id: UUID | None, action: str, visit: Visit) -> None:
    async with door.scope() as db:
        await store.note(db, staff_id, action, None, {}, visit.ip)
