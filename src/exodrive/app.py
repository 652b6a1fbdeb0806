"""Builds the web app: doors, world, templates and error pages, put together once per process."""

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp
from msgspec import structs

from exodrive import assembly, settings
from exodrive.flows.refusals import Refusals
from exodrive.flows.world import World
from exodrive.gateways.paypal import Trust, Verifier
from exodrive.kit import log, words
from exodrive.kit.db import Door
from exodrive.kit.server import refuse_unsafe_server
from exodrive.kit.texts import Texts
from exodrive.pricing import display
from exodrive.web import admin, api, cron, storefront, webhooks
from exodrive.web.shell import arrival, errors, headers, health, origin, pages
from exodrive.web.shell.site import Site
from exodrive.web.shell.static import Assets
from exodrive.web.storefront import legal, structured

# Who signs PayPal's notices, live and anywhere else (PayPal's own SDK checked for these): a sandbox notice must never move live money.
_LIVE_SIGNER = "messageverificationcerts.paypal.com"
_SANDBOX_SIGNER = "messageverificationcerts.sandbox.paypal.com"
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG, prctl(2)


def create() -> ASGIApp:
    """Build the app from the environment; the server calls it in each of its processes."""
    read = settings.load("web")
    log.start(read.log_level)
    return arrival.hear_out(build(read))


def build(read: settings.Settings) -> Litestar:
    """Build the app from settings."""
    words.DEFAULT = read.locale
    site, assets, policies = site_of(read), Assets(), texts_of(read)
    return Litestar(
        route_handlers=[
            *storefront.routes(read.env),
            *api.routes(),
            webhooks.routes(),
            cron.routes(),
            *admin.routes(is_demo=site.is_demo),
            assets.routes(),
            health.routes(),
        ],
        state=_state(site, assets, policies),
        lifespan=[_lifespan(read, policies)],
        dependencies={"world": Provide(_world, sync_to_thread=False), "site": Provide(_site, sync_to_thread=False)},
        guards=[origin.same_site],
        before_send=[headers.seal(site)],
        exception_handlers={Exception: errors.answer},
        request_max_body_size=read.body_limit,
        openapi_config=None,  # web.api describes itself
        logging_config=None,
        debug=False,
    )


def _state(site: Site, assets: Assets, policies: Texts) -> State:
    """What handlers find in the app beside the world."""
    templates = pages.environment(site, assets, structured.helpers(site, assets))
    return State({"site": site, "texts": policies, "pages": pages.Store(), "templates": templates})


def site_of(read: settings.Settings) -> Site:
    """Return what pages know about this installation."""
    return Site(
        public_url=read.public_url,
        company_name=read.company_name,
        company_address=read.company_address,
        support_email=read.support_email,
        support_phone=read.support_phone,
        locale=read.locale,
        map_url=read.map_url,
        map_search_url=read.map_search_url,
        paypal_web_url=read.paypal_web_url,
        trusted_proxies=tuple(part.strip() for part in read.trusted_proxies.split(",") if part.strip()),
        display_currency=read.display_currency,
        display_rates=display.rates(read.display_rates),
        deposits=assembly.deposits(read),
        tariffs=assembly.tariffs(read),
        cron_key=read.cron_key,
        is_demo=read.env != "production",
    )


def texts_of(read: settings.Settings) -> Texts:
    """Return the policies, the operator's before ours; raises WrongText."""
    own = Path(read.policies_folder) if read.policies_folder else None
    return Texts(own, read.locale, legal.PLACES, legal.ORDER)


def _lifespan(read: settings.Settings, policies: Texts) -> Any:
    @asynccontextmanager
    async def live(app: Litestar) -> AsyncIterator[None]:
        die_with_parent()
        doors = await assembly.doors(read, "web", "checkout", "staff")
        try:
            async with assembly.world(read, doors, lambda opened: opened.checkout(), mails=False) as world:
                await _check_server(doors.anon())
                app.state.world, app.state.verifier = _accepting(world, policies), Verifier(read.paypal_webhook_id, trust_of(read))
                app.state.refusals = Refusals(world.door)
                async with assembly.following_clock(read, doors.anon(), "web"):
                    gc.freeze()  # what is here to stay: a whole collection that looks through it holds everybody up for 50 ms
                    yield
                await app.state.refusals.close()
        finally:
            await doors.close()

    return live


def _accepting(world: World, policies: Texts) -> World:
    """Let checkouts accept the terms in force."""
    terms = policies.find("terms")
    rules = structs.replace(world.rules, terms_version=terms.version) if terms else world.rules
    return replace(world, rules=rules)


def trust_of(read: settings.Settings) -> Trust:
    """Return whose notices are believed: the live signer with the live API only; the emulator's own root is given by file."""
    signer = _LIVE_SIGNER if read.is_live else _SANDBOX_SIGNER
    roots = Path(read.paypal_root_file).read_bytes() if read.paypal_root_file else None
    return Trust(origins=read.paypal_cert_origins, names=(signer,), roots=roots)


async def _check_server(door: Door) -> None:
    async with door.scope() as db:
        refuse_unsafe_server(db)


def _world(state: State) -> World:
    world: World = state.world
    return world


def _site(state: State, world: World) -> Site:
    # After the world, not beside it: Litestar resolves what does not need each other in a task group, which costs more than both.
    site: Site = state.site
    return site


def die_with_parent() -> None:
    """Ask Linux to end this process when its parent is killed, so that no orphan keeps serving the port.

    A server killed right after it began a process anew is gone before that process can ask: then it ends here.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)
    parent = multiprocessing.parent_process()
    if parent and os.getppid() != parent.pid:
        os._exit(1)
