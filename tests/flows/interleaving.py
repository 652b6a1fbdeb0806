"""Two who act at once, in every order of their steps: a step ends where another may come between, before a transaction or a call."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from exodrive.flows.world import World
from exodrive.gateways.line import Answer
from exodrive.gateways.paypal import PayPalClient
from exodrive.kit.db import Db, Door

MOST = 300  # orders; more of them would be a mistake


class Actor:
    """Somebody who does a deed step by step; each step is asked for."""

    def __init__(self, deed: Awaitable[Any]) -> None:
        self._go, self._rests = asyncio.Event(), asyncio.Event()
        mark = _acting.set(self)
        self._task = asyncio.ensure_future(deed)
        _acting.reset(mark)

    @property
    def is_done(self) -> bool:
        return self._task.done()

    async def rest(self) -> None:
        """Wait to be told to go on."""
        self._rests.set()
        await self._go.wait()
        self._go.clear()

    async def step(self) -> None:
        """Go on to the next moment at which others may act, or to the end."""
        self._rests.clear()
        self._go.set()
        await self.arrive()

    async def arrive(self) -> None:
        """Come to the moment that was begun to go to."""
        rests = asyncio.ensure_future(self._rests.wait())
        async with asyncio.timeout(10):
            await asyncio.wait({rests, self._task}, return_when=asyncio.FIRST_COMPLETED)
        rests.cancel()
        if self._task.done():
            self._task.result()


_acting: ContextVar[Actor | None] = ContextVar("who acts", default=None)


async def moment() -> None:
    """A moment at which somebody else may act."""
    if actor := _acting.get():
        await actor.rest()


class TurnDoor(Door):
    """A door before which whoever acts waits for their turn."""

    def __init__(self, door: Door) -> None:
        super().__init__(door.pool, door.role, claims=door._claims)

    @asynccontextmanager
    async def scope(self) -> AsyncIterator[Db]:
        await moment()
        async with super().scope() as db:
            yield db


class TurnLine(PayPalClient):
    """The product's own client, which waits for its turn before each call."""

    async def _ask(self, method: str, path: str, headers: Mapping[str, str], content: bytes) -> Answer:
        await moment()
        return await super()._ask(method, path, headers, content)


def in_turns(world: World, paypal: PayPalClient) -> World:
    """The same world, in which everybody waits for their turn."""
    return replace(world, door=TurnDoor(world.door), paypal=paypal)


Judge = Callable[[str], Awaitable[None]]
Begin = Callable[[], Awaitable[tuple[list[Awaitable[Any]], Judge]]]


async def every_order(begin: Begin) -> int:
    """Play deeds in every order of their steps, each on something new; ``begin`` gives them and who judges the end. Return how many."""
    turns: list[int] = []
    for number in range(MOST):
        deeds, judge = await begin()
        taken = await _play(deeds, turns)
        await judge("".join("AB"[turn] for turn, _ in taken))
        while taken and taken[-1][0] == taken[-1][1]:
            taken.pop()
        if not taken:
            return number + 1
        turns = [*(turn for turn, _ in taken[:-1]), taken[-1][0] + 1]
    raise AssertionError("there is no end to it")


async def _play(deeds: list[Awaitable[Any]], turns: list[int]) -> list[tuple[int, int]]:
    """Let them act in these turns, then whoever is first; return each turn and the last one that was to be had."""
    actors, taken = [Actor(deed) for deed in deeds], []
    for actor in actors:
        await actor.arrive()
    while alive := [number for number, actor in enumerate(actors) if not actor.is_done]:
        wanted = turns[len(taken)] if len(taken) < len(turns) else 0
        turn = wanted if wanted in alive else alive[0]
        taken.append((turn, alive[-1]))
        await actors[turn].step()
    return taken
