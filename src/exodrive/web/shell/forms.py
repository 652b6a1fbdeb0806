"""Forms and bodies into typed values: every wrong field is named at once, and nothing that was typed is lost."""

import re
import types
from collections.abc import Collection
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, Union, get_args, get_origin
from uuid import UUID

import msgspec
from litestar import Request

from exodrive.kit.errors import BadInput, Problem
from exodrive.kit.words import _

T = TypeVar("T", bound=msgspec.Struct)
AnyRequest = Request[Any, Any, Any]
_CONTROL_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_CLOCK_TIME = re.compile(r"\d\d:\d\d(:00)?", re.ASCII)


class Malformed(Problem):
    """The body cannot even be read."""

    code = "malformed"


async def read_texts(request: AnyRequest, verbatim: Collection[str] = ()) -> dict[str, str]:
    """Return the fields of a form, trimmed but for the ``verbatim`` ones (passwords); what was not filled in is missing."""
    form = await request.form()
    texts = {name: value if name in verbatim else value.strip() for name, value in form.items() if isinstance(value, str)}
    return {name: value for name, value in texts.items() if value}


async def read_form(request: AnyRequest, kind: type[T], verbatim: Collection[str] = ()) -> T:
    """Read a form into a struct, or raise BadInput naming each wrong field."""
    return fill(await read_texts(request, verbatim), kind)


def read_query(request: AnyRequest, kind: type[T]) -> T:
    """Read the query string into a struct, or raise BadInput naming each wrong field; unknown names are left aside."""
    known = _fields(kind)
    return fill({name: value.strip() for name, value in request.query_params.items() if name in known and value.strip()}, kind)


async def read_json(request: AnyRequest, kind: type[T]) -> T:
    """Read a JSON body into a struct, or raise BadInput naming each wrong field by its path; names it does not know are refused."""
    return fill(await read_object(request), kind)


async def read_object(request: AnyRequest) -> dict[str, Any]:
    """Return the one object that a JSON body is; raises Malformed."""
    try:
        body = msgspec.json.decode(await request.body())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(_("The body is not JSON: %(reason)s") % {"reason": str(error)}) from error
    if not isinstance(body, dict):
        raise Malformed(_("The body must be one JSON object."))
    return body


def fill(values: dict[str, Any], kind: type[T]) -> T:
    """Convert named values into a struct field by field, collecting one sentence for each field that does not fit.

    A struct inside is filled the same way, and its fields are named by their path (``pickup.time``). None means: not given.
    """
    wrong: dict[str, str] = {}
    ready = _fill(values, kind, "", wrong)
    if wrong:
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)
    return kind(**ready)


class _Field(NamedTuple):
    """What must be known of a struct's field to read it: ``kinds`` are the types it may have, ``inner`` the struct among them."""

    name: str
    kind: Any
    required: bool
    kinds: Collection[Any]
    inner: type[msgspec.Struct] | None


@lru_cache(maxsize=128)
def _fields(kind: type[msgspec.Struct]) -> dict[str, _Field]:
    """Return a struct's fields by the name they are sent by; found out once, as it takes longer than reading a whole form."""
    return {field.encode_name: _field(field) for field in msgspec.structs.fields(kind)}


def _field(field: msgspec.structs.FieldInfo) -> _Field:
    kinds = _kinds(field.type)
    inner = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, msgspec.Struct)), None)
    return _Field(field.name, field.type, field.required, kinds, inner)


def _fill(values: dict[str, Any], kind: type[msgspec.Struct], path: str, wrong: dict[str, str]) -> dict[str, Any]:
    fields = _fields(kind)
    wrong.update({_readable(path + name): _("There is no such field; leave it out.") for name in values if name not in fields})
    ready: dict[str, Any] = {}
    for name, field in fields.items():
        if values.get(name) is not None:
            _convert(field, values[name], path + name, ready, wrong)
        elif field.required and not (name in values and type(None) in field.kinds):
            wrong[path + name] = _("Please fill this in.")
        elif field.required:
            ready[field.name] = None
    return ready


def _convert(field: _Field, value: Any, path: str, ready: dict[str, Any], wrong: dict[str, str]) -> None:
    if field.inner and isinstance(value, dict):
        before = len(wrong)
        parts = _fill(value, field.inner, f"{path}.", wrong)
        if len(wrong) == before:
            ready[field.name] = field.inner(**parts)
    elif field.inner:
        wrong[path] = _("Send an object.")
    elif _has_control_characters(value):
        wrong[path] = _("This contains characters that cannot be used.")
    else:
        try:
            ready[field.name] = msgspec.convert(_clock_time(field, value), field.kind, strict=False)
        except (msgspec.ValidationError, OverflowError) as error:
            wrong[path] = _sentence(field.kinds, str(error))


def _clock_time(field: _Field, value: Any) -> Any:
    """Return a value as it is, but a time as ``10:00:00``: it is one of a clock on the wall, to the minute, and nothing else."""
    if time not in field.kinds:
        return value
    if not isinstance(value, str) or not _CLOCK_TIME.fullmatch(value):
        raise msgspec.ValidationError("no time of a clock on the wall")
    return f"{value[:5]}:00"


def _readable(name: str) -> str:
    """Return a name that a stranger made up, so that it can be told back: short, and without control characters."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:100])


def _has_control_characters(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_control_characters(part) for part in value.values())
    if isinstance(value, list):
        return any(_has_control_characters(part) for part in value)
    return isinstance(value, str) and _CONTROL_CHARACTER.search(value) is not None


def _sentence(kinds: Collection[Any], error: str) -> str:
    if date in kinds:
        return _("Please give a date, such as 2026-06-01.")
    if time in kinds:
        return _("Please give a time, such as 10:00.")
    if UUID in kinds:
        return _("This is not one of our ids.")
    if int in kinds or Decimal in kinds:
        return _("Please give a number.")
    if "length <=" in error:
        return _("This is too long.")
    return _("This cannot be used: %(reason)s.") % {"reason": error}


def _kinds(kind: Any) -> set[Any]:
    if hasattr(kind, "__metadata__"):
        return _kinds(get_args(kind)[0])
    if hasattr(kind, "__supertype__"):
        return _kinds(kind.__supertype__)
    if get_origin(kind) in (Union, types.UnionType):
        return {inner for part in get_args(kind) for inner in _kinds(part)}
    return {kind}
