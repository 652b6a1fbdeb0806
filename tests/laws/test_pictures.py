"""The pictures of the documents: each that is shown is there, each that is there is shown, and none is heavy."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMAGES = {path.name for path in (ROOT / "docs" / "images").iterdir()}


def test_each_picture_that_is_shown_is_there_and_the_other_way_round() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {name for page in pages for name in re.findall(r"!\[[^\]]+\]\((?:docs/)?images/([\w.-]+)\)", page.read_text())}
    assert shown == IMAGES


def test_no_picture_is_heavy() -> None:
    assert not [name for name in IMAGES if (ROOT / "docs" / "images" / name).stat().st_size > 60_000]
