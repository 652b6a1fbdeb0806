"""What staff, sessions and sign-in are, as values."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

IDLE = timedelta(hours=1)  # a session nobody uses ends (OWASP ASVS 5.0, 7.3.1)
LIFE = timedelta(hours=12)  # and any session ends after a working day (7.3.2)
ROTATION = timedelta(minutes=15)
INVITATION = timedelta(days=7)
DEMO_LINK = timedelta(days=1)


class StaffRole(StrEnum):
    """What a member of staff may do; each may what the next may."""

    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    INVITE = "invite"
    DEMO = "demo"


class Member(msgspec.Struct, frozen=True):
    """A member of staff as sign-in sees them."""

    id: UUID
    email: str
    name: str
    role: StaffRole
    password_hash: str | None
    totp_secret: str | None
    totp_last_step: int


class Session(msgspec.Struct, frozen=True):
    """A living session: who it is, the token their forms carry, and how long it has had its cookie.

    ``alarms`` is how many were open when a page was asked for.
    """

    id: UUID
    staff_id: UUID
    email: str
    name: str
    role: StaffRole
    csrf_token: str
    expires_at: datetime
    cookie_age: timedelta
    is_previous: bool
    alarms: int = 0


class Opened(msgspec.Struct, frozen=True):
    """A session just opened or given a new cookie: the token goes into the cookie, and nowhere else."""

    token: str
    session_id: UUID


class Visit(msgspec.Struct, frozen=True):
    """From where somebody signs in."""

    ip: str
    user_agent: str
