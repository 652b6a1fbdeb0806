"""A process that forks one more for each story it is told to play: they start at once, and die as any process does.

Reads a list of tasks a line, plays them three at a time, and answers with how each ended. The first list it plays by itself, one after
the other: what Python reads at first need is read then, and not by each that is forked.
"""

import asyncio
import gc
import os
import sys
import traceback
from tempfile import TemporaryFile

import msgspec

from exodrive.kit import failpoints
from tests.crash.cast import Addresses, Ended, Task, Told, on_stage
from tests.crash.stories import PLAYS

AT_ONCE = 3


async def play(where: Addresses, task: Task) -> Told:
    """Play a story; of what is passed before the cast is on stage nobody hears."""
    points: list[str] = []
    tell, logins = PLAYS[task.story]
    async with on_stage(where, *logins) as cast:
        failpoints.arm(task.failpoint)
        failpoints.listen(points.append)
        try:
            await tell(cast, task.facts)
        except Exception:
            return Told(points, traceback.format_exc())
        finally:
            failpoints._heard.clear()
    return Told(points)


class Child:
    """A forked process and the file it tells by."""

    def __init__(self, where: Addresses, task: Task) -> None:
        self._file = TemporaryFile(buffering=0)  # noqa: SIM115  closed when it has ended
        self.pid = os.fork()
        if self.pid == 0:
            self._file.write(msgspec.json.encode(asyncio.run(play(where, task))))
            os._exit(0)

    def ended(self, status: int) -> Ended:
        """What became of it."""
        with self._file:
            self._file.seek(0)
            told = self._file.read()
        return Ended(os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, msgspec.json.decode(told, type=Told) if told else None)


def play_all(where: Addresses, tasks: list[Task]) -> list[Ended]:
    """Play them all, a few at a time."""
    waiting = [*enumerate(tasks)]
    running: dict[int, tuple[int, Child]] = {}
    ended: dict[int, Ended] = {}
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            number, task = waiting.pop(0)
            child = Child(where, task)
            running[child.pid] = number, child
        pid, status = os.wait()
        number, child = running.pop(pid)
        ended[number] = child.ended(status)
    return [ended[number] for number in range(len(tasks))]


def rehearse(where: Addresses, tasks: list[Task]) -> list[Ended]:
    """Play them all in this process."""
    return [Ended(0, asyncio.run(play(where, task))) for task in tasks]


def main() -> None:
    """Work until the input ends."""
    where = msgspec.json.decode(sys.argv[1], type=Addresses)
    for number, line in enumerate(sys.stdin.buffer):
        tasks = msgspec.json.decode(line, type=list[Task])
        ended = play_all(where, tasks) if number else rehearse(where, tasks)
        gc.freeze()  # what is here to stay is shared with every fork
        sys.stdout.buffer.write(msgspec.json.encode(ended) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
