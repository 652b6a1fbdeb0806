"""The laws of templates: every sentence through gettext, nothing inline that the content policy would block."""

import re
from pathlib import Path

import pytest

from tests.laws.spoken import unasked
from tests.share import some

TEMPLATES = sorted((Path(__file__).parents[2] / "src/exodrive/web/templates").rglob("*.html"))
IDS = [path.parent.name + "/" + path.name for path in TEMPLATES]


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 10


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_every_sentence_goes_through_gettext(path: Path) -> None:
    assert not unasked(path.read_text()), "wrap in _() or {% trans %}"


SPOKEN = [
    "<p>Hello there</p>",
    "<b>OK</b>",
    "<p>{{ count }} cars</p>",
    "{% if free %}Free{% endif %}",
    "{% block title %}Cars{% endblock %}",
    "<p>Straße</p>",
    '<img alt="A red car">',
    "<img alt='A red car'>",
    '<img alt="{{ car.name }} from the side">',
    '<input placeholder="Your {{ field }}">',
    '<a title="Close" href="/">x</a>',
    '<nav aria-label="Main">',
    '<input type="submit" value="Send it">',
    "{{ 'Sign out' }}",
    "{{ 'Yes' if x else _('No') }}",
    "{{ _('Yes') if x else 'No, thank you' }}",
    "{% set label = 'Sign out' %}{{ label }}",
    "{{ field(page, 'name', hint='As in your licence') }}",
    "{{ {'paid': 'Paid', 'open': _('Open')}[state] }}",
    "{{ 'Hello ' ~ name }} there",
    "{{ ['two words', 'x']|join }}",
    "<!-- x --><p>After a remark</p>",
    "<script src='x'></script>words",
]
SILENT = [
    "<p>{{ _('Hello there') }}</p>",
    "{% trans %}Hello there{% endtrans %}",
    "{% trans name=x %}Hello {{ name }}{% endtrans %}",
    "{{ ngettext('One car', '%(num)s cars', n) }}",
    "{# a remark #}<!-- another remark -->",
    '<img alt="">',
    '<img alt="{{ image.alt }}">',
    '<p class="two words" id="x" data-wrong="{{ x }}">·</p>',
    "<p>&nbsp;&rarr;&#8217; – 1,290 × 7%</p>",
    "{{ icon('arrow-left') }}",
    "{{ ' aria-current=\"page\"'|safe if here }}",
    "<input type='hidden' name='csrf' value='yes'>",
    '<p aria-describedby="name-error name-hint">{{ x }}</p>',
    "{{ proof('code', _('Six digits'), type='text', autocomplete='one-time-code') }}",
]


@pytest.mark.parametrize("source", SPOKEN)
def test_the_law_sees_what_is_said_without_gettext(source: str) -> None:
    assert unasked(source)


@pytest.mark.parametrize("source", SILENT)
def test_the_law_lets_pass_what_nobody_reads_or_what_gettext_says(source: str) -> None:
    assert not unasked(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_a_sentence_slipped_into_any_template_is_seen(path: Path) -> None:
    source = path.read_text()
    for slipped in ("<p>Slipped in</p>", "{{ 'Slipped in' }}", '<i title="Slipped in"></i>'):
        for place in some([0, *(match.end() for match in re.finditer(r"\n", source))][::7]):
            if _between(source, place):
                assert unasked(source[:place] + slipped + source[place:]), f"{slipped} at {place}"


def _between(source: str, place: int) -> bool:
    """Whether a place lies between tags: not inside one, nor inside an expression, a remark or ``{% trans %}``."""
    before = source[:place]
    inside = any(
        before.count(opens) > before.count(closes)
        for opens, closes in (("{%", "%}"), ("{{", "}}"), ("{#", "#}"), ("<!--", "-->"), ("<", ">"))
    )
    return not inside and before.count("{% trans") == before.count("{% endtrans")


def blocked(source: str) -> list[str]:
    """What the content policy would block."""
    patterns = [
        r"\sstyle\s*=",
        r"\son[a-z]+\s*=",
        r"<style\b",
        r"<script\b(?![^>]*\bsrc=)(?![^>]*application/)",
        r"javascript:",
        r"<base\b",
        r"<iframe\b",
    ]
    return [pattern for pattern in patterns if re.search(pattern, source, re.I)]


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_nothing_inline_that_the_policy_would_block(path: Path) -> None:
    assert not blocked(path.read_text())


@pytest.mark.parametrize(
    "source",
    [
        "<p style='x'>",
        "<p STYLE = x>",
        "<a onclick=x>",
        "<style>",
        "<script>x</script>",
        "<a href='javascript:x'>",
        "<base href=/>",
        "<iframe>",
    ],
)
def test_the_law_sees_what_would_be_blocked(source: str) -> None:
    assert blocked(source)


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_every_script_has_the_nonce(path: Path) -> None:
    for tag in re.findall(r"<script\b[^>]*>", path.read_text()):
        assert 'nonce="{{ nonce }}"' in tag, tag


@pytest.mark.parametrize("path", TEMPLATES, ids=IDS)
def test_nothing_is_marked_safe(path: Path) -> None:
    allowed = {"admin/invitation.html": "the QR code is SVG that we draw from a base32 text"}
    if path.parent.name + "/" + path.name not in allowed:
        source = path.read_text().replace(" ", "")
        assert not re.findall(r"""[^'"]\|safe""", source), "autoescape is the wall"  # a literal of the template itself may be
        assert "autoescape" not in source
        assert "Markup" not in source
