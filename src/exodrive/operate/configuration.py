"""The configuration page, made from the settings themselves so that it cannot lie."""

import sys

import msgspec

from exodrive import settings

_HEAD = """# Configuration

Every setting is an environment variable. A wrong or missing one stops the start with a sentence that names it; a misspelled one does too.
This page is made from the code by `make format`.

| variable | default | what it does |
|---|---|---|
"""


def as_markdown() -> str:
    """Return docs/configuration.md as it should be."""
    return _HEAD + "".join(f"| `{variable}` | {_default(default)} | {about} |\n" for variable, about, default in settings.described())


def _default(default: object) -> str:
    if default is msgspec.NODEFAULT:
        return "*required*"
    return f"`{default}`" if default not in ("", None) else ""


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
