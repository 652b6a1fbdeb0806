"""The way of a call: noted, faulted, routed, committed, answered."""

import asyncio
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from exodrive_emulators.kit.clock import stamp_ms
from exodrive_emulators.kit.faults import AFTER_WORK, Fault, Kind
from exodrive_emulators.kit.http import Answer, Request
from exodrive_emulators.kit.routes import Routes
from exodrive_emulators.kit.server import Dropped
from exodrive_emulators.kit.world import World

W = TypeVar("W", bound=World)
Failure = Callable[[int], Answer]


class App(Generic[W]):
    """A world behind its routes. Only paths that start with one of `api` are noted and can suffer faults.

    `failure` writes a bare error in the provider's own shape, `busy` what it says to a call that is being worked on.
    """

    def __init__(
        self, world: W, routes: Routes[W], *, api: tuple[str, ...], failure: Failure, busy: Callable[[], Answer] | None = None
    ) -> None:
        self.world, self._routes, self._api, self._failure = world, routes, api, failure
        self._busy = busy or (lambda: failure(409))

    async def __call__(self, request: Request) -> Answer:
        """The answer; raises Dropped when there shall be none."""
        if not request.path.startswith(self._api):
            return await self._work(request)
        call = self.world.calls.arrived(request, stamp_ms(self.world.clock.now()))
        handler = self._routes.find(request)
        fault = self.world.faults.take(request, getattr(handler, "knows", _nothing))
        call.fault = fault.kind.value if fault else ""
        self.world.store.commit()
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
        if fault.kind in AFTER_WORK:
            return await self._spoiled(fault, await self._work(request))
        await asyncio.sleep(fault.delay)
        if fault.kind is Kind.STATUS:
            return _with(self._failure(fault.status), fault.headers)
        if fault.kind is Kind.IN_PROGRESS:
            return self._busy()
        if fault.kind in (Kind.TIMEOUT_BEFORE, Kind.RESET):
            raise Dropped(reset=fault.kind is Kind.RESET)
        if fault.kind is Kind.TOKEN_EXPIRED:
            self.world.sign_out()
        request.issue = fault.issue
        return await self._work(request)

    async def _spoiled(self, fault: Fault, answer: Answer) -> Answer:
        """The work is done and kept; something happens to its answer."""
        if fault.kind is Kind.LOST_AFTER_COMMIT:
            await asyncio.sleep(fault.delay)
            raise Dropped
        answer.drip, answer.cut = fault.delay, fault.kind is Kind.CUT_BODY
        return answer

    async def _work(self, request: Request) -> Answer:
        handler = self._routes.find(request)
        if isinstance(handler, int):
            return self._failure(handler)
        try:
            self.world.happen()
            return await handler(self.world, request)
        except Exception:  # a bug of ours must show as a provider's 500, and on stderr
            traceback.print_exc(file=sys.stderr)
            return self._failure(500)
        finally:
            self.world.store.commit()


def _nothing(_: str) -> bool:
    """What a call knows that cannot be refused with an issue."""
    return False


def _with(answer: Answer, headers: Mapping[str, str]) -> Answer:
    return Answer(answer.status, answer.body, {**answer.headers, **headers})
