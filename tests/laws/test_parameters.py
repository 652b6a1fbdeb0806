"""The names that a stranger can use are all known, so that each of them is attacked (tests/web/test_injection.py)."""

import ast
import sys
from collections.abc import Iterator
from types import FunctionType

from tests.laws.source import calls, modules, name_of, nodes
from tests.web.parameters import COMPUTED, IN_BODY, IN_QUERY, _looked_up, _meant, names
from tests.web.routes import Route, routes


def test_every_name_that_a_route_reads_is_known() -> None:
    unknown = {name for route in routes() for name in names(route).unknown}
    assert not unknown, "names put together when the program runs; say in COMPUTED (tests/web/parameters.py) which they can be"


def test_every_name_that_is_put_together_is_still_looked_up() -> None:
    found = {
        (name_of(path).removesuffix(".py").replace("/", "."), ast.unparse(key))
        for path, tree in modules()
        for node in nodes(tree)
        for _owner, key in _looked_up(node)
    }
    assert {(where.removesuffix(".__init__"), key) for where, key in found} >= set(COMPUTED)


def test_what_strangers_send_keeps_a_name_by_which_it_is_followed() -> None:
    """Given to another function under some other name, the names looked up in it would not be seen."""
    lost = [
        f"{name_of(path)}:{call.lineno} {ast.unparse(call.func)}({parameter})"
        for path, tree in modules()
        if name_of(path).startswith("web/")
        for call in calls(tree)
        for parameter in _received_as(
            call, vars(sys.modules["exodrive." + name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")])
        )
    ]
    assert not lost, "call it query, or values"


def _received_as(call: ast.Call, known: dict[str, object]) -> Iterator[str]:
    """What a function of ours calls the query or the form that it is given, where it is not called so."""
    function = _meant(call.func, known)
    if not isinstance(function, FunctionType) or not function.__module__.startswith("exodrive.web."):
        return
    taken = function.__code__.co_varnames[: function.__code__.co_argcount]
    given = [*zip(taken, call.args, strict=False), *((word.arg or "", word.value) for word in call.keywords)]
    for parameter, value in given:
        said = ast.unparse(value)
        if (IN_QUERY.fullmatch(said) or IN_BODY.fullmatch(said)) and said not in ("form", "body") and not _is_followed(parameter):
            yield parameter


def _is_followed(name: str) -> bool:
    return bool(IN_QUERY.fullmatch(name) or IN_BODY.fullmatch(name))


def test_names_are_found_in_queries_forms_bodies_and_paths() -> None:
    by_name = {str(route): names(route) for route in routes()}
    assert {"q", "category", "place", "seats", "sort", "after", "max"} <= set(by_name["GET /cars"].query)
    assert {"email", "phone", "pickup_address_city", "key", "range"} <= set(by_name["POST /cars/{slug}/checkout"].body)
    assert {"first_name", "pickup", "notes"} <= set(by_name["POST /api/bookings"].body)
    assert {"before", "status"} <= set(by_name["GET /admin/bookings"].query)
    assert {"per_rental", "excess", "try_car"} <= set(by_name["POST /admin/prices"].body)
    assert {"currency", "token"} == set(by_name["GET /paypal/return"].query)


def test_a_name_that_nobody_declared_is_seen() -> None:
    def handler(request: object, query: dict[str, str], values: dict[str, str]) -> str:
        return query["plain"] + values.get("typed", "") + query.get("put" + "together", "")

    found = names(Route("GET", "/new", "shop", {}, handler))
    assert (found.query, found.body) == (["plain"], ["typed"])
    assert len(found.unknown) == 1
