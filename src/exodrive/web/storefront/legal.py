"""Policies: Markdown files in versions, the newest in force, the others readable at their own address."""

from datetime import date
from typing import Any

import msgspec
from litestar import Request, Response, Router, route
from markupsafe import Markup

from exodrive.bookings.tiers import tier_words
from exodrive.flows.world import World
from exodrive.kit.errors import NotFound
from exodrive.kit.texts import Text, Texts
from exodrive.kit.words import _, ngettext
from exodrive.web.shell import markdown, pages
from exodrive.web.shell.doors import anon, door
from exodrive.web.shell.site import Site
from exodrive.web.storefront.browse import READ

AnyRequest = Request[Any, Any, Any]
#: What a policy may name in braces, and the order of those that come with the software.
PLACES = (
    "company",
    "address",
    "support_email",
    "support_phone",
    "hold_minutes",
    "longest_rental_days",
    "cancellation_tiers",
    "no_show_time",
)
ORDER = ("terms", "rental", "cancellation", "privacy", "cookies")


class Version(msgspec.Struct, frozen=True):
    """One version of a policy and where it is."""

    name: str
    version: str
    title: str
    about: str
    day: date
    path: str


class PolicyPage(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a policy with its text; ``others`` are the other versions, the one in force first."""

    policy: Version
    text: Markup
    is_in_force: bool
    is_ours: bool
    others: tuple[Version, ...]


class PoliciesPage(msgspec.Struct, frozen=True):
    """All policies in force, to choose from."""

    policies: tuple[Version, ...]


@route("/policies", http_method=READ, include_in_schema=False)
async def index(request: AnyRequest) -> Response[bytes]:
    """List the policies."""

    async def make() -> PoliciesPage:
        return PoliciesPage(tuple(_version(text, in_force=True) for text in texts_of(request).newest()))

    return await pages.public(request, "storefront/policies.html", make)


@route(["/policies/{name:str}", "/policies/{name:str}/{version:str}"], http_method=READ, include_in_schema=False)
async def show(request: AnyRequest, world: World, site: Site, name: str, version: str | None = None) -> Response[bytes]:
    """Show a policy: the version in force, or the one in the address."""
    texts = texts_of(request)
    text = texts.find(name, version)
    if text is None:
        raise NotFound(_("There is no such policy."))

    async def make() -> PolicyPage:
        versions = texts.versions(name)
        in_force = text is versions[0]
        return PolicyPage(
            policy=_version(text, in_force=in_force),
            text=markdown.text(text.filled(_values(world, site, in_force=in_force))),
            is_in_force=in_force,
            is_ours=text.is_ours,
            others=tuple(_version(other, in_force=other is versions[0]) for other in versions if other is not text),
        )

    return await pages.public(request, "storefront/policy.html", make)


def texts_of(request: AnyRequest) -> Texts:
    """Return the policies of this process."""
    texts: Texts = request.app.state.texts
    return texts


def _version(text: Text, *, in_force: bool) -> Version:
    path = f"/policies/{text.name}" + ("" if in_force else f"/{text.version}")
    return Version(text.name, text.version, text.title, text.about, text.day, path)


def _values(world: World, site: Site, *, in_force: bool) -> dict[str, str]:
    """What stands in the places of a text. The rules of the house are today's, and those of a past version stand on each booking."""
    rules = world.rules
    minutes = ngettext("%(number)d minute", "%(number)d minutes", rules.hold_minutes) % {"number": rules.hold_minutes}
    days = ngettext("%(number)d day", "%(number)d days", rules.longest_rental_days) % {"number": rules.longest_rental_days}
    tiers = [tier_words(tier) for tier in rules.cancellation_tiers]
    if not in_force:
        tiers = [_("The hours and percentages that were shown when you paid; they stand on the page of your booking.")]
    plain = {
        "company": site.company_name,
        "address": site.company_address,
        "support_email": site.support_email,
        "support_phone": site.support_phone,
        "hold_minutes": minutes,
        "longest_rental_days": days,
        "no_show_time": _span(rules.no_show_minutes),
    }
    listed = "\n".join(f"- {markdown.escaped(tier)}" for tier in tiers)
    return {name: markdown.escaped(value) for name, value in plain.items()} | {"cancellation_tiers": listed}


def _span(minutes: int) -> str:
    if minutes % 60:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    return ngettext("%(number)d hour", "%(number)d hours", minutes // 60) % {"number": minutes // 60}


def routes() -> Router:
    """Return the door of policies."""
    return door("policies", "/", [index, show], opens=anon)
