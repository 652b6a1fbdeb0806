"""Everybody who may stand before the database, for the matrix: each with their login, role and introduction."""

from dataclasses import dataclass
from uuid import UUID

from exodrive.kit import links
from exodrive.kit.db import Role


def number(n: int) -> UUID:
    """A readable id."""
    return UUID(int=n)


MY_ACCOUNT, THEIR_ACCOUNT, ME_AT_WORK = number(31), number(32), number(41)
LINK, EXPIRED, REVOKED, OTHER, VOID, BEGUN, DONE = "link", "expired", "revoked", "other", "void", "begun", "done"


@dataclass(frozen=True)
class Caller:
    """A name for the matrix's column; which login opens the connection, and who it then says it is."""

    name: str
    login: str
    role: str | None = None
    subject: UUID | None = None
    token: str | None = None

    @property
    def opening(self) -> str:
        """What is said at the beginning of a transaction."""
        said = [f"set local role {self.role}"] if self.role else []
        if self.subject:
            said.append(f"""set local request.jwt.claims = '{{"sub": "{self.subject}"}}'""")
        if self.token:
            said.append(f"set local exodrive.token_hash = '{links.hash_of(self.token).hex()}'")
        return "; ".join(said)


CALLERS = [
    # The logins themselves, before any scope.
    *(Caller(f"bare:{login}", login) for login in ("web", "checkout", "staff", "worker")),
    Caller("anon", "web", Role.ANON),
    # A signed-in renter, and another.
    Caller("mine", "web", Role.AUTHENTICATED, subject=MY_ACCOUNT),
    Caller("theirs", "web", Role.AUTHENTICATED, subject=THEIR_ACCOUNT),
    # Private links: mine, one that ran out, one that was revoked, another's, of a cancelled one, after pick-up, after return.
    *(Caller(name, "web", Role.TOKEN, token=name) for name in (LINK, EXPIRED, REVOKED, OTHER, VOID, BEGUN, DONE)),
    Caller("checkout", "checkout", Role.CHECKOUT),
    Caller("signin", "staff", Role.SIGNIN),
    Caller("admin", "staff", Role.ADMIN, subject=ME_AT_WORK),
    Caller("service", "worker", Role.SERVICE),
    # Nobody opens a connection as these two at run time: who owns the look-up functions, and who owns the tables.
    Caller("definer", "owner", "exodrive_definer"),
    Caller("owner", "owner"),
]
