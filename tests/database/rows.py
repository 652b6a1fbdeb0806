"""The world of the matrix: rows of two renters and a stranger in every state that a row rule tells apart."""
# long: one block of rows for each table, all of one world

import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from exodrive.kit import clock, links
from tests.database.callers import BEGUN, DONE, EXPIRED, LINK, ME_AT_WORK, MY_ACCOUNT, OTHER, REVOKED, THEIR_ACCOUNT, VOID, number

Row = dict[str, Any]
NOW = clock.now()
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TODAY = NOW.date()
FOREVER = "infinity"

PLACE, SECOND_PLACE = number(1), number(2)
SHOWN, RENTED, SECRET = number(11), number(12), number(13)  # the last two are hidden; one of them I have rented
ME, THEM, STRANGER = number(21), number(22), number(23)
GONE_COLLEAGUE = number(42)
PENDING, UPCOMING, COMPLETED, CANCELLED, STARTED = number(101), number(102), number(103), number(104), number(110)  # mine
THEIRS, ACTIVE, LAPSED, NO_SHOW = number(105), number(106), number(107), number(109)
PAYING = number(108)  # the stranger's, with a payment on its way
CLOCKED = number(113)  # mine: the clock has begun it, and the key was not handed over
WAITING, UNANSWERED = number(111), number(112)  # the stranger's too, paid and not accepted: there is time, and there is none
CREATE, CAPTURE, REFUND = number(201), number(202), number(203)
CHANGE = number(211)
REST = number(231)
HELD = number(207)
MY_MONEY, THEIR_MONEY, MONEY = number(204), number(205), number(206)  # captures that succeeded; the last has no receipt yet


def booking(n: Any, customer: Any, status: str, start: int, *, car: Any = SHOWN, **more: Any) -> Row:
    """A booking of two days that begins `start` days from now."""
    first = TODAY + start * DAY
    dates = {"start_date": first, "end_date": first + DAY, "time_zone": "UTC"}
    dates |= {"pickup_at": NOW + start * DAY, "return_due_at": NOW + (start + 1) * DAY}
    contact = {"contact_email": "a@b.example", "contact_first_name": "A", "contact_last_name": "B", "contact_phone": "1"}
    price = {"currency": "USD", "total_price": 100, "security_deposit_amount": 10, "price_snapshot": {}}
    terms = {"driver_birth_date": date(1980, 1, 1), "terms_version": "1", "cancellation_tiers": []}
    names = {"id": n, "reference": f"{n.int:08d}", "customer_id": customer, "car_id": car, "status": status}
    return names | dates | contact | price | terms | more


def day(ahead: int, status: str, held_for: Any = None, until: Any = None, car: Any = SHOWN) -> Row:
    return {"car_id": car, "date": TODAY + ahead * DAY, "status": status, "booking_id": held_for, "hold_expires_at": until}


def link(n: int, held_for: Any, token: str, expires: datetime = NOW + DAY, revoked: datetime | None = None) -> Row:
    secret = {"nonce": links.hash_of(token + " nonce"), "token_hash": links.hash_of(token)}
    return {"id": number(n), "booking_id": held_for, "expires_at": expires, "revoked_at": revoked} | secret


def guarded(token: str) -> Row:
    """A PIN before a link: its token opens nothing by itself."""
    return {"link_hash": links.hash_of(token), "pin_hash": "$argon2id$x", "pin_nonce": links.hash_of(token + " pin"), "pin_since": NOW}


def of_car(n: int, **more: Any) -> list[Row]:
    """One row for each of the three cars."""
    return [{"id": number(n + i), "car_id": car} | more for i, car in enumerate((SHOWN, RENTED, SECRET))]


def place(n: Any) -> Row:
    return {"id": n, "name": "Place", "address_line1": "1 Road", "city": "Town", "country": "US", "time_zone": "UTC"}


def customer(n: Any, account: Any = None) -> Row:
    return {"id": n, "email": f"{n.int}@b.example", "first_name": "A", "last_name": "B", "auth_user_id": account}


def car(n: Any, *, hidden: bool) -> Row:
    return {"id": n, "slug": f"car-{n.int}", "name": "Car", "category": "GT", "home_location_id": PLACE, "hidden": hidden}


def event(held_for: Any, actor: str, actor_id: Any = None) -> Row:
    return {"booking_id": held_for, "event_type": "noted", "actor_type": actor, "actor_id": actor_id}


def trip(n: int, held_for: Any, kind: str = "pickup") -> Row:
    where = {"address_line1": "1 Road", "city": "Town", "country": "US", "formatted_address": "1 Road, Town"}
    return {"id": number(n), "booking_id": held_for, "type": kind, "location_id": PLACE} | where


def hero(n: int, *, shown: bool) -> Row:
    return {"id": number(n), "title": "x", "badge_text": "x", "background_src": "x", "is_active": shown}


def review(n: int, held_for: Any = None, car_id: Any = SHOWN, start: int = -20, **more: Any) -> Row:
    about = {"car_id": car_id, "booking_id": held_for, "date": TODAY + start * DAY}
    return {"id": number(n)} | about | {"name": "x", "rating": 5, "comment": "x"} | more


def payment(n: int, held_for: Any, status: str, captured: int = 0, refunded: int = 0) -> Row:
    sums = {"amount": 100, "captured_amount": captured, "refunded_amount": refunded, "currency": "USD"}
    return {"id": number(n), "booking_id": held_for, "status": status} | sums


def hold(n: int, held_for: Any, status: str, **more: Any) -> Row:
    names = {"id": number(n), "booking_id": held_for, "number": 1, "way": "approval", "status": status}
    return names | {"amount": 10, "currency": "USD"} | (placed(f"A{n}") if status in ("held", "released") else {}) | ended(status) | more


def placed(authorization: str) -> Row:
    return {"authorization_id": authorization, "parent_authorization_id": authorization, "covered_until": NOW + DAY}


def wallet(held_for: Any, status: str) -> Row:
    """A kept wallet, or what became of it; its token is named after whose it is."""
    row: Row = {"booking_id": held_for, "status": status}
    if status in ("kept", "deleted"):
        row["token_id"] = f"W{held_for.int}"
    return row | ({"deleting_at": NOW, "ended_at": NOW} if status == "deleted" else {})


def read(n: int, held_for: Any, way: str = "out", **more: Any) -> Row:
    where = {"id": number(n), "booking_id": held_for, "car_id": SHOWN, "way": way}
    return where | {"at": NOW, "odometer": 100, "fuel": 50, "staff_id": ME_AT_WORK} | more


def claimed(n: int, held_for: Any, held: int, status: str = "asked", **more: Any) -> Row:
    about = {"id": number(n), "booking_id": held_for, "hold_id": number(held), "number": 1, "status": status, "asked": 10, "amount": 10}
    ends = {"ended_at": NOW} if status == "withdrawn" else {}
    return about | {"currency": "USD", "answer_by": NOW + DAY, "staff_id": ME_AT_WORK} | ends | more


def charged(n: int, held_for: Any, status: str, order: int = 1, **more: Any) -> Row:
    about = {"id": number(n), "booking_id": held_for, "number": order, "kind": "damage", "status": status, "amount": 10, "currency": "USD"}
    ends = {"ended_at": NOW, "withdrawn_because": "x"} if status == "withdrawn" else {}
    asked = {} if status == "proposed" else {"due_at": NOW}
    return about | {"reason": "x", "staff_id": ME_AT_WORK} | asked | ends | more


def invoiced(n: int, held_for: Any, wanted: str = "draft", **more: Any) -> Row:
    about = {"id": number(n), "booking_id": held_for, "number": f"V{n}", "wanted": wanted, "line_items": [{"name": "x", "amount": "10.00"}]}
    sums = {"total_amount": 10, "amount_due": 10, "currency_code": "USD", "due_date": TODAY, "created_by": ME_AT_WORK}
    return about | sums | more


def at_paypal(n: int, status: str) -> Row:
    return {"status": status, "paypal_invoice_id": f"INV2-{n}", "asked_at": NOW} | ({} if status == "DRAFT" else {"sent_at": NOW})


def asked_about(n: int, invoice: int, kind: str = "reminder", **more: Any) -> Row:
    about = {"id": number(n), "invoice_id": number(invoice), "kind": kind, "staff_id": ME_AT_WORK}
    if kind == "reminder":
        return about | {"status": "done", "ended_at": NOW} | more
    return about | {"status": "asked", "amount": 10, "method": "CASH", "paid_on": TODAY} | more


def ended(status: str) -> Row:
    return {"ended_at": None if status in ("asked", "held") else NOW}


def operation(n: Any, kind: str, held_for: Any = COMPLETED, attempt: int = 1) -> Row:
    names = {"id": n, "booking_id": held_for, "kind": kind, "attempt": attempt, "request_id": f"r{n.int}"}
    return names | {"amount": 10, "currency": "USD"}


def paper(n: int, held_for: Any, money: Any, **more: Any) -> Row:
    about = {"kind": "receipt", "booking_id": held_for, "operation_id": money, "amount": 10, "currency": "USD"}
    return {"id": number(n)} | about | {"language": "en_US", "content": {"title": "x"}, "time_zone": "UTC"} | more


def change(n: Any, held_for: Any, status: str, order: int = 1, **more: Any) -> Row:
    prices = {"before_price": {}, "after_price": {}, "before": {}, "after": {}, "difference": 10, "currency": "USD"}
    ends = {"expires_at": NOW + HOUR} if status == "pending" else {"decided_at": NOW}
    return {"id": n, "booking_id": held_for, "number": order, "status": status} | prices | ends | more


def rest(n: int, held_for: Any, status: str = "open", **more: Any) -> Row:
    about = {"id": number(n), "booking_id": held_for, "status": status, "amount": 40, "currency": "USD", "due_on": TODAY}
    settled = {} if status == "open" else {"settled_at": NOW}
    settled |= {"paypal_capture_id": f"C{n}"} if status == "paid" else {}
    return about | settled | ({"waived_by": ME_AT_WORK, "reason": "x"} if status == "waived" else {}) | more


def difference(n: int, **more: Any) -> Row:
    return {"id": number(n), "object": "capture", "object_id": f"C{n}", "kind": "amount"} | more


def decision(n: int, staff: Any, what: str = "close") -> Row:
    return {"id": number(n), "operation_id": CAPTURE, "decision": what, "reason": "x", "decided_by": staff}


def comparison(n: int, **more: Any) -> Row:
    return {"id": number(n), "since": NOW, "phase": "bookings", "events_until": NOW} | more


def ending(held_for: Any, how: str, percent: int = 0) -> Row:
    return {"booking_id": held_for, "how": how, "percent": percent, "paid": 100, "refund": percent, "currency": "USD"}


def clash(n: int, late: Any, hit: Any, **more: Any) -> Row:
    return {"id": number(n), "late_id": late, "hit_id": hit, "car_id": SHOWN, "day": TODAY} | more


def promise(n: int, **more: Any) -> Row:
    return {"id": number(n), "topic": "mail.confirmation"} | more


def notice(n: int, handled: datetime | None = None) -> Row:
    names = {"id": number(n), "source": "paypal", "event_id": f"e{n}", "transmission_id": f"t{n}", "event_type": "X"}
    return names | {"payload": {}, "handled_at": handled}


def colleague(n: Any, disabled: datetime | None = None) -> Row:
    return {"id": n, "email": f"{n.int}@c.example", "name": "Staff", "role": "agent", "disabled_at": disabled}


def key(n: int, held_for: Any) -> Row:
    return {"scope": "booking", "key": f"key-{n:08d}", "request_hash": bytes(32), "booking_id": held_for, "answer": {}}


def session(n: int, revoked: datetime | None = None) -> Row:
    secret = {"token_hash": links.hash_of(f"session {n}"), "csrf_token": "x", "expires_at": NOW + DAY, "revoked_at": revoked}
    return {"id": number(n), "staff_id": ME_AT_WORK} | secret


def invitation(n: int, used: datetime | None = None) -> Row:
    secret = {"token_hash": links.hash_of(f"invitation {n}"), "expires_at": NOW + DAY, "used_at": used}
    return {"id": number(n), "staff_id": ME_AT_WORK, "purpose": "invite"} | secret


WORLD: dict[str, list[Row]] = {
    "locations": [place(PLACE), place(SECOND_PLACE)],
    "location_hours": [{"location_id": PLACE, "weekday": 1, "opens": "08:00", "closes": "18:00"}],
    "cars": [car(SHOWN, hidden=False), car(RENTED, hidden=True), car(SECRET, hidden=True)],
    "car_images": of_car(301, view="side", path="x", alt="x", width=1, height=1),
    "car_features": of_car(311, name="x"),
    "car_specifications": of_car(321, name="x", value="x"),
    "car_pricing": of_car(331, currency="USD", base_price=100),
    "car_additional_fees": of_car(341, name="x", amount=1),
    "price_rules": [
        {"id": number(351), "kind": "tax", "name": "Tax", "percent": 8},
        {"id": number(352), "kind": "tax", "name": "Tax", "percent": 7, "superseded_at": NOW},
        {
            "id": number(353),
            "kind": "season",
            "name": "Week",
            "percent": 120,
            "car_id": RENTED,
            "first_day": TODAY,
            "last_day": TODAY,
            "terms": {"minimum_days": 2},
        },
        {"id": number(354), "kind": "length", "name": "Week", "percent": 10, "category": "GT", "supersedes": number(352)},
    ],
    "customers": [customer(ME, MY_ACCOUNT), customer(THEM, THEIR_ACCOUNT), customer(STRANGER)],
    "bookings": [
        booking(PENDING, ME, "pending", 10),
        booking(UPCOMING, ME, "upcoming", 20, car=RENTED, due_later=40, due_on=TODAY),
        booking(COMPLETED, ME, "completed", -20, handed_over_at=NOW - 20 * DAY, returned_at=NOW - 19 * DAY),
        booking(CANCELLED, ME, "cancelled", 25, cancelled_at=NOW),
        booking(STARTED, ME, "upcoming", -1, due_later=40, due_on=TODAY),
        booking(CLOCKED, ME, "active", 1),
        booking(THEIRS, THEM, "upcoming", 30, due_later=40, due_on=TODAY),
        booking(ACTIVE, THEM, "active", 0, handed_over_at=NOW - HOUR),
        booking(LAPSED, THEM, "expired", 11),
        booking(NO_SHOW, THEM, "no_show", -5),
        booking(PAYING, STRANGER, "pending", 12),
        booking(WAITING, STRANGER, "upcoming", 33, approval_hours=24, approval_due_at=NOW + HOUR),
        booking(UNANSWERED, STRANGER, "upcoming", 36, approval_hours=24, approval_due_at=NOW - HOUR),
    ],
    "car_availability": [
        day(10, "pending", PENDING, NOW + HOUR / 2),
        day(11, "pending", LAPSED, NOW - HOUR),
        day(12, "pending", PAYING, FOREVER),
        day(20, "booked", UPCOMING, car=RENTED),
        day(22, "turnaround", UPCOMING, car=RENTED),
        day(25, "booked", CANCELLED),
        day(30, "booked", THEIRS),
        day(40, "maintenance"),
        day(40, "blocked", car=SECRET),
    ],
    "booking_events": [event(UPCOMING, "customer"), event(THEIRS, "admin", str(ME_AT_WORK))],
    "booking_locations": [trip(401, UPCOMING), trip(402, UPCOMING, "dropoff"), trip(403, THEIRS), trip(404, COMPLETED)],
    "booking_secure_tokens": [
        link(411, UPCOMING, LINK),
        link(412, PENDING, EXPIRED, expires=NOW - HOUR),
        link(413, STARTED, REVOKED, revoked=NOW),
        link(414, THEIRS, OTHER),
        link(415, CANCELLED, VOID),
        link(416, STARTED, BEGUN),
        link(417, COMPLETED, DONE),
        link(418, LAPSED, "key behind a PIN") | guarded("link with a PIN"),
    ],
    "booking_pin_tries": [{"id": number(421), "link_id": number(418), "network": "192.0.2.1"}],
    "hero_content": [hero(801, shown=True), hero(802, shown=False)],
    "homepage_settings": [{"id": number(811), "featured_car_id": SHOWN}],
    "payments": [
        payment(501, PENDING, "pending"),
        payment(502, UPCOMING, "captured", captured=100),
        payment(503, COMPLETED, "partly_refunded", captured=100, refunded=10),
        payment(504, CANCELLED, "refunded", captured=100, refunded=100),
        payment(505, THEIRS, "captured", captured=100),
        payment(506, LAPSED, "voided"),
        payment(507, PAYING, "processing"),
    ],
    "deposit_holds": [
        hold(221, UPCOMING, "asked"),
        hold(222, THEIRS, "held"),
        hold(223, COMPLETED, "released"),
        hold(226, COMPLETED, "claimed", number=2, **placed("A226")),
        hold(224, PAYING, "held", way="one_order"),
        hold(225, UPCOMING, "held", number=2, way="one_order"),
    ],
    "paypal_wallets": [wallet(UPCOMING, "agreed"), wallet(THEIRS, "kept"), wallet(COMPLETED, "deleted")],
    "payment_operations": [
        operation(CREATE, "create_order"),
        operation(CAPTURE, "capture"),
        operation(REFUND, "refund"),
        operation(MY_MONEY, "capture", UPCOMING),
        operation(THEIR_MONEY, "capture", THEIRS),
        operation(MONEY, "capture", COMPLETED, attempt=3),
        operation(HELD, "hold", UPCOMING) | {"hold_id": number(221)},
    ],
    "payment_results": [{"operation_id": CREATE, "outcome": "unknown"}, {"operation_id": REFUND, "outcome": "pending"}]
    + [{"operation_id": moved, "outcome": "succeeded"} for moved in (MY_MONEY, THEIR_MONEY, MONEY)],
    "receipts": [paper(511, UPCOMING, MY_MONEY), paper(512, THEIRS, THEIR_MONEY)],
    "receipt_counters": [{"kind": "credit_note", "year": 2000, "last": 1}],
    "booking_changes": [
        change(CHANGE, UPCOMING, "pending"),
        change(number(212), COMPLETED, "applied"),
        change(number(213), THEIRS, "pending", expires_at=FOREVER),
    ],
    "booking_instalments": [rest(231, UPCOMING), rest(232, THEIRS, is_paying=True), rest(233, COMPLETED, "paid")],
    "booking_endings": [
        ending(UPCOMING, "renter"),
        ending(CLOCKED, "renter"),
        ending(CANCELLED, "company", 100),
        ending(NO_SHOW, "no_show"),
    ],
    "booking_clashes": [
        clash(261, ACTIVE, UPCOMING),
        clash(262, ACTIVE, None),
        clash(263, COMPLETED, CLOCKED),
        clash(264, ACTIVE, THEIRS, closed_at=NOW, how="freed"),
    ],
    "booking_alarms": [{"booking_id": UPCOMING, "kind": "uncovered"}, {"booking_id": THEIRS, "kind": "runs_out"}],
    "outbox": [
        promise(601),
        promise(602, job="bookings.tidy", slot=NOW),
        promise(603, done_at=NOW),
        promise(604, dead_at=NOW, error="x"),
    ],
    "booking_extras": [{"booking_id": held_for, "code": "child-seat", "quantity": 1} for held_for in (UPCOMING, THEIRS, COMPLETED)],
    "idempotency_keys": [key(1, PENDING), key(2, THEIRS), key(4, THEIRS) | {"scope": "staff.refund"}],
    "webhook_events": [notice(611), notice(612, handled=NOW)],
    "webhook_deliveries": [{"source": "paypal", "transmission_id": "t611", "event_id": "e611", "digest": bytes(32)}],
    "webhook_cursors": [{"source": "paypal", "read_until": NOW}],
    "webhook_refusals": [{"source": "paypal", "day": TODAY, "flaw": "signature", "number": 3}],
    "contact_messages": [{"id": number(631), "name": "A", "email": "a@b.example", "message": "x"}],
    "inbox_emails": [
        {"id": number(621), "booking_id": UPCOMING, "outbox_id": number(1), "letter": "x", "recipient_email": "a@b.example", "subject": "x"}
    ],
    "staff": [colleague(ME_AT_WORK), colleague(GONE_COLLEAGUE, disabled=NOW)],
    "handovers": [read(231, UPCOMING), read(232, COMPLETED, "in"), read(233, ACTIVE, at=NOW - HOUR)],
    "booking_charges": [
        charged(241, UPCOMING, "due"),
        charged(242, UPCOMING, "proposed", 2),
        charged(243, COMPLETED, "withdrawn"),
        charged(244, THEIRS, "due"),
        charged(245, ACTIVE, "invoiced"),
        charged(246, THEIRS, "invoiced", 2),
        charged(247, ACTIVE, "invoiced", 2),
        charged(248, COMPLETED, "invoiced", 2),
        charged(249, THEIRS, "invoiced", 3),
    ],
    "paypal_invoices": [
        invoiced(261, THEIRS),
        invoiced(262, UPCOMING, "sent", **at_paypal(262, "SHARED")),
        invoiced(263, ACTIVE, "sent", **at_paypal(263, "SENT")),
        invoiced(264, UPCOMING, **at_paypal(264, "DRAFT")),
        invoiced(265, COMPLETED, "void", **at_paypal(265, "CANCELLED"), ended_at=NOW),
        invoiced(266, COMPLETED, "sent", **at_paypal(266, "PAID"), amount_paid=10, ended_at=NOW, problem="x"),
    ],
    "paypal_invoice_charges": [
        {"invoice_id": number(261), "charge_id": number(246), "amount": 10},
        {"invoice_id": number(263), "charge_id": number(245), "amount": 10},
        {"invoice_id": number(265), "charge_id": number(248), "amount": 10, "freed_at": NOW},
    ],
    "paypal_invoice_requests": [asked_about(271, 263), asked_about(272, 263, "payment")],
    "deposit_claims": [
        claimed(251, UPCOMING, 221),
        claimed(252, COMPLETED, 223, "withdrawn"),
        claimed(253, COMPLETED, 226, "settled", number=2, answer="accepted", ended_at=NOW),
    ],
    "staff_sessions": [session(701), session(702, revoked=NOW)],
    "staff_links": [invitation(711), invitation(712, used=NOW)],
    "payment_decisions": [decision(541, ME_AT_WORK)],
    "money_differences": [
        difference(521, booking_id=UPCOMING),
        difference(522, resolved_at=NOW),
        difference(523, resolved_at=NOW, resolved_by=GONE_COLLEAGUE, reason="x"),
    ],
    "money_comparisons": [comparison(531, phase="done", finished_at=NOW)],
    "audit_log": [{"staff_id": ME_AT_WORK, "action": "x"}, {"staff_id": None, "action": "x"}],
    "car_reviews": [
        review(821, is_approved=True, decided_at=NOW),
        review(822, car_id=SECRET, is_approved=True, decided_at=NOW),
        review(823),
        review(824, UPCOMING, RENTED, 20),
        review(825, THEIRS, start=30),
    ],
}

# Rows that somebody may try to insert. Each caller names as many columns as it may; the rest keep their defaults.
INSERTS: dict[str, dict[str, Row]] = {
    "locations": {"a place": place(number(3))},
    "location_hours": {"a day": {"location_id": PLACE, "weekday": 2, "opens": "08:00", "closes": "18:00"}},
    "cars": {"a car": car(number(14), hidden=False)},
    "car_images": {"a picture": of_car(391, view="side", path="x", alt="x", width=1, height=1)[0]},
    "car_features": {"a feature": of_car(391, name="x")[0]},
    "car_specifications": {"a line": of_car(391, name="x", value="x")[0]},
    "car_pricing": {"a price": {"id": number(391), "car_id": number(404), "currency": "USD", "base_price": 1}},
    "car_additional_fees": {"a fee": of_car(391, name="x", amount=1)[0]},
    "price_rules": {"a rule": {"id": number(391), "kind": "delivery", "name": "x", "amount": 1, "currency": "USD"}},
    "customers": {"a customer": customer(number(24), number(34))},
    "bookings": {
        "unpaid": booking(number(120), STRANGER, "pending", 50),
        "paid at once": booking(number(120), STRANGER, "upcoming", 50),
    },
    "car_availability": {
        "held for half an hour": day(50, "pending", PENDING, NOW + HOUR / 2),
        "held for a day": day(50, "pending", PENDING, NOW + DAY),
        "held for a payment": day(50, "pending", PENDING, FOREVER),
        "booked": day(50, "booked", PENDING),
        "blocked": day(50, "blocked"),
    },
    "booking_events": {
        "by the renter": event(UPCOMING, "customer"),
        "by staff, in the caller's name": event(UPCOMING, "admin", str(ME_AT_WORK)),
        "by staff, in another's name": event(UPCOMING, "admin", str(GONE_COLLEAGUE)),
        "by the renter, in the caller's name": event(UPCOMING, "customer", str(ME_AT_WORK)),
        "a review, by its renter": event(COMPLETED, "customer") | {"event_type": "review_left"},
        "a review, by the machine": event(COMPLETED, "system") | {"event_type": "review_left"},
        "something else, by the review's renter": event(COMPLETED, "customer"),
    },
    "booking_locations": {"a place": trip(490, PAYING)},
    "booking_secure_tokens": {"a link": link(490, PAYING, "new")},
    "booking_pin_tries": {"a try": {"id": number(490), "link_id": number(418), "network": "192.0.2.2"}},
    "payments": {"unpaid": payment(590, STARTED, "pending"), "paid": payment(590, STARTED, "captured", captured=100)},
    "payment_operations": {kind: operation(number(290), kind, attempt=2) for kind in ("create_order", "capture", "refund")}
    | {
        "refund for a change": operation(number(290), "refund", attempt=2) | {"change_id": CHANGE},
        "refund of a rest that is due": operation(number(290), "refund", UPCOMING) | {"instalment_id": REST},
        "refund of a rest that is not due": operation(number(290), "refund", attempt=2) | {"instalment_id": number(233)},
        "capture of a rest": operation(number(290), "capture", UPCOMING, attempt=2) | {"instalment_id": REST},
        "done at PayPal's own site": operation(number(290), "refund", attempt=2) | {"origin": "external"},
        "release of what is held": operation(number(290), "release", THEIRS) | {"hold_id": number(222)},
        "release of what was held with a rental that is not paid": operation(number(290), "release", PAYING) | {"hold_id": number(224)},
        "renewal of what was held with a rental": operation(number(290), "renew", PAYING) | {"hold_id": number(224)},
        "release of what was held with a rental": operation(number(290), "release", UPCOMING) | {"hold_id": number(225)},
        "renewal of what is held": operation(number(290), "renew", THEIRS) | {"hold_id": number(222)},
        "repayment of what was claimed": operation(number(290), "repay") | {"hold_id": number(226)},
        "repayment of more than was claimed": operation(number(290), "repay") | {"hold_id": number(226), "amount": 11},
        "repayment of what is held": operation(number(290), "repay", THEIRS) | {"hold_id": number(222)},
        "refund of what its renter ended": operation(number(290), "refund", UPCOMING),
    }
    | {kind: operation(number(290), kind) | {"hold_id": number(221)} for kind in ("open_hold", "hold", "renew", "release", "claim")},
    "payment_results": {
        "of an order": {"operation_id": CREATE, "outcome": "succeeded"},
        "of a capture": {"operation_id": CAPTURE, "outcome": "succeeded"},
        "of a refund": {"operation_id": REFUND, "outcome": "succeeded"},
        "of a hold": {"operation_id": HELD, "outcome": "succeeded"},
    },
    "receipts": {
        "of money that came": paper(590, COMPLETED, MONEY),
        "of money that did not": paper(590, COMPLETED, CAPTURE),
        "of an invoice that was paid": paper(590, COMPLETED, None, purpose="invoice", invoice_id=number(266)),
        "of an invoice that was not": paper(590, ACTIVE, None, purpose="invoice", invoice_id=number(263)),
    },
    "payment_decisions": {
        "in the caller's name": decision(590, ME_AT_WORK, "give_back"),
        "in another's name": decision(590, GONE_COLLEAGUE),
    },
    "money_differences": {"a difference": difference(590), "a resolved one": difference(590, resolved_at=NOW)},
    "money_comparisons": {"a comparison": comparison(590)},
    "receipt_counters": {"a count": {"kind": "credit_note", "year": 2001, "last": 1}},
    "booking_changes": {
        "waiting": change(number(290), STARTED, "pending"),
        "in force": change(number(290), STARTED, "applied"),
        "of what is not accepted": change(number(290), WAITING, "pending"),
    },
    "booking_instalments": {
        "due": rest(290, STARTED),
        "due, of another sum": rest(290, STARTED, amount=30),
        "settled at once": rest(290, STARTED, "paid"),
    },
    "booking_endings": {
        "by the renter": ending(THEIRS, "renter"),
        "by the renter, for more than the tiers say": ending(THEIRS, "renter", 50),
        "by the renter, after the pick-up": ending(STARTED, "renter"),
        "by the company": ending(THEIRS, "company", 100),
        "by the company, for less": ending(THEIRS, "company", 50),
        "by the tiers": ending(THEIRS, "tiers"),
        "by a share": ending(THEIRS, "percent", 50),
        "of who never came": ending(STARTED, "no_show"),
        "refused": ending(WAITING, "refused", 100),
        "refused, though no answer was needed": ending(THEIRS, "refused", 100),
        "not accepted, and cancelled by the tiers": ending(WAITING, "tiers"),
        "unanswered": ending(UNANSWERED, "unanswered", 100),
        "unanswered, before the time is over": ending(WAITING, "unanswered", 100),
        "a second one": ending(CANCELLED, "company", 100),
    },
    "deposit_holds": {
        "asked for": hold(290, STARTED, "asked"),
        "in force": hold(290, STARTED, "held"),
        "with a rental": hold(290, STARTED, "asked", way="one_order"),
    },
    "paypal_wallets": {"agreed": wallet(STARTED, "agreed"), "kept": wallet(STARTED, "kept")},
    "handovers": {
        "out, its deposit held": read(290, THEIRS),
        "out, no deposit held": read(290, STARTED),
        "out, no deposit held, and why": read(290, STARTED, without_deposit="x"),
        "out, in another's name": read(290, THEIRS, staff_id=GONE_COLLEAGUE),
        "out, of a booking that is not paid": read(290, PENDING, without_deposit="x"),
        "back": read(290, ACTIVE, "in"),
        "back, and never out": read(290, STARTED, "in"),
        "back, with less on the clock": read(290, ACTIVE, "in", odometer=99),
    },
    "deposit_claims": {
        "asked for": claimed(290, THEIRS, 222),
        "at once": claimed(290, THEIRS, 222, "accepted", answer="at_once"),
        "for the renter": claimed(290, THEIRS, 222, "accepted", answer="accepted"),
        "more than is held": claimed(290, THEIRS, 222, asked=11, amount=11),
        "of a hold that was given back": claimed(290, COMPLETED, 223),
        "in another's name": claimed(290, THEIRS, 222, staff_id=GONE_COLLEAGUE),
    },
    "booking_charges": {
        "due": charged(290, ACTIVE, "due"),
        "proposed": charged(290, ACTIVE, "proposed"),
        "withdrawn": charged(290, ACTIVE, "withdrawn"),
        "in another's name": charged(290, ACTIVE, "due", staff_id=GONE_COLLEAGUE),
        "of a car that never went out": charged(290, STARTED, "due"),
    },
    "paypal_invoices": {
        "drafted": invoiced(290, ACTIVE),
        "sent at once": invoiced(290, ACTIVE, "sent"),
        "as if PayPal had it": invoiced(290, ACTIVE, **at_paypal(290, "DRAFT")),
        "in another's name": invoiced(290, ACTIVE, created_by=GONE_COLLEAGUE),
    },
    "paypal_invoice_charges": {
        "for a charge": {"invoice_id": number(261), "charge_id": number(249), "amount": 10},
        "for more than it is": {"invoice_id": number(261), "charge_id": number(249), "amount": 11},
        "for one that is asked for": {"invoice_id": number(261), "charge_id": number(246), "amount": 10},
        "for one of another booking": {"invoice_id": number(261), "charge_id": number(247), "amount": 10},
        "once PayPal has it": {"invoice_id": number(263), "charge_id": number(247), "amount": 10},
    },
    "paypal_invoice_requests": {
        "a reminder": asked_about(290, 263),
        "a payment": asked_about(290, 263, "payment"),
        "a payment that is noted already": asked_about(290, 263, "payment", status="done", ended_at=NOW),
        "in another's name": asked_about(290, 263, staff_id=GONE_COLLEAGUE),
    },
    "booking_clashes": {"a clash": clash(265, STARTED, UPCOMING)},
    "booking_alarms": {"an alarm": {"booking_id": STARTED, "kind": "uncovered"}},
    "outbox": {"a promise": promise(690)},
    "booking_extras": {"an extra": {"booking_id": PENDING, "code": "child-seat", "quantity": 1}},
    "idempotency_keys": {"a key": key(3, PENDING), "a key of staff's": key(3, PENDING) | {"scope": "staff.refund"}},
    "webhook_events": {"a notice": notice(690)},
    "webhook_deliveries": {"a delivery": {"source": "paypal", "transmission_id": "t690", "event_id": "e690", "digest": bytes(32)}},
    "webhook_cursors": {"a moment": {"source": "resend", "read_until": NOW}},
    "webhook_refusals": {"a count": {"source": "paypal", "day": TODAY, "flaw": "replay", "number": 1}},
    "contact_messages": {"a message": {"id": number(690), "name": "A", "email": "a@b.example", "message": "x"}},
    "inbox_emails": {"a letter": {"id": number(690), "outbox_id": number(2), "letter": "x", "recipient_email": "x@x", "subject": "x"}},
    "staff": {"a colleague": colleague(number(43))},
    "staff_sessions": {"a session": session(790)},
    "staff_links": {"a link": invitation(790)},
    "hero_content": {"a hero": hero(891, shown=False)},
    "homepage_settings": {"a choice": {"id": number(891)}},
    "car_reviews": {
        "of a rental that is over": review(891, COMPLETED),
        "of a rental to come": review(891, STARTED, start=-1),
        "of another car": review(891, COMPLETED, RENTED),
        "of other days": review(891, COMPLETED, start=-21),
        "of no rental": review(891),
        "approved at once": review(891, COMPLETED, is_approved=True, decided_at=NOW),
    },
    "audit_log": {
        "in the caller's name": {"staff_id": ME_AT_WORK, "action": "x"},
        "in another's name": {"staff_id": GONE_COLLEAGUE, "action": "x"},
    },
}

# Where a rule lets some rows be changed and others not, each kind is tried by itself: of all at once the first refused ends the try.
PARTS: dict[str, dict[str, tuple[str, str]]] = {
    "booking_clashes": {"of a car that is back": (f"closed_at = '{NOW}', how = 'returned'", f"late_id = '{COMPLETED}'")},
    "bookings": {
        f"what is {one}": (f"updated_at = '{NOW}'", f"status = '{one}'") for one in ("upcoming", "active", "cancelled", "expired")
    },
}

# Changes of several columns at once, or to values that no row has yet.
UPDATES: dict[str, dict[str, Row]] = {
    "bookings": {"cancelled": {"status": "cancelled", "cancelled_at": NOW}, "accepted": {"approved_at": NOW}},
    "booking_changes": {
        "in force": {"status": "applied", "expires_at": None, "decided_at": NOW},
        "dropped": {"status": "dropped", "expires_at": None, "decided_at": NOW},
        "waiting again": {"status": "pending", "expires_at": NOW + HOUR, "decided_at": None},
    },
    "booking_instalments": {
        "paid": {"status": "paid", "paypal_capture_id": "C", "settled_at": NOW, "is_paying": False},
        "waived in the caller's name": {"status": "waived", "waived_by": ME_AT_WORK, "reason": "x", "settled_at": NOW},
        "waived in another's name": {"status": "waived", "waived_by": GONE_COLLEAGUE, "reason": "x", "settled_at": NOW},
        "dropped": {"status": "dropped", "settled_at": NOW},
        "due again": {"status": "open", "settled_at": None},
    },
    "deposit_claims": {
        "accepted": {"status": "accepted", "answer": "accepted", "answered_at": NOW},
        "not answered": {"status": "accepted", "answer": "silent", "answered_at": NOW},
        "upheld": {"status": "accepted", "answer": "upheld", "reason": "x"},
        "objected to": {"status": "objected", "objection": "x", "answered_at": NOW},
        "withdrawn": {"status": "withdrawn", "ended_at": NOW},
        "settled": {"status": "settled", "answer": "accepted", "ended_at": NOW},
    },
    "booking_clashes": {
        "closed in the caller's name": {"closed_at": NOW, "how": "staff", "reason": "x", "staff_id": ME_AT_WORK},
        "closed in another's name": {"closed_at": NOW, "how": "staff", "reason": "x", "staff_id": GONE_COLLEAGUE},
        "closed with the car back": {"closed_at": NOW, "how": "returned"},
        "closed by itself": {"closed_at": NOW, "how": "freed"},
    },
    "booking_charges": {
        "due": {"status": "due", "due_at": NOW},
        "withdrawn": {"status": "withdrawn", "ended_at": NOW, "withdrawn_because": "x"},
        "invoiced": {"status": "invoiced"},
    },
    "paypal_invoices": {
        "to be sent": {"wanted": "sent", "problem": None},
        "void": {"wanted": "void", "problem": None},
        "ended": {"wanted": "void", "ended_at": NOW, "problem": None},
        "a draft again": {"wanted": "draft"},
        "with a problem": {"problem": "x"},
        "seen to": {"problem": None},
        "paid": {"status": "PAID", "paypal_invoice_id": "INV2-1", "amount_paid": 10},
    },
    "paypal_invoice_charges": {"freed": {"freed_at": NOW}, "asked for again": {"freed_at": None}},
    "paypal_invoice_requests": {"done": {"status": "done", "ended_at": NOW}},
    "deposit_holds": {
        "in force": {"status": "held"} | placed("A") | ended("held"),
        "declined": {"status": "declined"} | ended("declined"),
        "given back": {"status": "released"} | placed("A") | ended("released"),
    },
    "paypal_wallets": {
        "kept": {"status": "kept", "token_id": "W", "ended_at": None},
        "none": {"status": "none", "ended_at": NOW},
        "cancelled": {"status": "cancelled", "ended_at": NOW},
        "deleted": {"status": "deleted", "token_id": "W", "deleting_at": NOW, "ended_at": NOW},
    },
    "car_availability": {
        "held for a day": {"hold_expires_at": NOW + DAY},
        "held for half an hour": {"hold_expires_at": NOW + HOUR / 2},
        "held for a payment": {"hold_expires_at": FOREVER},
        "booked": {"status": "booked", "hold_expires_at": None},
        "turnaround": {"status": "turnaround", "hold_expires_at": None},
        "blocked": {"status": "blocked", "hold_expires_at": None},
    },
    "booking_secure_tokens": {
        "revoked": {"revoked_at": NOW},
        "made good again": {"revoked_at": None},
        "with a PIN": {"pin_hash": "$argon2id$y", "pin_nonce": bytes(32)},
        "without its PIN": {"pin_hash": None},
    },
    "car_reviews": {
        "approved in the caller's name": {"is_approved": True, "decided_at": NOW, "decided_by": ME_AT_WORK},
        "approved in another's name": {"is_approved": True, "decided_at": NOW, "decided_by": GONE_COLLEAGUE},
        "opened again": {"is_approved": False, "decided_at": None, "decided_by": ME_AT_WORK},
    },
    "money_differences": {
        "resolved in the caller's name": {"resolved_at": NOW, "resolved_by": ME_AT_WORK, "reason": "x"},
        "resolved in another's name": {"resolved_at": NOW, "resolved_by": GONE_COLLEAGUE, "reason": "x"},
        "opened again": {"resolved_at": None, "resolved_by": None, "reason": None},
    },
    "money_comparisons": {"finished": {"phase": "done", "finished_at": NOW}},
    "payments": {"captured": {"status": "captured", "captured_amount": 100}},
    "price_rules": {"superseded": {"superseded_at": NOW}, "in force again": {"superseded_at": None}},
    "outbox": {"revived": {"dead_at": None, "error": None}, "killed": {"dead_at": NOW}},
    "staff_sessions": {"ended": {"revoked_at": NOW}, "revived": {"revoked_at": None}},
    "staff_links": {"used": {"used_at": NOW}, "made good again": {"used_at": None}},
}


def literal(value: Any) -> str:
    """Write a value as SQL."""
    if value is None:
        return "null"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    text = json.dumps(value) if isinstance(value, dict | list) else str(value)
    return "'" + text.replace("'", "''") + "'"


def insert(table: str, row: Row, columns: Sequence[str] | None = None) -> str:
    """Write an insert of those columns of a row."""
    chosen = [name for name in row if columns is None or name in columns] or list(row)
    return f"insert into {table} ({', '.join(chosen)}) values ({', '.join(literal(row[name]) for name in chosen)})"


def world() -> Iterator[str]:
    """Write the statements that make the world, to be run by a superuser."""
    for table, found in WORLD.items():
        for row in found:
            yield insert(f"public.{table}", row)
