"""The form of a price rule: a new one, one in the place of another, and what it would change."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post, route

from exodrive.flows import prices
from exodrive.kit import clock
from exodrive.kit.days import day_at
from exodrive.kit.db import Db, Door
from exodrive.kit.errors import Problem
from exodrive.overview import staff_prices
from exodrive.pricing.clashes import RulesOverlap
from exodrive.pricing.kinds import Rule, RuleKind
from exodrive.web.admin.guard import by, session_of
from exodrive.web.admin.prices.fields import fields_of
from exodrive.web.admin.prices.lists import MAY
from exodrive.web.admin.prices.names import kind_about, kind_name
from exodrive.web.admin.prices.texts import errors_in_form, rule_from_form, texts_of
from exodrive.web.admin.prices.trying import first_asked, tried
from exodrive.web.admin.prices.views import FormPage, Tried, entry_of, names_in
from exodrive.web.shell import pages
from exodrive.web.shell.doors import READ
from exodrive.web.shell.forms import read_query, read_texts

AnyRequest = Request[Any, Any, Any]


class NewRule(msgspec.Struct, frozen=True):
    """Which kind of rule is begun."""

    kind: RuleKind


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form: the texts, the kinds of lines that are ticked, and the rule it takes the place of."""

    kind: RuleKind
    texts: dict[str, str]
    on: list[str] = []
    rule_id: UUID | None = None

    def rule(self) -> Rule:
        """Return the rule that the form says; raises BadInput."""
        return rule_from_form(self.kind, self.texts, self.on)


@route("/prices/new", http_method=READ, opt=MAY)
async def new(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show the empty form of a kind."""
    wanted = read_query(request, NewRule)
    async with db.scope() as scope:
        currency = (await staff_prices.targets(scope)).currency
    texts = {"taxable": "yes", "currency": currency, "most": "1", "from_age": "16"}
    return await _page(request, db, Draft(kind=wanted.kind, texts=texts))


@route("/prices/{rule_id:uuid}", http_method=READ, opt=MAY)
async def show(request: AnyRequest, db: Door, rule_id: UUID) -> Response[bytes]:
    """Show the form of a rule that takes the place of another, filled with that one."""
    async with db.scope() as scope:
        rule = (await staff_prices.find(scope, rule_id)).rule
    return await _page(request, db, Draft(kind=rule.kind, texts=texts_of(rule), rule_id=rule_id))


@post("/prices", status_code=303, opt=MAY)
async def create(request: AnyRequest, db: Door) -> Response[bytes]:
    """Put a new rule in force."""
    draft = await _sent(request)
    return await _saved(request, db, draft, lambda: prices.save(db, draft.rule(), by(request)))


@post("/prices/{rule_id:uuid}", status_code=303, opt=MAY)
async def replace(request: AnyRequest, db: Door, rule_id: UUID) -> Response[bytes]:
    """Put a rule in the place of another, which stays in the history."""
    draft = await _sent(request, rule_id)
    return await _saved(request, db, draft, lambda: prices.replace(db, rule_id, draft.rule(), by(request)))


@post(["/prices/preview", "/prices/{rule_id:uuid}/preview"], status_code=200, opt=MAY)
async def preview(request: AnyRequest, db: Door, rule_id: UUID | None = None) -> Response[bytes]:
    """Show what a car would cost on some days with the rule of the form, and what it costs without; nothing is saved."""
    draft = await _sent(request, rule_id)
    try:
        async with db.scope() as scope:
            shown = await tried(scope, draft.texts, draft.rule(), rule_id)
    except Problem as problem:
        return await _page(request, db, draft, problem)
    return await _page(request, db, draft, shown=shown)


async def _sent(request: AnyRequest, rule_id: UUID | None = None) -> Draft:
    texts = await read_texts(request)
    on = [str(kind) for kind in (await request.form()).getall("on", [])]
    kind = read_query(request, NewRule).kind
    return Draft(kind=kind, texts=texts | {"on": " ".join(on)}, on=on, rule_id=rule_id)


async def _saved(request: AnyRequest, db: Door, draft: Draft, save: Callable[[], Awaitable[UUID]]) -> Response[bytes]:
    try:
        rule_id = await save()
    except Problem as problem:
        return await _page(request, db, draft, problem)
    return pages.see_other(f"/admin/prices#r-{rule_id}")


async def _page(request: AnyRequest, db: Door, draft: Draft, problem: Problem | None = None, shown: Tried | None = None) -> Response[bytes]:
    async with db.scope() as scope:
        targets = await staff_prices.targets(scope)
        names = names_in(targets)
        replaced = await staff_prices.find(scope, draft.rule_id) if draft.rule_id else None
        other = await _in_the_way(scope, problem, draft.kind)
    today = day_at(clock.now(), targets.cars[0].zone if targets.cars else "UTC")
    page = FormPage(
        session=session_of(request),
        kind=draft.kind.value,
        title=kind_name(draft.kind),
        about=kind_about(draft.kind),
        fields=fields_of(draft.kind, targets, draft.texts, errors_in_form(problem.fields) if problem else {}),
        cars=tuple((car.slug, car.name) for car in targets.cars),
        tried=shown or first_asked(draft.texts, targets, today),
        rule_id=draft.rule_id,
        replaces=entry_of(replaced, names) if replaced else None,
        refused=problem.detail if problem else "",
        other=entry_of(other, names) if other else None,
        today=today,
    )
    return pages.render(request, "admin/price_form.html", page, status=problem.status if problem else 200)


async def _in_the_way(scope: Db, problem: Problem | None, kind: RuleKind) -> staff_prices.KeptRule | None:
    """The rule that a refused one would compete with."""
    if not isinstance(problem, RulesOverlap):
        return None
    rules = await staff_prices.in_force(scope)
    return next((kept for kept in rules if kept.rule.kind is kind and kept.rule.name == problem.extra["other"]), None)


HANDLERS = [new, show, create, replace, preview]
