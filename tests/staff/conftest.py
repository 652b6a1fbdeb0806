"""A team over the test worker's database."""

import pytest

from exodrive.kit.db import Doors
from tests.team import Team, wait_for

__all__ = ["wait_for"]


@pytest.fixture
def team(doors: Doors) -> Team:
    """Makes members of staff."""
    return Team(doors)
