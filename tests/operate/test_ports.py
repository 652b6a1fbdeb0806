"""Free ports."""

import socket

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
