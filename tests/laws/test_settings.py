"""Every setting is documented, and the document is what the code says."""

import re
from pathlib import Path

import msgspec

from exodrive import settings
from exodrive.operate.configuration import as_markdown
from exodrive.operate.logins import LOGINS

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "configuration.md"


def test_the_configuration_page_says_what_the_settings_are() -> None:
    assert DOCUMENT.read_text() == as_markdown(), "run `make format`"


def test_every_setting_says_what_it_is_for() -> None:
    silent = [variable for variable, description, _default in settings.described() if len(description) < 10]
    assert not silent


def test_every_setting_has_an_effect() -> None:
    product = "".join(path.read_text() for path in (ROOT / "src/exodrive").rglob("*.py"))
    read_by_login = {f"database_{login}_url" for login in LOGINS}
    names = {field.name for field in msgspec.structs.fields(settings.Settings)} - read_by_login
    assert sorted(name for name in names if not re.search(rf"\.{name}\b", product)) == []
