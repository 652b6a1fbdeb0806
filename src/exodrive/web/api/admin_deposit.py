"""A booking's deposit for staff as JSON, the same verbs as on the file, and every alarm that is open."""

from datetime import datetime
from decimal import Decimal

import msgspec
from litestar import get, post

from exodrive.deposits.model import Alarm, Hold
from exodrive.deposits.planner import plan, status_of
from exodrive.deposits.states import HoldStatus
from exodrive.flows.deposit import desk
from exodrive.flows.deposit.desk import AskedAgain, GivenBack
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.overview import deposit_alarms
from exodrive.overview.deposit_alarms import OpenAlarm
from exodrive.web.admin.deposit_view import coming, known_of
from exodrive.web.admin.file import AnyRequest, actor, file_of
from exodrive.web.admin.guard import visit_of
from exodrive.web.api.admin_endings import MAY, WhyOrder, booking_id_of
from exodrive.web.api.bookings import Key, checked
from exodrive.web.shell.forms import read_json


class HoldAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One hold: its money is reserved until ``covered_until`` and certain until ``guaranteed_until``."""

    number: int
    status: HoldStatus
    amount: Decimal
    claimed: Decimal
    currency: str
    asked_at: datetime
    placed_at: datetime | None
    renewed_at: datetime | None
    covered_until: datetime | None
    guaranteed_until: datetime | None


class AlarmAnswer(msgspec.Struct, frozen=True):
    """What a person must see to, and since when."""

    kind: Alarm
    opened_at: datetime


class DepositAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A booking's deposit. ``is_wanted`` while the renter is asked for a hold, ``coming`` what happens next by itself, in sentences, and
    ``again_at`` when that changes at the latest.
    """

    amount: Decimal
    currency: str
    holds: list[HoldAnswer]
    alarms: list[AlarmAnswer]
    is_wanted: bool
    coming: list[str]
    again_at: datetime | None


class AlarmsAnswer(msgspec.Struct, frozen=True):
    """Alarms that are open, the oldest first; ``has_more`` when there are more than are listed."""

    alarms: list[OpenAlarm]
    has_more: bool


@get("/deposit-alarms")
async def index(db: Door) -> AlarmsAnswer:
    """List the deposits that need a person."""
    async with db.scope() as scope:
        return AlarmsAnswer(*await deposit_alarms.open_alarms(scope))


@get("/bookings/{reference:str}/deposit")
async def show(db: Door, world: World, reference: str) -> DepositAnswer:
    """Show how a booking's deposit stands."""
    booking_id = await booking_id_of(db, reference)
    async with db.scope() as scope:
        known, zone = await known_of(scope, world.deposits, booking_id), (await file_of(scope, reference)).booking.zone
    return DepositAnswer(
        amount=known.money.amount,
        currency=known.money.currency,
        holds=[_hold(hold, known.now) for hold in known.holds],
        alarms=[AlarmAnswer(Alarm(kind), at) for kind, at in known.alarms],
        is_wanted=known.is_wanted(world.deposits),
        coming=coming(known, world.deposits, zone),
        again_at=plan(known.rental, known.holds, world.deposits, known.now).again_at,
    )


def _hold(hold: Hold, now: datetime) -> HoldAnswer:
    return HoldAnswer(
        number=hold.number,
        status=status_of(hold, now),
        amount=hold.amount,
        claimed=hold.claimed_amount,
        currency=hold.currency,
        asked_at=hold.created_at,
        placed_at=hold.authorized_at,
        renewed_at=hold.renewed_at,
        covered_until=hold.covered_until,
        guaranteed_until=hold.guaranteed_until,
    )


@post("/bookings/{reference:str}/deposit/request", status_code=202)
async def ask(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> AskedAgain:
    """Ask the renter by mail to hold the deposit, once per ``Idempotency-Key``. 409 ``no-hold-wanted`` when there is nothing to ask for."""
    key, booking_id = checked(idempotency_key), await booking_id_of(db, reference)
    return await desk.ask_again(world.deposits, db, booking_id, actor(request), key=key, ip=visit_of(request).ip)


@post("/bookings/{reference:str}/deposit/release", status_code=202, opt=MAY)
async def release(request: AnyRequest, db: Door, reference: str, idempotency_key: Key = None) -> GivenBack:
    """Give the deposit back before its time, once per ``Idempotency-Key``; the worker does it within seconds."""
    key, order = checked(idempotency_key), await read_json(request, WhyOrder)
    booking_id = await booking_id_of(db, reference)
    return await desk.give_back(db, booking_id, actor(request), order.reason, key=key, ip=visit_of(request).ip)


HANDLERS = [index, show, ask, release]
