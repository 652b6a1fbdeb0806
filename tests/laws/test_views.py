"""Templates get typed values: every page is a struct, and so is all that can be reached from it."""

import importlib
import pkgutil
import types
from collections.abc import Iterator, Mapping
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

import exodrive.web

VALUES = (str, int, bool, bytes, type(None))
PACKAGES = (exodrive.web,)


def views() -> list[type[msgspec.Struct]]:
    """Every struct that a module of the web defines."""
    found = set()
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == module.name:
                    found.add(value)
    return sorted(found, key=lambda kind: kind.__qualname__)


def untyped(kind: Any, path: str, seen: frozenset[Any] = frozenset()) -> Iterator[str]:
    """Name what can be reached from a type and is not said to be anything in particular."""
    if hasattr(kind, "__metadata__"):
        kind = get_args(kind)[0]
    kind = getattr(kind, "__supertype__", kind)
    if kind in (Any, object, dict, list, tuple, set, Mapping) or getattr(kind, "__name__", "") == "Record":
        yield f"{path}: {kind}"
    elif get_origin(kind) is not None or isinstance(kind, types.UnionType) or get_origin(kind) is Union:
        for part in get_args(kind):
            if part is not Ellipsis and part not in VALUES:
                yield from untyped(part, path, seen)
    elif isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in seen:
        for name, inner in get_type_hints(kind, include_extras=True).items():
            yield from untyped(inner, f"{path}.{name}", seen | {kind})


def test_there_are_views() -> None:
    assert len(views()) > 25


@pytest.mark.parametrize("view", views(), ids=lambda view: view.__qualname__)
def test_a_view_says_what_everything_in_it_is(view: type[msgspec.Struct]) -> None:
    assert not list(untyped(view, view.__name__)), "attributes of values of a known type are fast in templates, and mypy knows them"


def test_the_law_sees_what_is_untyped() -> None:
    class Inner(msgspec.Struct):
        row: dict[str, Any]

    class Outer(msgspec.Struct):
        name: str
        inner: list[Inner] | None

    assert list(untyped(Outer, "Outer")) == ["Outer.inner.row: typing.Any"]


def test_a_page_is_rendered_from_a_struct_alone() -> None:
    from exodrive.web.shell import pages

    assert get_type_hints(pages.render)["view"] is msgspec.Struct
