"""What the home page shows: its top and parts as staff wrote them, a few cars to begin with, and one to end on; one trip."""

from typing import Any, Literal

import msgspec

from exodrive.fleet.front.model import USUAL, Section
from exodrive.fleet.model import Image
from exodrive.kit.db import Db
from exodrive.kit.ids import CarId
from exodrive.overview.reviews import RATED, Rating
from exodrive.overview.shop.model import Card, Picture
from exodrive.pricing.model import Rates

FEATURED = 3
_PICTURE = "row (i.view, i.path, i.alt, i.width, i.height, i.transparent, i.is_primary)"
# The featured car of the settings leads, then those marked as featured; a fleet without any begins with its first cars.
_HOME = f"""
    with shown as materialized (
        select c.id, row_number() over (order by c.sort_order, c.id) as place, c.featured,
               c.id = (select s.featured_car_id from homepage_settings s) as leads
        from cars c join car_pricing p on p.car_id = c.id where not c.hidden
    ), chosen as (
        select id, row_number() over (order by leads desc nulls last, featured desc, place) as place
        from shown where leads or featured or not exists (select from shown where leads or featured)
        order by 2 limit {FEATURED}
    )
    select (select count(*)::int from shown),
           (select row (h.badge_text, h.title, h.subtitle, h.primary_button_text, h.primary_button_link, h.secondary_button_text,
                        h.secondary_button_link, h.background_type)
            from hero_content h where h.is_active),
           coalesce((select {_PICTURE} from hero_content h join car_images i on i.path = h.background_src
                     where h.is_active order by i.sort_order limit 1),
                    (select {_PICTURE} from chosen join car_images i on i.car_id = chosen.id and i.view = 'front'
                     where chosen.place = 1 order by i.is_primary desc, i.sort_order limit 1)),
           (select {_PICTURE} from shown join car_images i on i.car_id = shown.id and i.view = 'rear'
            where shown.place = (select max(place) from shown) order by i.is_primary desc, i.sort_order limit 1),
           (select row (s.sections, s.note_title, s.note_text) from homepage_settings s),
           array(select row (c.id, c.slug, c.name, c.category, c.year, c.colour, c.short_description, c.seats, c.featured, c.available,
                             (select row (i.path, i.alt, i.width, i.height, i.transparent) from car_images i
                              where i.car_id = c.id and i.view = 'side' order by i.is_primary desc, i.sort_order limit 1),
                             array(select row (s.name, s.value) from car_specifications s where s.car_id = c.id and s.is_highlighted
                                   order by s.sort_order, s.id),
                             row (p.currency, p.base_price, p.weekend_price, p.deposit_amount, p.minimum_days), {RATED})
                 from chosen join cars c on c.id = chosen.id join car_pricing p on p.car_id = c.id order by chosen.place)"""  # noqa: S608


class Hero(msgspec.Struct, frozen=True):
    """The top of the home page as staff wrote it. A button has both text and link or neither; a link is a path of ours or https."""

    badge_text: str
    title: str
    subtitle: str
    primary_button_text: str
    primary_button_link: str
    secondary_button_text: str
    secondary_button_link: str
    background_type: Literal["picture", "none"]


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """The home page's facts. ``hero`` is None where staff wrote nothing; ``background`` stands behind it. The note is Markdown."""

    hero: Hero | None
    background: Image | None
    closing: Image | None
    featured: tuple[Card, ...]
    ratings: dict[CarId, Rating]
    fleet_size: int
    sections: tuple[Section, ...] = USUAL
    note_title: str = ""
    note_text: str = ""


async def home(db: Db) -> Home:
    """Return what the home page shows. One round trip; the cars are not asked for days."""
    fleet_size, hero_row, background, closing, settings, chosen = (await db.fetch(_HOME))[0]
    sections, note_title, note_text = settings or (USUAL, "", "")
    hero = Hero(*hero_row) if hero_row else None
    plain = hero is not None and hero.background_type == "none"
    return Home(
        hero=hero,
        background=Image(*background) if background and not plain else None,
        closing=Image(*closing) if closing else None,
        featured=tuple(_card(row[:-1]) for row in chosen),
        ratings={row[0]: Rating(*row[-1]) for row in chosen if row[-1]},
        fleet_size=fleet_size,
        sections=tuple(map(Section, sections)),
        note_title=note_title,
        note_text=note_text,
    )


_NAMES = ("car_id", "slug", "name", "category", "year", "colour", "short_description", "seats", "featured", "available")


def _card(row: Any) -> Card:
    *plain, picture, highlights, rates = row
    return Card(
        **dict(zip(_NAMES, plain, strict=True)),
        picture=Picture(*picture) if picture else None,
        highlights=tuple(map(tuple, highlights)),
        rates=Rates(*rates),
    )
