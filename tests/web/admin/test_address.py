"""A mistyped e-mail address: corrected by staff, with a letter to the right one and nothing left open to the wrong one."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, new_key
from tests.product import Stack
from tests.web.admin.test_failed_work import failed, state
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]
WHY = "They told us on the phone"


async def address(build: Build, made: Made) -> str:
    return str(await build.value("select contact_email from bookings where id = $1", made.id))


async def link_in_letter(stack: Stack, to: str) -> str:
    """The private link in the letter to an address, as soon as it has come."""
    async with asyncio.timeout(20):
        while not (mails := [mail for mail in await stack.resend.control("GET", "mails") if mail["to"] == [to]]):
            await asyncio.sleep(0.1)
    return str(mails[0]["text"].partition(f"{stack.url}/booking/")[2].split()[0])


async def opens(stack: Stack, token: str) -> int:
    """What a program is answered that exchanges a private link for the booking's key."""
    async with httpx.AsyncClient(base_url=stack.url, timeout=30) as http:
        return (await http.post("/api/bookings/key", json={"token": token})).status_code


async def test_the_right_address_gets_a_letter_and_the_wrong_one_a_dead_link(desk: Sit, build: Build, stack: Stack) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    right = f"right-{made.reference.lower()}@example.com"
    answer = await ann.post(f"/admin/bookings/{made.reference}/address", email=f" {right.upper()} ", reason=WHY)
    assert answer.status_code == 303
    assert await address(build, made) == right
    token = await link_in_letter(stack, right)
    assert token != made.token
    assert (await opens(stack, token), await opens(stack, made.token)) == (200, 404)
    assert [event for event in await build.history(made) if event in ("email_corrected", "link_reissued")] == [
        "email_corrected",
        "link_reissued",
    ]
    [[details]] = await build.rows("select details from booking_events where booking_id = $1 and event_type = 'email_corrected'", made.id)
    assert details == {"was": made.order.email, "is": right}
    assert WHY in (await ann.get(f"/admin/bookings/{made.reference}")).text


async def test_letters_that_were_given_up_go_to_the_right_address_and_none_goes_twice(desk: Sit, build: Build, stack: Stack) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    lost = [await failed(build, topic, booking_id=made.id) for topic in ("mail.confirmation", "mail.deposit_reminder")]
    right = f"right-{made.reference.lower()}@example.com"
    assert (await ann.post(f"/admin/bookings/{made.reference}/address", email=right, reason=WHY)).status_code == 303
    assert [await state(build, work_id) for work_id in lost] == ["seen to", "seen to"]
    await link_in_letter(stack, right)
    promised = await build.rows("select id, topic from outbox where payload ->> 'booking_id' = $1 order by id", str(made.id))
    letters = [topic for work_id, topic in promised if work_id not in lost and topic in ("mail.confirmation", "mail.deposit_reminder")]
    assert letters == ["mail.confirmation", "mail.confirmation", "mail.deposit_reminder"], "of the payment; and both anew, once each"


@pytest.mark.parametrize(
    ("email", "reason", "said"),
    [
        ("not an address", WHY, "Please give an e-mail address"),
        ("right@example.com", "x", "Say why"),
        ("{same}", WHY, "This is the address we have."),
    ],
    ids=["no address", "no reason", "the same"],
)
async def test_what_is_not_right_is_said_and_nothing_changes(desk: Sit, build: Build, email: str, reason: str, said: str) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    typed = email.format(same=made.order.email)
    answer = await ann.post(f"/admin/bookings/{made.reference}/address", email=typed, reason=reason)
    assert (answer.status_code, said in answer.text, f'value="{typed}"' in answer.text) == (422, True, True)
    assert await address(build, made) == made.order.email
    assert "link_reissued" not in await build.history(made)


async def test_a_booking_that_is_not_paid_keeps_its_address_and_its_link(desk: Sit, build: Build) -> None:
    made, ann = await build.held(), await desk(StaffRole.AGENT)
    answer = await ann.send("POST", f"/api/admin/bookings/{made.reference}/address", {"email": "a@b.example", "reason": WHY}, key=new_key())
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not-paid")
    assert "Correct the e-mail address" not in (await ann.get(f"/admin/bookings/{made.reference}")).text
    assert await address(build, made) == made.order.email


async def test_the_same_as_json_and_once(desk: Sit, build: Build) -> None:
    made, ann, key = await build.paid(), await desk(StaffRole.AGENT), new_key()
    order = {"email": f"json-{made.reference.lower()}@example.com", "reason": WHY}
    for _twice in range(2):
        answer = await ann.send("POST", f"/api/admin/bookings/{made.reference}/address", order, key=key)
        assert (answer.status_code, answer.json()) == (200, {"email": order["email"]})
    assert (await build.history(made)).count("email_corrected") == 1
    assert await address(build, made) == order["email"]
