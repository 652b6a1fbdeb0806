"""The laws of style sheets: no side is named left or right, so that pages turn round with the language; the dark changes colours alone."""

import re
from pathlib import Path

import pytest

_STATIC = Path(__file__).parents[2] / "src/exodrive/web/static"
SHEETS = sorted((_STATIC / "css").glob("*.css"))
IDS = [path.name for path in SHEETS]
_SIDE = "(top|right|bottom|left)"
_PHYSICAL = re.compile(
    rf"{_SIDE}|(min-|max-)?(width|height)|(margin|padding|scroll-margin|scroll-padding|inset|border)-{_SIDE}(-\w+)?"
    r"|border-(top|bottom)-(left|right)-radius|overflow-[xy]|overscroll-behavior-[xy]"
)
_SIDED = {"text-align", "float", "clear"}
_FOUR = {"margin", "padding", "inset", "scroll-margin", "scroll-padding", "border-width"}
_HAS_NO_LOGICAL_FORM_EVERYWHERE = {"overflow-x", "overflow-y"}


def physical(sheet: str) -> list[str]:
    """The declarations that name a side of the screen where CSS knows a logical one."""
    bare = re.sub(r"/\*.*?\*/|\"[^\"]*\"|\((?:[^()]|\([^()]*\))*\)", lambda found: re.sub(r"[;:{}]", " ", found[0]), sheet, flags=re.S)
    declared = re.findall(r"(?<=[;{\s])([a-z-]+)\s*:\s*([^;{}]+)", bare)
    return [f"{name}: {value.strip()}" for name, value in declared if _is_physical(name, value)]


def _is_physical(name: str, value: str) -> bool:
    if name in _SIDED:
        return bool(re.search(r"\b(left|right)\b", value))
    if name in _FOUR:
        parts = re.sub(r"\((?:[^()]|\([^()]*\))*\)", lambda found: found[0].replace(" ", ""), value).replace("!important", "").split()
        return len(parts) == 4 and parts[1] != parts[3]
    return name not in _HAS_NO_LOGICAL_FORM_EVERYWHERE and bool(_PHYSICAL.fullmatch(name))


@pytest.mark.parametrize("path", SHEETS, ids=IDS)
def test_sides_are_named_by_the_flow_of_the_text(path: Path) -> None:
    assert physical(path.read_text()) == []


@pytest.mark.parametrize("path", SHEETS, ids=IDS)
def test_what_must_name_a_side_is_turned_round_too(path: Path) -> None:
    """A background's place has no logical form: each stands beside its mirrored one."""
    sheet = path.read_text()
    plain = re.findall(r"background-position:[^;]*\b(?:left|right)\b", re.sub(r":dir\(rtl\)[^}]*\}", "", sheet))
    turned = re.findall(r":dir\(rtl\)[^{]*\{[^}]*background-position:[^;]*\b(?:left|right)\b", sheet)
    assert len(plain) == len(turned)


def test_the_dark_changes_colours_alone() -> None:
    """``light-dark()`` takes colours and nothing else: pages are looked at in the dark for what colours may spoil."""
    asking = [path.name for path in (*SHEETS, *_STATIC.glob("js/*.js")) if "prefers-color-scheme" in path.read_text()]
    assert asking == []
    assert any("light-dark(" in path.read_text() for path in SHEETS)


@pytest.mark.parametrize("path", SHEETS, ids=IDS)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    assert not re.search(r"@import|https?:|url\(\s*[\"']?//", path.read_text())


@pytest.mark.parametrize(
    "wrong",
    [
        "left: 0",
        "margin-right: 1rem",
        "width: 3rem",
        "max-height: 2px",
        "text-align: right",
        "float:left",
        "padding: 1px 2px 3px 4px",
        "border-left: 1px solid",
        "inset: 1rem var(--gutter, 2px) auto auto",
        "border-top-left-radius: 1px",
    ],
)
def test_the_law_sees_a_side(wrong: str) -> None:
    assert physical(f"p {{ color: red; {wrong}; }}")
    assert physical(f"@media (width < 3rem) {{ p {{ & b {{ {wrong} }} }} }}")


@pytest.mark.parametrize(
    "right",
    [
        "inset-inline-start: 0",
        "inline-size: 3rem",
        "text-align: end",
        "padding: 1px 2px 3px 2px",
        "margin: 0 calc(1px + (2px * 3)) 0 calc(1px + (2px * 3))",
        "transition: translate .2s",
        "border-width: 1px",
    ],
)
def test_the_law_lets_pass_what_turns_round(right: str) -> None:
    assert not physical(f"@media (width < 3rem) {{ a:hover {{ {right}; }} }}")
