"""A payment in doubt, decided on the booking's file and as JSON."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from exodrive.payments import store as payments
from exodrive.payments.model import End, Kind, Result
from tests.builders import Build, Made, new_key
from tests.web.admin.test_endings import panel
from tests.web.desk import Desk
from tests.web.steps import settles

Sit = Callable[..., Awaitable[Desk]]


async def doubtful(build: Build) -> tuple[Made, UUID]:
    """A held booking whose capture PayPal shows under another number."""
    made = await build.held()
    async with build.doors.service().scope() as db:
        operation_id = await payments.intend(db, made.id, Kind.CAPTURE, made.held.total, target_id=new_key())
        shown = {"provider_id": new_key()[:17].upper(), "provider_status": "COMPLETED", "money": made.held.total}
        await payments.record(db, operation_id, Result(end=End.UNKNOWN, issue="MISMATCH", **shown))
    return made, operation_id


async def _ends(build: Build, operation_id: UUID) -> bool:
    ended = "select exists (select from payment_results where operation_id = $1 and issue = 'CLOSED_BY_STAFF')"
    return await settles(lambda: build.value(ended, operation_id), True)


async def test_a_manager_sees_what_is_the_matter_and_decides(desk: Sit, build: Build) -> None:
    (made, operation_id), sam = await doubtful(build), await desk()
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    for said in ("A payment waits for you", "What PayPal shows is not what we asked for", "It is right: the money is ours"):
        assert said in page, said
    form, where = panel(page, f"decide-{operation_id}"), f"/admin/bookings/{made.reference}/payments/{operation_id}/decision"
    refused = await sam.http.post(where, data=form | {"decision": "close", "reason": ""})
    assert refused.status_code == 422
    assert panel(refused.text, f"decide-{operation_id}")["decision"] == "close"
    answer = await sam.http.post(where, data=form | {"decision": "close", "reason": "put right at PayPal"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/admin/bookings/{made.reference}")
    assert await _ends(build, operation_id)
    page = (await sam.get(f"/admin/bookings/{made.reference}")).text
    assert "A payment waits for you" not in page
    for said in ("Decided about a payment", "put right at PayPal"):
        assert said in page, said


async def test_it_is_decided_as_json_too(desk: Sit, build: Build) -> None:
    (made, operation_id), sam = await doubtful(build), await desk()
    where = f"/api/admin/bookings/{made.reference}/payments/{operation_id}/decision"
    order = {"decision": "close", "reason": "put right at PayPal"}
    answer = await sam.send("POST", where, order, key=new_key())
    assert (answer.status_code, answer.json()) == (202, {"operation_id": str(operation_id), "decision": "close"})
    assert await _ends(build, operation_id)
    assert (await sam.send("POST", where, order, key=new_key())).status_code == 409
