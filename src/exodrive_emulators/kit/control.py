"""The part of the control interface both emulators share: clock, calls, faults, reset."""

import re
from datetime import datetime
from typing import TypeVar

import msgspec

from exodrive_emulators.kit.clock import stamp_ms
from exodrive_emulators.kit.faults import read_faults
from exodrive_emulators.kit.http import Answer, Request, json_answer
from exodrive_emulators.kit.routes import Line
from exodrive_emulators.kit.world import World

W = TypeVar("W", bound=World)
T = TypeVar("T")


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """A moment with its zone, seconds from now, or seconds ahead of the real time."""

    now: datetime | None = None
    advance: float = 0.0
    shift: float | None = None


def read(request: Request, kind: type[T]) -> T:
    """The body as what it has to be, all of it left out when there is none; raises msgspec.MsgspecError."""
    return msgspec.json.decode(request.body or b"{}", type=kind)


async def show_clock(world: World, _: Request) -> Answer:
    """GET /control/clock."""
    return json_answer(200, {"now": stamp_ms(world.clock.now()), "shift": world.clock.shift, **world.clock_state()})


async def move_clock(world: World, request: Request) -> Answer:
    """POST /control/clock {"now": time}, {"advance": seconds} or {"shift": seconds}; answers when it has been done."""
    move = msgspec.json.decode(request.body, type=Move)
    if move.now and move.now.tzinfo is None:
        raise msgspec.ValidationError("`now` needs a zone, such as a Z at its end")
    shift = world.clock.shift_at(move.now) if move.now else world.clock.shift
    world.move_clock((shift if move.shift is None else move.shift) + move.advance)
    await world.clock_moved()
    return await show_clock(world, request)


async def list_calls(world: World, _: Request) -> Answer:
    """GET /control/calls."""
    return json_answer(200, world.calls.list())


async def forget_calls(world: World, _: Request) -> Answer:
    """DELETE /control/calls."""
    world.calls.clear()
    return Answer(204)


async def list_faults(world: World, _: Request) -> Answer:
    """GET /control/faults: the orders still open."""
    return json_answer(200, world.faults.open)


async def order_fault(world: World, request: Request) -> Answer:
    """POST /control/faults: one, or a list of them as a script."""
    faults = read_faults(request.body)
    world.order_faults(faults)
    return json_answer(201, faults if request.body.lstrip().startswith(b"[") else faults[0])


async def withdraw_faults(world: World, _: Request) -> Answer:
    """DELETE /control/faults."""
    world.faults.withdraw()
    return Answer(204)


async def reset(world: World, _: Request) -> Answer:
    """POST /control/reset."""
    world.reset()
    return Answer(204)


LINES: list[Line[World]] = [
    ("GET", "/control/clock", show_clock),
    ("POST", "/control/clock", move_clock),
    ("GET", "/control/calls", list_calls),
    ("DELETE", "/control/calls", forget_calls),
    ("GET", "/control/faults", list_faults),
    ("POST", "/control/faults", order_fault),
    ("DELETE", "/control/faults", withdraw_faults),
    ("POST", "/control/reset", reset),
]


def guarded(line: Line[W]) -> Line[W]:
    """The same line, answering 422 with a sentence instead of failing on a body it cannot read."""
    method, pattern, handler = line

    async def enter(world: W, request: Request) -> Answer:
        try:
            return await handler(world, request)
        except (ValueError, OverflowError, re.error) as wrong:
            return json_answer(422, {"error": str(wrong)})

    return method, pattern, enter
