"""The changes of a booking on its file: what each makes otherwise, who made it, what it costs, and where it stands."""

from datetime import datetime
from decimal import Decimal

import msgspec

from exodrive.flows.change import store
from exodrive.flows.change.model import ChangeStatus, Noted
from exodrive.flows.change.words import line, rows
from exodrive.kit import clock
from exodrive.kit.db import Db
from exodrive.kit.ids import BookingId
from exodrive.kit.words import _
from exodrive.pricing.words import money
from exodrive.web.shell.formats import moment


class ChangeLine(msgspec.Struct, frozen=True, kw_only=True):
    """One change in words; ``why`` is what was said for it, ``dropped`` against it."""

    number: int
    lines: list[str]
    actor: str
    actor_name: str
    made_at: datetime
    difference: str
    state: str
    why: str
    dropped: str


async def changes_of(db: Db, booking_id: BookingId, zone: str) -> list[ChangeLine]:
    """Return the changes of a booking in words, the newest first."""
    found = await store.noted(db, booking_id)
    names = await store.names(db, *(one.change for one in found)) if found else {}
    return [_line(one, names, zone) for one in found]


def _line(noted: Noted, names: dict[str, str], zone: str) -> ChangeLine:
    change = noted.change
    return ChangeLine(
        number=change.number,
        lines=[line(row) for row in rows(change, names)],
        actor=noted.actor or "",
        actor_name=noted.actor_name,
        made_at=change.created_at,
        difference=_difference(change.difference, change.currency),
        state=_state(noted, zone),
        why=noted.why,
        dropped=noted.dropped_because,
    )


def _difference(amount: Decimal, currency: str) -> str:
    told = {"amount": money(abs(amount), currency)}
    if amount > 0:
        return _("%(amount)s more") % told
    return _("%(amount)s less") % told if amount < 0 else _("At no cost")


def _state(noted: Noted, zone: str) -> str:
    change = noted.change
    decided = {"moment": moment(noted.decided_at, zone) if noted.decided_at else ""}
    if change.status is ChangeStatus.APPLIED:
        return _("In force since %(moment)s") % decided
    if change.status is ChangeStatus.DROPPED:
        return _("Dropped at %(moment)s") % decided
    if change.is_held(clock.now()) and change.pay_until:
        return _("Waits to be paid until %(moment)s") % {"moment": moment(change.pay_until, zone)}
    return _("Its time to be paid is over")
