"""The description of the JSON API that others generate their types from is the one the product gives."""

import subprocess
import sys
from pathlib import Path

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_committed_description_is_up_to_date() -> None:
    command = [sys.executable, "-m", "exodrive", "openapi"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told == COMMITTED.read_text(), "run `make format`"
