"""The fields of the home page's form: what they are called, and what can be chosen."""

from collections.abc import Callable, Mapping

from exodrive.fleet.front.model import Front, Section
from exodrive.flows.front import Desk
from exodrive.kit.words import _
from exodrive.web.admin.prices.fields import Choices, Control, Field

Group = tuple[str, str, tuple[Field, ...]]
_TOP = (
    "is_active", "badge_text", "title", "subtitle", "primary_button_text", "primary_button_link", "secondary_button_text",
    "secondary_button_link",
)  # fmt: skip
_PICTURE = ("featured_car_id", "background_type", "background_src")
_NOTE = ("note_title", "note_text")
_CONTROLS: dict[str, Control] = {
    "is_active": "check",
    "title": "notes",
    "subtitle": "notes",
    "note_text": "notes",
    **dict.fromkeys(_PICTURE, "select"),
}
_LABELS: dict[str, Callable[[], tuple[str, str]]] = {
    "is_active": lambda: (_("Show these words"), _("Otherwise the page begins with our own.")),
    "badge_text": lambda: (_("Small words above"), ""),
    "title": lambda: (_("Title"), _("Each line stands on its own.")),
    "subtitle": lambda: (_("Below the title"), ""),
    "primary_button_text": lambda: (_("First button"), ""),
    "primary_button_link": lambda: (_("It leads to"), _("A path such as /cars, or an address that begins with https://.")),
    "secondary_button_text": lambda: (_("Second button"), ""),
    "secondary_button_link": lambda: (_("It leads to"), ""),
    "featured_car_id": lambda: (_("Leading car"), _("It comes first, before the cars that are marked as featured.")),
    "background_type": lambda: (_("Behind the words"), ""),
    "background_src": lambda: (_("Picture"), ""),
    "note_title": lambda: (_("Title of your own part"), ""),
    "note_text": lambda: (_("Text of your own part"), _("Markdown: paragraphs, lists, **bold**, and [words](/cars) that lead somewhere.")),
}


def section_name(section: Section) -> str:
    """Return what a part of the home page is called."""
    return {
        Section.FEATURED: _("Featured cars"),
        Section.STEPS: _("How it works"),
        Section.PROMISE: _("What we promise"),
        Section.NOTE: _("Your own part"),
    }[section]


def fields_of(desk: Desk, texts: Mapping[str, str], errors: Mapping[str, str]) -> tuple[Group, ...]:
    """Return the form in groups, each with its heading and a sentence about it."""

    def fields(names: tuple[str, ...]) -> tuple[Field, ...]:
        return tuple(_field(name, desk, texts, errors) for name in names)

    return (
        (_("The top"), _("What a visitor reads first."), fields(_TOP)),
        (_("Cars and picture"), _("What a visitor sees first."), fields(_PICTURE)),
        (_("Parts below"), _("Which parts follow, and in which order."), tuple(_places(texts, errors))),
        (_("Your own part"), _("Words of your own; shown where it has a place above."), fields(_NOTE)),
    )


def texts_of(front: Front) -> dict[str, str]:
    """Return a home page as its form shows it."""
    names = (*_TOP, *_PICTURE, *_NOTE)
    texts = {name: str(getattr(front, name) or "") for name in names} | {"is_active": "yes" if front.is_active else ""}
    return texts | {f"place-{section}": str(number) for number, section in enumerate(front.sections, start=1)}


def _field(name: str, desk: Desk, texts: Mapping[str, str], errors: Mapping[str, str]) -> Field:
    label, hint = _LABELS[name]()
    return Field(
        name=name,
        label=label,
        control=_CONTROLS.get(name, "text"),
        value=texts.get(name, ""),
        error=errors.get(name, ""),
        hint=hint,
        choices=_choices(name, desk),
    )


def _places(texts: Mapping[str, str], errors: Mapping[str, str]) -> list[Field]:
    numbers = tuple((str(number), str(number)) for number in range(1, len(Section) + 1))
    return [
        Field(
            name=f"place-{section}",
            label=section_name(section),
            control="select",
            value=texts.get(f"place-{section}", ""),
            error=errors.get("sections", "") if section is Section.FEATURED else "",
            choices=(("", _("not shown")), *numbers),
        )
        for section in Section
    ]


def _choices(name: str, desk: Desk) -> Choices:
    if name == "featured_car_id":
        return ("", _("None; the first ones lead")), *((str(car.id), car.name) for car in desk.cars)
    if name == "background_type":
        return ("picture", _("A picture")), ("none", _("Nothing"))
    if name == "background_src":
        return ("", _("The leading car’s own")), *((picture.path, f"{picture.car}: {picture.alt}") for picture in desk.pictures)
    return ()
