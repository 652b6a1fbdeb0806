"""Giving money back on the booking's file and as JSON."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import httpx

from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, new_key
from tests.product import Stack
from tests.web.desk import Desk
from tests.web.steps import begin_payment, settles
from tests.web.storefront.conftest import Form

Sit = Callable[..., Awaitable[Desk]]


async def paid_at_paypal(build: Build, http: httpx.AsyncClient, stack: Stack) -> Made:
    """A booking whose money PayPal has taken."""
    made = await build.held()
    order_id = await begin_payment(http, made)
    await stack.paypal.control("POST", f"orders/{order_id}/approve", {"funding": "instant"})
    assert await settles(lambda: build.status(made), "upcoming")
    return made


def panel(page: str, name: str) -> dict[str, str]:
    """The form of one card of the file, as a browser would send it."""
    return Form(page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]).fields


async def noted(build: Build, made: Made) -> list[str]:
    rows = await build.rows("select action from audit_log where subject_type = 'booking' and subject_id = $1 order by id", str(made.id))
    return [action for (action,) in rows]


# --- giving back ---------------------------------------------------------------------------------------------------------


async def test_a_manager_gives_a_part_back_and_the_file_says_what_is_left(
    desk: Sit, build: Build, http: httpx.AsyncClient, stack: Stack
) -> None:
    made, sam = await paid_at_paypal(build, http, stack), await desk()
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    assert "$3,000.00 of what was paid is left" in page
    form = panel(page, "refund")
    assert form["amount"] == "3000.00"
    answer = await sam.http.post(f"/admin/bookings/{made.reference}/refunds", data=form | {"amount": "250.5", "reason": "The roof leaked"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/bookings/{made.reference}")
    refunded = "select refunded_amount from payments where booking_id = $1"
    assert await settles(lambda: build.value(refunded, made.id), Decimal("250.50"))
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    for said in ("$2,749.50 of what was paid is left", "Paying back promised", "Paid back", "The roof leaked"):
        assert said in page, said
    assert await noted(build, made) == ["booking_refunded"]


async def test_the_form_sent_twice_gives_back_once(desk: Sit, build: Build) -> None:
    made, sam = await build.paid(), await desk()
    form = panel((await sam.get(f"/admin/bookings/{made.reference}")).text, "refund") | {"amount": "100", "reason": "A gesture"}
    for _ in range(2):
        assert (await sam.http.post(f"/admin/bookings/{made.reference}/refunds", data=form)).status_code == 303
    assert await build.rows("select amount from payment_operations where booking_id = $1 and kind = 'refund'", made.id) == [(Decimal(100),)]


async def test_a_sum_that_cannot_be_leaves_what_was_typed(desk: Sit, build: Build) -> None:
    made, sam = await build.paid(), await desk()
    for amount, said in (("3001", "up to $3,000.00"), ("much", "Please give a number"), ("NaN", "above zero"), ("", "Please fill this in")):
        answer = await sam.post(f"/admin/bookings/{made.reference}/refunds", amount=amount, reason="A <b>gesture</b>")
        assert answer.status_code == 422, amount
        assert said in answer.text, amount
        form = panel(answer.text, "refund")
        assert (form["amount"], form["reason"]) == (amount, "A <b>gesture</b>")
    assert await build.value("select count(*) from payment_operations where booking_id = $1 and kind = 'refund'", made.id) == 0


async def test_an_agent_is_not_offered_it_and_may_not(desk: Sit, build: Build) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    assert "Give money back" not in (await ann.get(f"/admin/bookings/{made.reference}")).text
    answer = await ann.post(f"/admin/bookings/{made.reference}/refunds", amount="10", reason="A gesture")
    assert answer.status_code == 403
    answer = await ann.send("POST", f"/api/admin/bookings/{made.reference}/refunds", {"amount": "10", "reason": "A gesture"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")


# --- as JSON -------------------------------------------------------------------------------------------------------------


async def test_a_program_gives_back_once_per_key(desk: Sit, build: Build) -> None:
    made, sam, key = await build.paid(), await desk(), new_key()
    path, order = f"/api/admin/bookings/{made.reference}/refunds", {"amount": "100.00", "reason": "A gesture"}
    answers = [await sam.send("POST", path, order, key=key) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (201, {"amount": "100.00", "currency": "USD", "left": "2900.00"})
    ] * 2
    other = await sam.send("POST", path, order | {"amount": "101"}, key=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")
    assert await noted(build, made) == ["booking_refunded"]


async def test_what_is_wrong_is_named(desk: Sit, build: Build) -> None:
    made, unpaid, sam = await build.paid(), await build.held(), await desk()
    path = f"/api/admin/bookings/{made.reference}/refunds"
    for order, field in (
        ({"amount": "0", "reason": "A gesture"}, "amount"),
        ({"reason": "A gesture"}, "amount"),
        ({"amount": "1", "reason": "x"}, "reason"),
        ({"amount": "1", "reason": "A gesture", "currency": "EUR"}, "currency"),
    ):
        answer = await sam.send("POST", path, order, key=new_key())
        assert answer.status_code == 422, order
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await sam.send("POST", path, {"amount": "1", "reason": "A gesture"})).json()["errors"][0]["field"] == "Idempotency-Key"
    nothing = await sam.send(
        "POST", f"/api/admin/bookings/{unpaid.reference}/refunds", {"amount": "1", "reason": "A gesture"}, key=new_key()
    )
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/nothing-left")
    missing = await sam.send("POST", "/api/admin/bookings/ZZZZZZZZ/refunds", {"amount": "1", "reason": "A gesture"}, key=new_key())
    assert missing.status_code == 404
