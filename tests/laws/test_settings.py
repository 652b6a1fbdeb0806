"""Every setting is documented, and the document is what the code says."""

from pathlib import Path

from exodrive import settings
from exodrive.operate.configuration import as_markdown

DOCUMENT = Path(__file__).parents[2] / "docs" / "configuration.md"


def test_the_configuration_page_says_what_the_settings_are() -> None:
    assert DOCUMENT.read_text() == as_markdown(), "run `make docs`"


def test_every_setting_says_what_it_is_for() -> None:
    silent = [variable for variable, description, _default in settings.described() if len(description) < 10]
    assert not silent
