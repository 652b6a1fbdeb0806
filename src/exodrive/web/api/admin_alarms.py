"""What needs a person now, as JSON for staff."""

from uuid import UUID

import msgspec
from litestar import get, post

from exodrive.flows import failed_work
from exodrive.flows.failed_work import Done
from exodrive.flows.overdue import close
from exodrive.flows.overdue.close import Closed
from exodrive.kit.db import Door
from exodrive.overview import alarms as overview
from exodrive.overview.alarms import Alarms
from exodrive.web.admin.file import AnyRequest, actor
from exodrive.web.admin.guard import visit_of
from exodrive.web.api.admin_endings import Why
from exodrive.web.api.bookings import Key, checked
from exodrive.web.shell.forms import read_json


class ClosingOrder(msgspec.Struct, frozen=True):
    """What was done about a clash, or instead of work that failed."""

    reason: Why


@get("/alarms")
async def index(db: Door) -> Alarms:
    """List what needs a person: cars that are not back and are needed, deposits with an alarm, holds that ran out, work that failed."""
    async with db.scope() as scope:
        return await overview.alarms(scope)


@post("/clashes/{clash_id:uuid}/closing", status_code=200)
async def close_one(request: AnyRequest, db: Door, clash_id: UUID, idempotency_key: Key = None) -> Closed:
    """Say what was done about a clash, once per ``Idempotency-Key``. 404 ``no-clash`` when it is over."""
    key, order = checked(idempotency_key), await read_json(request, ClosingOrder)
    return await close.by_staff(db, clash_id, actor(request), order.reason, key=key, ip=visit_of(request).ip)


@post("/jobs/{work_id:uuid}/again", status_code=200)
async def try_again(request: AnyRequest, db: Door, work_id: UUID) -> Done:
    """Have work that failed tried again. 404 ``no-failed-work`` when it is done, or being tried: asked twice, it is promised once."""
    return await failed_work.try_again(db, work_id, actor(request), ip=visit_of(request).ip)


@post("/jobs/{work_id:uuid}/closing", status_code=200)
async def see_to(request: AnyRequest, db: Door, work_id: UUID) -> Done:
    """Say what was done instead of work that failed; it is not tried again. 404 ``no-failed-work`` when it did not fail."""
    order = await read_json(request, ClosingOrder)
    return await failed_work.see_to(db, work_id, actor(request), order.reason, ip=visit_of(request).ip)


HANDLERS = [index, close_one, try_again, see_to]
