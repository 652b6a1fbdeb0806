"""The language of a task, and the made-up languages that show what a translation would break."""

import re
from collections.abc import Iterator

import pytest

from exodrive.kit import pseudo, words


@pytest.fixture(autouse=True)
def _usual() -> Iterator[None]:
    yield
    words.use(words.DEFAULT)


def test_a_task_speaks_the_language_of_the_house_until_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    words._language.set(None)
    monkeypatch.setattr(words, "DEFAULT", "de_DE")
    assert (words.language(), words.locale()) == ("de_DE", "de_DE")
    words.use("fr_FR")
    assert words.locale() == "fr_FR"


def test_a_made_up_language_has_the_formats_of_a_real_one() -> None:
    words.use("ar_AE@pseudo")
    assert (words.language(), words.locale()) == ("ar_AE@pseudo", "ar_AE")


@pytest.mark.parametrize("language", ["ar_AE@pseudo", "de_DE@pseudo"])
def test_a_made_up_language_changes_words_and_keeps_the_places_for_values(language: str) -> None:
    words.use(language)
    sentence = "From %(days)s days on, {percent} less: 5%% of &amp; more"
    said = words.gettext(sentence)
    assert said != sentence
    kept = r"%\(\w+\)s|%%|\{\w+\}|&\w+;"
    assert re.findall(kept, said) == re.findall(kept, sentence)
    assert (said % {"days": 3}).count("3") == 1


def test_a_made_up_language_knows_one_and_many() -> None:
    words.use("de_DE@pseudo")
    assert words.ngettext("{n} day", "{n} days", 1).replace("·", "").endswith("dåÝ".lower())
    assert words.ngettext("{n} day", "{n} days", 2).replace("·", "").endswith("dåýš")


def test_words_from_right_to_left_are_turned_between_the_places_for_values() -> None:
    assert pseudo.say("Only {number} left.", right_to_left=True) == "\u202eOnly\u202c {number} \u202eleft.\u202c"


def test_from_left_to_right_everything_takes_a_third_more_room() -> None:
    sentence = "Choose your days and see the price"
    assert len(pseudo.say(sentence, right_to_left=False)) >= len(sentence) * 1.3
