"""Invoices over HTTP: drafted on the file, sent, paid on PayPal's page, seen by the renter, and noted as paid another way."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from exodrive.kit import clock
from exodrive.kit.days import day_at
from exodrive.staff.model import StaffRole
from tests import garage
from tests.builders import Build, Made, new_key
from tests.product import Stack
from tests.web.admin.test_charges import came_back, of_panel
from tests.web.conftest import Client
from tests.web.desk import Desk
from tests.web.steps import settles

Sit = Callable[..., Awaitable[Desk]]


def day(ahead: int) -> str:
    return (day_at(clock.now(), garage.ZONE) + timedelta(days=ahead)).isoformat()


async def owing(build: Build, ann: Desk) -> tuple[Made, str]:
    """A rental that is over with a charge of $300, and its address for staff."""
    made = await came_back(build, ann, driven=10)
    path = f"/api/admin/bookings/{made.reference}"
    damage = {"kind": "damage", "amount": "300", "reason": "Left <mirror>"}
    assert (await ann.send("POST", f"{path}/charges", damage, key=new_key())).status_code == 201
    return made, path


async def standing(ann: Desk, path: str, status: str) -> dict[str, Any]:
    """The invoice, as soon as the worker has brought it there."""

    async def look() -> Any:
        return (await invoice(ann, path))["status"]

    await settles(look, status)
    return await invoice(ann, path)


async def invoice(ann: Desk, path: str) -> dict[str, Any]:
    [one] = (await ann.get(f"{path}/invoices")).json()["invoices"]
    return one


async def sent(ann: Desk, path: str) -> dict[str, Any]:
    told = await ann.send("POST", f"{path}/invoices", {"due_on": day(7)}, key=new_key())
    assert told.status_code == 201, told.text
    await standing(ann, path, "DRAFT")
    assert (await ann.send("POST", f"{path}/invoices/{told.json()['number']}/sending", key=new_key())).status_code == 202
    return await standing(ann, path, "SHARED")


# long: one story from the charge to the payment, on both pages
async def test_drafted_and_sent_on_the_file_and_paid_by_the_renter(desk: Sit, build: Build, client: Client, stack: Stack) -> None:
    ann, sam = await desk(), await desk(StaffRole.AGENT)
    made, path = await owing(build, ann)
    action = f"/admin/bookings/{made.reference}/invoices"
    assert action not in (await sam.get(f"/admin/bookings/{made.reference}")).text
    form = of_panel((await ann.get(f"/admin/bookings/{made.reference}")).text, action)
    assert form["due_on"] == day(14)
    assert (await ann.http.post(action, data=form | {"due_on": day(-2)})).status_code == 422
    for _twice in range(2):
        assert (await ann.http.post(action, data=form | {"note": "We are sorry"})).status_code == 303
    number = (await standing(ann, path, "DRAFT"))["number"]
    page = (await ann.get(f"/admin/bookings/{made.reference}")).text
    for said in ("Draft", "Left &lt;mirror&gt;", "$300.00", "We are sorry", "Send it to the renter"):
        assert said in page, said
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token}, headers={"sec-fetch-site": "same-origin"})
    assert number not in (await renter.get(f"/booking/{made.reference}")).text
    assert (await renter.get(f"/api/bookings/{made.reference}/invoices")).json() == {"invoices": []}
    assert (await ann.http.post(f"{action}/{number}/sending", data=of_panel(page, f"{action}/{number}/sending"))).status_code == 303
    there = await standing(ann, path, "SHARED")
    seen = (await renter.get(f"/booking/{made.reference}")).text
    for said in (f"Invoice {number}", "To be paid", "Please pay $300.00 by", "Pay $300.00 at PayPal", "We are sorry", there["url"]):
        assert said in seen, said
    assert (await renter.get(f"/api/bookings/{made.reference}/invoices")).json()["invoices"][0]["url"] == there["url"]
    await settles(lambda: picture(renter, f"/booking/{made.reference}/invoices/{number}/picture"), True)
    assert await picture(ann.http, f"{action}/{number}/picture")
    assert (await client().get(f"/booking/{made.reference}/invoices/{number}/picture")).status_code == 404
    invoice_id = there["url"].rpartition("/")[2]
    await stack.paypal.control("POST", f"invoices/{invoice_id}/pay", {})
    await standing(ann, path, "PAID")
    seen = (await renter.get(f"/booking/{made.reference}")).text
    assert "$300.00 is paid." in seen
    assert "Pay $300.00 at PayPal" not in seen


async def picture(http: Any, path: str) -> bool:
    answer = await http.get(path)
    return answer.status_code == 200 and answer.content.startswith(b"\x89PNG")


async def test_reminded_of_twice_a_day_and_noted_as_paid_in_cash(desk: Sit, build: Build) -> None:
    ann = await desk()
    made, path = await owing(build, ann)
    shown = await ann.send("POST", f"{path}/invoices/preview", {"due_on": day(7)})
    assert (shown.status_code, shown.json()["total"], shown.json()["lines"][0]["name"]) == (200, "300.00", "Damage")
    one = await sent(ann, path)
    at = f"{path}/invoices/{one['number']}"
    assert [(await ann.send("POST", f"{at}/reminders", key=new_key())).status_code for _ in range(3)] == [202, 202, 409]
    for wrong in ({"amount": "300.01", "day": day(0)}, {"amount": "300", "day": day(2)}):
        assert (await ann.send("POST", f"{at}/payments", wrong | {"method": "CASH"}, key=new_key())).status_code == 422
    action = f"/admin/bookings/{made.reference}/invoices/{one['number']}/payments"
    form = of_panel((await ann.get(f"/admin/bookings/{made.reference}")).text, action)
    assert form["amount"] == "300.00"
    assert (await ann.http.post(action, data=form | {"method": "CASH", "day": day(0)})).status_code == 303
    paid = await standing(ann, path, "MARKED_AS_PAID")
    assert [(row["kind"], row["status"]) for row in paid["requests"]] == [("reminder", "done"), ("reminder", "done"), ("payment", "done")]
    page = (await ann.get(f"/admin/bookings/{made.reference}")).text
    for said in ("Paid another way", "$300.00, Cash: noted at PayPal", "Reminded"):
        assert said in page, said


async def test_cancelled_with_a_reason_it_may_be_drafted_again(desk: Sit, build: Build) -> None:
    ann, sam = await desk(), await desk(StaffRole.AGENT)
    made, path = await owing(build, ann)
    one = await sent(ann, path)
    action = f"/admin/bookings/{made.reference}/invoices/{one['number']}/cancellation"
    assert (await sam.post(action, reason="not mine to say")).status_code == 403
    form = of_panel((await ann.get(f"/admin/bookings/{made.reference}")).text, action)
    assert (await ann.http.post(action, data=form | {"reason": ""})).status_code == 422
    assert (await ann.http.post(action, data=form | {"reason": "It was there before"})).status_code == 303
    await standing(ann, path, "CANCELLED")
    told = (await ann.get(f"{path}/invoices")).json()
    assert [charge["status"] for charge in told["open"]] == ["due"]
