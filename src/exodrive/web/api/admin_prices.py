"""Price rules as JSON for staff: the same verbs as the back office's pages, behind the same session."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from exodrive.flows import prices
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput
from exodrive.kit.words import _
from exodrive.overview import staff_prices
from exodrive.overview.staff_prices import KeptRule
from exodrive.pricing.kinds import AnyRule, Rule, RuleKind
from exodrive.pricing.limit_words import hindrance_words
from exodrive.pricing.model import Price
from exodrive.pricing.preview import Look
from exodrive.pricing.words import price_rows
from exodrive.web.admin.bookings import key_of
from exodrive.web.admin.guard import by
from exodrive.web.admin.prices.lists import MAY, Key
from exodrive.web.admin.prices.sentences import Names, sentence
from exodrive.web.admin.prices.texts import rule_of
from exodrive.web.admin.prices.trying import compare, days_of
from exodrive.web.admin.prices.views import names_in
from exodrive.web.shell.forms import read_object, read_query

AnyRequest = Request[Any, Any, Any]
_KINDS = {kind.value for kind in RuleKind}


class RuleAnswer(msgspec.Struct, frozen=True):
    """A rule with its story; ``rule`` can be sent back as it is."""

    id: UUID
    rule: AnyRule
    says: str
    since: datetime
    until: datetime | None
    replaced_by: UUID | None
    made_by: str
    ended_by: str


class RulesAnswer(msgspec.Struct, frozen=True):
    """A list of rules; ``next`` is the key of the next page."""

    rules: list[RuleAnswer]
    next: str | None = None


class SavedAnswer(msgspec.Struct, frozen=True):
    """The id of the rule now in force."""

    id: UUID


class LookAnswer(msgspec.Struct, frozen=True):
    """A price: its lines in words with amounts, the whole of it as values, and what the rules have against the days."""

    lines: list[tuple[str, str]]
    price: Price
    against: list[str]


class PreviewAnswer(msgspec.Struct, frozen=True):
    """A rental before and after a rule."""

    before: LookAnswer
    after: LookAnswer


@get("/price-rules", opt=MAY)
async def index(db: Door) -> RulesAnswer:
    """Return the rules in force."""
    async with db.scope() as scope:
        rules = await staff_prices.in_force(scope)
        names = names_in(await staff_prices.targets(scope))
    return RulesAnswer([_answer(kept, names) for kept in rules])


@get("/price-rules/history", opt=MAY)
async def history(request: AnyRequest, db: Door) -> RulesAnswer:
    """Return the rules that were in force, the last ended first."""
    wanted = read_query(request, Key)
    async with db.scope() as scope:
        past = await staff_prices.past(scope, before=key_of(wanted.before))
        names = names_in(await staff_prices.targets(scope))
    return RulesAnswer([_answer(kept, names) for kept in past.rules], past.next)


@post("/price-rules", status_code=201, opt=MAY)
async def create(request: AnyRequest, db: Door) -> SavedAnswer:
    """Put a new rule in force."""
    return SavedAnswer(await prices.save(db, _rule(await read_object(request)), by(request)))


@post("/price-rules/{rule_id:uuid}/replacement", status_code=201, opt=MAY)
async def replace(request: AnyRequest, db: Door, rule_id: UUID) -> SavedAnswer:
    """Put a rule in the place of another."""
    return SavedAnswer(await prices.replace(db, rule_id, _rule(await read_object(request)), by(request)))


@post("/price-rules/{rule_id:uuid}/withdrawal", status_code=204, opt=MAY)
async def withdraw(request: AnyRequest, db: Door, rule_id: UUID) -> Response[None]:
    """Take a rule out of force."""
    await prices.withdraw(db, rule_id, by(request))
    return Response(None, status_code=204)


@post("/price-rules/preview", status_code=200, opt=MAY)
async def preview(request: AnyRequest, db: Door) -> PreviewAnswer:
    """Return what ``car`` costs from ``start`` to ``end`` before and after ``rule``, in the place of the rule ``replaces``."""
    body = await read_object(request)
    car, start, end = (str(body.get(name) or "") for name in ("car", "start", "end"))
    rule = _rule(body["rule"]) if isinstance(body.get("rule"), dict) else None
    if rule is None:
        raise BadInput(_("Please check the rule."), fields={"rule": _("Send an object.")})
    async with db.scope() as scope:
        zone, (before, after) = await compare(scope, car, days_of(start, end), rule, _replaced(body))
    return PreviewAnswer(_look(before, zone), _look(after, zone))


def _replaced(body: dict[str, Any]) -> UUID | None:
    try:
        return UUID(str(body["replaces"])) if body.get("replaces") else None
    except ValueError:
        raise BadInput(_("Please check the rule."), fields={"replaces": _("This is not one of our ids.")}) from None


def _rule(body: dict[str, Any]) -> Rule:
    kind = body.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        sentence = _("Name one of {kinds}.").format(kinds=", ".join(sorted(_KINDS)))
        raise BadInput(_("Please check the rule."), fields={"kind": sentence})
    return rule_of(RuleKind(kind), body)


def _answer(kept: KeptRule, names: Names) -> RuleAnswer:
    rule: Any = kept.rule
    story = (kept.since, kept.until, kept.replaced_by, kept.made_by, kept.ended_by)
    return RuleAnswer(kept.id, rule, sentence(kept.rule, names), *story)


def _look(look: Look, zone: str) -> LookAnswer:
    return LookAnswer(price_rows(look.price), look.price, [hindrance_words(limit, zone) for limit in look.hindrances])


HANDLERS = [index, history, create, replace, withdraw, preview]
