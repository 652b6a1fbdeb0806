"""Policies: plain texts with a version, written for the operator to adapt."""

from typing import Any

import msgspec
from litestar import Request, Response, Router, route

from exodrive.flows.world import World
from exodrive.kit.errors import NotFound
from exodrive.kit.words import _
from exodrive.web.shell import pages
from exodrive.web.shell.doors import anon, door
from exodrive.web.storefront.browse import READ
from exodrive.web.storefront.checkout_view import tier_words

AnyRequest = Request[Any, Any, Any]


class Policy(msgspec.Struct, frozen=True):
    """One policy by its name in the address."""

    name: str
    title: str
    about: str


class PolicyPage(msgspec.Struct, frozen=True, kw_only=True):
    """A policy with the version that checkouts accept, and the rules of the house it names."""

    policy: Policy
    version: str
    tiers: tuple[str, ...]
    hold_minutes: int
    longest_rental_days: int


class PoliciesPage(msgspec.Struct, frozen=True):
    """All policies, to choose from."""

    policies: tuple[Policy, ...]


def policies() -> tuple[Policy, ...]:
    """Return the policies in the order of the page."""
    return (
        Policy("terms", _("Rental terms"), _("Who may drive, what is included, the deposit, and what happens if something happens.")),
        Policy("cancellation", _("Cancellation"), _("What you get back when plans change, and what we owe you when ours do.")),
        Policy("privacy", _("Privacy"), _("What we keep about you, why, for how long, and how to have it deleted.")),
        Policy("cookies", _("Cookies"), _("Three small cookies, none of them for advertising.")),
    )


@route("/policies", http_method=READ, include_in_schema=False)
async def index(request: AnyRequest) -> Response[bytes]:
    """List the policies."""

    async def make() -> PoliciesPage:
        return PoliciesPage(policies())

    return await pages.public(request, "storefront/policies.html", make)


@route("/policies/{name:str}", http_method=READ, include_in_schema=False)
async def show(request: AnyRequest, world: World, name: str) -> Response[bytes]:
    """Show one policy."""
    policy = next((policy for policy in policies() if policy.name == name), None)
    if policy is None:
        raise NotFound(_("There is no such policy."))

    async def make() -> PolicyPage:
        rules = world.rules
        return PolicyPage(
            policy=policy,
            version=rules.terms_version,
            tiers=tuple(map(tier_words, rules.cancellation_tiers)),
            hold_minutes=rules.hold_minutes,
            longest_rental_days=rules.longest_rental_days,
        )

    return await pages.public(request, f"storefront/policy_{policy.name}.html", make)


def routes() -> Router:
    """Return the door of policies."""
    return door("policies", "/", [index, show], opens=anon)
