"""Charging what comes beside the rental, on the booking's file; and finding whose toll or fine it is."""

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from litestar import Response, post, route

from exodrive.charges.model import PASSED_ON, ChargeKind
from exodrive.charges.words import title
from exodrive.flows.charging.decide import confirm, withdraw
from exodrive.flows.charging.enter import Entry, charge
from exodrive.flows.claiming import repaying
from exodrive.flows.claiming.answer import decide
from exodrive.flows.claiming.make import claim
from exodrive.flows.world import World
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput, Problem
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.overview import who_drove
from exodrive.overview.staff_file import File
from exodrive.overview.who_drove import Drove
from exodrive.staff.model import Session
from exodrive.web.admin.file import MOVES_MONEY, AnyRequest, act, actor
from exodrive.web.admin.guard import session_of, visit_of
from exodrive.web.admin.moments import moment_of
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_query

Why = Annotated[str, msgspec.Meta(min_length=3, max_length=500)]
Evidence = Annotated[str, msgspec.Meta(max_length=2000)]
Plate = Annotated[str, msgspec.Meta(max_length=20)]


class ChargeForm(msgspec.Struct, frozen=True):
    """What staff charge; day and time on the wall clock of the pick-up."""

    kind: ChargeKind
    amount: Decimal
    reason: Why
    evidence: Evidence = ""
    day: date | None = None
    hour: time | None = None
    key: str = ""
    csrf: str = ""

    def entry(self, zone: str) -> Entry:
        """Return it as an entry. Raises BadInput where only one of day and time is said."""
        at = moment_of(self.day, self.hour, zone)
        return Entry(kind=self.kind, amount=self.amount, reason=self.reason, evidence=self.evidence, happened_at=at)


class Confirmation(msgspec.Struct, frozen=True):
    """That a proposed charge is right."""

    key: str = ""
    csrf: str = ""


class Withdrawal(msgspec.Struct, frozen=True):
    """Why a charge is taken back; the renter reads it."""

    reason: Why
    key: str = ""
    csrf: str = ""


class Sought(msgspec.Struct, frozen=True):
    """A plate and a moment, as a toll or fine names them."""

    plate: Plate = ""
    day: date | None = None
    hour: time | None = None


class FinesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Whose toll or fine it is: who was found, or that nobody was."""

    session: Session
    sought: Sought
    found: Drove | None
    kinds: list[tuple[str, str]]
    refused: str = ""

    @property
    def was_sought(self) -> bool:
        """Whether anything was asked."""
        return bool(self.sought.plate)


@post("/bookings/{reference:str}/charges", status_code=303)
async def add(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Charge the renter for something."""

    async def run(file: File, form: ChargeForm) -> None:
        booking_id, who, ip = BookingId(file.booking.id), actor(request), visit_of(request).ip
        await charge(world.tariffs, db, booking_id, form.entry(file.booking.zone), who, key=form.key, ip=ip)

    return await act(request, db, reference, ChargeForm, run, panel="charge")


@post("/bookings/{reference:str}/charges/{charge_id:uuid}/confirmation", status_code=303)
async def confirm_one(request: AnyRequest, db: Door, reference: str, charge_id: UUID) -> Response[bytes]:
    """Ask the renter for a proposed charge."""

    async def run(file: File, form: Confirmation) -> None:
        await confirm(db, BookingId(file.booking.id), charge_id, actor(request), key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, Confirmation, run, panel=f"charge-{charge_id}")


@post("/bookings/{reference:str}/charges/{charge_id:uuid}/withdrawal", status_code=303)
async def withdraw_one(request: AnyRequest, db: Door, reference: str, charge_id: UUID) -> Response[bytes]:
    """Take a charge back."""

    async def run(file: File, form: Withdrawal) -> None:
        await withdraw(db, BookingId(file.booking.id), charge_id, actor(request), form.reason, key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, Withdrawal, run, panel=f"charge-{charge_id}")


@route("/fines", http_method=READ)
async def find(request: AnyRequest, db: Door) -> Response[bytes]:
    """Find who had a car at a moment, by its plate."""
    sought, problem, found = Sought(), None, None
    try:
        sought = read_query(request, Sought)
        found = await _drove(db, sought) if sought.plate else None
    except Problem as wrong:
        problem = wrong
    page = FinesPage(
        session=session_of(request),
        sought=sought,
        found=found,
        kinds=[(kind.value, title(kind)) for kind in ChargeKind if kind in PASSED_ON],
        refused=" ".join(problem.fields.values()) or problem.detail if problem else "",
    )
    return pages.render(request, "admin/fines.html", page, status=problem.status if problem else 200)


async def _drove(db: Door, sought: Sought) -> Drove | None:
    """Who had the car then, by the clock where it is at home."""
    async with db.scope() as scope:
        zone = await who_drove.zone_of(scope, sought.plate)
        at = moment_of(sought.day, sought.hour, zone or "UTC")
        if at is None:
            raise BadInput(_("Please check the fields that are marked."), fields={"day": _("Give the day and the time.")})
        return await who_drove.drove(scope, sought.plate, at) if zone else None


class DecisionForm(msgspec.Struct, frozen=True):
    """What is to become of a claim, and why; the renter reads it."""

    decision: Literal["uphold", "withdraw"]
    reason: Why
    key: str = ""
    csrf: str = ""


@post("/bookings/{reference:str}/claims", status_code=303, opt={"role": MOVES_MONEY})
async def claim_due(request: AnyRequest, db: Door, world: World, reference: str) -> Response[bytes]:
    """Claim what is due from the deposit."""

    async def run(file: File, form: Confirmation) -> None:
        await claim(world.deposits, db, BookingId(file.booking.id), actor(request), key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, Confirmation, run, panel="claim")


@post("/bookings/{reference:str}/claims/{claim_id:uuid}/decision", status_code=303, opt={"role": MOVES_MONEY})
async def decide_claim(request: AnyRequest, db: Door, reference: str, claim_id: UUID) -> Response[bytes]:
    """Uphold a claim that the renter objects to, or withdraw one."""

    async def run(file: File, form: DecisionForm) -> None:
        about, uphold = (BookingId(file.booking.id), claim_id, actor(request), form.reason), form.decision == "uphold"
        await decide(db, *about, uphold=uphold, key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, DecisionForm, run, panel=f"claim-{claim_id}")


class RepaymentForm(msgspec.Struct, frozen=True):
    """How much of what was taken for a claim goes back, and why."""

    amount: Decimal
    reason: Why
    key: str = ""
    csrf: str = ""


@post("/bookings/{reference:str}/claims/{claim_id:uuid}/refunds", status_code=303, opt={"role": MOVES_MONEY})
async def repay_claim(request: AnyRequest, db: Door, reference: str, claim_id: UUID) -> Response[bytes]:
    """Give some of what was taken for a claim back, or all of it."""

    async def run(file: File, form: RepaymentForm) -> None:
        about = (BookingId(file.booking.id), claim_id, Money(form.amount, file.booking.currency), actor(request), form.reason)
        await repaying.by_staff(db, *about, key=form.key, ip=visit_of(request).ip)

    return await act(request, db, reference, RepaymentForm, run, panel=f"repay-{claim_id}")


HANDLERS = [add, confirm_one, withdraw_one, find, claim_due, decide_claim, repay_claim]
