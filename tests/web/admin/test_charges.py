"""Charges on the booking's file, on the page for tolls and fines, as JSON, and on the renter's own page."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from exodrive.staff.model import StaffRole
from tests.builders import Build, Made, days_ahead, new_key
from tests.garage import ZONE
from tests.web.admin.test_endings import noted
from tests.web.admin.test_keys import begun
from tests.web.conftest import Client
from tests.web.desk import Desk
from tests.web.storefront.forms import Form

Sit = Callable[..., Awaitable[Desk]]


async def came_back(build: Build, sam: Desk, *, driven: int) -> Made:
    """A rental that is over, with 100 miles included for each of its days and $2.50 beyond."""
    car = await build.car(
        price={"deposit_amount": 0}, included_distance_per_day=100, price_per_extra_distance=Decimal("2.50"), plate=f"P{new_key()[:8]}"
    )
    made = await begun(build, made=await build.paid(car, days_ahead(1, 3)))
    path = f"/api/admin/bookings/{made.reference}"
    assert (await sam.send("POST", f"{path}/hand-over", {"odometer": 1000, "fuel": 100}, key=new_key())).status_code == 200
    told = await sam.send("POST", f"{path}/return", {"odometer": 1000 + driven, "fuel": 100}, key=new_key())
    assert told.status_code == 200
    return made


async def stay_out(build: Build, made: Made) -> None:
    """Let the car have been out two minutes longer than this test took, behind everybody's back."""
    db = await asyncpg.connect(build.superuser_url)
    await db.execute("set session_replication_role = replica")
    await db.execute("update bookings set returned_at = returned_at + interval '2 minutes' where id = $1", made.id)
    await db.close()


def of_panel(page: str, action: str) -> dict[str, str]:
    """The form that goes to an address, as a browser would send it."""
    return Form(page[page.index(f'action="{action}"') :].partition("</form>")[0]).fields


async def listed(sam: Desk, made: Made) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await sam.get(f"/api/admin/bookings/{made.reference}/charges")).json()
    return found


async def test_what_is_proposed_is_confirmed_and_the_renter_reads_it_item_by_item(desk: Sit, build: Build, client: Client) -> None:
    sam = await desk(StaffRole.AGENT)
    made = await came_back(build, sam, driven=340)
    renter = client(cookies={f"exodrive_b_{made.reference}": made.token})
    assert "Charges after the rental" not in (await renter.get(f"/booking/{made.reference}")).text
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    how = "340 mi driven, 300 included: 40 at $2.50 each."
    for said in (how, "Proposed", "Ask the renter for it"):
        assert said in page, said
    [charge] = await listed(sam, made)
    action = f"/admin/bookings/{made.reference}/charges/{charge['id']}/confirmation"
    assert (await sam.http.post(action, data=of_panel(page, action))).status_code == 303
    for reader in (await sam.get(f"/admin/bookings/{made.reference}"), await renter.get(f"/booking/{made.reference}")):
        assert how in reader.text
    seen = (await renter.get(f"/booking/{made.reference}")).text
    assert "Charges after the rental" in seen
    assert f"${Decimal(charge['total']):,.2f} in all" in seen
    action = f"/admin/bookings/{made.reference}/charges/{charge['id']}/withdrawal"
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    form = of_panel(page, action) | {"reason": "The sensor was wrong <b>"}
    assert (await sam.http.post(action, data=form)).status_code == 303
    seen = (await renter.get(f"/booking/{made.reference}")).text
    assert "Withdrawn, you need not pay it: The sensor was wrong &lt;b&gt;" in seen
    assert (await noted(build, made))[-2:] == ["charge_confirmed", "charge_withdrawn"]


async def test_staff_charge_for_damage_and_what_is_wrong_stays_as_it_was_typed(desk: Sit, build: Build, client: Client) -> None:
    sam = await desk(StaffRole.AGENT)
    made = await came_back(build, sam, driven=10)
    action = f"/admin/bookings/{made.reference}/charges"
    form = of_panel((await sam.get(f"/admin/bookings/{made.reference}")).text, action)
    form |= {"kind": "damage", "amount": "0", "reason": "Left mirror", "evidence": "Photo 3 of the return"}
    answer = await sam.http.post(action, data=form)
    assert answer.status_code == 422
    kept = of_panel(answer.text, action)
    assert (kept["kind"], kept["reason"]) == ("damage", "Left mirror")
    assert ">Photo 3 of the return</textarea>" in answer.text
    for _twice in range(2):
        assert (await sam.http.post(action, data=form | {"amount": "480.50"})).status_code == 303
    assert [(one["kind"], one["total"]) for one in await listed(sam, made)] == [("damage", "480.50")]
    seen = (await client(cookies={f"exodrive_b_{made.reference}": made.token}).get(f"/booking/{made.reference}")).text
    for said in ("Damage", "$480.50", "Left mirror", "Photo 3 of the return"):
        assert said in seen, said


async def test_a_fine_is_found_by_plate_and_time_and_charged_from_there(desk: Sit, build: Build) -> None:
    sam = await desk(StaffRole.AGENT)
    made = await came_back(build, sam, driven=10)
    plate = await build.value("select plate from cars where id = $1", made.order.car_id)
    gone: datetime = await build.value("select handed_over_at from bookings where id = $1", made.id)
    back: datetime = await build.value("select returned_at from bookings where id = $1", made.id)
    answer = await sam.get(f"/api/admin/who-drove?plate={plate}&at={(gone + (back - gone) / 2).isoformat().replace('+', '%2B')}")
    assert answer.json()["reference"] == made.reference
    local = (gone - timedelta(minutes=2)).astimezone(ZoneInfo(ZONE))
    page = (await sam.get(f"/admin/fines?plate={plate}&day={local:%Y-%m-%d}&hour={local:%H:%M}")).text
    assert "Nobody had it" in page
    assert (await sam.get(f"/admin/fines?plate={plate}")).status_code == 422
    assert (await sam.get("/admin/fines")).status_code == 200
    local = gone.astimezone(ZoneInfo(ZONE)) + timedelta(minutes=1)
    await stay_out(build, made)
    page = (await sam.get(f"/admin/fines?plate={plate}&day={local:%Y-%m-%d}&hour={local:%H:%M}")).text
    assert made.reference in page
    action = f"/admin/bookings/{made.reference}/charges"
    form = of_panel(page, action) | {"kind": "fine", "amount": "60", "reason": "Speeding"}
    assert (await sam.http.post(action, data=form)).status_code == 303
    [charge] = await listed(sam, made)
    assert (charge["kind"], charge["amount"], charge["fee"]) == ("fine", "60.00", "35.00")
    assert (await sam.http.post(action, data=form)).status_code == 409
