"""Cancelling as JSON under the booking's token."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from tests.builders import Build, Made
from tests.flows.ending import pick_up_in


def bearer(made: Made) -> dict[str, str]:
    return {"authorization": f"Bearer {made.token}", "content-type": "application/json"}


async def cancel(http: httpx.AsyncClient, made: Made, **body: Any) -> httpx.Response:
    return await http.post(f"/api/bookings/{made.reference}/cancellation", json=body, headers=bearer(made))


async def test_a_program_is_told_what_goes_back_and_cancels_for_it_once(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    told = (await http.get(f"/api/bookings/{made.reference}/cancellation/price", headers=bearer(made))).json()
    until = datetime.fromisoformat(told.pop("until"))
    assert told == {"percent": 100, "paid": made.held.total.text, "refund": made.held.total.text, "currency": "USD"}
    pickup_at = await build.value("select pickup_at from bookings where id = $1", made.id)
    assert until == pickup_at - timedelta(hours=48)
    answers = [await cancel(http, made, refund=told["refund"]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    first, second = (answer.json() for answer in answers)
    assert (first["status"], first["percent"], first["refund"]) == ("cancelled", 100, made.held.total.text)
    assert {name: first[name] for name in first if name != "cancelled_at"} == {
        name: second[name] for name in second if name != "cancelled_at"
    }
    assert await build.status(made) == "cancelled"
    refunds = await build.rows("select amount from payment_operations where booking_id = $1 and kind = 'refund'", made.id)
    assert refunds == [(made.held.total.amount,)]


async def test_another_sum_is_refused_with_what_it_is_now(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    for refund in ("2999", 0, "NaN"):
        answer = await cancel(http, made, refund=refund)
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/refund-changed")
        assert (answer.json()["refund"], answer.json()["currency"]) == (made.held.total.text, "USD")
    assert await build.status(made) == "upcoming"


async def test_what_is_wrong_is_named(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    for body, field in (({}, "refund"), ({"refund": "much"}, "refund"), ({"refund": "1", "percent": 100}, "percent")):
        answer = await cancel(http, made, **body)
        assert answer.status_code == 422, body
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    plain = await http.post(
        f"/api/bookings/{made.reference}/cancellation", content=b"{}", headers={"authorization": f"Bearer {made.token}"}
    )
    assert plain.status_code == 415


async def test_from_the_cut_off_on_it_is_closed(http: httpx.AsyncClient, build: Build) -> None:
    made = await build.paid()
    await pick_up_in(build, made, timedelta(hours=47))
    for answer in (
        await http.get(f"/api/bookings/{made.reference}/cancellation/price", headers=bearer(made)),
        await cancel(http, made, refund=made.held.total.text),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/cancel-closed")


async def test_anothers_booking_is_not_there(http: httpx.AsyncClient, build: Build) -> None:
    mine, theirs = await build.paid(), await build.paid()
    path = f"/api/bookings/{theirs.reference}/cancellation"
    for headers in (bearer(mine), {"content-type": "application/json"}):
        assert (await http.get(path + "/price", headers=headers)).status_code == 404
        assert (await http.post(path, json={"refund": "3000.00"}, headers=headers)).status_code == 404
    assert await build.status(theirs) == "upcoming"
