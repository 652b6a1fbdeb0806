"""Cancelling and giving money back, on the booking's file and as JSON."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

import httpx

from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, new_key
from tests.flows.ending import pick_up_in, share, shown, total
from tests.product import Stack
from tests.web.conftest import Client
from tests.web.desk import Desk
from tests.web.steps import begin_payment, settles
from tests.web.storefront.forms import Form

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


# --- cancelling ----------------------------------------------------------------------------------------------------------


async def test_a_manager_cancels_by_the_tiers_and_everybody_sees_what_goes_back(
    desk: Sit, build: Build, http: httpx.AsyncClient, stack: Stack, client: Client
) -> None:
    made, sam = await paid_at_paypal(build, http, stack), await desk()
    await pick_up_in(build, made, timedelta(hours=30))
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    whole, half = shown(total(made)), shown(share(made, 50))
    for said in (f"Everything, {whole}: it is we who cancel", f"By the rules the renter accepted: 50% now, {half}"):
        assert said in page, said
    form = panel(page, "cancel") | {"how": "tiers", "reason": "asked by telephone"}
    assert (await sam.http.post(f"/admin/bookings/{made.reference}/cancellation", data=form)).status_code == 303
    refunded = "select refunded_amount from payments where booking_id = $1"
    assert await settles(lambda: build.value(refunded, made.id), share(made, 50))
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    told = f"50% of {whole} goes back the way you paid, within a few days: {half}."
    assert told in page
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token})
    seen = (await renter.get(f"/booking/{made.reference}")).text
    for said in ("This booking is cancelled", "We cancelled this booking.", told, f"{half} of it was paid back"):
        assert said in seen, said
    assert "asked by telephone" not in seen
    sent = "select count(*) from inbox_emails where booking_id = $1 and letter = 'ended'"
    assert await settles(lambda: build.value(sent, made.id), 1)


async def test_a_wrong_share_leaves_what_was_chosen(desk: Sit, build: Build) -> None:
    made, sam = await build.paid(), await desk()
    for percent in ("", "101", "much"):
        answer = await sam.post(f"/admin/bookings/{made.reference}/cancellation", how="percent", percent=percent, reason="A good guest")
        assert answer.status_code == 422, percent
        form = panel(answer.text, "cancel")
        assert (form["how"], form["percent"], form["reason"]) == ("percent", percent, "A good guest")
    assert await build.status(made) == "upcoming"


async def test_staff_note_that_nobody_came_the_renter_sees_it_and_it_is_taken_back(desk: Sit, build: Build, client: Client) -> None:
    made, sam = await build.paid(), await desk()
    assert 'id="no-show"' not in (await sam.get(f"/admin/bookings/{made.reference}")).text, "the pick-up is still to come"
    await pick_up_in(build, made, timedelta(hours=-1))
    form = panel((await sam.get(f"/admin/bookings/{made.reference}")).text, "no-show") | {"reason": "waited an hour"}
    assert (await sam.http.post(f"/admin/bookings/{made.reference}/no-show", data=form)).status_code == 303
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token})
    said = "We waited at the pick-up, and nobody came for the car."
    seen = (await renter.get(f"/booking/{made.reference}")).text
    assert said in seen
    assert "waited an hour" not in seen
    form = panel((await sam.get(f"/admin/bookings/{made.reference}")).text, "no-show") | {"reason": "the flight was late"}
    assert (await sam.http.post(f"/admin/bookings/{made.reference}/no-show/withdrawal", data=form)).status_code == 303
    assert said not in (await renter.get(f"/booking/{made.reference}")).text
    assert await noted(build, made) == ["no_show_noted", "no_show_withdrawn"]


# --- giving back ---------------------------------------------------------------------------------------------------------


async def test_a_manager_gives_a_part_back_and_the_file_says_what_is_left(
    desk: Sit, build: Build, http: httpx.AsyncClient, stack: Stack
) -> None:
    made, sam = await paid_at_paypal(build, http, stack), await desk()
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    assert f"{shown(total(made))} of what was paid is left" in page
    form = panel(page, "refund")
    assert form["amount"] == made.held.total.text
    answer = await sam.http.post(f"/admin/bookings/{made.reference}/refunds", data=form | {"amount": "250.5", "reason": "The roof leaked"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/bookings/{made.reference}")
    refunded = "select refunded_amount from payments where booking_id = $1"
    assert await settles(lambda: build.value(refunded, made.id), Decimal("250.50"))
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    for said in (
        f"{shown(total(made) - Decimal('250.5'))} of what was paid is left",
        "Paying back promised",
        "Paid back",
        "The roof leaked",
    ):
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
    for amount, said in (
        ("9001", f"up to {shown(total(made))}"),
        ("much", "Please give a number"),
        ("NaN", "above zero"),
        ("", "Please fill this in"),
    ):
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


async def test_a_program_cancels_once_per_key(desk: Sit, build: Build) -> None:
    made, sam, key = await build.paid(), await desk(), new_key()
    path, order = f"/api/admin/bookings/{made.reference}/cancellation", {"reason": "Engine trouble", "how": "percent", "percent": 50}
    answers = [await sam.send("POST", path, order, key=key) for _ in range(2)]
    for answer in answers:
        assert answer.status_code == 200
        told = {"how": "percent", "percent": 50, "paid": made.held.total.text, "refund": f"{share(made, 50)}", "currency": "USD"}
        assert {name: value for name, value in answer.json().items() if name != "ended_at"} == told
    assert answers[0].json() == answers[1].json()
    again = await sam.send("POST", path, order, key=new_key())
    assert (again.status_code, again.json()["type"]) == (409, "/problems/not-cancellable")
    other = await sam.send("POST", path, order | {"percent": 60}, key=key)
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")
    assert await noted(build, made) == ["booking_cancelled"]


async def test_a_cancellation_that_cannot_be_is_told_by_its_field(desk: Sit, build: Build) -> None:
    made, sam, ann = await build.held(), await desk(), await desk(StaffRole.AGENT)
    path = f"/api/admin/bookings/{made.reference}/cancellation"
    for order, field in (
        ({"reason": "x"}, "reason"),
        ({"reason": "A reason", "how": "renter"}, "how"),
        ({"reason": "A reason", "how": "never"}, "how"),
        ({"reason": "A reason", "how": "percent"}, "percent"),
        ({"reason": "A reason", "refund": 1}, "refund"),
    ):
        answer = await sam.send("POST", path, order, key=new_key())
        assert answer.status_code == 422, order
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert (await ann.send("POST", path, {"reason": "A reason"}, key=new_key())).status_code == 403
    assert await build.status(made) == "pending"


async def test_a_program_gives_back_once_per_key(desk: Sit, build: Build) -> None:
    made, sam, key = await build.paid(), await desk(), new_key()
    path, order = f"/api/admin/bookings/{made.reference}/refunds", {"amount": "100.00", "reason": "A gesture"}
    answers = [await sam.send("POST", path, order, key=key) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (201, {"amount": "100.00", "currency": "USD", "left": f"{total(made) - 100}"})
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
