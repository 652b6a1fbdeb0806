"""Every name by which a stranger can hand the product something, read from its source: queries, forms, bodies and paths.

From a route's handler the functions of the web are followed that it calls. Each struct that a query, a form or a body is read into
gives its fields, and each text that is looked up in one gives itself. A name that is put together when the program runs stands in
COMPUTED, and a law holds that table to the source.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

import msgspec

from exodrive.fleet.front.model import Front, Section
from exodrive.overview.shop import Facet
from exodrive.pricing.kinds import RuleKind
from exodrive.web.admin.prices.fields import names_of
from exodrive.web.shell.forms import _kinds
from tests.web.routes import Route

Struct = type[msgspec.Struct]
QUERY, BODY = {"read_query"}, {"read_form", "read_json", "fill"}
ASKS = {"get", "getall", "pop"}
# What a stranger's values are called where they are looked into by name: those of an address, and those of a body.
IN_QUERY = re.compile(r"query|request\.query_params")
IN_BODY = re.compile(r"texts|values|form|body|\(?await .*(read_texts|read_object|request\.form)\(.*\)")
_RULES = frozenset(name for kind in RuleKind for name in names_of(kind))
_PLACES = frozenset(f"place-{section}" for section in Section)
COMPUTED: dict[tuple[str, str], frozenset[str]] = {
    ("web.admin.home", "f'place-{section}'"): _PLACES,
    ("web.admin.home_fields", "f'place-{section}'"): _PLACES,
    ("web.admin.home_fields", "name"): frozenset(Front.__struct_fields__) - {"sections"},
    ("web.admin.prices.fields", "name"): _RULES,
    ("web.admin.prices.texts", "name"): _RULES,
    ("web.api.admin_prices", "name"): frozenset({"car", "start", "end"}),
    ("web.shell.pages", "name"): frozenset(),  # whatever was asked for is asked again in another currency
    ("web.storefront.booking_view", "name"): frozenset({"first_name", "last_name", "phone", "notes"}),
    ("web.storefront.change", "name"): frozenset({"start", "end", "car_id"}),
    ("web.storefront.change_days", "name"): frozenset({"start", "end"}),
    ("web.storefront.checkout_form", "f'{end}_location_id'"): frozenset({"pickup_location_id", "dropoff_location_id"}),
    ("web.storefront.contact", "name"): frozenset({"name", "email", "text"}),
    ("web.storefront.finding", "str(field)"): frozenset({*map(str, Facet), "per", "sort"}),
}


@dataclass
class Names:
    """What a route reads: by structs and by single names, out of the address and out of the body."""

    query_structs: set[Struct] = field(default_factory=set)
    body_structs: set[Struct] = field(default_factory=set)
    query_words: set[str] = field(default_factory=set)
    body_words: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    @property
    def query(self) -> list[str]:
        """Every name that may be read out of the address."""
        return sorted({name for kind in self.query_structs for name in fields_of(kind)} | self.query_words)

    @property
    def body(self) -> list[str]:
        """Every name that may be read out of a form."""
        return sorted({name for kind in self.body_structs for name in fields_of(kind)} | self.body_words)


def path_names(route: Route) -> list[str]:
    return re.findall(r"\{(\w+)\}", route.path)


def fields_of(kind: Struct) -> list[str]:
    return [one.encode_name for one in msgspec.structs.fields(kind)]


def texts_of(kind: Struct) -> list[str]:
    """The fields of a struct that take any text."""
    return [one.encode_name for one in msgspec.structs.fields(kind) if str in _kinds(one.type)]


@cache
def names(route: Route) -> Names:
    """Return what a route's handler reads, by itself or by the functions it calls."""
    found = Names()
    found.query_structs |= {route.opt["query"]} if "query" in route.opt else set()
    found.body_structs |= {route.opt["body"]} if "body" in route.opt else set()
    found.query_words |= {name for name, kind in inspect.signature(route.fn).parameters.items() if "QueryParameter" in str(kind.annotation)}
    functions = list(behind(route.fn))
    for function in functions:
        _read(function, functions, found)
    return found


def behind(function: Any) -> Iterator[FunctionType]:
    """A handler and every function of the web that it calls, and that those call; a class stands for all its methods."""
    todo, seen = [inspect.unwrap(function)], set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        yield one
        for node in ast.walk(tree_of(one)):
            todo += _functions(_meant(node, one.__globals__)) if isinstance(node, ast.Name | ast.Attribute) else []


@cache
def tree_of(function: FunctionType) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _functions(meant: Any) -> list[FunctionType]:
    if not getattr(meant, "__module__", "").startswith("exodrive.web.") or getattr(meant, "__module__", "") == "exodrive.web.shell.forms":
        return []
    if isinstance(meant, type):
        return [one for one in vars(meant).values() if isinstance(one, FunctionType) and one.__module__ == meant.__module__]
    return [meant] if isinstance(meant, FunctionType) else []


def _meant(node: ast.AST, known: dict[str, Any]) -> Any:
    """What a name, or a name inside a module, stands for; None for what is only known when the program runs."""
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _meant(node.value, known)
        return (
            getattr(owner, node.attr, None)
            if isinstance(owner, ModuleType) or (isinstance(owner, type) and issubclass(owner, str))
            else None
        )
    return None


def _read(function: FunctionType, all_of_it: list[FunctionType], found: Names) -> None:
    where = function.__module__.removeprefix("exodrive.")
    for node in ast.walk(tree_of(function)):
        if isinstance(node, ast.Call) and (reader := ast.unparse(node.func).rpartition(".")[2]) in QUERY | BODY:
            kinds = _structs(node.args[1], function.__globals__) or _passed(node.args[1], function, all_of_it)
            (found.query_structs if reader in QUERY else found.body_structs).update(kinds)
            found.unknown |= set() if kinds else {f"{where}: {ast.unparse(node)}"}
        for owner, key in _looked_up(node):
            said = ast.unparse(owner)
            words = found.query_words if IN_QUERY.fullmatch(said) else found.body_words if IN_BODY.fullmatch(said) else None
            if words is not None:
                _add(key, where, function.__globals__, words, found.unknown)


def _structs(node: ast.expr, known: dict[str, Any]) -> set[Struct]:
    """The struct that is named, or any of a table of structs."""
    meant = _meant(node.value, known) if isinstance(node, ast.Subscript) else _meant(node, known)
    kinds = meant.values() if isinstance(meant, dict) else (meant,)
    return {kind for kind in kinds if isinstance(kind, type) and issubclass(kind, msgspec.Struct)}


def _passed(node: ast.expr, function: FunctionType, all_of_it: list[FunctionType]) -> set[Struct]:
    """The structs that the others give to a function which reads whatever it is told to."""
    if not isinstance(node, ast.Name) or node.id not in inspect.signature(function).parameters:
        return set()
    given = [
        _structs(argument, one.__globals__)
        for one in all_of_it
        for call in ast.walk(tree_of(one))
        if isinstance(call, ast.Call) and _meant(call.func, one.__globals__) is function
        for argument in (*call.args, *(word.value for word in call.keywords))
    ]
    return {kind for kinds in given for kind in kinds}


def _looked_up(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKS and node.args:
        yield node.func.value, node.args[0]
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and not isinstance(node.slice, ast.Slice):
        yield node.value, node.slice
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
        yield node.comparators[0], node.left


def _add(key: ast.expr, where: str, known: dict[str, Any], words: set[str], unknown: set[str]) -> None:
    said = key.value if isinstance(key, ast.Constant) else _meant(key, known)
    if isinstance(said, str):
        words.add(str(said))
    elif (where, ast.unparse(key)) in COMPUTED:
        words |= COMPUTED[where, ast.unparse(key)]
    else:
        unknown.add(f"{where}: {ast.unparse(key)}")
