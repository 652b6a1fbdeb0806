"""The way of a call: noted, faulted, routed, committed, answered."""

import asyncio
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from exodrive_emulators.kit.clock import stamp_ms
from exodrive_emulators.kit.faults import Fault, Kind
from exodrive_emulators.kit.http import Answer, Request
from exodrive_emulators.kit.routes import Routes
from exodrive_emulators.kit.server import Dropped
from exodrive_emulators.kit.world import World

W = TypeVar("W", bound=World)
Failure = Callable[[int], Answer]


class App(Generic[W]):
    """A world behind its routes. Only paths that start with one of `api` are noted and can suffer faults.

    `failure` writes a bare error in the provider's own shape.
    """

    def __init__(self, world: W, routes: Routes[W], *, api: tuple[str, ...], failure: Failure) -> None:
        self.world, self._routes, self._api, self._failure = world, routes, api, failure

    async def __call__(self, request: Request) -> Answer:
        """The answer; raises Dropped when there shall be none."""
        if not request.path.startswith(self._api):
            return await self._work(request)
        call = self.world.calls.arrived(request, stamp_ms(self.world.clock.now()))
        fault = self.world.faults.take(request)
        call.fault = fault.kind.value if fault else ""
        try:
            answer = await (self._suffer(fault, request) if fault else self._work(request))
            call.status = answer.status
        finally:
            call.note = request.note
        return answer

    async def _suffer(self, fault: Fault, request: Request) -> Answer:
        if fault.kind is Kind.SLOW:
            request.slow = fault.delay
            return await self._work(request)
        if fault.kind is Kind.LOST_AFTER_COMMIT:
            await self._work(request)
        await asyncio.sleep(fault.delay)
        if fault.kind is Kind.STATUS:
            return _with(self._failure(fault.status), fault.headers)
        raise Dropped

    async def _work(self, request: Request) -> Answer:
        handler = self._routes.find(request)
        if isinstance(handler, int):
            return self._failure(handler)
        try:
            return await handler(self.world, request)
        except Exception:  # a bug of ours must show as a provider's 500, and on stderr
            traceback.print_exc(file=sys.stderr)
            return self._failure(500)
        finally:
            self.world.store.commit()


def _with(answer: Answer, headers: Mapping[str, str]) -> Answer:
    return Answer(answer.status, answer.body, {**answer.headers, **headers})
