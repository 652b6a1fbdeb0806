"""Markdown becomes safe HTML, whatever somebody writes into it."""

import pytest
from markupsafe import Markup

from exodrive.web.shell import markdown


def test_a_text_has_headings_lists_and_tables() -> None:
    made = markdown.text("## Who\n\nYou **and** I\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
    assert isinstance(made, Markup)
    for part in ("<h2>Who</h2>", "<strong>and</strong>", "<li>one</li>", "<td>1</td>"):
        assert part in made


@pytest.mark.parametrize("render", [markdown.text, markdown.note])
@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>x</b>",
        "<!-- x --><iframe src=/></iframe>",
        "[x](javascript:alert(1))",
        "[x](JavaScript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](//evil.example)",
        "[x](/\\evil.example)",
        "[x](http://evil.example)",
        "![x](https://evil.example/pixel.gif)",
        '[x](/cars "title\\" onmouseover=alert(1)")',
        '<https://evil.example/"onclick=alert(1)>',
        "[x]: javascript:alert(1)\n\n[x]",
    ],
)
def test_nothing_in_it_runs_or_loads(render, source: str) -> None:
    made = render(source)
    for never in (
        "<script",
        "<iframe",
        "<img",
        "<b ",
        'href="javascript',
        'href="data',
        'href="vbscript',
        'href="//',
        'href="http:',
        'href="/\\',
    ):
        assert never.lower() not in made.lower(), made
    assert " onmouseover=" not in made.replace("&quot; onmouseover", "")


@pytest.mark.parametrize("address", ["/cars", "https://example.com/a?b=1&c=2", "mailto:a@b.example", "tel:+1305", "#who"])
def test_links_lead_where_links_may(address: str) -> None:
    assert f'href="{address.replace("&", "&amp;")}"' in markdown.note(f"[words]({address})")


def test_a_note_has_no_headings_of_its_own() -> None:
    assert "<h" not in markdown.note("# Loud\n\nLouder\n======\n")


def test_words_put_into_a_text_mean_nothing_in_it() -> None:
    hostile = "*a* _b_ [c](/d) `e` <f> | & # 1. \\ ~ !"
    assert markdown.text(markdown.escaped(hostile)).striptags() == hostile
