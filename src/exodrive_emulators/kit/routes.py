"""Which handler answers which method and path."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

from exodrive_emulators.kit.http import Answer, Request

W = TypeVar("W")
Handler = Callable[[W, Request], Awaitable[Answer]]
Line = tuple[str, str, Handler[W]]  # method, pattern such as /orders/{id}, handler


class Routes(Generic[W]):
    """A table of lines, the first that fits wins."""

    def __init__(self, lines: Iterable[Line[W]]) -> None:
        self._lines = [(method, _compiled(pattern), handler) for method, pattern, handler in lines]

    def find(self, request: Request) -> Handler[W] | int:
        """The handler, its path parameters put into the request; or 404, or 405 when only the method is wrong."""
        status, wanted = 404, "GET" if request.method == "HEAD" else request.method
        for method, pattern, handler in self._lines:
            if fit := pattern.fullmatch(request.path):
                if method == wanted:
                    request.params = fit.groupdict()
                    return handler
                status = 405
        return status


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern))
