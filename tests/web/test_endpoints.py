"""What each caller is answered at each endpoint equals the committed expectation, line by line."""

import difflib

import pytest

from tests.builders import Build
from tests.product import Stack
from tests.team import Team
from tests.web import endpoints
from tests.web.endpoints import CALLERS, EXPECTED, Endpoints
from tests.web.routes import routes

ANEW = ".venv/bin/python -m tests.web.endpoints"


def committed() -> dict[str, tuple[str, ...]]:
    lines = [line.split() for line in EXPECTED.read_text().splitlines()[1:]]
    return {" ".join(words[:2]): tuple(words[2:]) for words in lines}


def test_every_route_has_a_door_and_a_line() -> None:
    assert not [str(route) for route in routes() if not route.door], "make routers with web.shell.doors.door"
    found, expected = {str(route) for route in routes()}, set(committed())
    assert found == expected, f"read every line; if it is meant, run {ANEW}"


async def test_every_caller_is_answered_as_the_matrix_says(stack: Stack, build: Build, team: Team) -> None:
    found, expected = endpoints.write(await Endpoints(stack, build, team).explore()), EXPECTED.read_text()
    changes = difflib.unified_diff(expected.splitlines(), found.splitlines(), "committed", "found", n=0, lineterm="")
    assert found == expected, f"read every line; if it is meant, run {ANEW}\n" + "\n".join(changes)


def _answers(caller: str, inside: str) -> dict[str, str]:
    number = CALLERS.index(caller)
    return {line: statuses[number] for line, statuses in committed().items() if inside in line}


@pytest.mark.parametrize("caller", ["anonymous", "another", "agent", "manager"])
def test_nobody_but_its_holder_opens_a_booking(caller: str) -> None:
    private = _answers(caller, "/booking/{") | _answers(caller, "/api/bookings/{")
    assert len(private) >= 8
    assert set(private.values()) == {"404"}


@pytest.mark.parametrize("caller", ["anonymous", "holder", "another"])
def test_the_back_office_leads_all_others_to_its_gate(caller: str) -> None:
    inside = _answers(caller, " /admin/bookings") | _answers(caller, " /admin/sign-out") | _answers(caller, " /admin/prices")
    assert len(inside) >= 16
    assert set(inside.values()) == {"gate"}
    told = _answers(caller, " /api/admin/")
    assert len(told) >= 6
    assert set(told.values()) == {"401"}


@pytest.mark.parametrize(("part", "fewest"), [("/admin/price", 14), ("/admin/home", 6)])
def test_prices_and_the_home_page_are_for_managers(part: str, fewest: int) -> None:
    agents = _answers("agent", part)
    assert len(agents) >= fewest
    assert set(agents.values()) == {"403"}
    assert not set(_answers("manager", part).values()) & {"401", "403", "404", "415", "422", "gate"}


def test_nothing_is_a_failure_of_ours_and_a_new_line_would_be_missed() -> None:
    assert not [line for line, statuses in committed().items() if any(status.startswith("5") for status in statuses)]
    assert len(committed()) == len(routes()) > 60
