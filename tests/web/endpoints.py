"""What each caller is answered at each endpoint: asked over HTTP, and written as a text to be read line by line.

``.venv/bin/python -m tests.web.endpoints`` writes the committed text anew.
"""
# long: a line or two for each endpoint that cannot be asked as it stands

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import msgspec

from exodrive.bookings.model import Rules
from exodrive.kit import clock, outbox
from exodrive.kit.ids import new_id
from exodrive.kit.outbox import store as promises
from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Result
from exodrive.pricing.kinds import MandatoryFee
from exodrive.pricing.service import save_rule
from exodrive.staff.model import StaffRole
from tests import garage
from tests.builders import Build, Made, days_ahead, new_key, today
from tests.product import Stack
from tests.team import Person, Team
from tests.web.routes import Route, routes

EXPECTED = Path(__file__).with_name("endpoints.txt")
CALLERS = ("anonymous", "holder", "another", "agent", "manager")
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_networks = itertools.count(1)
Matrix = dict[str, tuple[str, ...]]


@dataclass
class Caller:
    """Who asks, with what they have: cookies, the token of a link, the token of a session's forms."""

    name: str
    cookies: dict[str, str]
    link: str = "x" * 43
    csrf: str = ""


class Endpoints:
    """Asks every endpoint as every caller. What changes something is asked about a booking and by a person made for it."""

    def __init__(self, stack: Stack, build: Build, team: Team) -> None:
        self.stack, self.build, self.team = stack, build, team
        self._lookers: dict[str, Caller] = {}
        self._other: Made | None = None

    async def explore(self) -> Matrix:
        """Return what every route answers, in the order of CALLERS."""
        shared = await self.build.paid()
        self._lookers = {name: await self._caller(name, shared) for name in CALLERS}
        found = {}
        for route in sorted(routes(), key=lambda route: (route.path, route.method)):
            found[str(route)] = tuple([await self._ask(route, name, shared) for name in CALLERS])
        return found

    async def _ask(self, route: Route, name: str, shared: Made) -> str:
        is_safe = route.method in ("GET", "HEAD")
        made = shared if is_safe else await self.build.held()
        caller = self._lookers[name] if is_safe else await self._caller(name, made)
        path, content, kind = await self.request(route, made, caller)
        headers = {"content-type": kind, "sec-fetch-site": "same-origin", "idempotency-key": new_key()}
        headers |= {"x-csrf-token": caller.csrf} if path.startswith("/api/admin/") else {}
        headers["x-forwarded-for"] = f"2001:db8:{uuid4().hex[:4]}:{next(_networks):x}::1"
        async with httpx.AsyncClient(base_url=self.stack.url, cookies=caller.cookies, timeout=30, verify=False) as http:
            answer = await http.request(route.method, path, content=None if is_safe else content, headers=headers)
        return _told(answer)

    async def _caller(self, name: str, made: Made) -> Caller:
        if name in ("agent", "manager"):
            person: Person = await self.team.member(StaffRole(name))
            session = await self.team.session(person.token)
            assert session
            return Caller(name, {"exodrive_staff": person.token}, csrf=session.csrf_token)
        if name == "anonymous":
            return Caller(name, {})
        self._other = self._other or await self.build.held()
        held = made if name == "holder" else self._other
        # The other holder tries both: their own cookie, and their own token under this booking's name.
        cookies = {f"exodrive_b_{held.reference}": held.token, f"exodrive_b_{made.reference}": held.token}
        return Caller(name, cookies, link=held.token)

    async def request(self, route: Route, made: Made, caller: Caller) -> tuple[str, bytes, str]:
        """Return a request that makes sense about a booking: its path with a query, its content, and the content's kind."""
        values = {
            "slug": "",
            "reference": made.reference,
            "key": made.reference,
            "name": "terms",
            "version": Rules().terms_version,
            "token": "x" * 43,
        }
        values["review_id"] = await self._review(made) if "{review_id" in route.path else ""
        values["rule_id"] = await self._rule(made) if "{rule_id" in route.path else ""
        values["difference_id"] = await self._difference(made) if "{difference_id" in route.path else ""
        values["clash_id"] = await self._clash(made) if "{clash_id" in route.path else ""
        values["work_id"] = await self._failed(made) if "{work_id" in route.path else ""
        values["operation_id"] = await self._doubt(made) if "{operation_id" in route.path else ""
        values["charge_id"] = await self._charge(made) if "{charge_id" in route.path else ""
        values["number"] = await self._invoice(made) if "{number" in route.path else ""
        values["code"] = await self._paper(made) if "{code" in route.path else ""
        if "{slug}" in route.path:
            values["slug"] = await self.build.value("select slug from cars where id = $1", made.order.car_id)
        if route.path.startswith("/static/"):
            values["name"] = "css/app.css"
        days = days_ahead(40, 2)
        query = f"?car_id={made.order.car_id}&start={days.start}&end={days.end}&kind=fee&plate=AV10&at=2026-01-01T10:00:00Z"
        form = _FORMS.get(str(route))
        content, kind = await form(self.build, made, caller) if form else (_form(csrf=caller.csrf, reason="a good reason"), FORM)
        return route.filled(**values) + query, content, kind

    async def _review(self, made: Made) -> str:
        """A review of the booking's car, which waits."""
        review_id = new_id()
        async with self.build.doors.service().scope() as db:
            await garage.insert(db, "car_reviews", id=review_id, car_id=made.order.car_id, date=made.order.days.start, name="Ada", rating=5)
        return str(review_id)

    async def _difference(self, made: Made) -> str:
        """A difference with PayPal that is open."""
        difference_id = new_id()
        about = {"booking_id": made.id, "object": "capture", "object_id": f"C{difference_id}", "kind": "missing"}
        async with self.build.doors.service().scope() as db:
            await garage.insert(db, "money_differences", id=difference_id, **about)
        return str(difference_id)

    async def _clash(self, made: Made) -> str:
        """A day on which the booking's car is needed and not back."""
        clash_id = new_id()
        async with self.build.doors.service().scope() as db:
            await garage.insert(db, "booking_clashes", id=clash_id, late_id=made.id, car_id=made.order.car_id, day=made.order.end)
        return str(clash_id)

    async def _failed(self, made: Made) -> str:
        """A letter about the booking that did not go out."""
        async with self.build.doors.service().scope() as db:
            work_id = await outbox.enqueue(db, "mail.confirmation", booking_id=made.id)
            await promises.mark_dead(db, work_id, "Refused()")
        return str(work_id)

    async def _doubt(self, made: Made) -> str:
        """A payment that waits for a decision."""
        async with self.build.doors.service().scope() as db:
            operation_id = await payments.intend(db, made.id, Kind.CAPTURE, made.held.total, target_id="O")
            await payments.record(db, operation_id, Result(end=End.UNKNOWN, issue="MISMATCH"))
        return str(operation_id)

    async def _charge(self, made: Made) -> str:
        """A charge that is proposed for the booking, whose car is back."""
        charge_id, now = new_id(), clock.now()
        about = {"booking_id": made.id, "number": 1, "kind": "damage", "status": "proposed", "amount": 10, "currency": "USD", "reason": "x"}
        async with self.build.doors.service().scope() as db:
            await db.execute("update bookings set handed_over_at = $2 where id = $1", made.id, now)
            await garage.insert(db, "booking_charges", id=charge_id, **about)
        return str(charge_id)

    async def _invoice(self, made: Made) -> str:
        """The number of an invoice that was sent."""
        invoice_id, staff_id = new_id(), (await self.team.member(StaffRole.MANAGER)).id
        number = f"T{invoice_id.hex[-20:]}"
        sums = {"line_items": [{"name": "x", "amount": "10"}], "total_amount": 10, "amount_due": 10, "currency_code": "USD"}
        sums |= {"status": "SHARED", "paypal_invoice_id": f"INV2-{number}", "picture": b"PNG"}
        async with self.build.doors.service().scope() as db:
            await garage.insert(
                db,
                "paypal_invoices",
                **sums,
                id=invoice_id,
                booking_id=made.id,
                wanted="sent",
                number=number,
                due_date=today(),
                created_by=staff_id,
                sent_at=clock.now(),
            )
        return number

    async def _paper(self, made: Made) -> str:
        """The number of the booking's receipt, as soon as the worker has issued it."""
        async with asyncio.timeout(20):
            while not (code := await self.build.value("select code from receipts where booking_id = $1", made.id)):
                await asyncio.sleep(0.1)
        return str(code)

    async def _rule(self, made: Made) -> str:
        """A price rule in force for the booking's car."""
        async with self.build.doors.service().scope() as db:
            return str(await save_rule(db, MandatoryFee(name="Fee", code=f"x{uuid4().hex}", car_id=made.order.car_id, **_PRICE)))


def _told(answer: httpx.Response) -> str:
    """Return the status, or ``gate`` when the caller is sent to sign in (and was not just signed out)."""
    is_gate = answer.headers.get("location") == "/admin/sign-in" and "set-cookie" not in answer.headers
    return "gate" if is_gate else str(answer.status_code)


_PRICE: dict[str, Any] = {"amount": Decimal(40), "currency": "USD"}


def _form(**fields: Any) -> bytes:
    return str(httpx.QueryParams({name: value for name, value in fields.items() if value})).encode()


async def _checkout(build: Build, made: Made, _caller: Caller) -> tuple[bytes, str]:
    days = days_ahead(40, 2)
    places = dict.fromkeys(("pickup_location_id", "dropoff_location_id"), made.order.pickup.location_id)
    person = {"email": f"{uuid4().hex}@example.com", "first_name": "Ada", "last_name": "Renter", "phone": "+1 305 555 0100"}
    quote = await build.quote(made.order.car_id, days)
    terms = build.world.rules.terms_version
    order = {"car_id": made.order.car_id, "start": days.start, "end": days.end, "birth_date": "1985-05-17", "quote": quote, "terms": terms}
    return _form(**order, **person, **places, key=new_key()), FORM


async def _details(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return _form(first_name="Ada", last_name="Renter", phone="+1 305 555 0100"), FORM


async def _reviewed(build: Build, made: Made, _caller: Caller) -> tuple[bytes, str]:
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("update bookings set status = 'completed', cancelled_at = null where id = $1", made.id)
    await db.close()
    return _form(rating="5", name="Ada"), FORM


async def _open(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(token=caller.link), FORM


async def _key(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"token": caller.link}), JSON


async def _hold(build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    order = msgspec.to_builtins(await build.order(await build.car()))
    return msgspec.json.encode(order), JSON


async def _nothing(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return b"{}", JSON


async def _invitation(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return _form(token="x" * 43, secret="A" * 32, password="blue kettle sings low", code="123456"), FORM


async def _sign_in(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return _form(email=f"{uuid4().hex}@example.com", password="blue kettle sings low", code="123456"), FORM


async def _token_alone(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf), FORM


async def _address(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, email="right@example.com", reason="a good reason"), FORM


async def _address_order(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"email": "right@example.com", "reason": "a good reason"}), JSON


async def _refund(build: Build, made: Made, caller: Caller) -> tuple[bytes, str]:
    await build.pay(made)
    return _form(csrf=caller.csrf, amount="10", reason="a good reason"), FORM


async def _refund_order(build: Build, made: Made, _caller: Caller) -> tuple[bytes, str]:
    await build.pay(made)
    return msgspec.json.encode({"amount": "10", "reason": "a good reason"}), JSON


async def _awaited(build: Build, made: Made, _caller: Caller) -> tuple[bytes, str]:
    """A booking that is paid and waits for an answer."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("update bookings set approval_hours = 24 where id = $1", made.id)
    await db.close()
    await build.pay(made)
    return msgspec.json.encode({"reason": "a good reason"}), JSON


async def _acceptance(build: Build, made: Made, caller: Caller) -> tuple[bytes, str]:
    await _awaited(build, made, caller)
    return _form(csrf=caller.csrf), FORM


async def _refusal(build: Build, made: Made, caller: Caller) -> tuple[bytes, str]:
    await _awaited(build, made, caller)
    return _form(csrf=caller.csrf, reason="a good reason"), FORM


async def _reasoned(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"reason": "a good reason"}), JSON


async def _changing(build: Build, made: Made, _caller: Caller) -> tuple[bytes, str]:
    """A change of a paid booking by staff that leaves everything as it is."""
    await build.pay(made)
    return msgspec.json.encode({"reason": "a good reason"}), JSON


async def _pricing(build: Build, made: Made, _caller: Caller) -> tuple[bytes, str]:
    await build.pay(made)
    return msgspec.json.encode({"start": made.order.start}), JSON


async def _days(build: Build, made: Made, caller: Caller) -> tuple[bytes, str]:
    await build.pay(made)
    return _form(csrf=caller.csrf, start=str(made.order.start), end=str(made.order.end), reason="a good reason"), FORM


async def _cancelling(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"refund": "0"}), JSON


async def _reading(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, odometer="100", fuel="100"), FORM


async def _reading_and_why(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, odometer="100", fuel="100", reason="a good reason"), FORM


async def _reading_order(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"odometer": 100, "fuel": 100}), JSON


async def _reading_with_reason(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"odometer": 100, "fuel": 100, "reason": "a good reason"}), JSON


async def _claim_decision(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, decision="withdraw", reason="a good reason"), FORM


async def _claim_decision_order(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"decision": "withdraw", "reason": "a good reason"}), JSON


async def _objection(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return _form(objection="It was there before"), FORM


async def _charge(build: Build, made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, kind="damage", amount="10", reason="a good reason"), FORM


async def _charge_order(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"kind": "damage", "amount": "10", "reason": "a good reason"}), JSON


async def _invoice(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, charges=str(new_id()), due_on=str(today())), FORM


async def _invoice_order(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"due_on": today()}), JSON


async def _paid(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, amount="1", method="CASH", day="2026-01-01"), FORM


async def _paid_order(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"amount": "1", "method": "CASH", "day": "2026-01-01"}), JSON


async def _decision(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, decision="close", reason="a good reason"), FORM


async def _decision_order(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return msgspec.json.encode({"decision": "close", "reason": "a good reason"}), JSON


async def _demo(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return _form(token="x" * 43), FORM


async def _message(_build: Build, _made: Made, _caller: Caller) -> tuple[bytes, str]:
    return _form(name="Ada", email="ada@example.com", text="Is the roof open?"), FORM


async def _fronted(_build: Build, _made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, **{"place-featured": "1", "place-steps": "2", "place-promise": "3"}), FORM


async def _priced(_build: Build, made: Made, caller: Caller) -> tuple[bytes, str]:
    return _form(csrf=caller.csrf, name="Fee", code=f"x{uuid4().hex}", scope=f"car:{made.order.car_id}", **_PRICE), FORM


async def _rule(_build: Build, made: Made, _caller: Caller) -> tuple[bytes, str]:
    rule = {"kind": "fee", "name": "Fee", "code": f"x{uuid4().hex}", "car_id": made.order.car_id, **_PRICE}
    return msgspec.json.encode(rule), JSON


async def _tried(build: Build, made: Made, caller: Caller) -> tuple[bytes, str]:
    slug = await build.value("select slug from cars where id = $1", made.order.car_id)
    rule = msgspec.json.decode((await _rule(build, made, caller))[0])
    return msgspec.json.encode({"car": slug, "start": made.order.start, "end": made.order.end, "rule": rule}), JSON


_FORMS: dict[str, Callable[[Build, Made, Caller], Awaitable[tuple[bytes, str]]]] = {
    "POST /cars/{slug}/checkout": _checkout,
    "POST /booking/{reference}/details": _details,
    "POST /booking/{reference}/review": _reviewed,
    "POST /booking/open": _open,
    "POST /contact": _message,
    "POST /api/bookings": _hold,
    "POST /api/bookings/key": _key,
    "POST /api/bookings/{reference}/payment": _nothing,
    "POST /api/bookings/{reference}/cancellation": _cancelling,
    "POST /api/bookings/{reference}/change": _nothing,
    "POST /api/bookings/{reference}/rest/payment": _nothing,
    "POST /api/bookings/{reference}/change/price": _nothing,
    "POST /api/webhooks/paypal": _nothing,
    "POST /admin/invitations": _invitation,
    "POST /admin/sign-in": _sign_in,
    "POST /admin/demo": _demo,
    "POST /admin/sign-out": _token_alone,
    "POST /admin/bookings/{reference}/address": _address,
    "POST /api/admin/bookings/{reference}/address": _address_order,
    "POST /admin/bookings/{reference}/link": _token_alone,
    "POST /admin/bookings/{reference}/link/pin": _token_alone,
    "POST /admin/bookings/{reference}/refunds": _refund,
    "POST /api/admin/bookings/{reference}/refunds": _refund_order,
    "POST /admin/bookings/{reference}/payments/{operation_id}/decision": _decision,
    "POST /api/admin/bookings/{reference}/payments/{operation_id}/decision": _decision_order,
    "POST /api/admin/bookings/{reference}/cancellation": _reasoned,
    "POST /admin/bookings/{reference}/acceptance": _acceptance,
    "POST /admin/bookings/{reference}/refusal": _refusal,
    "POST /api/admin/bookings/{reference}/acceptance": _awaited,
    "POST /api/admin/bookings/{reference}/refusal": _awaited,
    "POST /api/admin/bookings/{reference}/rest/waiver": _reasoned,
    "POST /admin/bookings/{reference}/days": _days,
    "POST /api/admin/bookings/{reference}/changes": _changing,
    "POST /api/admin/bookings/{reference}/changes/price": _pricing,
    "POST /api/admin/bookings/{reference}/no-show": _reasoned,
    "POST /api/admin/bookings/{reference}/no-show/withdrawal": _reasoned,
    "POST /admin/bookings/{reference}/deposit/request": _token_alone,
    "POST /api/admin/bookings/{reference}/deposit/request": _nothing,
    "POST /api/admin/bookings/{reference}/deposit/release": _reasoned,
    "POST /admin/bookings/{reference}/charges": _charge,
    "POST /api/admin/bookings/{reference}/charges": _charge_order,
    "POST /admin/bookings/{reference}/claims": _token_alone,
    "POST /api/admin/bookings/{reference}/claims": _nothing,
    "POST /admin/bookings/{reference}/claims/{claim_id}/decision": _claim_decision,
    "POST /api/admin/bookings/{reference}/claims/{claim_id}/decision": _claim_decision_order,
    "POST /admin/bookings/{reference}/invoices": _invoice,
    "POST /api/admin/bookings/{reference}/invoices": _invoice_order,
    "POST /api/admin/bookings/{reference}/invoices/preview": _invoice_order,
    "POST /admin/bookings/{reference}/invoices/{number}/sending": _token_alone,
    "POST /api/admin/bookings/{reference}/invoices/{number}/sending": _nothing,
    "POST /admin/bookings/{reference}/invoices/{number}/reminders": _token_alone,
    "POST /api/admin/bookings/{reference}/invoices/{number}/reminders": _nothing,
    "POST /admin/bookings/{reference}/invoices/{number}/trials": _token_alone,
    "POST /api/admin/bookings/{reference}/invoices/{number}/trials": _nothing,
    "POST /api/admin/bookings/{reference}/invoices/{number}/cancellation": _reasoned,
    "POST /admin/bookings/{reference}/invoices/{number}/payments": _paid,
    "POST /api/admin/bookings/{reference}/invoices/{number}/payments": _paid_order,
    "POST /admin/bookings/{reference}/claims/{claim_id}/refunds": _refund,
    "POST /api/admin/bookings/{reference}/claims/{claim_id}/refunds": _refund_order,
    "POST /booking/{reference}/claim/objection": _objection,
    "POST /admin/bookings/{reference}/charges/{charge_id}/confirmation": _token_alone,
    "POST /api/admin/bookings/{reference}/charges/{charge_id}/confirmation": _nothing,
    "POST /api/admin/bookings/{reference}/charges/{charge_id}/withdrawal": _reasoned,
    "POST /admin/bookings/{reference}/hand-over": _reading,
    "POST /admin/bookings/{reference}/hand-over/without-deposit": _reading_and_why,
    "POST /admin/bookings/{reference}/return": _reading,
    "POST /api/admin/bookings/{reference}/hand-over": _reading_order,
    "POST /api/admin/bookings/{reference}/hand-over/without-deposit": _reading_with_reason,
    "POST /api/admin/bookings/{reference}/return": _reading_order,
    "POST /api/admin/money/differences/{difference_id}/resolution": _reasoned,
    "POST /api/admin/clashes/{clash_id}/closing": _reasoned,
    "POST /admin/jobs/{work_id}/again": _token_alone,
    "POST /api/admin/jobs/{work_id}/again": _nothing,
    "POST /api/admin/jobs/{work_id}/closing": _reasoned,
    "POST /admin/home": _fronted,
    "POST /admin/home/preview": _fronted,
    "PUT /api/admin/home": _nothing,
    "POST /admin/prices": _priced,
    "POST /admin/prices/preview": _priced,
    "POST /admin/prices/{rule_id}": _priced,
    "POST /admin/prices/{rule_id}/preview": _priced,
    "POST /api/admin/price-rules": _rule,
    "POST /api/admin/price-rules/preview": _tried,
    "POST /api/admin/price-rules/{rule_id}/replacement": _rule,
    "POST /api/admin/price-rules/{rule_id}/withdrawal": _nothing,
}


def write(matrix: Matrix) -> str:
    """Return the matrix as a text, a line a route."""
    width = max(map(len, matrix)) + 2
    head = f"{'':<{width}}" + "".join(f"{name:>11}" for name in CALLERS)
    lines = [f"{route:<{width}}" + "".join(f"{status:>11}" for status in statuses) for route, statuses in matrix.items()]
    return "\n".join([head, *lines]) + "\n"


async def _write_anew() -> None:
    import tempfile

    from tests import servers as embedded
    from tests.product import running
    from tests.web.conftest import build_for

    started = embedded.Running()
    try:
        with tempfile.TemporaryDirectory() as folder:
            async with running(started.start(), 0, Path(folder)) as stack, build_for(stack) as build:
                EXPECTED.write_text(write(await Endpoints(stack, build, Team(stack.doors)).explore()))
    finally:
        started.stop()


if __name__ == "__main__":
    asyncio.run(_write_anew())
