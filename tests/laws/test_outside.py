"""The laws of the outside: gateways alone talk to it, over httpx, and never while a transaction is open."""

import ast
from collections.abc import Iterator

from tests.laws.source import Function, attribute, calls, dotted, functions, imported, modules, name_of, own

GATEWAYS = "gateways/"
# What can talk to somebody over a network. Deploy-time programs have no transaction open that anybody waits for.
TALKS = {
    *("httpx", "aiohttp", "requests", "urllib3", "urllib.request", "http.client", "httpcore", "websockets", "smtplib", "ftplib"),
    *("aiosmtplib", "boto3", "botocore", "aiobotocore", "obstore", "resend", "paypalrestsdk"),
}
HOW_TO_ASK = "exodrive.kit.db.outside_scope"
_VERBS = {"request", "stream", "send", "post", "put", "patch", "delete", "head", "options"}
_ALSO_OF_DICTIONARIES = {"get"}  # a verb only where it is waited for


def sends(function: Function) -> Iterator[ast.Call]:
    """Each call by which a function itself sends something over httpx."""
    waited = {id(part) for node in own(function) for part in _waited(node)}
    for node in own(function):
        if isinstance(node, ast.Call):
            verb = attribute(node)
            if verb in _VERBS or (verb in _ALSO_OF_DICTIONARIES and (id(node) in waited or dotted(node.func) == f"httpx.{verb}")):
                yield node


def asks_first(function: Function) -> bool:
    """Whether a function asks ``outside_scope()``, whatever else is the case, before it sends anything."""
    first = min((call.lineno for call in sends(function)), default=0)
    return any(
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Call) and _is_the_question(line.value) and line.lineno < first
        for line in function.body
    )


def unasked(tree: ast.Module) -> list[str]:
    """The functions that send without having asked."""
    return [f"{function.lineno} {function.name}" for function in functions(tree) if any(sends(function)) and not asks_first(function)]


def _waited(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Await):
        yield node.value
    elif isinstance(node, ast.AsyncWith | ast.With):
        yield from (item.context_expr for item in node.items)


def _is_the_question(call: ast.Call) -> bool:
    return dotted(call.func).rpartition(".")[2] == "outside_scope"


def gateways() -> list[tuple[str, ast.Module]]:
    return [(name_of(path), tree) for path, tree in modules() if name_of(path).startswith(GATEWAYS)]


def test_the_outside_is_called_from_gateways_only() -> None:
    allowed = (GATEWAYS, "operate/")
    broken = [
        f"{name_of(path)}:{line} {name}"
        for path, tree in modules()
        if not name_of(path).startswith(allowed)
        for line, name in imported(tree)
        if name in TALKS
    ]
    assert not broken, "\n".join(broken)


def test_gateways_talk_over_httpx_alone() -> None:
    broken = [f"{name}:{line} {what}" for name, tree in gateways() for line, what in imported(tree) if what in TALKS - {"httpx"}]
    opens = {"asyncio.open_connection", "asyncio.create_connection", "socket.socket", "socket.create_connection", "httpx.Client"}
    broken += [f"{name}:{call.lineno}" for name, tree in gateways() for call in calls(tree) if dotted(call.func) in opens]
    assert not broken, "teach this law what sending looks like there, before a gateway uses it:\n" + "\n".join(broken)


def test_whoever_sends_asks_first_that_no_scope_is_open() -> None:
    broken = [f"{name}:{what}" for name, tree in gateways() for what in unasked(tree)]
    assert not broken, f"these talk to the outside without asking {HOW_TO_ASK}() first:\n" + "\n".join(broken)


def test_the_question_is_the_real_one_wherever_it_is_asked() -> None:
    asking = [(name, tree) for name, tree in gateways() if any(_is_the_question(call) for call in calls(tree))]
    assert [name for name, tree in asking if HOW_TO_ASK not in {what for _line, what in imported(tree)}] == []
    defined = [name_of(path) for path, tree in modules() for function in functions(tree) if function.name == "outside_scope"]
    assert defined == ["kit/db.py"], "nobody else may call something else by this name"


def test_every_gateway_that_knows_httpx_is_seen_sending() -> None:
    """The law reads calls: a module that knows httpx and seems to send nothing has found words that the law does not know."""
    knows = {name for name, tree in gateways() if "httpx" in {what for _line, what in imported(tree)}}
    sending = {name for name, tree in gateways() for function in functions(tree) if any(sends(function))}
    assert knows
    assert knows == sending


def test_the_law_sees_a_gateway_that_forgets() -> None:
    forgetful = (
        "async def f(http):\n    return await http.get('/x')",
        "async def f(http):\n    async with http.stream('GET', '/x') as answer:\n        return answer",
        "async def f():\n    return httpx.get('/x')",
        "class G:\n    async def f(self):\n        return await self._http.post('/x')",
        "async def f(http):\n    await http.post('/x')\n    outside_scope()",
        "async def f(http, sure):\n    if not sure:\n        outside_scope()\n    await http.post('/x')",
        "async def f(http):\n    outside_scope()\n    async def attempt():\n        await http.post('/x')\n    await attempt()",
        "async def g(http):\n    outside_scope()\n    await http.post('/x')\nasync def f(http):\n    await http.post('/x')",
    )
    assert [text for text in forgetful if not unasked(ast.parse(text))] == []
    careful = (
        "async def f(http):\n    outside_scope()\n    return await http.get('/x')",
        "async def f(http):\n    'Say.'\n    db.outside_scope()\n    async with limit(), http.stream('GET', '/x') as answer:\n        pass",
        "def f(headers):\n    return headers.get('retry-after')",
    )
    assert [text for text in careful if unasked(ast.parse(text))] == []
