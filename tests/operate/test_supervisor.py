"""A family of processes: started in order, kept running, stopped in the opposite order."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from exodrive.operate.child import Child
from exodrive.operate.supervisor import Family, GaveUp, Stopped, stoppable


@dataclass
class Part:
    child: Child
    program: str

    def start(self) -> None:
        self.child.start([sys.executable, "-c", self.program])


def part(folder: Path, name: str, program: str = "import time; time.sleep(60)") -> Part:
    return Part(Child(name=name, log=folder / f"{name}.log", pid_file=folder / name), program)


def test_what_ends_by_itself_is_started_again_and_told(tmp_path: Path) -> None:
    told: list[str] = []

    class Enough(Exception):
        pass

    class Restarting(Part):
        starts = 0

        def start(self) -> None:
            self.starts += 1
            super().start()
            if self.starts == 2:
                raise Enough

    flaky = Restarting(part(tmp_path, "web").child, "import time; time.sleep(60)")
    family = Family(told.append)
    family.add(flaky)
    os.kill(flaky.child.pid, signal.SIGKILL)
    with pytest.raises(Enough):
        family.watch()
    family.stop()
    assert told == ["web ended by itself (-9); starting it again"]


def test_what_keeps_ending_stops_the_family_with_the_end_of_its_log(tmp_path: Path) -> None:
    family = Family(lambda line: None)
    family.add(part(tmp_path, "web", "print('no such table'); raise SystemExit(1)"))
    with pytest.raises(GaveUp, match=r"web keeps ending \(1\):\nno such table"):
        family.watch()
    family.stop()


def test_parts_stop_in_the_opposite_order(tmp_path: Path) -> None:
    ended: list[str] = []

    class Telling(Child):
        def stop(self) -> None:
            ended.append(self.name)
            super().stop()

    family = Family(lambda line: None)
    for name in ("database", "worker", "web"):
        family.add(Part(Telling(name=name, log=tmp_path / f"{name}.log", pid_file=tmp_path / name), "import time; time.sleep(60)"))
    family.stop()
    assert ended == ["web", "worker", "database"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_stops_and_later_ones_do_not_disturb_it(number: signal.Signals) -> None:
    finished: list[bool] = []
    with pytest.raises(Stopped):
        _be_told_twice(number, finished)
    assert finished == [True]


def _be_told_twice(number: signal.Signals, finished: list[bool]) -> None:
    with stoppable():
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)
        finally:
            os.kill(os.getpid(), number)
            time.sleep(0.05)
            finished.append(True)
