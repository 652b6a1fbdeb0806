"""A claim on a deposit over HTTP: made by a manager, answered on the renter's page, decided by staff."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import asyncpg

from exodrive.kit.ids import new_id
from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, new_key
from tests.product import Stack
from tests.web.admin.test_charges import came_back, of_panel
from tests.web.conftest import Client
from tests.web.desk import Desk
from tests.web.steps import settles

Sit = Callable[..., Awaitable[Desk]]


async def owing(build: Build, sam: Desk) -> Made:
    """A rental that is over with a charge of $300, and a deposit of $5,000 that our book says is held."""
    made = await came_back(build, sam, driven=10)
    path = f"/api/admin/bookings/{made.reference}"
    damage = {"kind": "damage", "amount": "300", "reason": "Left mirror"}
    assert (await sam.send("POST", f"{path}/charges", damage, key=new_key())).status_code == 201
    db = await asyncpg.connect(build.superuser_url)
    hold_id = new_id()
    await db.execute("update bookings set security_deposit_amount = 5000 where id = $1", made.id)
    await db.execute(
        """insert into deposit_holds (id, booking_id, number, way, status, amount, currency, authorization_id, parent_authorization_id,
                                      authorized_at, covered_until)
           values ($1::uuid, $2, 1, 'approval', 'held', 5000, 'USD', $3, $3, exodrive_private.now(),
                   exodrive_private.now() + interval '20 days')""",
        hold_id,
        made.id,
        f"A{hold_id.hex[:16]}",
    )
    await db.close()
    return made


async def claim_of(build: Build, made: Made) -> tuple[Any, ...]:
    [row] = await build.rows("select id, status, objection from deposit_claims where booking_id = $1", made.id)
    return row


async def test_a_manager_claims_the_renter_objects_and_it_is_withdrawn(desk: Sit, build: Build, client: Client) -> None:
    ann, sam = await desk(), await desk(StaffRole.AGENT)
    made = await owing(build, ann)
    action = f"/admin/bookings/{made.reference}/claims"
    assert action not in (await sam.get(f"/admin/bookings/{made.reference}")).text
    form = of_panel((await ann.get(f"/admin/bookings/{made.reference}")).text, action)
    for _twice in range(2):
        assert (await ann.http.post(action, data=form)).status_code == 303
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token}, headers={"sec-fetch-site": "same-origin"})
    seen = (await renter.get(f"/booking/{made.reference}")).text
    for said in ("We ask for $300.00 of your deposit. Until ", "Left mirror", "I do not agree"):
        assert said in seen, said
    assert (await renter.post(f"/booking/{made.reference}/claim/objection", data={"objection": " "})).status_code == 303
    assert (await claim_of(build, made))[1] == "asked", "an objection says why"
    for objection in ("It was there <before>", "once more"):
        answer = await renter.post(f"/booking/{made.reference}/claim/objection", data={"objection": objection})
        assert answer.headers["location"] == f"/booking/{made.reference}#charges"
    seen = (await renter.get(f"/booking/{made.reference}")).text
    for said in ("You objected, and nothing is taken before we have looked at it.", "You wrote: It was there &lt;before&gt;"):
        assert said in seen, said
    claim_id = (await claim_of(build, made))[0]
    page = (await ann.get(f"/admin/bookings/{made.reference}")).text
    for said in ("The renter objects: decide", "It was there &lt;before&gt;", "Take it all the same"):
        assert said in page, said
    action = f"/admin/bookings/{made.reference}/claims/{claim_id}/decision"
    form = of_panel(page, action) | {"decision": "withdraw", "reason": "You are right"}
    assert (await sam.post(action, decision="withdraw", reason="not mine to say")).status_code == 403
    assert (await ann.http.post(action, data=form)).status_code == 303
    seen = (await renter.get(f"/booking/{made.reference}")).text
    assert all(said in seen for said in ("We withdrew what we had asked for.", "You are right"))


async def test_accepted_on_the_page_it_is_on_its_way_and_pressed_again_nothing_happens(
    desk: Sit, build: Build, client: Client, stack: Stack
) -> None:
    ann = await desk()
    made = await owing(build, ann)
    path = f"/api/admin/bookings/{made.reference}"
    told = await ann.send("POST", f"{path}/claims", key=new_key())
    assert (told.status_code, told.json()["amount"]) == (201, "300.00")
    assert (await ann.send("POST", f"{path}/claims", key=new_key())).status_code == 409
    decision = {"decision": "uphold", "reason": "We are sure"}
    refused = await ann.send("POST", f"{path}/claims/{told.json()['id']}/decision", decision, key=new_key())
    assert refused.status_code == 409, "nobody has objected"
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token}, headers={"sec-fetch-site": "same-origin"})
    for _twice in range(2):
        assert (await renter.post(f"/booking/{made.reference}/claim/acceptance")).status_code == 303
    # PayPal knows nothing of this hold: the worker's asking comes to nothing, and the charge is due as before.
    assert await settles(lambda: build.value("select status from deposit_claims where booking_id = $1", made.id), "failed")
    assert await build.value("select status from booking_charges where booking_id = $1", made.id) == "due"


async def test_nobody_answers_for_another_booking(desk: Sit, build: Build, client: Client) -> None:
    ann = await desk()
    made, other = await owing(build, ann), await build.paid()
    assert (await ann.send("POST", f"/api/admin/bookings/{made.reference}/claims", key=new_key())).status_code == 201
    cookies = {f"exodrive_b_{other.reference}": other.token, f"exodrive_b_{made.reference}": other.token}
    thief = client(cookies=cookies, headers={"sec-fetch-site": "same-origin"})
    for answer in ("acceptance", "objection"):
        refused = await thief.post(f"/booking/{made.reference}/claim/{answer}", data={"objection": "not mine"})
        assert refused.status_code == 404
    assert (await claim_of(build, made))[1] == "asked"


async def taken(build: Build, made: Made) -> UUID:
    """What is claimed was taken by a capture that exists in its answer alone."""
    claim_id = new_id()
    db = await asyncpg.connect(build.superuser_url)
    await db.execute(
        """with hold as (update deposit_holds set status = 'claimed', claimed_amount = 300, ended_at = exodrive_private.now()
                         where booking_id = $2 returning id),
                claim as (insert into deposit_claims (id, booking_id, hold_id, number, status, asked, amount, currency, answer_by, answer,
                                                      ended_at)
                          select $1, $2, hold.id, 1, 'taking', 300, 300, 'USD', exodrive_private.now(), 'accepted', null from hold)
           select 1""",
        claim_id,
        made.id,
    )
    await db.execute(
        """with taken as (insert into payment_operations (id, booking_id, kind, attempt, request_id, amount, currency, target_id, hold_id)
                          select $1, k.booking_id, 'claim', 1, $2, 300, 'USD', 'A', k.hold_id from deposit_claims k where k.id = $3
                          returning id)
           insert into payment_results (operation_id, outcome, provider_id, amount, currency)
           select id, 'succeeded', $2, 300, 'USD' from taken""",
        new_id(),
        f"ALONE{claim_id.hex[:12]}",
        claim_id,
    )
    await db.execute("update deposit_claims set status = 'settled', ended_at = exodrive_private.now() where id = $1", claim_id)
    await db.close()
    return claim_id


async def test_a_manager_gives_some_of_what_was_taken_back_and_no_more(desk: Sit, build: Build) -> None:
    ann, sam = await desk(), await desk(StaffRole.AGENT)
    made = await owing(build, ann)
    claim_id = await taken(build, made)
    action = f"/admin/bookings/{made.reference}/claims/{claim_id}/refunds"
    assert action not in (await sam.get(f"/admin/bookings/{made.reference}")).text
    form = of_panel((await ann.get(f"/admin/bookings/{made.reference}")).text, action)
    refused = await ann.http.post(action, data=form | {"amount": "301", "reason": "too much"})
    assert (refused.status_code, "up to $300.00" in refused.text) == (422, True)
    assert (await ann.http.post(action, data=form | {"amount": "120", "reason": "It cost less"})).status_code == 303
    assert "Claimed money promised back" in (await ann.get(f"/admin/bookings/{made.reference}")).text
    path, order = f"/api{action}", {"amount": "180", "reason": "Not theirs"}
    told = await ann.send("POST", path, order, key=new_key())
    assert (told.status_code, told.json()["amount"]) == (201, "180"), "what is left hangs on PayPal, which knows nothing of this capture"
