"""Chance, all of it from one seed: whose turn it is, who comes in between, and who dies in the middle of a thing."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import msgspec

from exodrive.gateways.line import Answer
from exodrive.gateways.paypal import PayPalClient
from exodrive.kit.db import Db, Door

INTERRUPTED, KILLED = 0.05, 0.012  # how often, at each moment at which a process could stop


class Killed(BaseException):
    """A process ends in the middle of what it does: nothing more of it happens, nothing is tidied up."""


class Between:
    """Between any two transactions or calls of anybody somebody else may act, or this one may die."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._inside = False
        self.somebody: Callable[[], Awaitable[None]] | None = None
        self.calls: list[str] = []
        self.garbled = 0

    async def __call__(self) -> None:
        """A moment at which no transaction is open."""
        if self.somebody is None:
            return
        fate = self._dice.random()
        if fate < KILLED:
            raise Killed
        if fate < KILLED + INTERRUPTED and not self._inside:
            self._inside = True
            try:
                await self.somebody()
            finally:
                self._inside = False


class Ajar(Door):
    """A door that others may come through before a scope and after it."""

    def __init__(self, door: Door, between: Between) -> None:
        super().__init__(door.pool, door.role)
        self._between = between

    @asynccontextmanager
    async def scope(self) -> AsyncIterator[Db]:
        await self._between()
        async with super().scope() as db:
            yield db
        await self._between()


class Line(PayPalClient):
    """The product's own client, with a moment before and after each call."""

    between: Between

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        await self.between()
        self.between.calls.append(path)
        answer = await super()._ask(method, path, headers, content)
        await self.between()
        return self._as_told(path, answer)

    def _as_told(self, path: str, answer: Answer) -> Answer:
        """Now and then what is told of money names another number than we gave it."""
        if not self.between.garbled or not path.endswith(("/capture", "/refund")) or b'"invoice_id":"' not in answer.body:
            return answer
        self.between.garbled -= 1
        return msgspec.structs.replace(answer, body=answer.body.replace(b'"invoice_id":"', b'"invoice_id":"X'))
