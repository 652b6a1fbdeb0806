"""Other days or another car for a booking, by staff, as JSON: what it would cost, the change itself, and those there are."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, post

from exodrive.bookings.model import Tariff
from exodrive.flows.change import by_staff, store
from exodrive.flows.change.by_staff import Asked, Changed
from exodrive.flows.change.model import ChangeStatus, Noted, Wish
from exodrive.flows.change.words import line, rows
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Door
from exodrive.kit.ids import CarId
from exodrive.pricing.differences import differences
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, actor
from exodrive.web.admin.guard import visit_of
from exodrive.web.api.admin_endings import Why, booking_id_of
from exodrive.web.api.bookings import Key, checked
from exodrive.web.api.changes import ChangedLine
from exodrive.web.shell.forms import read_json

MAY = {"role": MOVES_MONEY}


class StaffWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted otherwise; what is left out stays. ``tariff`` says what days added at the end cost, else the house does."""

    start: date | None = None
    end: date | None = None
    car_id: UUID | None = None
    tariff: Tariff | None = None


class StaffChange(StaffWish, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same, with the ``quote`` that came with its price, and why."""

    reason: Why
    quote: Annotated[str, msgspec.Meta(max_length=8000)] = ""


class StaffPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What a change would cost: ``difference`` is paid by the renter above zero, and given back below."""

    total_before: Decimal
    total_after: Decimal
    difference: Decimal
    currency: str
    deposit: Decimal
    lines: list[ChangedLine]
    quote: str


class ChangeNote(msgspec.Struct, frozen=True, kw_only=True):
    """A change of a booking: what it made otherwise in ``lines``, who made it, and where it stands.

    ``difference`` is what the renter pays above zero, and is given back below; it waits for that until ``pay_until``.
    """

    number: int
    status: ChangeStatus
    lines: list[str]
    difference: Decimal
    currency: str
    actor: str | None
    actor_name: str
    reason: str
    dropped_because: str
    made_at: datetime
    pay_until: datetime | None
    decided_at: datetime | None


@get("/bookings/{reference:str}/changes")
async def index(db: Door, reference: str) -> list[ChangeNote]:
    """List the changes of a booking, the newest first, also those that were dropped."""
    booking_id = await booking_id_of(db, reference)
    async with db.scope() as scope:
        found = await store.noted(scope, booking_id)
        names = await store.names(scope, *(one.change for one in found)) if found else {}
    return [_note(one, names) for one in found]


def _note(noted: Noted, names: dict[str, str]) -> ChangeNote:
    change = noted.change
    return ChangeNote(
        number=change.number,
        status=change.status,
        lines=[line(row) for row in rows(change, names)],
        difference=change.difference,
        currency=change.currency,
        actor=noted.actor,
        actor_name=noted.actor_name,
        reason=noted.why,
        dropped_because=noted.dropped_because,
        made_at=change.created_at,
        pay_until=change.pay_until,
        decided_at=noted.decided_at,
    )


@post("/bookings/{reference:str}/changes/price", status_code=200, opt=MAY)
async def price_change(request: AnyRequest, db: Door, world: World, reference: str) -> StaffPrice:
    """Return what other days or another car would cost, changing nothing; no cut-off counts for staff."""
    wish = await read_json(request, StaffWish)
    await booking_id_of(db, reference)
    proposal = await by_staff.price(world, db, _asked(reference, wish))
    old, new = proposal.sold.price, proposal.price
    return StaffPrice(
        total_before=old.total,
        total_after=new.total,
        difference=proposal.difference.amount,
        currency=proposal.difference.currency,
        deposit=new.deposit,
        lines=[ChangedLine(row.words, row.before, row.after, row.why) for row in differences(old, new)],
        quote=world.quotes.sign(new, clock.now()),
    )


@post("/bookings/{reference:str}/changes", status_code=200, opt=MAY)
async def change_booking(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> Changed:
    """Change a booking, once per ``Idempotency-Key``: at once when it costs no more, else when its renter has paid for it."""
    key, order = checked(idempotency_key), await read_json(request, StaffChange)
    await booking_id_of(db, reference)
    asked = _asked(reference, order, quote=order.quote, reason=order.reason)
    return await by_staff.change(world, db, asked, actor(request), key=key, ip=visit_of(request).ip)


def _asked(reference: str, wish: StaffWish, *, quote: str = "", reason: str = "") -> Asked:
    wanted = Wish(start=wish.start, end=wish.end, car_id=CarId(wish.car_id) if wish.car_id else None)
    return Asked(reference=reference.upper(), wish=wanted, tariff=wish.tariff, quote=quote, reason=reason)


HANDLERS = [index, price_change, change_booking]
