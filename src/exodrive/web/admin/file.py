"""The file of one booking as a page, for every form on it: what staff see, what they may do, and why something was not done."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

from exodrive.bookings.model import Actor, BookingStatus
from exodrive.bookings.tiers import WHOLE, percent_for, share_of, tier_words
from exodrive.charges import store as charges
from exodrive.charges.model import Tariffs
from exodrive.deposits.claims import store as claims
from exodrive.flows.approval.words import left_words
from exodrive.flows.ending.end import LIVING
from exodrive.flows.ending.words import back_words, who_words
from exodrive.flows.instalment.words import is_overdue, rest_rows, rest_words
from exodrive.flows.letters import CONFIRMED
from exodrive.invoices import store as invoices
from exodrive.invoices.requests import store as requests
from exodrive.kit import clock
from exodrive.kit.days import day_at
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import NotFound, Problem
from exodrive.kit.ids import BookingId
from exodrive.kit.money import Money
from exodrive.kit.words import _
from exodrive.overview import staff_file, staff_keys
from exodrive.overview.failed_work import FailedWork, failed_for
from exodrive.overview.other_cars import OtherCar, other_cars
from exodrive.overview.staff_file import Booking, File
from exodrive.payments.decisions.model import Doubt
from exodrive.payments.decisions.words import choice_words, doubt_words, shown_words
from exodrive.pricing.words import explained, money, price_rows
from exodrive.staff.model import Session, StaffRole
from exodrive.web.admin.changes_view import ChangeLine, changes_of
from exodrive.web.admin.charges_view import ChargesView, charges_view
from exodrive.web.admin.deposit_view import DepositView, deposit_view, known_of
from exodrive.web.admin.guard import may, session_of
from exodrive.web.admin.invoices_view import InvoicesView, invoices_view
from exodrive.web.admin.keys_view import KeysView, keys_view
from exodrive.web.admin.work_words import work_words
from exodrive.web.shell import forms, pages

AnyRequest = Request[Any, Any, Any]
MOVES_MONEY = StaffRole.MANAGER
_CANCELLABLE = (BookingStatus.PENDING, *LIVING)
T = TypeVar("T", bound=msgspec.Struct)


class Shares(msgspec.Struct, frozen=True):
    """What a cancellation would give back: all that is left, or by the tiers so many percent of it."""

    whole: str
    percent: int
    by_tiers: str


class Doubtful(msgspec.Struct, frozen=True):
    """A payment that waits for a decision: what is the matter, what PayPal shows, and what may be done, in words."""

    id: str
    what: str
    shown: str
    choices: list[tuple[str, str]]


class OpenRest(msgspec.Struct, frozen=True):
    """A rest of the price that is to be paid, in words, and whether it may be waived now."""

    words: str
    amount: str
    is_overdue: bool
    may_waive: bool


class FilePage(msgspec.Struct, frozen=True, kw_only=True):
    """The file of a booking as a page.

    ``time_left`` is how long there is to answer a booking that waits for it, empty for any other. ``failed`` is work for it that was given
    up, in words. ``link`` and ``pin`` are there once, right after they were made; ``left`` is what can be given back, as it is typed.
    ``refused`` is why something was not done, ``panel`` the form it was asked for in, ``values`` what was typed there. ``key`` names what
    is asked for next, so that it is done once.
    """

    session: Session
    file: File
    price: list[tuple[str, str]]
    reasons: list[tuple[str, str, str]]
    due: list[tuple[str, str]]
    rest: OpenRest | None
    tiers: list[str]
    may_correct: bool
    may_cancel: bool
    may_change: bool
    other_cars: list[OtherCar]
    may_refund: bool
    may_note: bool
    may_take_back: bool
    keys: KeysView
    deposit: DepositView | None
    may_refuse: bool
    time_left: str
    charges: ChargesView
    invoices: InvoicesView
    changes: list[ChangeLine]
    due_on: str
    left: str
    shares: Shares
    ending: str
    doubts: list[Doubtful]
    failed: list[tuple[str, FailedWork]]
    key: str
    link: str = ""
    pin: str = ""
    refused: str = ""
    panel: str = ""
    values: dict[str, str] = {}


async def file_of(db: Db, reference: str) -> File:
    """Return the file of a booking; a reference may be typed in small letters. Raises NotFound."""
    file = await staff_file.file(db, reference.upper()) if reference.isascii() and reference.isalnum() else None
    if file is None:
        raise NotFound(_("There is no booking with this reference."))
    return file


# long: a line for each thing that the file shows
async def show_file(
    request: AnyRequest, db: Door, reference: str, *, link: str = "", pin: str = "", problem: Problem | None = None, panel: str = ""
) -> Response[bytes]:
    """Show the file; with a ``problem``, what was typed and what was wrong with it."""
    async with db.scope() as scope:
        file = await file_of(scope, reference)
        doubts = await staff_file.doubts(scope, file.booking.id)
        deposit = await known_of(scope, request.app.state.world.deposits, BookingId(file.booking.id))
        keys = await staff_keys.keys(scope, file.booking.id)
        charged = await charges.of_booking(scope, BookingId(file.booking.id))
        claimed = await claims.of_booking(scope, BookingId(file.booking.id))
        invoiced = await invoices.of_booking(scope, BookingId(file.booking.id))
        requested = await requests.of_booking(scope, BookingId(file.booking.id))
        changed = await changes_of(scope, BookingId(file.booking.id), file.booking.zone)
        failed = await failed_for(scope, file.booking.id)
        others = [] if file.booking.handed_over_at else await other_cars(scope, file.booking.id)
    session, booking, manages = session_of(request), file.booking, may(session_of(request), MOVES_MONEY)
    page = FilePage(
        session=session,
        file=file,
        price=price_rows(booking.price),
        reasons=explained(booking.price),
        due=rest_rows(booking.price, file.rest.seen if file.rest else None, booking.zone),
        rest=_rest(file, manages=manages),
        tiers=[tier_words(tier) for tier in booking.cancellation_tiers],
        may_correct=booking.status in CONFIRMED,
        may_cancel=manages and booking.status in _CANCELLABLE and booking.handed_over_at is None,
        may_change=manages and booking.status in LIVING and not booking.waits,
        other_cars=others,
        may_refund=manages and file.left > 0,
        may_note=booking.no_show_at is None and _is_awaited(booking),
        may_take_back=_is_awaited(booking) and bool(booking.no_show_at and booking.no_show_at > clock.now()),
        keys=keys_view(booking, keys, clock.now(), manages=manages),
        deposit=deposit_view(deposit, request.app.state.world.deposits, booking.zone, manages=manages),
        may_refuse=manages and booking.waits,
        time_left=_time_left(booking),
        charges=charges_view(charged, claimed, keys, booking.currency, tariffs_of(request), manages=manages),
        changes=changed,
        invoices=invoices_view(invoiced, requested, charged, manages=manages),
        due_on=(day_at(clock.now(), booking.zone) + timedelta(days=tariffs_of(request).invoice_due_days)).isoformat(),
        left=Money(file.left, booking.currency).text,
        shares=_shares(file),
        ending=_ended(file),
        doubts=[_doubtful(doubt) for doubt in doubts] if manages else [],
        failed=[(work_words(work.topic), work) for work in failed],
        key=secrets.token_urlsafe(18),
        link=link,
        pin=pin,
        refused=_told(problem) if problem else "",
        panel=panel,
        values=await forms.read_texts(request) | {"quote": problem.extra.get("quote", "")} if problem else {},
    )
    return pages.render(request, "admin/booking.html", page, status=problem.status if problem else 200)


async def act(
    request: AnyRequest, db: Door, reference: str, kind: type[T], verb: Callable[[File, T], Awaitable[object]], *, panel: str
) -> Response[bytes]:
    """Do what a form on the file asks for and show the file again; when it is refused, with what was typed and why."""
    try:
        form = await forms.read_form(request, kind)
        async with db.scope() as scope:
            file = await file_of(scope, reference)
        await verb(file, form)
    except NotFound:
        raise
    except Problem as problem:
        return await show_file(request, db, reference, problem=problem, panel=panel)
    return pages.see_other(f"/admin/bookings/{reference}")


def tariffs_of(request: AnyRequest) -> Tariffs:
    """Return the tariffs of the house."""
    tariffs: Tariffs = request.app.state.world.tariffs
    return tariffs


def actor(request: AnyRequest) -> Actor:
    """Return who acts, for a booking's history."""
    session = session_of(request)
    return Actor("admin", str(session.staff_id), session.name)


def _is_awaited(booking: Booking) -> bool:
    """Whether its pick-up has come, and nobody has the key of what we have accepted."""
    return booking.status in LIVING and booking.handed_over_at is None and not booking.waits and booking.pickup_at < clock.now()


def _time_left(booking: Booking) -> str:
    return left_words(booking.approval_due_at - clock.now()) if booking.waits and booking.approval_due_at else ""


def _rest(file: File, *, manages: bool) -> OpenRest | None:
    if file.rest is None or not file.rest.seen.is_open:
        return None
    rest, booking = file.rest.seen, file.booking
    late = is_overdue(rest, day_at(clock.now(), booking.zone))
    told = rest_words(rest, booking.currency)
    return OpenRest(told, money(rest.amount, booking.currency), late, manages and not rest.is_paying)


def _shares(file: File) -> Shares:
    booking, left = file.booking, Money(file.left, file.booking.currency)
    percent = WHOLE if booking.waits else percent_for(booking.cancellation_tiers, booking.pickup_at, clock.now())
    return Shares(money(left.amount, left.currency), percent, money(share_of(left, percent).amount, left.currency))


def _ended(file: File) -> str:
    return " ".join(filter(None, (who_words(file.ending.how), back_words(file.ending)))) if file.ending else ""


def _doubtful(doubt: Doubt) -> Doubtful:
    choices = [(choice.value, choice_words(choice, doubt)) for choice in doubt.choices]
    return Doubtful(str(doubt.operation.id), doubt_words(doubt), shown_words(doubt), choices)


def _told(problem: Problem) -> str:
    told = _("Say why, in a few words; the history keeps it.") if "reason" in problem.fields else " ".join(problem.fields.values())
    return told or problem.detail
