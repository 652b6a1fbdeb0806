"""Work that failed for good: seen by staff where they look, tried again, or seen to in another way."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from exodrive.flows.jobs import JOBS
from exodrive.kit import outbox
from exodrive.kit.ids import new_id
from exodrive.kit.outbox import store
from exodrive.overview.failed_work import _BOOKING
from exodrive.schedule import PLAN
from exodrive.staff.model import StaffRole
from exodrive.web.admin.work_words import work_words
from tests.builders import Build
from tests.web.admin.test_alarms import number
from tests.web.desk import Desk

Sit = Callable[..., Awaitable[Desk]]
OF_NO_BOOKING = {"event_id", "message_id"}


async def failed(build: Build, topic: str = "mail.confirmation", **ids: UUID) -> UUID:
    """Work that was given up; nobody has begun it, for it died in the transaction that promised it."""
    async with build.doors.service().scope() as db:
        work_id = await outbox.enqueue(db, topic, **ids)
        await store.mark_dead(db, work_id, "Refused('validation_error')")
    return work_id


async def state(build: Build, work_id: UUID) -> str:
    """Whether it is waiting (or done since), given up, or seen to."""
    [[dead_at, done_at, error]] = await build.rows("select dead_at, done_at, error from outbox where id = $1", work_id)
    return "dead" if dead_at else "seen to" if done_at and error else "waiting"


async def in_the_menu(ann: Desk) -> int:
    """How many alarms a menu tells of."""
    return number((await ann.get("/admin/bookings")).text.partition('href="/admin/alarms">')[2].partition("</a>")[0])


async def test_a_letter_that_did_not_go_out_is_an_alarm_and_is_told_on_the_file(desk: Sit, build: Build) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    before = await in_the_menu(ann)
    work_id = await failed(build, booking_id=made.id)
    page = (await ann.get("/admin/alarms")).text
    for said in ("Letter that confirms the booking", made.reference, "Refused(&#39;validation_error&#39;)", f'id="w-{work_id}"'):
        assert said in page, said
    assert await in_the_menu(ann) == before + 1
    assert f'href="/admin/alarms#w-{work_id}"' in (await ann.get(f"/admin/bookings/{made.reference}")).text


async def test_it_is_tried_again(desk: Sit, build: Build) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    work_id = await failed(build, booking_id=made.id)
    assert (await ann.post(f"/admin/jobs/{work_id}/again")).status_code == 303
    assert await state(build, work_id) == "waiting"
    assert "work_tried_again" in await build.history(made)
    again = await ann.post(f"/admin/jobs/{work_id}/again")
    assert (again.status_code, "somebody saw to it" in again.text) == (404, True)


async def test_who_did_it_in_another_way_says_how(desk: Sit, build: Build) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    work_id = await failed(build, booking_id=made.id)
    refused = await ann.post(f"/admin/jobs/{work_id}/closing", reason="x")
    assert (refused.status_code, "Say what was done" in refused.text) == (422, True)
    assert (await ann.post(f"/admin/jobs/{work_id}/closing", reason="Told them on the phone")).status_code == 303
    assert await state(build, work_id) == "seen to"
    assert str(work_id) not in (await ann.get("/admin/alarms")).text
    assert "Told them on the phone" in (await ann.get(f"/admin/bookings/{made.reference}")).text
    [[action, details]] = await build.rows("select action, details from audit_log where subject_id = $1", str(work_id))
    assert (action, details) == ("work_seen_to", {"topic": "mail.confirmation", "reason": "Told them on the phone"})


async def test_the_same_as_json(desk: Sit, build: Build) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    works = [await failed(build, booking_id=made.id) for _ in range(2)]
    told = (await ann.send("GET", "/api/admin/alarms")).json()["failed"]
    mine = [(one["topic"], one["error"]) for one in told if one["reference"] == made.reference]
    assert mine == 2 * [("mail.confirmation", "Refused('validation_error')")]
    answers = [
        await ann.send("POST", f"/api/admin/jobs/{works[0]}/again"),
        await ann.send("POST", f"/api/admin/jobs/{works[1]}/closing", {"reason": "Told them on the phone"}),
        await ann.send("POST", f"/api/admin/jobs/{works[1]}/again"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert [answer.json()["deed"] for answer in answers[:2]] == ["work_tried_again", "work_seen_to"]
    assert await state(build, works[1]) == "seen to"


async def test_work_that_is_about_no_booking_names_none(desk: Sit, build: Build) -> None:
    ann, work_id = await desk(StaffRole.AGENT), await failed(build, "mail.contact", message_id=new_id())
    [mine] = [one for one in (await ann.send("GET", "/api/admin/alarms")).json()["failed"] if one["id"] == str(work_id)]
    assert mine["reference"] is None
    assert "Message from the contact page" in (await ann.get("/admin/alarms")).text
    assert (await ann.post(f"/admin/jobs/{work_id}/closing", reason="Answered by hand")).status_code == 303


async def test_work_about_a_payment_is_told_of_its_booking(desk: Sit, build: Build) -> None:
    made, ann = await build.paid(), await desk(StaffRole.AGENT)
    capture = await build.value("select id from payment_operations where booking_id = $1 and kind = 'capture'", made.id)
    work_id = await failed(build, "receipts.issue", operation_id=capture)
    told = (await ann.send("GET", "/api/admin/alarms")).json()["failed"]
    assert [one["reference"] for one in told if one["id"] == str(work_id)] == [made.reference]


def test_every_kind_of_work_has_a_word_and_a_booking_or_none() -> None:
    promised = {topic: job for topic, job in JOBS.items() if topic not in PLAN}
    assert {topic for topic in promised if work_words(topic) == topic} == set()
    named = {name for job in promised.values() for name in job._ids.__struct_fields__}
    assert {name for name in named if f"'{name}'" not in _BOOKING} == OF_NO_BOOKING
