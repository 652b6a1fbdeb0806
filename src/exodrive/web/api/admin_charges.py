"""Charging what comes beside the rental, as JSON: the same verbs as on the booking's file."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import get, post

from exodrive.charges import store
from exodrive.charges.model import Charge, ChargeKind
from exodrive.flows.charging.decide import Decided, confirm, withdraw
from exodrive.flows.charging.enter import Charged, Entry, charge
from exodrive.flows.claiming import repaying
from exodrive.flows.claiming.answer import Decided as DecidedClaim
from exodrive.flows.claiming.answer import decide
from exodrive.flows.claiming.make import Claimed, claim
from exodrive.flows.claiming.repaying import Repaid
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.errors import NotFound
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.overview import who_drove
from exodrive.overview.who_drove import Drove
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, actor, file_of
from exodrive.web.admin.guard import visit_of
from exodrive.web.api.bookings import Key, checked
from exodrive.web.shell.forms import read_json, read_query

Why = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class ChargeOrder(msgspec.Struct, frozen=True):
    """What is charged: ``amount`` without fee and tax, why, upon what it rests; a toll or fine says when it was."""

    kind: ChargeKind
    amount: Decimal
    reason: Why
    evidence: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    happened_at: Moment | None = None


class WithdrawalOrder(msgspec.Struct, frozen=True):
    """Why a charge is taken back; the renter reads it."""

    reason: Why


class Sought(msgspec.Struct, frozen=True):
    """A plate and a moment."""

    plate: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    at: Moment


@get("/bookings/{reference:str}/charges")
async def index(db: Door, reference: str) -> list[Charge]:
    """List the charges of a booking, proposed and withdrawn ones too."""
    async with db.scope() as scope:
        return await store.of_booking(scope, BookingId((await file_of(scope, reference)).booking.id))


@post("/bookings/{reference:str}/charges", status_code=201)
async def add(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> Charged:
    """Charge the renter for something, once per ``Idempotency-Key``; return it with fee and tax."""
    key, order = checked(idempotency_key), await read_json(request, ChargeOrder)
    booking_id, who, ip = await _id(db, reference), actor(request), visit_of(request).ip
    return await charge(world.tariffs, db, booking_id, Entry(**msgspec.structs.asdict(order)), who, key=key, ip=ip)


@post("/bookings/{reference:str}/charges/{charge_id:uuid}/confirmation", status_code=200)
async def confirm_one(request: AnyRequest, db: Door, reference: str, charge_id: UUID, idempotency_key: Key = None) -> Decided:
    """Ask the renter for a charge that was proposed at the return, once per ``Idempotency-Key``."""
    key, booking_id = checked(idempotency_key), await _id(db, reference)
    return await confirm(db, booking_id, charge_id, actor(request), key=key, ip=visit_of(request).ip)


@post("/bookings/{reference:str}/charges/{charge_id:uuid}/withdrawal", status_code=200)
async def withdraw_one(request: AnyRequest, db: Door, reference: str, charge_id: UUID, idempotency_key: Key = None) -> Decided:
    """Take a charge back, once per ``Idempotency-Key``."""
    key, order = checked(idempotency_key), await read_json(request, WithdrawalOrder)
    booking_id, who, ip = await _id(db, reference), actor(request), visit_of(request).ip
    return await withdraw(db, booking_id, charge_id, who, order.reason, key=key, ip=ip)


class DecisionOrder(msgspec.Struct, frozen=True):
    """What is to become of a claim: ``uphold`` one that the renter objects to, or ``withdraw`` it; and why, which the renter reads."""

    decision: Literal["uphold", "withdraw"]
    reason: Why


@post("/bookings/{reference:str}/claims", status_code=201, opt={"role": MOVES_MONEY})
async def claim_due(request: AnyRequest, db: Door, world: World, reference: str, idempotency_key: Key = None) -> Claimed:
    """Claim what is due from the deposit, once per ``Idempotency-Key``; return until when the renter may answer."""
    key, booking_id = checked(idempotency_key), await _id(db, reference)
    return await claim(world.deposits, db, booking_id, actor(request), key=key, ip=visit_of(request).ip)


@post("/bookings/{reference:str}/claims/{claim_id:uuid}/decision", status_code=200, opt={"role": MOVES_MONEY})
async def decide_claim(request: AnyRequest, db: Door, reference: str, claim_id: UUID, idempotency_key: Key = None) -> DecidedClaim:
    """Uphold or withdraw a claim, once per ``Idempotency-Key``."""
    key, order = checked(idempotency_key), await read_json(request, DecisionOrder)
    about = (await _id(db, reference), claim_id, actor(request), order.reason)
    return await decide(db, *about, uphold=order.decision == "uphold", key=key, ip=visit_of(request).ip)


class RepaymentOrder(msgspec.Struct, frozen=True):
    """How much of what was taken for a claim goes back, and why."""

    amount: Decimal
    reason: Why


@post("/bookings/{reference:str}/claims/{claim_id:uuid}/refunds", status_code=201, opt={"role": MOVES_MONEY})
async def repay_claim(request: AnyRequest, db: Door, reference: str, claim_id: UUID, idempotency_key: Key = None) -> Repaid:
    """Promise some of what was taken for a claim back, once per ``Idempotency-Key``; return it with what is left."""
    key, order = checked(idempotency_key), await read_json(request, RepaymentOrder)
    async with db.scope() as scope:
        booking = (await file_of(scope, reference)).booking
    about = (BookingId(booking.id), claim_id, Money(order.amount, booking.currency), actor(request), order.reason)
    return await repaying.by_staff(db, *about, key=key, ip=visit_of(request).ip)


@get("/who-drove")
async def find(request: AnyRequest, db: Door) -> Drove:
    """Tell who had the car with a plate at a moment."""
    sought = read_query(request, Sought)
    async with db.scope() as scope:
        found = await who_drove.drove(scope, sought.plate, sought.at)
    if found is None:
        raise NotFound(_("Nobody had a car of ours with this plate then."))
    return found


async def _id(db: Door, reference: str) -> BookingId:
    async with db.scope() as scope:
        return BookingId((await file_of(scope, reference)).booking.id)


HANDLERS = [index, add, confirm_one, withdraw_one, claim_due, decide_claim, repay_claim, find]
