"""The rules in force by kind, those that were, and taking one out of force."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, post, route

from exodrive.flows import prices
from exodrive.kit.db import Door
from exodrive.overview import staff_prices
from exodrive.pricing.service import RuleGone
from exodrive.staff.model import StaffRole
from exodrive.web.admin.bookings import key_of
from exodrive.web.admin.guard import by, session_of
from exodrive.web.admin.prices.views import HistoryPage, RulesPage, groups_of, history_of, names_in
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_query

AnyRequest = Request[Any, Any, Any]
MAY = {"role": StaffRole.MANAGER}


class Key(msgspec.Struct, frozen=True):
    """From which rule on the history is shown."""

    before: Annotated[str, msgspec.Meta(max_length=100)] = ""


@route("/prices", http_method=READ, opt=MAY)
async def index(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show the rules in force."""
    return await _page(request, db)


@route("/prices/history", http_method=READ, opt=MAY)
async def history(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show the rules that were in force, the last ended first."""
    wanted = read_query(request, Key)
    async with db.scope() as scope:
        past = await staff_prices.past(scope, before=key_of(wanted.before))
        names = names_in(await staff_prices.targets(scope))
    later = f"/admin/prices/history?{urlencode({'before': past.next})}" if past.next else ""
    page = HistoryPage(session_of(request), history_of(past, names), later, not wanted.before)
    return pages.render(request, "admin/price_history.html", page)


@post("/prices/{rule_id:uuid}/withdrawal", status_code=303, opt=MAY)
async def withdraw(request: AnyRequest, db: Door, rule_id: UUID) -> Response[bytes]:
    """Take a rule out of force; it stays in the history."""
    try:
        await prices.withdraw(db, rule_id, by(request))
    except RuleGone as gone:
        return await _page(request, db, refused=gone)
    return pages.see_other("/admin/prices")


async def _page(request: AnyRequest, db: Door, refused: RuleGone | None = None) -> Response[bytes]:
    async with db.scope() as scope:
        rules = await staff_prices.in_force(scope)
        names = names_in(await staff_prices.targets(scope))
    page = RulesPage(session_of(request), groups_of(rules, names), refused.detail if refused else "")
    return pages.render(request, "admin/prices.html", page, status=refused.status if refused else 200)


HANDLERS = [index, history, withdraw]
