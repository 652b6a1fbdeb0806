"""The product's source as trees, and small questions about them. The laws of the source stand on this."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"
PRODUCT = SRC / "exodrive"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    """Every module of the product."""
    return tuple((path, ast.parse(path.read_text())) for path in sorted(PRODUCT.rglob("*.py")))


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """The tree and all below it: walked once, however many laws look at it."""
    return tuple(ast.walk(tree))


def name_of(path: Path) -> str:
    return path.relative_to(PRODUCT).as_posix()


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def docstrings(tree: ast.Module) -> set[str]:
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {ast.get_docstring(node, clean=False) or "" for node in nodes(tree) if isinstance(node, owners)}


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in nodes(tree) if isinstance(node, ast.Call))


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in nodes(tree) if isinstance(node, Function))


def own(function: Function) -> Iterator[ast.AST]:
    """All that a function does itself: what is inside another function inside it belongs to that one."""
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop(0)
        yield node
        if not isinstance(node, Function):
            todo += ast.iter_child_nodes(node)


def attribute(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module that is imported, by its whole name; what is taken out of one is told with it (``asyncpg.connect``)."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
