"""Callbacks from providers: verified, kept once, answered at once; the work is a job's."""

import logging
from typing import Any

from litestar import Request, Response, Router, post

from exodrive.flows import webhooks
from exodrive.flows.refusals import Refusals
from exodrive.flows.world import World
from exodrive.gateways.paypal import CannotVerify, Forged, Verifier
from exodrive.kit.errors import Problem, Unavailable
from exodrive.kit.words import _
from exodrive.web.shell.doors import door

log = logging.getLogger(__name__)


class NotGenuine(Problem):
    """A notice that its sender did not sign, or not for us."""

    code = "not-genuine"


@post("/paypal", status_code=202, include_in_schema=False)
async def paypal(request: Request[Any, Any, Any], world: World) -> Response[str]:
    """Keep what PayPal tells, once. 400 for a forgery, 503 when the certificate cannot be had now (PayPal tries again)."""
    verifier: Verifier = request.app.state.verifier
    refusals: Refusals = request.app.state.refusals
    try:
        await webhooks.receive(world, await verifier.verify(request.headers, await request.body()))
    except Forged as forged:
        refusals.count(forged.flaw)
        log.warning("forged notice refused", extra={"reason": str(forged)})
        raise NotGenuine(_("This notice cannot be verified.")) from forged
    except CannotVerify as away:
        raise Unavailable(_("This notice cannot be verified now."), retry_after=60) from away
    return Response("", status_code=202, media_type="text/plain")


def routes() -> Router:
    """Return the door of provider callbacks; a signature stands in for the same-site check."""
    return door("webhooks", "/api/webhooks", [paypal], opt={"machine": True})
