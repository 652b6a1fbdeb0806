"""The home page in the hands of staff: edited, looked at beforehand, and kept."""

from typing import Any

import msgspec
from litestar import Request, Response, post, route

from exodrive.fleet.front.model import Front, Section
from exodrive.flows import front as flow
from exodrive.flows.world import World
from exodrive.kit import clock
from exodrive.kit.db import Door
from exodrive.kit.errors import BadInput, Problem
from exodrive.kit.words import _
from exodrive.staff.model import Session, StaffRole
from exodrive.web.admin.guard import by, session_of
from exodrive.web.admin.home_fields import fields_of, texts_of
from exodrive.web.admin.prices.fields import Field
from exodrive.web.shell import forms, pages
from exodrive.web.shell.doors import READ
from exodrive.web.storefront.browse import search_of
from exodrive.web.storefront.home import page_of

AnyRequest = Request[Any, Any, Any]
MAY = {"role": StaffRole.MANAGER}


class FrontPage(msgspec.Struct, frozen=True, kw_only=True):
    """The form: the top, what it leads with, and the parts below."""

    session: Session
    groups: tuple[tuple[str, str, tuple[Field, ...]], ...]
    fields: tuple[Field, ...]
    refused: str = ""
    is_saved: bool = False


@route("/home", http_method=READ, opt=MAY)
async def show(request: AnyRequest, db: Door) -> Response[bytes]:
    """Show the home page as it is kept."""
    desk = await flow.desk(db)
    return await _page(request, desk, texts_of(desk.front), is_saved="saved" in request.query_params)


@post("/home", status_code=303, opt=MAY)
async def save(request: AnyRequest, db: Door) -> Response[bytes]:
    """Keep what the form says; renters see it within two seconds."""
    texts = await forms.read_texts(request)
    try:
        await flow.save(db, front_of(texts), by(request))
    except Problem as problem:
        return await _page(request, await flow.desk(db), texts, problem)
    return pages.see_other("/admin/home?saved=yes")


@post("/home/preview", status_code=200, opt=MAY)
async def preview(request: AnyRequest, db: Door, world: World) -> Response[bytes]:
    """Show the home page as the form says it, and keep nothing."""
    texts = await forms.read_texts(request)
    try:
        seen = await flow.preview(db, front_of(texts))
    except Problem as problem:
        return await _page(request, await flow.desk(db), texts, problem)
    page = page_of(seen, search_of({}, world.rules, clock.now()))
    return pages.render(request, "storefront/home.html", msgspec.structs.replace(page, is_draft=True))


def front_of(texts: dict[str, str]) -> Front:
    """Read the form; raises BadInput naming the fields that cannot be read."""
    names = {field.name for field in msgspec.structs.fields(Front)} - {"sections", "is_active"}
    values: dict[str, Any] = {name: text for name, text in texts.items() if name in names}
    values["is_active"] = bool(texts.get("is_active"))
    values["title"] = values.get("title", "").replace("\r\n", "\n")
    places = {section: texts[f"place-{section}"] for section in Section if texts.get(f"place-{section}")}
    values["sections"] = sorted(places, key=lambda section: places[section])
    if len(set(places.values())) < len(places):
        raise BadInput(_("Please check the fields that are marked."), fields={"sections": _("Give each part a place of its own.")})
    return forms.fill(values, Front)


async def _page(
    request: AnyRequest, desk: flow.Desk, texts: dict[str, str], problem: Problem | None = None, *, is_saved: bool = False
) -> Response[bytes]:
    groups = fields_of(desk, texts, problem.fields if problem else {})
    page = FrontPage(
        session=session_of(request),
        groups=groups,
        fields=tuple(field for _name, _about, fields in groups for field in fields),
        refused=problem.detail if problem else "",
        is_saved=is_saved,
    )
    return pages.render(request, "admin/home.html", page, status=problem.status if problem else 200)


HANDLERS = [show, save, preview]
