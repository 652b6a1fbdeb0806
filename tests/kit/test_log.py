"""What reaches the log: one JSON object a line, and no secret in it."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from exodrive.kit.links import LinkKeys

TOKEN = LinkKeys(["k" * 32]).token(LinkKeys(["k" * 32]).new_nonce())


def logged(statements: str, level: str = "INFO") -> list[dict[str, Any]]:
    """What a program of these statements writes to standard error; `log` is its logger, `TOKEN` a private link's token."""
    head = (
        f"import logging\nfrom exodrive.kit import log as kit\nkit.start({level!r})\nlog = logging.getLogger('shop')\nTOKEN = {TOKEN!r}\n"
    )
    done = subprocess.run([sys.executable, "-c", head + statements], capture_output=True, text=True, check=True)
    assert TOKEN not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_line_is_one_object_with_what_was_said_and_more():
    [line] = logged("log.warning('held %s', 'ABCD1234', extra={'booking': 'ABCD1234', 'ms': 12})")
    assert (line["level"], line["from"], line["message"], line["booking"], line["ms"]) == (
        "warning",
        "shop",
        "held ABCD1234",
        "ABCD1234",
        12,
    )
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize(
    "statement",
    [
        "log.info('opened /booking/%s', TOKEN)",
        "log.info('opened', extra={'path': f'/booking/{TOKEN}?told=paid'})",
        "log.info(TOKEN)",
        "log.info('first line\\n' + TOKEN + '\\nthird')",
        "log.info('bell \\x07' + TOKEN)",
        "log.info('cookie exodrive_b_ABCD1234=%s; path=/', TOKEN)",
        "log.info('cannot', extra={'reason': ValueError(TOKEN)})",
        "try:\n    raise KeyError(TOKEN)\nexcept KeyError:\n    log.exception('failed')",
    ],
)
def test_a_secret_is_cut_out_wherever_it_stands(statement: str):
    [line] = logged(statement)
    assert "[secret]" in json.dumps(line)


def test_what_a_stranger_typed_makes_no_line_of_its_own():
    [line] = logged("log.info('name %s', 'Ada\\n{\"level\":\"critical\"}')")
    assert line["level"] == "info"


def test_less_important_lines_are_left_out():
    assert [line["message"] for line in logged("log.info('small talk'); log.error('fire')", "ERROR")] == ["fire"]


def test_a_trace_is_told_with_its_error():
    [line] = logged("try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception('failed')")
    assert "ZeroDivisionError" in line["trace"]
    assert line["level"] == logging.getLevelName(logging.ERROR).lower()
