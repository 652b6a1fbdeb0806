"""Values of the home page as staff keep it."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from exodrive.kit.ids import CarId

_Short = Annotated[str, msgspec.Meta(max_length=60)]
_Link = Annotated[str, msgspec.Meta(max_length=500)]


class Section(StrEnum):
    """A part of the home page below its top."""

    FEATURED = "featured"
    STEPS = "steps"
    PROMISE = "promise"
    NOTE = "note"


USUAL = (Section.FEATURED, Section.STEPS, Section.PROMISE)


class Front(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it. Without ``is_active`` the top is in our own words; ``background_src`` names a picture of a car without its ending,
    empty for the leading car's own. ``sections`` are shown in their order; the note is Markdown.
    """

    is_active: bool = False
    badge_text: _Short = ""
    title: Annotated[str, msgspec.Meta(max_length=120)] = ""
    subtitle: Annotated[str, msgspec.Meta(max_length=300)] = ""
    primary_button_text: _Short = ""
    primary_button_link: _Link = ""
    secondary_button_text: _Short = ""
    secondary_button_link: _Link = ""
    background_type: Literal["picture", "none"] = "picture"
    background_src: Annotated[str, msgspec.Meta(max_length=200)] = ""
    featured_car_id: CarId | None = None
    sections: tuple[Section, ...] = USUAL
    note_title: Annotated[str, msgspec.Meta(max_length=120)] = ""
    note_text: Annotated[str, msgspec.Meta(max_length=4000)] = ""


class Picture(msgspec.Struct, frozen=True):
    """A picture of a car that can stand at the top."""

    path: str
    alt: str
    car: str


class FrontCar(msgspec.Struct, frozen=True):
    """A car that the home page can lead with."""

    id: CarId
    name: str
