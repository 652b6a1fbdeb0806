"""The description of the JSON API (OpenAPI 3.1), made from its handlers so that it cannot lie, and the refusals they share."""

from collections.abc import Iterator, Sequence
from datetime import time
from typing import Any

import msgspec
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.spec import Components, Reference, SecurityScheme

from exodrive import __version__

_REFERENCE = "#/components/schemas/{name}"
_HOLDER: list[dict[str, list[str]]] = [{"booking_token": []}, {"booking_cookie": []}]
#: The forms of parameters that a handler reads by itself, so that it can name all that is wrong at once.
ID, DAY, KEY = {"format": "uuid"}, {"format": "date"}, {"pattern": "^[ -~]{8,200}$"}
_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$", "examples": ["10:00"]}
_SCHEMES: dict[str, SecurityScheme | Reference] = {
    "booking_token": SecurityScheme(
        type="http",
        scheme="bearer",
        description="The booking's key, which `/api/bookings/key` gives for its private link. Without a PIN that is the link's last part.",
    ),
    "booking_cookie": SecurityScheme(
        type="apiKey",
        security_scheme_in="cookie",
        name="__Host-exodrive_b_{reference}",
        description="Set by the answer that holds the days; one for each booking, with its reference in the name.",
    ),
}
_MEANINGS = {
    400: "The body is not JSON.",
    403: "A browser sent this from another site.",
    404: "There is no such booking, or it is not yours: both answer the same.",
    409: "The world moved on: what was asked for no longer fits its state; `type` says how.",
    413: "The body is too large.",
    415: "The body is not declared as JSON.",
    422: "Some fields cannot be used; `errors` names each.",
    429: "A limit is reached; Retry-After says how many seconds to wait.",
    503: "Something we lean on is away; Retry-After says how many seconds to wait.",
}


class FieldProblem(msgspec.Struct, frozen=True):
    """One field that cannot be used: its name, or its path in the body (`pickup.time`), and what to do about it."""

    field: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True):
    """A refusal (RFC 9457). Some carry more: `free` has the nearest free ranges, `quote` and `total` a new price."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []
    incident: str = ""


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """Describe the refusals a handler may answer with."""
    media_type = "application/problem+json"
    return {status: ResponseSpec(ProblemDetails, False, _MEANINGS[status], media_type) for status in statuses}


def describe(routers: Sequence[Router]) -> bytes:
    """Return the OpenAPI document of these routers as formatted JSON, in a stable order."""
    given = {name: Provide(lambda: None, sync_to_thread=False) for name in ("world", "site")}
    config = OpenAPIConfig(
        title="Exodrive",
        version=__version__,
        description="Find out when a car is free and what it costs, hold its days, and pay.",
        components=Components(security_schemes=_SCHEMES),
    )
    app = Litestar(routers, dependencies=given, openapi_config=config, logging_config=None)
    schema = app.openapi_schema.to_schema()
    for operation, opt in _operations(app, schema):
        _complete(operation, opt, schema["components"]["schemas"])
    for path in schema["paths"].values():
        path.pop("head", None)  # a GET without its body
    return msgspec.json.format(msgspec.json.encode(schema, order="sorted")) + b"\n"


def _operations(app: Litestar, schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for route in app.routes:
        for method, (handler, _kwargs) in getattr(route, "route_handler_map", {}).items():
            operation = schema["paths"].get(route.path_format, {}).get(method.lower())
            if operation:
                yield operation, handler.opt


def _complete(operation: dict[str, Any], opt: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add what only we know: the body a handler reads by itself, what it cannot do without, and who may call it."""
    if body := opt.get("body"):
        (reference,), parts = msgspec.json.schema_components((body,), ref_template=_REFERENCE)
        for part in parts.values():
            part["properties"] = {name: _CLOCK if kind.get("format") == "time" else kind for name, kind in part["properties"].items()}
        schemas.update(parts)
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference}}}
    if query := opt.get("query"):
        operation["parameters"] += _parameters(query)
    for parameter in operation.get("parameters", []):
        if form := opt.get("needs", {}).get(parameter["name"]):
            parameter |= {"required": True, "schema": {"type": "string", **form}}
    if opt.get("holder"):
        operation["security"] = _HOLDER
    if "400" in operation["responses"] and "problem" not in str(operation["responses"]["400"]):
        del operation["responses"]["400"]  # the framework's own, which no handler of ours answers with


def _parameters(query: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """The fields of a struct that a handler reads from the address by itself."""
    _reference, parts = msgspec.json.schema_components((query,), ref_template=_REFERENCE)
    described = parts[query.__name__]["properties"]
    clocks = {field.name for field in msgspec.structs.fields(query) if isinstance(field.default, time)}
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": _told(schema),
            "schema": _CLOCK if name in clocks else _plain(schema),
        }
        for name, schema in described.items()
    ]


def _told(schema: dict[str, Any]) -> str:
    found: str = schema.get("description") or next(one["description"] for one in schema["anyOf"] if "description" in one)
    return found


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is left out has no value, so that null is none of its kinds."""
    kind = next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), schema)
    return {name: value for name, value in kind.items() if name not in ("description", "default")}
