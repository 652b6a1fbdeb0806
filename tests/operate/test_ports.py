"""Free ports."""

import socket
import subprocess
import sys

from exodrive.operate import ports


def test_a_taken_port_picks_the_next_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        assert not ports.is_free(number)
        found = ports.near(number)
        assert number < found <= number + 100
        assert ports.is_free(found)
        assert ports.near(number, avoiding=frozenset({found})) > found


def test_a_free_port_is_taken_as_wanted() -> None:
    number = ports.any_free()
    assert ports.near(number) == number


def test_processes_that_look_at_once_are_told_different_ports() -> None:
    words = [sys.executable, "-c", "from exodrive.operate import ports; print(*(ports.any_free() for _ in range(20)))"]
    asked = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    told = [number for one in asked for number in one.communicate(timeout=20)[0].split()]
    assert len(told) == len(set(told)) == 80
