"""Texts in versions: the newest counts, the operator's before ours, and every version stays readable."""

from pathlib import Path

import pytest

from exodrive.bookings.model import Rules
from exodrive.kit.texts import Texts, WrongText
from exodrive.web.storefront.legal import ORDER, PLACES

HEAD = "title: Our terms\nabout: What counts.\n\n"


def texts(own: Path | None = None, language: str = "en_US") -> Texts:
    return Texts(own, language, PLACES, ORDER)


def write(folder: Path, name: str, content: str = HEAD + "Be kind, {company}.") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return folder


def test_five_policies_come_with_the_software_and_checkouts_accept_its_terms() -> None:
    found = texts()
    assert [text.name for text in found.newest()] == list(ORDER)
    terms = found.find("terms")
    assert terms
    assert (terms.version, terms.is_ours) == (Rules().terms_version, True)


def test_an_operators_file_counts_even_when_it_is_older_and_ours_stays_readable(tmp_path: Path) -> None:
    found = texts(write(tmp_path, "terms/2025-05-01.md"))
    terms = found.find("terms")
    assert terms
    assert (terms.version, terms.title, terms.is_ours) == ("2025-05-01", "Our terms", False)
    assert [text.version for text in found.versions("terms")] == ["2025-05-01", Rules().terms_version]
    ours = found.find("terms", Rules().terms_version)
    assert ours
    assert ours.is_ours
    assert found.find("privacy", Rules().terms_version)


def test_the_newest_version_counts_and_the_same_version_is_the_operators(tmp_path: Path) -> None:
    for version in ("2026-11-01", "2027-03-01", "2026-12-24"):
        write(tmp_path, f"terms/{version}.md")
    found = texts(tmp_path)
    assert [text.version for text in found.versions("terms")] == ["2027-03-01", "2026-12-24", "2026-11-01"]
    assert not any(text.is_ours for text in found.versions("terms"))


def test_an_operator_adds_policies_of_their_own(tmp_path: Path) -> None:
    found = texts(write(tmp_path, "lost-and-found/2026-12-01.md"))
    assert [text.name for text in found.newest()] == [*ORDER, "lost-and-found"]


def test_a_file_in_the_language_of_the_house_is_taken(tmp_path: Path) -> None:
    write(tmp_path, "terms/2026-12-01.md")
    write(tmp_path, "terms/2026-12-01.de.md", HEAD.replace("Our terms", "Bedingungen") + "Text")
    write(tmp_path, "terms/2026-12-01.fr.md", HEAD.replace("Our terms", "Conditions") + "Texte")
    titles = {
        language: [t.title for t in texts(tmp_path, language).newest() if t.name == "terms"] for language in ("en_US", "de_AT", "fr_FR")
    }
    assert titles == {"en_US": ["Our terms"], "de_AT": ["Bedingungen"], "fr_FR": ["Conditions"]}


def test_places_are_filled(tmp_path: Path) -> None:
    text = texts(write(tmp_path, "terms/2026-12-01.md")).find("terms")
    assert text
    assert text.filled({"company": "Exodrive"}) == "Be kind, Exodrive."
    assert texts().find("nothing") is None
    assert texts().find("terms", "1999-01-01") is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("terms/newest.md", HEAD + "x", "name it like"),
        ("Terms/2026-12-01.md", HEAD + "x", "name it like"),
        ("terms/2026-02-30.md", HEAD + "x", "2026-02-30 is no day"),
        ("terms/2026-12-01.md", "Just words", "begin with a line title:"),
        ("terms/2026-12-01.md", "title: x\n\nWords", "begin with a line title:"),
        ("terms/2026-12-01.md", HEAD, "begin with a line title:"),
        ("terms/2026-12-01.md", HEAD + "Pay {amount}", "there is no {amount}"),
        ("terms/2026-12-01.md", HEAD + "Pay {}", "there is no {}"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_at_the_start(tmp_path: Path, name: str, content: str, said: str) -> None:
    with pytest.raises(WrongText, match=r"2026|newest") as wrong:
        texts(write(tmp_path, name, content))
    assert said in str(wrong.value)
    assert name in str(wrong.value)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongText, match="there is no folder"):
        texts(tmp_path / "nowhere")
