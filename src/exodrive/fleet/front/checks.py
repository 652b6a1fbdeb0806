"""What the home page must look like before it is kept: every wrong field with a sentence that says what to do."""

import re
from collections.abc import Collection, Iterator

from exodrive.fleet.front.model import Front, Section
from exodrive.kit.errors import BadInput
from exodrive.kit.ids import CarId
from exodrive.kit.words import _

# A path of our own, or https: no scheme that could run, and no path that a browser would read as another host.
_LINK = re.compile(r"(/([^/\\\s][^\\\s]*)?|https://[^/\\\s][^\\\s]*)?")


def check(front: Front, *, pictures: Collection[str], cars: Collection[CarId]) -> Front:
    """Return a home page as it may be kept; raises BadInput naming every wrong field."""
    wrong = dict(reversed([*_top(front, pictures), *_below(front, cars)]))
    if wrong:
        raise BadInput(_("Please check the fields that are marked."), fields=wrong)
    return front


def _top(front: Front, pictures: Collection[str]) -> Iterator[tuple[str, str]]:
    written = any((front.is_active, front.badge_text, front.subtitle, front.primary_button_text, front.secondary_button_text))
    if written and not front.title.strip():
        yield "title", _("Write a title; the home page cannot begin without one.")
    for which in ("primary", "secondary"):
        text, link = getattr(front, f"{which}_button_text"), getattr(front, f"{which}_button_link")
        if not _LINK.fullmatch(link):
            yield f"{which}_button_link", _("Link to a path of ours, such as /cars, or to an address that begins with https://.")
        elif bool(text) != bool(link):
            yield f"{which}_button_{'link' if text else 'text'}", _("A button needs both its words and its link.")
    if front.background_src and front.background_src not in pictures:
        yield "background_src", _("Choose one of the pictures.")


def _below(front: Front, cars: Collection[CarId]) -> Iterator[tuple[str, str]]:
    if front.featured_car_id is not None and front.featured_car_id not in cars:
        yield "featured_car_id", _("Choose one of the cars that are shown.")
    if not front.sections:
        yield "sections", _("Show at least one part.")
    if len(set(front.sections)) != len(front.sections):
        yield "sections", _("Give each part a place of its own.")
    if Section.NOTE in front.sections and not (front.note_title.strip() and front.note_text.strip()):
        yield "note_title" if not front.note_title.strip() else "note_text", _("Your own part needs a title and a text.")
