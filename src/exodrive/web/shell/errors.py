"""One place where errors become answers: problem details for programs (RFC 9457), a calm page for people."""

import asyncio
import logging
import secrets
from typing import Any

import asyncpg
import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException, ValidationException

from exodrive.kit.errors import BadInput, NotFound, Problem, TooMany, Unavailable
from exodrive.kit.words import _
from exodrive.web.shell import pages

log = logging.getLogger(__name__)
AnyRequest = Request[Any, Any, Any]

_CODES = {
    400: "malformed",
    405: "method-not-allowed",
    413: "too-large",
    415: "media-type",
}
_AWAY = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,  # too many connections, disk or memory full
    asyncpg.OperatorInterventionError,  # shut down, crashed, starting, a statement that took too long
    asyncpg.ReadOnlySQLTransactionError,  # a stand-by that has not taken over yet
    asyncpg.LockNotAvailableError,
    ConnectionError,
    asyncio.TimeoutError,
)
_MACHINES = ("/api", "/availability", "/cron/", "/healthz", "/readyz")
_OFFICE = "/admin"


class ErrorPage(msgspec.Struct, frozen=True):
    """What an error page says: the status, a sentence, and a number to quote to support when it is our fault."""

    status: int
    detail: str
    incident: str = ""


def answer(request: AnyRequest, error: Exception) -> Response[Any]:
    """Turn anything raised into an answer; what is not a Problem is logged with a number the person can quote."""
    problem = _as_problem(request, error)
    incident = "" if problem else _report(request, error)
    known = problem or _Broken(_("Something went wrong on our side. Nothing was lost; please try again."))
    headers = _headers(request, error, known)
    if request.url.path.startswith(_MACHINES):
        return _as_json(known, headers, incident)
    if known.code == "signed-out":
        return pages.see_other("/admin/sign-in")
    template = "admin/error.html" if request.url.path.startswith(_OFFICE) else "error.html"
    return pages.render(request, template, ErrorPage(known.status, known.detail, incident), status=known.status, headers=headers)


class _Broken(Problem):
    status = 500
    code = "internal"


def _as_problem(request: AnyRequest, error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return BadInput(_("Some of what was sent cannot be used."), fields=_fields(error))
    if isinstance(error, NotFoundException) or (isinstance(error, MethodNotAllowedException) and not _allowed(request)):
        return NotFound(_("There is nothing at this address."))
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _http(error)
    return _database(error)


def _http(error: HTTPException) -> Problem:
    """Say in our own words what the framework refused."""
    said = {
        405: _("This address does not take such a request."),
        413: _("This is too large to be taken."),
        415: _("This kind of body is not taken here."),
    }
    problem = Problem(said.get(error.status_code) or _("This request cannot be read."))
    problem.status = error.status_code
    problem.code = _CODES.get(error.status_code, "problem")
    return problem


def _database(error: Exception) -> Problem | None:
    if isinstance(error, asyncpg.DataError):
        return BadInput(_("Some of what was sent contains characters or numbers that cannot be stored."))
    if isinstance(error, _AWAY):
        log.warning("unavailable", extra={"reason": repr(error)})
        return Unavailable(_("We are busy for a moment. Please try again in a few seconds."))
    return None


def _fields(error: ValidationException) -> dict[str, str]:
    extra = error.extra if isinstance(error.extra, list) else []
    return {str(item.get("key", "body")): str(item.get("message", "")) for item in extra if isinstance(item, dict)}


def _headers(request: AnyRequest, error: Exception, known: Problem) -> dict[str, str]:
    if isinstance(known, TooMany | Unavailable):
        return {"retry-after": str(known.retry_after)}
    if "retry_after" in known.extra:  # a conflict that passes by itself: somebody is booking this very car
        return {"retry-after": str(known.extra["retry_after"])}
    if isinstance(error, MethodNotAllowedException):
        return {"allow": ", ".join(_allowed(request))}
    return {}


def _allowed(request: AnyRequest) -> list[str]:
    def serves(method: str) -> bool:
        try:
            request.app.asgi_router.handle_routing(path=request.scope["path"], method=method)
        except HTTPException:
            return False
        return True

    return [method for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") if serves(method)]


def _report(request: AnyRequest, error: Exception) -> str:
    incident = secrets.token_hex(4)
    log.error("unexpected error", exc_info=error, extra={"incident": incident, "method": request.method, "route": _route(request)})
    return incident


def _route(request: AnyRequest) -> str:
    return str(request.scope.get("path_template", "")) or "unknown"


def _as_json(problem: Problem, headers: dict[str, str], incident: str) -> Response[bytes]:
    body: dict[str, Any] = {"type": f"/problems/{problem.code}", "title": problem.code.replace("-", " "), "status": problem.status,
                            "detail": problem.detail, **problem.extra}  # fmt: skip
    if problem.fields:
        body["errors"] = [{"field": field, "message": message} for field, message in problem.fields.items()]
    if incident:
        body["incident"] = incident
    content = msgspec.json.encode(body, enc_hook=str)
    return Response(content, media_type="application/problem+json", status_code=problem.status, headers=headers)
